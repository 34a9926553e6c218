// @ts-check
/*
 * What a reader can take along: the menu of workbook, table and paper, and the pictures of charts.
 */
import { currentQuery, viewOf } from "./address.js";
import { closest } from "./elements.js";
import { whenOpened } from "./popups.js";

/** Gives the button that saves the table of the view on screen; none on a view without a table. */
const csvButton = () =>
  /** @type {HTMLElement | null} */ (
    document.querySelector(`#${viewOf(currentQuery()).section} .quiet-button[id$="-csv"]`)
  );

/** @param {MouseEvent} event */
function followClick({ target }) {
  const picture = closest(target, "[data-png]");
  if (picture) {
    import("./chart_pictures.js").then(
      ({ savePicture }) => savePicture(picture),
      () => {}, // without a connection, the next click loads it
    );
  }
  const choice = closest(target, ".export-menu button");
  if (!choice) return;
  choice.closest("details")?.removeAttribute("open");
  if (choice.dataset.action === "save-csv") csvButton()?.click();
  if (choice.dataset.action === "print") window.print();
}

export function startExportMenu() {
  whenOpened(".export-menu", (menu) => {
    menu.querySelector("[data-action=save-csv]")?.toggleAttribute("hidden", !csvButton());
  });
  document.addEventListener("click", followClick);
}
