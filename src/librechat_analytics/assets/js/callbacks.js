// @ts-check
/*
 * The callbacks that run in the browser, by the names under which `callbacks.py` registers them.
 */
import { fill } from "./fill.js";
import { keepChoices } from "./filter_boxes.js";
import { keepFreshness } from "./freshness.js";
import { showHits } from "./hits.js";
import { route, search } from "./route.js";

export const callbacks = { fill, keepChoices, keepFreshness, route, search, showHits };
