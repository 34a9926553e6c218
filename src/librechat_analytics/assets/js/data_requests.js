// @ts-check
/*
 * Asks the server for a view's figures: a request goes into the view's store, and Dash sends it.
 */
import { currentQuery, parse, readerZone, viewOf } from "./address.js";
import { setProps } from "./dash.js";

/**
 * `ahead`: the view is not on screen yet, so the answer must change nothing outside its panels.
 * @typedef {{search: string, zone: string | null, coarse: boolean, at: number, ahead?: boolean}} DataRequest
 * @typedef {import("./contract.js").View} View
 */

const FRESH_MILLISECONDS = 30_000;

/** @type {Map<string, DataRequest>} */
const latest = new Map(); // view → its last request
/** @type {Set<string>} */
const unanswered = new Set(); // the stores that wait for answers
/** @type {View | null} */
let shown = null;

/** @param {string} search @returns {DataRequest} */
function requestFor(search) {
  return {
    search,
    zone: readerZone(),
    coarse: window.matchMedia("(pointer: coarse)").matches,
    at: Date.now(),
  };
}

/** @param {View} view @param {DataRequest} request */
function send(view, request) {
  latest.set(view.name, request);
  setProps(view.request, { data: request });
}

/**
 * Asks for the view that is on screen.
 * @param {View} view
 * @param {string} search
 */
export function requestView(view, search) {
  if (shown && shown !== view) leave(shown);
  shown = view;
  const request = requestFor(search);
  unanswered.add(view.targets);
  send(view, request);
  return request;
}

/**
 * Every answer also sets what is around the views. A late one must not do that for a view that the reader has left.
 * So the request is repeated as one made ahead, and Dash drops the answer to the first one.
 * @param {View} view
 */
function leave(view) {
  const request = latest.get(view.name);
  if (unanswered.delete(view.targets) && request) send(view, { ...request, ahead: true, at: Date.now() });
}

/**
 * Asks for a view that the reader points at and will probably open.
 * @param {string} search
 */
export function requestAhead(search) {
  const view = viewOf(parse(search));
  const last = latest.get(view.name);
  const isFresh = last?.search === search && Date.now() - last.at < FRESH_MILLISECONDS;
  if (!isFresh && view !== viewOf(currentQuery())) send(view, { ...requestFor(search), ahead: true });
}

/** @param {string | undefined} store */
export function noteAnswer(store) {
  if (store) unanswered.delete(store);
}
