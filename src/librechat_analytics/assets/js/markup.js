// @ts-check
/*
 * Turns the server's nested lists (`markup.py`) into elements and patches them into the page. A refresh changes the
 * texts that differ and leaves everything else as it is, the reader's focus and selection included. Only the
 * contract's tags and attributes exist; text is always text, and links lead only to views of this page.
 */
import { contract } from "./contract.js";

/** @typedef {string | [string, Record<string, string>, ...any[]]} Markup */

const TAGS = new Set(contract.markup.tags);
const ATTRIBUTES = contract.markup.attributes.filter((name) => name !== "width"); // which becomes a style
const LEAST_BAR_PERCENT = 4;
const MANY_BARS = 40;
const GAP_SHARE = 0.25;

/**
 * Turns heights in per cent into the outline of as many bars, so that a row's drawing is one element.
 * @param {string} heights
 */
export function barsAsShape(heights) {
  const values = heights.split(" ").map(Number);
  const step = 100 / values.length;
  const gap = values.length > MANY_BARS ? 0 : step * GAP_SHARE;
  const corners = values.flatMap((value, index) => {
    const top = `${100 - Math.max(value, LEAST_BAR_PERCENT)}%`;
    const [left, right] = [`${index * step}%`, `${(index + 1) * step - gap}%`];
    return [`${left} 100%`, `${left} ${top}`, `${right} ${top}`, `${right} 100%`];
  });
  return `polygon(${corners.join(",")})`;
}

/** @param {HTMLElement} node @param {Record<string, string>} attributes */
function patchAttributes(node, attributes) {
  for (const name of ATTRIBUTES) {
    const value = name === "href" && !attributes.href?.startsWith("?") ? undefined : attributes[name];
    if (value === undefined) node.removeAttribute(name);
    else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  const bars = attributes["data-bars"];
  if (bars !== undefined || node.style.clipPath) node.style.clipPath = bars ? barsAsShape(bars) : "";
  const width = attributes.width ?? "";
  if (node.style.width !== width) node.style.width = width;
  if (node.tagName === "BUTTON") /** @type {HTMLButtonElement} */ (node).type = "button";
}

/** @param {Element} parent @param {ChildNode | undefined} node @param {string} text */
function patchText(parent, node, text) {
  if (node?.nodeType === Node.TEXT_NODE) {
    const present = /** @type {Text} */ (node);
    if (present.data !== text) present.data = text;
  } else if (node) node.replaceWith(text);
  else parent.append(text);
}

/**
 * Makes an element's children match the markup, from one index up to another; surplus children go.
 * @param {Element} parent
 * @param {Markup[]} children
 */
export function patchChildren(parent, children, from = 0, to = Infinity) {
  children.slice(from, to).forEach((child, index) => {
    const node = parent.childNodes[from + index];
    if (typeof child === "string") {
      patchText(parent, node, child);
      return;
    }
    const [tag, attributes, ...inner] = child;
    if (!TAGS.has(tag)) throw new Error(`markup.TAGS does not have the tag ${tag}.`);
    let target = /** @type {HTMLElement} */ (node);
    if (node?.nodeName !== tag.toUpperCase()) {
      target = document.createElement(tag);
      if (node) node.replaceWith(target);
      else parent.append(target);
    }
    patchAttributes(target, attributes);
    patchChildren(target, inner);
  });
  while (parent.childNodes.length > children.length) parent.lastChild?.remove();
}
