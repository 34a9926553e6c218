// @ts-check
/*
 * Fills the targets that the server has answered for. Dash calls it with each answer.
 */
import { setProps, triggeredId } from "./dash.js";
import { noteAnswer } from "./data_requests.js";
import { patchChildren } from "./markup.js";

/** @typedef {import("./markup.js").Markup} Markup */

const ROWS_AT_FIRST = 60; // what a table shows until a reader wants more
const ROWS_AT_ONCE = 50;

/** @type {Map<Element, number>} */
const unfinished = new Map(); // target → the animation frame that adds its next rows

/**
 * Adds a long list in steps, so that the page can react to its reader in between.
 * @param {Element} target
 * @param {Markup[]} children
 * @param {number} from
 * @param {number} to
 */
function patchInSteps(target, children, from, to) {
  patchChildren(target, children, from, to);
  unfinished.delete(target);
  if (to >= children.length) return;
  const next = () => patchInSteps(target, children, to, to + ROWS_AT_ONCE);
  unfinished.set(target, requestAnimationFrame(next));
}

/** @param {() => void} act */
const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

/**
 * Drawing takes as long as everything else together, so charts follow a frame after the figures.
 * @param {Record<string, Markup[] | object> | null | undefined} targets by id: markup, or a chart's figure
 */
export function fill(targets) {
  noteAnswer(triggeredId());
  for (const [id, content] of Object.entries(targets ?? {})) {
    if (!Array.isArray(content)) {
      afterPaint(() => setProps(id, { figure: content }));
      continue;
    }
    const target = document.getElementById(id);
    if (!target) throw new Error(`The page has no target #${id}.`);
    cancelAnimationFrame(unfinished.get(target) ?? 0);
    patchInSteps(target, content, 0, ROWS_AT_FIRST);
  }
}

/**
 * Fills some targets completely before it returns.
 * @param {Record<string, Markup[]>} targets
 */
export function fillAtOnce(targets) {
  for (const [id, content] of Object.entries(targets)) {
    const target = document.getElementById(id);
    if (!target) continue;
    cancelAnimationFrame(unfinished.get(target) ?? 0);
    patchChildren(target, content);
  }
}
