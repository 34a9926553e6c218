// @ts-check
/*
 * What a reader can take along: the menu of workbook, table and paper, and the pictures of charts.
 */
import { currentQuery, viewOf } from "./address.js";

const menu = () => /** @type {HTMLDetailsElement | null} */ (document.querySelector(".export-menu"));

/** Gives the button that saves the table of the view on screen; none on a view without a table. */
const csvButton = () =>
  /** @type {HTMLElement | null} */ (
    document.querySelector(`#${viewOf(currentQuery()).section} .quiet-button[id$="-csv"]`)
  );

/** @param {Element} target */
function followClick(target) {
  const picture = /** @type {HTMLElement | null} */ (target.closest("[data-png]"));
  if (picture) {
    import("./chart_pictures.js").then(
      ({ savePicture }) => savePicture(picture),
      () => {}, // without a connection, the next click loads it
    );
  }
  const open = menu();
  if (!open?.open || target.closest("summary")) return;
  const action = /** @type {HTMLElement | null} */ (target.closest("[data-action]"))?.dataset.action;
  open.open = false;
  if (action === "save-csv") csvButton()?.click();
  if (action === "print") window.print();
}

export function startExportMenu() {
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || target !== menu()) return;
      target.querySelector("[data-action=save-csv]")?.toggleAttribute("hidden", !csvButton());
    },
    true,
  );
  document.addEventListener("click", ({ target }) => target instanceof Element && followClick(target));
  document.addEventListener("keydown", ({ key }) => {
    const open = menu();
    if (key !== "Escape" || !open?.open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}
