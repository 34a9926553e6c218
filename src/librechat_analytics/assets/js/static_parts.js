// @ts-check
/*
 * Puts the parts of the page that never change into place (`static_parts.py`). Dash itself would compare each of them
 * with every answer. `main.js` calls it once Dash has mounted the layout, before anything is painted and before other
 * scripts look for these parts.
 */
import { propsOf } from "./dash.js";

/** @typedef {string | [string, Record<string, string>, ...any[]]} Part */

/** @param {Part} part @returns {string | Element} */
function build(part) {
  if (typeof part === "string") return part;
  const [tag, attributes, ...children] = part;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.map(build));
  return element;
}

export function placeStaticParts() {
  /** @type {Record<string, Part[]>} */
  const parts = propsOf("static-parts")?.data;
  for (const [id, children] of Object.entries(parts)) {
    document.getElementById(id)?.append(...children.map(build));
  }
}
