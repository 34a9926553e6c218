// @ts-check
/*
 * Single keys do what the lines of the sheet do (`shortcuts.py`), which `?` opens. They do nothing while the reader
 * types or chooses something, together with another key, or on a page that is embedded in another one. The reader can
 * turn them off, which lasts unless storage is blocked.
 */
import { contract, fillIn } from "./contract.js";
import { closest } from "./elements.js";

const STORAGE_KEY = "analyticsShortcuts";
const OFF = "off";

const sheet = () => /** @type {HTMLDialogElement} */ (document.getElementById("shortcuts"));
const box = () => /** @type {HTMLInputElement} */ (document.getElementById("shortcuts-on"));

/** @returns {Map<string, HTMLElement>} */
function lines() {
  const found = /** @type {NodeListOf<HTMLElement>} */ (sheet().querySelectorAll("[data-key]"));
  return new Map([...found].map((line) => [line.dataset.key ?? "", line]));
}

function openSheet() {
  if (document.querySelector("dialog[open]")) return;
  sheet().showModal();
  /** @type {HTMLElement | null} */ (sheet().querySelector("[data-close]"))?.focus();
}

/** Names the key of each control, for screen readers and in its tooltip. `route` calls it. */
export function labelControls() {
  const isOn = box().checked;
  for (const [key, { dataset }] of lines()) {
    for (const control of dataset.click ? document.querySelectorAll(dataset.click) : []) {
      if (isOn) control.setAttribute("aria-keyshortcuts", key.toUpperCase());
      else control.removeAttribute("aria-keyshortcuts");
      if (control instanceof HTMLElement && control.matches(".nav-link")) {
        control.title = isOn ? fillIn(contract.texts.key_of_control, { key }) : "";
      }
    }
  }
}

/** @param {string} selector */
const find = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));

/** @param {HTMLElement} line */
function follow(line) {
  const { click, focus, sheet: opensSheet } = line.dataset;
  if (opensSheet !== undefined) openSheet();
  else if (focus) find(focus)?.focus();
  else if (click) {
    find(click)?.click();
    // The focused element may have gone with its view.
    if (click.endsWith("-link")) find("#main")?.focus();
  } else line.click();
}

/**
 * Gives the key that a key press means here; null where it belongs to the browser, the system or a field.
 * @param {KeyboardEvent} event
 */
export function shortcutOf(event) {
  const key = event.key?.toLowerCase() ?? ""; // a field that the browser fills in sends an event without a key
  const isLetter = key !== key.toUpperCase();
  const isCombined = event.ctrlKey || event.metaKey || event.altKey || (isLetter && event.shiftKey);
  return isCombined || event.repeat || event.isComposing || event.defaultPrevented ? null : key;
}

/** @param {KeyboardEvent} event */
function followKey(event) {
  if (!(event.target instanceof Element) || !box().checked) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (document.documentElement.dataset.embed || find("dialog[open]") || !find("#main")) return;
  const line = lines().get(shortcutOf(event) ?? "");
  if (!line) return;
  event.preventDefault();
  follow(line);
}

/** @param {MouseEvent} event */
function followClickInSheet({ target }) {
  const line = closest(target, "[data-key]");
  if (!line) return;
  sheet().close();
  // Other scripts react to clicks on lines with a period or an action.
  if (!line.dataset.period && !line.dataset.action) follow(line);
}

function keepChoice() {
  try {
    localStorage.setItem(STORAGE_KEY, box().checked ? "on" : OFF);
  } catch {
    // The box carries the choice.
  }
  labelControls();
}

/** Opens the find box, or marks what is typed where it is open already; what fills it is loaded by the first opening. */
function openFind() {
  const field = /** @type {HTMLInputElement} */ (document.getElementById("find-field"));
  const findBox = /** @type {HTMLDialogElement} */ (document.getElementById("find"));
  import("./find.js").catch(() => {}); // without a connection, the next opening loads it
  if (findBox.open) field.select();
  if (document.querySelector("dialog[open]") || document.documentElement.dataset.embed) return;
  field.value = "";
  findBox.showModal();
  field.focus();
}

/** @param {KeyboardEvent} event */
function followControlK(event) {
  const isIt = (event.ctrlKey || event.metaKey) && !event.altKey && event.key?.toLowerCase() === "k";
  if (!isIt || !find("#main")) return;
  event.preventDefault();
  openFind();
}

export function startShortcuts() {
  try {
    box().checked = localStorage.getItem(STORAGE_KEY) !== OFF;
  } catch {
    // Storage is blocked: the keys are on.
  }
  document.addEventListener("keydown", followKey);
  document.addEventListener("keydown", followControlK);
  sheet().addEventListener("click", followClickInSheet);
  box().addEventListener("change", keepChoice);
  document.addEventListener("click", ({ target }) => {
    if (closest(target, "#shortcuts-open")) openSheet();
    if (closest(target, "#find-open")) openFind();
  });
}
