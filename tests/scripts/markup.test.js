import assert from "node:assert/strict";
import { test } from "node:test";
import { contract, script } from "./small_page.js";

const { barsAsShape, patchChildren } = await script("markup");

function patched(...versions) {
  const target = document.createElement("div");
  for (const children of versions) patchChildren(target, children);
  return target;
}

test("every tag and attribute of the contract reaches the page", () => {
  for (const tag of contract.markup.tags) {
    assert.equal(patched([[tag, {}, "x"]]).childNodes[0].nodeName, tag.toUpperCase());
  }
  for (const name of contract.markup.attributes) {
    const value = name === "href" ? "?view=users" : "10%";
    const node = patched([["a", { [name]: value }]]).childNodes[0];
    assert.equal(name === "width" ? node.style.width : node.getAttribute(name), value, name);
  }
});

test("any other tag is refused, with the place where tags are listed", () => {
  assert.throws(() => patched([["script", {}, "x"]]), /markup\.TAGS does not have the tag script/);
});

test("any other attribute is dropped, and so is a link that leaves the page", () => {
  const [node] = patched([["a", { onclick: "x()", href: "javascript:x()" }, "x"]]).childNodes;
  assert.deepEqual([...node.attributes], []);
});

test("what has not changed keeps its element", () => {
  const target = patched([["li", { title: "a" }, "one"], "and", ["li", {}, "two"]]);
  const before = [...target.childNodes, target.childNodes[0].childNodes[0]];

  patchChildren(target, [["li", { title: "b" }, "ONE"], "or", ["li", {}, "two"]]);

  assert.deepEqual([...target.childNodes, target.childNodes[0].childNodes[0]], before);
  assert.equal(target.textContent, "ONEortwo");
  assert.equal(target.childNodes[0].getAttribute("title"), "b");
});

test("another tag gets a new element, and surplus children go", () => {
  const target = patched([["p", {}, "x"], "y", ["p", {}, "z"]], ["y", ["span", {}, "x"]]);

  assert.deepEqual(
    target.childNodes.map((node) => node.nodeName),
    ["#text", "SPAN"],
  );
  assert.equal(target.textContent, "yx");
});

test("an attribute, a width and a drawing go when the markup has them no longer", () => {
  const [node] = patched([["td", { title: "a", width: "4%", "data-bars": "1 2" }]], [["td", {}]]).childNodes;

  assert.deepEqual([...node.attributes], []);
  assert.deepEqual(node.style, { width: "", clipPath: "" });
});

test("a button never submits a form", () => {
  assert.equal(patched([["button", {}, "Go"]]).childNodes[0].type, "button");
});

test("a row's drawing has four corners for each bar, and a bar of zero can still be seen", () => {
  const shape = barsAsShape("0 100");
  assert.equal(shape.split(",").length, 8);
  assert.ok(shape.startsWith("polygon(0% 100%,0% 96%,"));
});
