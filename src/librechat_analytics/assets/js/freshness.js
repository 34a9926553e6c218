// @ts-check
/*
 * Keeps the figures fresh: shows how old they are, pauses in hidden tabs and refreshes on return, refreshes when the
 * reader wants to, and shows a banner while the server cannot be reached.
 */
import { ago } from "./ages.js";
import { contract, fillIn } from "./contract.js";
import { propsOf, setProps } from "./dash.js";
import { closest } from "./elements.js";
import { noteFirstUsage } from "./period_menu.js";
import { noteYearStarts } from "./period_names.js";
import { nameThePage } from "./titles.js";

/**
 * What the server said last about the figures (`page_state.py`).
 * @typedef {object} Freshness
 * @property {string} status
 * @property {number | null} as_of_age_seconds
 * @property {string | null} as_of_words
 * @property {string | null} as_of_in_full
 * @property {string | null} first_usage
 * @property {number} year_starts
 * @property {string} [title]
 */

const SECOND = 1000;
const RETRY_SECONDS = 10;
const { texts } = contract;

/** @type {Freshness | null} */
let shown = null;
let shownAt = 0; // on the clock that nobody can set
let wantedPeriod = "";
let shownPeriod = "";

export function refresh() {
  const interval = propsOf("tick");
  if (interval) setProps("tick", { n_intervals: (interval.n_intervals ?? 0) + 1 });
}

/** @typedef {"live" | "importing" | "unreachable" | "offline"} State */

/**
 * Gives the words for the figures' age, for a wide screen and for a phone.
 * @param {Freshness} freshness
 * @param {number} seconds
 * @returns {[string, string]}
 */
export function ageInWords({ status, as_of_words }, seconds) {
  /** @type {State} */
  const state = status === "ok" ? "live" : /** @type {State} */ (status);
  const values = { age: ago(seconds), time: as_of_words ?? "" };
  return [fillIn(texts[state], values), fillIn(texts[`${state}_short`], values)];
}

/** Gives the time of the figures on screen in words, with the year; null before the first. */
export const asOf = () => shown?.as_of_in_full ?? null;

function showAge() {
  if (!shown || shown.as_of_age_seconds === null) return;
  const elapsed = (performance.now() - shownAt) / SECOND;
  const [long, short] = ageInWords(shown, Math.max(0, shown.as_of_age_seconds + elapsed));
  for (const [id, text] of Object.entries({ age: long, "short-age": short, "embedded-age": short })) {
    const target = document.getElementById(id);
    if (target && target.textContent !== text) target.textContent = text;
  }
}

/** @param {MouseEvent} event */
function followClick({ target }) {
  if (closest(target, "[data-action=retry]")) refresh();
  if (!closest(target, "[data-action=show-freshness]")) return;
  /** @type {HTMLDialogElement} */ (document.getElementById("freshness-sheet")).showModal();
}

/** Tells whether refreshing would change nothing: nobody looks, or the range is over and has been read completely. */
export function shouldRest() {
  const isOver = document.documentElement.dataset.past === "true";
  return document.hidden || (isOver && ["ok", "offline"].includes(shown?.status ?? ""));
}

/**
 * Dash calls it with what each answer says about the age of its figures.
 * @param {Freshness | null | undefined} freshness
 */
export function keepFreshness(freshness) {
  shown = freshness ?? null;
  shownAt = performance.now();
  document.documentElement.dataset.source = shown?.status ?? "";
  setProps("tick", { disabled: shouldRest() });
  if (shown?.title) nameThePage(shown.title);
  shownPeriod = wantedPeriod;
  noteYearStarts(shown?.year_starts ?? 1);
  noteFirstUsage(shown?.first_usage ?? null);
  showAge();
}

/**
 * Gives the banner's sentence for a state of the connection; empty where all is well.
 * @param {"ok" | "lost" | "failing"} state
 * @param {string | null | undefined} time of the figures on screen
 * @param {string} [waiting] the period that the reader has chosen since
 */
export function connectionInWords(state, time, waiting) {
  if (state === "ok") return "";
  const trouble = state === "lost" ? texts.connection_lost : texts.server_failing;
  const loads = waiting ? fillIn(texts.loads_later, { period: waiting }) : "";
  return `${trouble}${time ? fillIn(texts.showing_as_of, { time }) : ""}${loads}${texts.retrying}`;
}

/** @type {"ok" | "lost" | "failing"} */
let connection = "ok";

/** @param {"ok" | "lost" | "failing"} state */
export function showConnection(state) {
  connection = state;
  const banner = document.getElementById("connection");
  if (!banner) return;
  banner.hidden = state === "ok";
  const waiting = wantedPeriod !== shownPeriod ? wantedPeriod : "";
  const words = connectionInWords(state, shown?.as_of_words, waiting);
  if (banner.textContent !== words) banner.textContent = words;
}

/**
 * Remembers the period that the reader has chosen, which the figures on screen may not show yet.
 * @param {string} period in words
 */
export function noteWanted(period) {
  wantedPeriod = period;
  showConnection(connection);
}

export function startFreshness() {
  document.addEventListener("visibilitychange", () => {
    if (!propsOf("tick")) return;
    setProps("tick", { disabled: shouldRest() });
    if (!shouldRest()) refresh();
  });
  document.addEventListener("click", followClick);
  setInterval(showAge, SECOND);
  setInterval(() => {
    if (!document.getElementById("connection")?.hidden && !document.hidden) refresh();
  }, RETRY_SECONDS * SECOND);
  window.addEventListener("online", refresh);
}
