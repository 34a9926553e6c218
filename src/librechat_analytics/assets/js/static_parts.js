// @ts-check
/*
 * Puts the parts of the page that never change into place (`static_parts.py`). Dash itself would compare each of them
 * with every answer. `main.js` calls it once Dash has mounted the layout, before anything is painted and before other
 * scripts look for these parts.
 */
import { propsOf } from "./dash.js";

/** @typedef {string | [string, Record<string, string>, ...any[]]} Part */

/**
 * Makes an element, with an attribute for each name that has a value.
 * @param {string} tag
 * @param {Record<string, string | null | undefined>} attributes
 * @param {(string | Element)[]} children
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** @param {Part} part @returns {string | Element} */
function build(part) {
  if (typeof part === "string") return part;
  const [tag, attributes, ...children] = part;
  return make(tag, attributes, ...children.map(build));
}

export function placeStaticParts() {
  /** @type {Record<string, Part[]>} */
  const parts = propsOf("static-parts")?.data;
  for (const [id, children] of Object.entries(parts)) {
    document.getElementById(id)?.append(...children.map(build));
  }
}
