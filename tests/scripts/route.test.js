import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { contract, elements, openPage, script, sets, shown } from "./small_page.js";

elements.set("shortcuts", Object.assign(document.createElement("dialog"), { querySelectorAll: () => [] }));
elements.set("period-menu", Object.assign(document.createElement("div"), { querySelectorAll: () => [] }));

const { callbacks } = await script("callbacks");

function visit(search, triggeredId) {
  openPage(search, triggeredId);
  callbacks.route(search);
}

beforeEach(() => {
  document.hidden = false;
});

test("there is a function for each callback that Python registers, and no other", () => {
  assert.deepEqual(Object.keys(callbacks).sort(), [...contract.callbacks].sort());
});

test("every view can be opened, alone, with its title, its link and one request", () => {
  for (const view of contract.views) {
    const subject = view.name === contract.detail_view ? Object.keys(contract.subjects)[0] : null;
    visit(subject ? `?view=${subject}&${subject}=1` : `?view=${view.name}`);

    const open = contract.views.filter(({ section }) => shown(section, "hidden") === false);
    assert.deepEqual(open, [view]);
    assert.equal(shown("page-title", "children"), subject ? contract.subjects[subject].title : view.title);
    const marked = contract.views.filter(({ link }) => link && shown(link, "active"));
    const inMenu = subject ? contract.subjects[subject].list_view : view.link && view.name;
    assert.deepEqual(
      marked.map(({ name }) => name),
      inMenu ? [inMenu] : [],
    );
    const requests = sets.filter(([id, props]) => id === view.request && !props.data.ahead);
    assert.equal(requests.length, 1);
    assert.equal(shown("asked", "data"), shown(view.request, "data"));
  }
});

test("the link of the open view says that it is the page, and that of a subject's list that it is near", () => {
  const [first] = contract.views;
  visit(`?view=${first.name}`);
  assert.equal(shown(first.link_item, "aria-current"), "page");

  const [subject, { list_view }] = Object.entries(contract.subjects)[0];
  visit(`?view=${subject}&${subject}=1`);
  const list = contract.views.find(({ name }) => name === list_view);
  assert.equal(shown(list.link_item, "aria-current"), "true");
});

test("the button names the period that the address chooses", () => {
  visit("?tz=UTC&period=custom&start=2026-01-01&end=2026-01-31");
  assert.equal(elements.get("period-name").textContent, "January 2026");
  visit("?period=7d");
  assert.equal(elements.get("period-name").textContent, contract.periods["7d"]);
});

test("a range that is over is marked, so that the clock may rest", () => {
  visit("?period=custom&start=2020-01-02&end=2020-01-31");
  assert.equal(document.documentElement.dataset.past, "true");
  callbacks.keepFreshness({ status: "ok", as_of_age_seconds: 1, as_of_words: "14:32" });
  assert.equal(shown("tick", "disabled"), true);

  visit("?period=7d");
  assert.equal(shown("tick", "disabled") ?? false, false);
});

test("a tick in a hidden tab does nothing", () => {
  document.hidden = true;
  assert.throws(() => visit("", "tick"), /PreventUpdate/);
  assert.deepEqual(sets, []);
});

test("what a component shows already is not set again", () => {
  visit("?view=users&period=7d");
  sets.length = 0;
  callbacks.route("?view=users&period=7d");
  const ids = sets.map(([id]) => id);
  assert.deepEqual(ids, ["users-question", "asked"]);
});

test("a view that is left before its answer came is asked again, without what is around it", () => {
  visit("?view=users");
  callbacks.route("?view=models");
  assert.equal(shown("users-question", "data").ahead, true);

  callbacks.route("?view=users");
  dash_clientside.callback_context.triggered_id = "users-places";
  callbacks.fill({});
  callbacks.route("?view=models");
  assert.equal(shown("users-question", "data").ahead, undefined);
});
