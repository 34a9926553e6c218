// @ts-check
/*
 * The page's heading and the browser's own title.
 */
import { currentQuery, subjectOf, viewNamed, viewOf } from "./address.js";
import { contract } from "./contract.js";

/** @type {Map<string, string>} */
const clickedNames = new Map(); // the name on the link that led to a page, until the server sends it

/**
 * Gives a key that differs between two users, models or agents.
 * @param {string} subject
 * @param {URLSearchParams} query
 */
export const keyOf = (subject, query) => JSON.stringify([subject, ...query.getAll(subject)]);

/** @param {URLSearchParams} query @param {string} name */
export function rememberName(query, name) {
  const subject = subjectOf(query);
  if (subject) clickedNames.set(keyOf(subject, query), name);
}

/** @param {URLSearchParams} query */
export function titleOf(query) {
  const subject = subjectOf(query);
  if (!subject) return viewOf(query).title;
  return clickedNames.get(keyOf(subject, query)) ?? contract.subjects[subject]?.title ?? "";
}

/**
 * Sets the browser's own title: the page's name, the list it belongs to, and the product.
 * @param {string} name
 * @param {URLSearchParams} query
 */
export function nameThePage(name, query = currentQuery()) {
  const subject = contract.subjects[subjectOf(query) ?? ""];
  const list = subject ? [viewNamed(subject.list_view).title] : [];
  document.title = [name, ...list, contract.page_title].join(" · ");
}
