import assert from "node:assert/strict";
import { test } from "node:test";
import { contract, elements, openPage, script, sets } from "./small_page.js";

for (const id of ["find", "find-field", "find-hits"]) {
  elements.set(id, Object.assign(document.createElement("div"), { addEventListener() {} }));
}

const { addressOfHit } = await script("find");
const { findHits, showHits } = await script("hits");
const { parse } = await script("address");

test("what was found opens in the same period and without the filters", () => {
  const query = parse("?view=users&period=7d&tz=UTC&group=1&not-model=x&sort=name&page=2&q=ada");
  assert.equal(addressOfHit("user", "a b", query), "?view=user&user=a+b&period=7d&tz=UTC");
  for (const kind of ["user", "agent", "model", "group"]) {
    const target = parse(addressOfHit(kind, "1", query));
    const view = Object.hasOwn(contract.subjects, kind) ? kind : contract.default_view;
    assert.deepEqual([target.get("view"), target.get(kind)], [view, "1"]);
  }
});

test("typing on asks once, and only the last question is answered", async () => {
  openPage();
  const texts = ["a", "ad", "ada"];
  const answers = texts.map((text) => findHits(text, ["user"]));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const questions = sets.filter(([id]) => id === "find-question").map(([, { data }]) => data);
  assert.deepEqual(
    questions.map(({ text }) => text),
    ["ada"],
  );

  const hits = [{ kind: "user", id: "1", label: "Ada", detail: "", cost: "$1.00" }];
  showHits({ number: questions[0].number - 1, hits: [] });
  showHits({ number: questions[0].number, hits });
  assert.deepEqual(await Promise.all(answers), [null, null, hits]);
});
