// @ts-check
/*
 * Reads and writes the query string, which is the only state of the page.
 */
import { contract } from "./contract.js";

/** @typedef {import("./contract.js").View} View */

// Read while the browser waits for other scripts anyway: the first use of a calendar takes its time.
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;

export const readerZone = () => ownZone;

/** @param {string | null | undefined} search */
export const parse = (search) => new URLSearchParams(search ?? "");

export const currentQuery = () => parse(location.search);

/** @param {URLSearchParams} query */
export function write(query) {
  const text = query.toString();
  return text ? `?${text}` : "?";
}

/** @param {string} name @returns {View} */
export function viewNamed(name) {
  const view = contract.views.find((one) => one.name === name);
  if (!view) throw new Error(`views/registry.py has no view ${name}.`);
  return view;
}

/**
 * Tells whether the page is about one user, model or agent; null where it is a view of the menu.
 * @param {URLSearchParams} query
 */
export function subjectOf(query) {
  const name = query.get("view") ?? "";
  return Object.hasOwn(contract.subjects, name) ? name : null;
}

/** @param {URLSearchParams} query @returns {View} */
export function viewOf(query) {
  if (subjectOf(query)) return viewNamed(contract.detail_view);
  const { views, default_view, detail_view } = contract;
  const wanted = views.find(({ name }) => name !== detail_view && name === query.get("view"));
  return wanted ?? viewNamed(default_view);
}

/**
 * Gives the view of the menu that an address belongs to: its own one, or the list of its subject.
 * @param {URLSearchParams} query
 */
export function menuViewOf(query) {
  const subject = contract.subjects[subjectOf(query) ?? ""];
  return subject ? viewNamed(subject.list_view) : viewOf(query);
}

/** @param {URLSearchParams} query */
export function periodOf(query) {
  const name = query.get("period") ?? "";
  return Object.hasOwn(contract.periods, name) ? name : contract.default_period;
}

/**
 * Gives the address of a view with the same period and filters.
 * @param {string} view
 * @param {URLSearchParams} query
 */
export function linkTo(view, query) {
  const target = new URLSearchParams({ view });
  const subject = subjectOf(query);
  for (const name of contract.shared_parameters) {
    if (name === subject) continue;
    for (const value of query.getAll(name)) if (value) target.append(name, value);
  }
  return write(target);
}

/**
 * The new values of parameters; null, an empty text and an empty list take a parameter away.
 * @typedef {Record<string, string | string[] | null>} Changes
 */

/**
 * Gives an address in which some parameters are changed.
 * @param {string} search
 * @param {Changes} changes
 */
export function changed(search, changes) {
  const query = parse(search);
  for (const [name, value] of Object.entries(changes)) {
    const [first, ...more] = [value ?? ""].flat();
    if (first) query.set(name, first);
    else query.delete(name);
    for (const one of more) query.append(name, one);
  }
  return write(query);
}

/**
 * Gives the changes that make one value the only one of a filter.
 * @param {string} name
 * @param {string} value
 * @returns {Changes}
 */
export const onlyValue = (name, value) => ({ [name]: value, [`not-${name}`]: null, page: null });

/**
 * Gives the changes that add one value to those of a filter; it is left out no more.
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {string} value
 * @returns {Changes}
 */
export function valueAdded(query, name, value) {
  const leftOut = query.getAll(`not-${name}`).filter((one) => one !== value);
  const chosen = new Set([...query.getAll(name).filter(Boolean), value]);
  return { [name]: [...chosen], [`not-${name}`]: leftOut, page: null };
}

/**
 * Gives the changes that leave one value of a filter out, beside those that are left out already.
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {string} value
 * @returns {Changes}
 */
export function valueLeftOut(query, name, value) {
  const chosen = query.getAll(name).filter((one) => one !== value);
  const leftOut = new Set([...query.getAll(`not-${name}`), value]);
  return { [name]: chosen, [`not-${name}`]: [...leftOut], page: null };
}

/**
 * Names the filters that the address sets (`model`, `not-model`), without the one that says what the page is about.
 * @param {URLSearchParams} query
 */
export function chosenFilters(query) {
  return contract.filters.filter((name) => query.has(name) && query.get("view") !== name);
}

/**
 * Gives the changes that take away every filter except the one that says what the page is about.
 * @param {URLSearchParams} query
 * @returns {Record<string, null>}
 */
export function withoutFilters(query) {
  const names = [...contract.filters.filter((name) => name !== query.get("view")), "page"];
  return Object.fromEntries(names.map((name) => [name, null]));
}

/**
 * Gives the day of a date or time, null where the text has none.
 * @param {string | null | undefined} text
 */
const dayOf = (text) => /^\d{4}-\d\d-\d\d/.exec(text ?? "")?.[0] ?? null;

/** @param {URLSearchParams} query @param {Date} now */
export function today(query, now = new Date()) {
  /** @param {string | undefined} timeZone */
  const inZone = (timeZone) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(now);
  try {
    return inZone(query.get("tz") || undefined);
  } catch {
    return inZone(undefined); // not a zone, which the server says
  }
}

/**
 * Tells whether the range is over, so that time does not change it; yesterday is another day tomorrow.
 * @param {URLSearchParams} query
 * @param {Date} now
 */
export function isPast(query, now = new Date()) {
  return (
    query.get("period") === contract.custom_period && (dayOf(query.get("end")) ?? "9") < today(query, now)
  );
}
