// @ts-check
/*
 * Spreads the query string over the page: which view is shown, what the controls and links say, and one request for
 * the figures. Dash calls it whenever the address changes and whenever the clock ticks.
 */
import {
  changed,
  currentQuery,
  isPast,
  linkTo,
  menuViewOf,
  parse,
  subjectOf,
  viewNamed,
  viewOf,
  write,
} from "./address.js";
import { contract } from "./contract.js";
import { endCallback, setProps, showProps, triggeredId } from "./dash.js";
import { requestView } from "./data_requests.js";
import { showFilters } from "./filters.js";
import { noteWanted, shouldRest } from "./freshness.js";
import { arrive, go } from "./go.js";
import { showPeriod, wantedPeriod } from "./period_menu.js";
import { labelControls } from "./shortcuts.js";
import { keyOf, nameThePage, titleOf } from "./titles.js";

/** @typedef {import("./contract.js").View} View */

/** @param {string | null | undefined} address the query string */
export function route(address) {
  const isTick = triggeredId() === "tick";
  // The clock may tick once more before it stops in a tab that was just hidden.
  if (isTick && document.hidden) endCallback();
  const query = parse(address);
  const view = viewOf(query);
  const root = document.documentElement;
  arrive();
  root.dataset.refresh = isTick ? "tick" : "reader";
  root.dataset.past = String(isPast(query));
  nameThePage(titleOf(query), query);
  hideFiguresOfAnother(query);
  setLinks(query);
  linkToWhole(query);
  markSortedColumn(view, query);
  showSearch(view, query);
  showMenu(query);
  for (const one of contract.views) showProps(one.section, { hidden: one !== view });
  showProps("page-title", { children: titleOf(query) });
  showPeriod(query);
  noteWanted(wantedPeriod(query));
  showProps("tick", { disabled: shouldRest() });
  const request = requestView(view, address ?? "");
  setProps("asked", { data: request });
  showFilters(request);
  labelControls();
}

/** @param {URLSearchParams} query */
function showMenu(query) {
  const view = viewOf(query);
  const inMenu = menuViewOf(query);
  for (const { name, link, link_item } of contract.views) {
    if (!link || !link_item) continue;
    const isCurrent = name === inMenu.name;
    showProps(link, { href: linkTo(name, query), active: isCurrent });
    showProps(link_item, { "aria-current": isCurrent ? (inMenu === view ? "page" : "true") : null });
  }
}

/** @type {string | null} */
let formerSubject = null;

/**
 * Hides the figures of one user, model or agent as soon as the page is about another one.
 * @param {URLSearchParams} query
 */
function hideFiguresOfAnother(query) {
  const subject = subjectOf(query);
  if (!subject) return;
  const present = keyOf(subject, query);
  if (formerSubject !== null && formerSubject !== present) {
    setProps(viewNamed(contract.detail_view).section, { className: "view ready former" });
  }
  formerSubject = present;
}

/**
 * Sets the links that lead to another view (`data-view="users"`), and those that change one parameter
 * (`data-set="split=model"`, or `"split="` for its default).
 * @param {URLSearchParams} query
 */
function setLinks(query) {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("a[data-view]")
  )) {
    link.href = linkTo(link.dataset.view ?? "", query);
  }
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("a[data-set]")
  )) {
    const [name = "", value = ""] = (link.dataset.set ?? "").split("=");
    const target = new URLSearchParams(query);
    if (value) target.set(name, value);
    else target.delete(name);
    link.href = write(target);
    if ((query.get(name) ?? "") === value) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Lets the row of an embedded page lead to the same figures in the whole dashboard, with the key of the link.
 * @param {URLSearchParams} query
 */
function linkToWhole(query) {
  const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("whole-dashboard"));
  if (!link) return;
  link.href = changed(write(query), { embed: null, controls: null, theme: null }) + location.hash;
}

/** @param {View} view @param {URLSearchParams} query */
function markSortedColumn(view, query) {
  const wanted = query.get("sort");
  const headers = document.querySelectorAll(`#${view.section} th[data-sort]`);
  for (const header of /** @type {NodeListOf<HTMLElement>} */ (headers)) {
    const { sort = "", first, preset } = header.dataset;
    const state = wanted ?? (preset ? (first === "descending" ? `-${sort}` : sort) : "");
    const direction = { [sort]: "ascending", [`-${sort}`]: "descending" }[state] ?? "none";
    header.setAttribute("aria-sort", direction);
  }
}

/** @param {View} view @param {URLSearchParams} query */
function showSearch(view, query) {
  if (!view.search || document.activeElement?.id === view.search) return;
  showProps(view.search, { value: query.get("q") ?? "" });
}

/**
 * Puts what the reader has typed into a table's search field into the address.
 * @param {string | null | undefined} text
 */
export function search(text) {
  // The field also changes when the address does.
  if ((text ?? "") !== (currentQuery().get("q") ?? "")) go({ q: text ?? "", all: null, page: null });
}
