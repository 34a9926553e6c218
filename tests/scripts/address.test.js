import assert from "node:assert/strict";
import { test } from "node:test";
import { contract, script } from "./small_page.js";

const address = await script("address");
const { parse } = address;

test("a link to another view keeps the period and every filter", () => {
  const parameters = new URLSearchParams({ view: "overview", period: "7d", sort: "-cost", q: "Ada" });
  for (const name of contract.filters) {
    for (const letter of "ab") parameters.append(name, `${letter} ${name}`);
  }

  const link = parse(address.linkTo("users", parameters));

  assert.equal(link.get("view"), "users");
  assert.equal(link.get("period"), "7d");
  for (const name of contract.filters) assert.deepEqual(link.getAll(name), [`a ${name}`, `b ${name}`]);
  assert.ok(contract.filters.includes("not-model"));
  assert.equal(link.get("sort"), null);
  assert.equal(link.get("q"), null);
});

test("a link away from a user's page leaves that user behind", () => {
  assert.equal(address.linkTo("users", parse("?view=user&user=1&group=2")), "?view=users&group=2");
});

test("clearing the filters takes away each of them, and the page of the table", () => {
  const changes = address.withoutFilters(parse("?view=users&group=1"));

  assert.deepEqual(Object.keys(changes).sort(), [...contract.filters, "page"].sort());
  assert.ok(Object.values(changes).every((value) => value === null));
});

test("clearing the filters on a model's page keeps the model", () => {
  assert.ok(!("model" in address.withoutFilters(parse("?view=model&model=x"))));
  assert.deepEqual(address.chosenFilters(parse("?view=model&model=x&group=1")), ["group"]);
});

test("every view of the menu is found by its name, and any other name is the first view", () => {
  for (const view of contract.views.filter(({ link }) => link)) {
    assert.equal(address.viewOf(parse(`?view=${view.name}`)).name, view.name);
  }
  for (const search of ["", "?view=", "?view=nope", "?view=detail", "?view=__proto__", "?view=toString"]) {
    assert.equal(address.viewOf(parse(search)).name, contract.default_view, search);
  }
});

test("the page of each subject belongs to its list", () => {
  for (const [subject, { list_view }] of Object.entries(contract.subjects)) {
    const query = parse(`?view=${subject}&${subject}=x`);
    assert.equal(address.viewOf(query).name, contract.detail_view);
    assert.equal(address.menuViewOf(query).name, list_view);
  }
});

test("an unknown period is the default one", () => {
  assert.equal(address.periodOf(parse("?period=7d")), "7d");
  assert.equal(address.periodOf(parse("?period=7days")), contract.default_period);
  assert.equal(address.periodOf(parse("")), contract.default_period);
});

test("a change keeps the other parameters, and null or nothing takes one away", () => {
  assert.equal(address.changed("?view=users&page=2", { user: "a b", page: null }), "?view=users&user=a+b");
  assert.equal(address.changed("?q=x", { q: "" }), "?");
  assert.equal(address.changed("?model=a&model=b&q=x", { model: ["b", "c"] }), "?model=b&q=x&model=c");
  assert.equal(address.changed("?model=a&model=b", { model: [] }), "?");
});

test("only a custom range that ended before today is past", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  const isPast = (search) => address.isPast(parse(`?tz=UTC&${search}`), now);

  assert.ok(isPast("period=custom&start=2026-11-01&end=2026-11-23"));
  assert.ok(!isPast("period=custom&start=2026-11-01&end=2026-11-24"));
  assert.ok(!isPast("period=custom&start=2026-11-01"));
  assert.ok(!isPast("period=yesterday"));
});

test("today is a day of the address's zone, or of the reader's where that is no zone", () => {
  const now = new Date("2026-11-24T23:30:00Z");
  assert.equal(address.today(parse("?tz=Asia/Tokyo"), now), "2026-11-25");
  assert.match(address.today(parse("?tz=Nowhere"), now), /^2026-11-2[45]$/);
});

test("one value of a filter is chosen alone, whatever was chosen or left out before", () => {
  const before = "?model=a&model=b&not-model=c&group=1&page=2";
  assert.equal(address.changed(before, address.onlyValue("model", "c")), "?model=c&group=1");
});

test("a value that is left out joins the others that are, and is chosen no more", () => {
  const leaveOut = (search) => address.changed(search, address.valueLeftOut(parse(search), "model", "b"));
  assert.equal(leaveOut("?not-model=a&page=2"), "?not-model=a&not-model=b");
  assert.equal(leaveOut("?model=a&model=b"), "?model=a&not-model=b");
  assert.equal(leaveOut("?not-model=b"), "?not-model=b");
});
