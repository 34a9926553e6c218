// @ts-check
/*
 * Asks the server for users, agents, models, groups and cost centres by what a reader types: one question for each
 * pause in typing.
 */
import { setProps } from "./dash.js";

/**
 * @typedef {"user" | "agent" | "model" | "group" | "cost_center"} Kind
 * @typedef {{kind: Kind, id: string, label: string, detail: string, cost: string}} Hit
 */

/** @type {Kind[]} */
export const KINDS = ["user", "agent", "model", "group", "cost_center"];

const PAUSE_MILLISECONDS = 160;
const PATIENCE_MILLISECONDS = 8000; // without an answer, the list shows what the browser knows by itself

/** @type {((hits: Hit[] | null) => void) | null} */
let answerTo = null;
let number = 0;

/**
 * Finds entries of some kinds; null where a later question replaces this one.
 * @param {string} text
 * @param {Kind[]} kinds
 * @returns {Promise<Hit[] | null>}
 */
export async function findHits(text, kinds) {
  answerTo?.(null);
  const present = ++number;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  if (present !== number) return null;
  return new Promise((resolve) => {
    answerTo = resolve;
    setTimeout(() => present === number && resolve([]), PATIENCE_MILLISECONDS);
    setProps("find-question", { data: { text, kinds, number: present } });
  });
}

/**
 * Dash calls it with each answer.
 * @param {{number: number, hits: Hit[]} | null | undefined} answer
 */
export function showHits(answer) {
  if (answer?.number !== number) return;
  answerTo?.(answer.hits);
  answerTo = null;
}
