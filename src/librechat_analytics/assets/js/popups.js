// @ts-check
/*
 * What opens over the page: menus (`details`) and dialogs. A click elsewhere closes them, and so does Escape, which
 * browsers do for dialogs.
 */
import { closest } from "./elements.js";

const MENUS = ".columns-menu, .export-menu";

const openMenus = () =>
  /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll(MENUS)]).filter(({ open }) => open);

/**
 * Calls a function with each menu of a kind when it opens.
 * @param {string} selector
 * @param {(menu: HTMLDetailsElement) => void} prepare
 */
export function whenOpened(selector, prepare) {
  const follow = (/** @type {Event} */ { target }) => {
    if (target instanceof HTMLDetailsElement && target.matches(selector) && target.open) prepare(target);
  };
  document.addEventListener("toggle", follow, true);
}

/** @param {KeyboardEvent} event */
function closeByKey({ key }) {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
}

/** @param {MouseEvent} event */
function closeByClick({ target }) {
  for (const menu of openMenus()) {
    if (!menu.contains(/** @type {Node} */ (target))) menu.open = false;
  }
  const dialog = closest(target, "dialog[closedby=any]");
  // A click on the dialog itself is one beside its content.
  const isOutside = target === dialog || closest(target, "[data-close]");
  if (dialog instanceof HTMLDialogElement && isOutside) dialog.close();
}

export function startPopups() {
  document.addEventListener("keydown", closeByKey);
  document.addEventListener("click", closeByClick);
}
