// @ts-check
/*
 * Changes the address. Everything that the reader does ends here, and comes back through `route`.
 */
import { changed, parse } from "./address.js";
import { setProps } from "./dash.js";

/** @type {string | null} */
let pending = null; // the address that Dash will have next: a second change must keep the first one

/** Gives the address that the reader wants, which the figures on screen may not show yet. */
export const wantedQuery = () => parse(pending ?? location.search);

/** @param {import("./address.js").Changes} changes */
export function go(changes) {
  const present = pending ?? location.search;
  const search = changed(present, changes);
  if (search === (present || "?")) return;
  pending = search;
  setProps("url", { search });
}

export function arrive() {
  pending = null;
}
