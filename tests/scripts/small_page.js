/*
 * A page that is just large enough for the scripts' logic: elements, a location, storage, and a Dash that records
 * which properties are set. The browser tests run the scripts in a real page.
 */
import { readFileSync } from "node:fs";

const given = JSON.parse(readFileSync(process.env.SCRIPT_TESTS, "utf-8"));

/** The contract and samples of what the server writes, both made by Python. */
export const { contract, ages, ranges } = given;

class SmallNode {
  childNodes = [];
  parentNode = null;

  get lastChild() {
    return this.childNodes.at(-1);
  }

  append(...nodes) {
    for (const node of nodes) {
      const child = typeof node === "string" ? new Text(node) : node;
      child.parentNode = this;
      this.childNodes.push(child);
    }
  }

  remove() {
    this.parentNode.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
  }

  replaceWith(node) {
    const child = typeof node === "string" ? new Text(node) : node;
    child.parentNode = this.parentNode;
    this.parentNode.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1, child);
  }

  get textContent() {
    return this.childNodes.map((child) => child.textContent).join("");
  }

  set textContent(text) {
    this.childNodes = [];
    this.append(text);
  }
}

class Text extends SmallNode {
  nodeType = 3;
  nodeName = "#text";

  constructor(data) {
    super();
    this.data = data;
  }

  get textContent() {
    return this.data;
  }
}

class Element extends SmallNode {
  nodeType = 1;
  attributes = new Map();
  dataset = {};
  style = { width: "", clipPath: "" };

  constructor(tag) {
    super();
    this.nodeName = this.tagName = tag.toUpperCase();
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  removeAttribute(name) {
    this.attributes.delete(name);
  }

  closest() {
    return null;
  }

  toggleAttribute(name, isThere) {
    if (isThere) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }
}

/** The elements by id; others appear when a script looks for them. */
export const elements = new Map();
/** The properties of components, as Dash has them. */
export const components = new Map();
/** What the scripts have set, in order: [id, properties]. */
export const sets = [];

function elementById(id) {
  if (!elements.has(id)) elements.set(id, new Element("div"));
  return elements.get(id);
}

const stored = new Map();

Object.assign(globalThis, {
  window: globalThis,
  Node: { TEXT_NODE: 3 },
  Element,
  HTMLElement: Element,
  HTMLSelectElement: class extends Element {},
  MutationObserver: class {
    observe() {}
  },
  localStorage: {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  },
  location: { search: "", href: "https://example.com/librechat-analytics/", origin: "https://example.com" },
  matchMedia: () => ({ matches: false, addEventListener() {} }),
  requestAnimationFrame: () => 1,
  cancelAnimationFrame() {},
  document: {
    title: "",
    hidden: false,
    documentElement: new Element("html"),
    head: new Element("head"),
    getElementById: elementById,
    createElement: (tag) => new Element(tag),
    querySelector: () => null,
    querySelectorAll: () => [],
    addEventListener() {},
  },
  dash_clientside: {
    PreventUpdate: new Error("PreventUpdate"),
    callback_context: { triggered_id: undefined },
    set_props(id, props) {
      sets.push([id, props]);
      components.set(id, { ...components.get(id), ...props });
    },
  },
  dash_component_api: { getLayout: (id) => ({ props: components.get(id) ?? {} }) },
});
elementById("contract").textContent = JSON.stringify(contract);

/** Puts the page back to how it was, at an address, with a component that triggered the callback. */
export function openPage(search = "", triggeredId = undefined) {
  location.search = search;
  dash_clientside.callback_context.triggered_id = triggeredId;
  components.clear();
  sets.length = 0;
  stored.clear();
}

/** Gives the last value that was set of a component's property. */
export const shown = (id, name) => components.get(id)?.[name];

/** Imports one of the page's scripts; only after this module has made the page. */
export const script = (name) => import(`../../src/librechat_analytics/assets/js/${name}.js`);
