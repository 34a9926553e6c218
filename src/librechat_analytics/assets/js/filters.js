// @ts-check
/*
 * The panel of filters, and every control that sets one parameter of the address (`data-param`). The controls follow
 * the address, and what the reader chooses goes into it.
 */
import {
  chosenFilters,
  currentQuery,
  onlyValue,
  valueAdded,
  valueLeftOut,
  withoutFilters,
} from "./address.js";
import { setProps } from "./dash.js";
import { byId, closest } from "./elements.js";
import { go } from "./go.js";
import { later } from "./later.js";

/** @typedef {import("./data_requests.js").DataRequest} DataRequest */

/** @type {DataRequest | null} */
let latest = null; // the request for the figures on screen

function showParameters() {
  const query = currentQuery();
  for (const marked of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-param]"))) {
    const wanted = query.get(marked.dataset.param ?? "") ?? "";
    if (marked instanceof HTMLSelectElement) {
      if (marked.value !== wanted) marked.value = wanted;
      if (marked.selectedIndex < 0) marked.value = "";
      continue;
    }
    const field = marked.querySelector("input");
    if (!field || field === document.activeElement || field.value === wanted) continue;
    setProps(field.id, { value: wanted });
  }
  byId("filter-toggle").toggleAttribute("data-active", chosenFilters(query).length > 0);
}

// A list can show a choice only once the choice is in it.
/** @type {WeakSet<Element>} */
const observedLists = new WeakSet();
/** @type {MutationObserver | null} */
let listObserver = null;

function observeLists() {
  listObserver ??= new MutationObserver(showParameters);
  for (const list of document.querySelectorAll("select[data-param]")) {
    if (observedLists.has(list)) continue;
    observedLists.add(list);
    listObserver.observe(list, { childList: true, subtree: true, attributeFilter: ["value"] });
  }
}

const isOpen = () => document.getElementById("filter-panel")?.hidden === false;

/** @param {boolean} open */
function showPanel(open) {
  byId("filter-panel").hidden = !open;
  byId("filter-toggle").setAttribute("aria-expanded", String(open));
}

const fields = later(async () => {
  const boxes = await import("./filter_boxes.js");
  boxes.startFilterBoxes();
  return boxes;
});

const ignore = () => {};

/** @param {boolean} open */
async function openPanel(open) {
  showPanel(open);
  if (open && latest) setProps("filter-question", { data: latest });
  if (open) await fields.start().then(({ showFields }) => showFields(currentQuery()), ignore);
  if (open !== isOpen()) return; // closed while the fields were loading
  // A field would bring up the keyboard of a phone.
  const isByPointer = window.matchMedia("(hover: hover)").matches;
  const isTyping = document.activeElement?.matches("#filter-panel input"); // since before the fields had loaded
  if (!open) byId("filter-toggle").focus();
  else if (isByPointer && !isTyping) {
    const [first] = byId("filter-panel").querySelectorAll("div:not([hidden]) > .combobox > input");
    /** @type {HTMLElement | undefined} */ (first)?.focus();
  }
}

/**
 * Shows what the address says; `route` calls it.
 * @param {DataRequest} request
 */
export function showFilters(request) {
  latest = request;
  observeLists();
  showParameters();
  fields.whenStarted(({ showFields }) => showFields(currentQuery()));
}

/** @param {Event} event */
function followChange({ target }) {
  const param = closest(target, "[data-param]")?.dataset.param;
  if (!param) return;
  // A list's choices are names as they were recorded, spaces included.
  const { value } = /** @type {HTMLInputElement | HTMLSelectElement} */ (target);
  go({ [param]: target instanceof HTMLSelectElement ? value : value.trim(), page: null });
}

/**
 * Shows the buttons of a row that was tapped beside its links, because a finger points at nothing.
 * @param {EventTarget | null} target
 */
function touchRow(target) {
  const row = closest(target, ":is(tr, li):has(.row-actions)");
  const isTapped = row && !closest(target, "a, button");
  for (const other of document.querySelectorAll("[data-touched]")) {
    if (other !== row) other.removeAttribute("data-touched");
  }
  if (isTapped) row.toggleAttribute("data-touched");
}

/** @param {EventTarget | null} target */
function filterByRow(target) {
  const button = closest(target, ".row-action");
  if (!(button instanceof HTMLButtonElement)) return;
  const { action, name = "" } = button.dataset;
  const { value } = button;
  go(action === "filter-only" ? onlyValue(name, value) : valueLeftOut(currentQuery(), name, value));
}

/**
 * Leaves out what a chip has chosen, or chooses what it has left out.
 * @param {HTMLButtonElement} verb
 */
function turnFilter({ dataset: { name = "" }, value }) {
  byId("filter-toggle").focus();
  const isLeftOut = name.startsWith("not-");
  const query = currentQuery();
  go(isLeftOut ? valueAdded(query, name.slice(4), value) : valueLeftOut(query, name, value));
}

/** @param {MouseEvent} event */
function followClick({ target }) {
  touchRow(target);
  filterByRow(target);
  if (closest(target, "#period")) showPanel(false); // its menu takes the same place
  if (closest(target, "#filter-toggle")) openPanel(!isOpen());
  else if (closest(target, "[data-action=close-filters]")) openPanel(false);
  const chip = closest(target, "[data-action=remove-filter]");
  if (chip instanceof HTMLButtonElement) {
    byId("filter-toggle").focus();
    const { value } = chip; // without one, the chip stands for all values of its filter, which cannot be read
    const { name = "" } = chip.dataset;
    const kept = currentQuery()
      .getAll(name)
      .filter((one) => value && one !== value);
    go({ [name]: kept, page: null });
  }
  const verb = closest(target, "[data-action=turn-filter]");
  if (verb instanceof HTMLButtonElement) turnFilter(verb);
  if (closest(target, "[data-action=clear-filters]")) {
    if (!closest(target, "#filter-panel")) byId("filter-toggle").focus();
    go(withoutFilters(currentQuery()));
  }
}

export function startFilters() {
  document.addEventListener("change", followChange);
  document.addEventListener("click", followClick);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) openPanel(false);
  });
}
