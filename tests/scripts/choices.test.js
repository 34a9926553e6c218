import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage, script, sets } from "./small_page.js";

const { arrive, go } = await script("go");
const { hiddenColumns } = await script("column_chooser");
const { shortcutOf } = await script("shortcuts");
const { search } = await script("route");
const { legendTraces } = await script("chart_pictures");

const addresses = () => sets.filter(([id]) => id === "url").map(([, props]) => props.search);

beforeEach(() => {
  arrive();
  openPage("?view=users");
});

test("two changes at once both reach the address", () => {
  go({ period: "7d" });
  go({ group: "1" });
  assert.equal(addresses().at(-1), "?view=users&period=7d&group=1");
});

test("a change to what the address says already sets nothing", () => {
  go({ view: "users", q: null });
  assert.deepEqual(addresses(), []);
});

test("a search goes into the address once, back to the table's first page", () => {
  openPage("?view=users&page=3&all=1");
  search("ada");
  assert.deepEqual(addresses(), ["?view=users&q=ada"]);
  openPage("?q=ada");
  search("ada");
  assert.deepEqual(addresses(), []);
});

test("a table hides the columns that want more room than there is, unless the reader has chosen", () => {
  const wanted = [0, 0, 1, 2, 3];
  assert.deepEqual(hiddenColumns(undefined, wanted, 0), [3, 4, 5]);
  assert.deepEqual(hiddenColumns(undefined, wanted, 1), [4, 5]);
  assert.deepEqual(hiddenColumns(undefined, wanted, 2), [5]);
  assert.deepEqual(hiddenColumns([2], wanted, 0), [2]);
  assert.deepEqual(hiddenColumns([], wanted, 0), []);
});

test("a key with another key, or one that is held down, is no shortcut", () => {
  const pressed = (key, more = {}) => shortcutOf({ key, ...more });
  assert.equal(pressed("D"), "d");
  assert.equal(pressed("?", { shiftKey: true }), "?");
  assert.equal(pressed("d", { shiftKey: true }), null);
  for (const more of ["ctrlKey", "metaKey", "altKey", "repeat", "isComposing", "defaultPrevented"]) {
    assert.equal(pressed("d", { [more]: true }), null, more);
  }
  assert.equal(pressed(undefined), "");
});

test("a picture has a legend where there is more than one series", () => {
  const bars = { type: "bar", name: "Prompt", marker: { color: "#123456" } };
  assert.deepEqual(legendTraces([bars, { name: "totals", mode: "text" }]), []);
  assert.deepEqual(
    legendTraces([bars, { ...bars, name: "Completion" }]).map(({ name, marker }) => [name, marker.color]),
    [
      ["Prompt", "#123456"],
      ["Completion", "#123456"],
    ],
  );
});
