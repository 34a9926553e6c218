// @ts-check
/*
 * Finds elements of the page.
 */

/** @param {string} id of an element that is always on the page */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Finds the element that an event is about, or the nearest one around it; null without one.
 * @param {EventTarget | null} target
 * @param {string} selector
 */
export const closest = (target, selector) =>
  /** @type {HTMLElement | null} */ (target instanceof Element ? target.closest(selector) : null);
