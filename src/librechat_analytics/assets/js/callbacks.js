// @ts-check
/*
 * The callbacks that run in the browser, by the names under which `callbacks.py` registers them.
 */
import { fill } from "./fill.js";
import { keepFreshness } from "./freshness.js";
import { route, search } from "./route.js";

/** @param {Parameters<typeof import("./filter_boxes.js").keepChoices>} choices */
const keepChoices = async (...choices) => (await import("./filter_boxes.js")).keepChoices(...choices);
/** @param {Parameters<typeof import("./hits.js").showHits>} answer */
const showHits = async (...answer) => (await import("./hits.js")).showHits(...answer);

export const callbacks = { fill, keepChoices, keepFreshness, route, search, showHits };
