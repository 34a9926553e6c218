// @ts-check
/*
 * Lets the reader choose which columns a table shows. CSS rules hide columns: the table carries the numbers of
 * the hidden ones, so that rows which come later follow by themselves. Where storage is blocked, the choice lasts as long
 * as the page. Before any choice, a column is shown where the screen has the room that it wants: `data-room` is 1 from
 * tablets on, 2 from desktops on, and 3 nowhere.
 */
import { contract } from "./contract.js";
import { closest } from "./elements.js";
import { whenOpened } from "./popups.js";

const STORAGE_KEY = "analyticsColumns";
const { phone, tablet } = contract.breakpoints;
const SMALL_SCREENS = [`(max-width: ${phone})`, `(max-width: ${tablet})`];

/** @type {Record<string, unknown>} */
let chosen = {}; // table → numbers of its hidden columns, from 1

function readChoices() {
  try {
    chosen = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") ?? {};
  } catch {
    // Storage is blocked or broken: then nothing has been chosen.
  }
}

/**
 * Gives the numbers of the hidden columns: those chosen before, else those that want more room than there is.
 * @param {unknown} choice
 * @param {number[]} wantedRooms of each column
 * @param {number} room 0 on a phone, 1 on a tablet, 2 on a desktop
 * @returns {number[]}
 */
export function hiddenColumns(choice, wantedRooms, room) {
  if (Array.isArray(choice)) return choice;
  return wantedRooms.flatMap((wanted, index) => (wanted > room ? [index + 1] : []));
}

/** @param {HTMLElement} table @returns {HTMLElement[]} */
const headersOf = (table) =>
  [...table.querySelectorAll("thead th")].map((one) => /** @type {HTMLElement} */ (one));

/** @param {HTMLElement} table */
function hiddenIn(table) {
  const room = SMALL_SCREENS.filter((query) => !window.matchMedia(query).matches).length;
  const wanted = headersOf(table).map(({ dataset }) => Number(dataset.room ?? 0));
  return hiddenColumns(chosen[table.id], wanted, room);
}

/** @type {CSSStyleSheet | undefined} */
let hidingRules;

/** Adds a rule for each column of the table that has the most columns. @param {number} columns */
function makeHidingRules(columns) {
  if (!hidingRules) {
    hidingRules = new CSSStyleSheet();
    document.adoptedStyleSheets.push(hidingRules);
  }
  for (let number = hidingRules.cssRules.length + 1; number <= columns; number++) {
    const cells = `[data-hide~="${number}"] tr > :nth-child(${number}):not([colspan])`;
    hidingRules.insertRule(`${cells} { display: none; }`, number - 1);
  }
}

/** @param {HTMLElement} table */
function apply(table) {
  makeHidingRules(headersOf(table).length);
  table.dataset.hide = hiddenIn(table).join(" ");
}

/** @returns {NodeListOf<HTMLDetailsElement>} */
const menus = () => document.querySelectorAll(".columns-menu");
/** @param {HTMLElement} menu */
const tableOf = (menu) => /** @type {HTMLElement} */ (document.getElementById(menu.dataset.table ?? ""));

function applyAll() {
  for (const menu of menus()) apply(tableOf(menu));
}

/** @param {HTMLElement} header @param {number} number @param {boolean} isShown */
function boxFor(header, number, isShown) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = String(number);
  box.checked = isShown;
  box.disabled = number === 1; // the names are always shown
  label.append(box, header.innerText.trim());
  return label;
}

/** @param {HTMLElement} menu */
function listColumns(menu) {
  const table = tableOf(menu);
  const hidden = hiddenIn(table);
  const boxes = headersOf(table).map((header, index) =>
    boxFor(header, index + 1, !hidden.includes(index + 1)),
  );
  menu.querySelector(".column-choice")?.replaceChildren(...boxes);
}

/** @param {Event} event */
function keepChoice({ target }) {
  const menu = closest(target, ".columns-menu");
  if (!menu) return;
  const table = tableOf(menu);
  const boxes = [...menu.querySelectorAll("input")];
  chosen = { ...chosen, [table.id]: boxes.filter((box) => !box.checked).map((box) => Number(box.value)) };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(chosen));
  } catch {
    // The table carries the choice.
  }
  apply(table);
}

export function watchColumnChoices() {
  readChoices();
  whenOpened(".columns-menu", listColumns);
  document.addEventListener("change", keepChoice);
  for (const query of SMALL_SCREENS) window.matchMedia(query).addEventListener("change", applyAll);
}

/** The header stays in sight of the window only where its table fits its frame. @param {Element} table */
function noteWhetherItFits(table) {
  const frame = /** @type {HTMLElement} */ (table.closest(".main-table"));
  const { paddingLeft, paddingRight } = getComputedStyle(frame);
  const room = frame.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const { offsetWidth } = /** @type {HTMLElement} */ (table);
  frame.toggleAttribute("data-fits", offsetWidth > 0 && offsetWidth <= Math.ceil(room));
}

function watchWidths() {
  const tables = document.querySelectorAll(".main-table > table");
  const observer = new ResizeObserver((entries) =>
    entries.forEach(({ target }) => noteWhetherItFits(target)),
  );
  for (const table of tables) observer.observe(table);
  // A table that cannot become any narrower keeps its width while its frame loses some.
  window.addEventListener("resize", () => tables.forEach(noteWhetherItFits));
}

/** Applies the choices to the tables; `main.js` calls it once the page is there. */
export function startColumnChooser() {
  applyAll();
  watchWidths();
}
