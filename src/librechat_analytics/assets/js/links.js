// @ts-check
/*
 * Clicks on links and buttons that change the address, and pointers that rest on a link of the menu.
 */
import { currentQuery, parse, subjectOf, viewOf } from "./address.js";
import { contract } from "./contract.js";
import { setProps } from "./dash.js";
import { requestAhead } from "./data_requests.js";
import { go } from "./go.js";
import { namedPeriod } from "./period_names.js";
import { rememberName } from "./titles.js";

const REST_MILLISECONDS = 60; // a pointer that only passes by asks for nothing

/** @param {HTMLAnchorElement} link */
function visit(link) {
  visitAddress(new URL(link.href).search, link.closest(".chart-figure") ? null : link.textContent);
}

/**
 * Opens an address of this page.
 * @param {string} search
 * @param {string | null} name of the user, model or agent that the page is about, if it is known
 */
export function visitAddress(search, name) {
  const query = parse(search);
  if (name) rememberName(query, name);
  const isElsewhere = viewOf(query) !== viewOf(currentQuery()) || subjectOf(query);
  setProps("url", { search });
  if (!isElsewhere) return;
  window.scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** @param {HTMLElement} header */
function sortBy(header) {
  const { sort, first } = header.dataset;
  const present = header.getAttribute("aria-sort") ?? "";
  const direction = { ascending: "descending", descending: "ascending" }[present] ?? first;
  go({ sort: direction === "descending" ? `-${sort}` : (sort ?? null), page: null });
}

function clearSearch() {
  const { search } = viewOf(currentQuery());
  if (search) {
    setProps(search, { value: "" });
    document.getElementById(search)?.focus();
  }
  go({ q: null });
}

/** @param {MouseEvent} event */
function followClick(event) {
  if (!(event.target instanceof Element)) return;
  /** @param {string} selector */
  const at = (selector) =>
    /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(selector));
  const link = at("main a[href^='?']:not([data-set], [target])");
  const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (link instanceof HTMLAnchorElement && isPlain) {
    event.preventDefault();
    visit(link);
  }
  const choice = at("[data-set]");
  if (choice && isPlain) {
    event.preventDefault();
    go(Object.fromEntries(new URLSearchParams(choice.dataset.set)));
  }
  const header = at("th[data-sort]");
  if (header && at("button")) sortBy(header);
  if (at("[data-action=show-all]")) go({ all: "1", page: null });
  if (at("[data-action=clear-search]")) clearSearch();
  const period = at("[data-period]")?.dataset.period;
  if (period) go(namedPeriod(period));
  if (at("#theme-switch")) go({ theme: null });
}

/**
 * Makes a bar's range the period.
 * @param {[string, string]} range
 */
export function openBucket([start, end]) {
  go({ period: contract.custom_period, start, end, page: null });
}

export function startLinks() {
  /** @type {Element | null} */
  let pointedAt = null;
  document.addEventListener("pointerover", (event) => {
    const link = event.target instanceof Element ? event.target.closest("nav.views a") : null;
    if (link === pointedAt) return;
    pointedAt = link;
    if (!(link instanceof HTMLAnchorElement)) return;
    setTimeout(() => link === pointedAt && requestAhead(new URL(link.href).search), REST_MILLISECONDS);
  });
  document.addEventListener("click", followClick);
}
