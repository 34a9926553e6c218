// @ts-check
/*
 * The calendar of the period menu: one month, in which the first and the last day of a period are picked, in either
 * order. The arrow keys, Page Up and Page Down move through the days.
 */
import { MONTHS, monthAfter, plusDays, weekOf, wholeMonths } from "./days.js";
import { dayInWords } from "./period_names.js";
import { make } from "./static_parts.js";

/** @typedef {import("./days.js").Days} Days */

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const EARLIEST = "2000-01-01";
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * @param {HTMLElement} frame
 * @param {(days: Days) => void} choose
 */
export function startCalendar(frame, choose) {
  const grid = /** @type {HTMLElement} */ (frame.querySelector("[role=grid]"));
  const title = /** @type {HTMLElement} */ (frame.querySelector(".calendar-title"));
  let today = "";
  let current = ""; // the day that has the focus, or gets it
  /** @type {Days | null} */
  let shown = null;
  /** @type {string | null} */
  let picked = null;

  /** @param {string} day */
  function cell(day) {
    const days = picked ? { first: picked, last: picked } : shown;
    const isChosen = days !== null && days.first <= day && day <= days.last;
    const edge = isChosen && (day === days.first || day === days.last) ? "edge" : "";
    const isOtherMonth = day.slice(0, 7) !== current.slice(0, 7);
    const button = make(
      "button",
      {
        type: "button",
        "data-day": day,
        "aria-label": dayInWords(day),
        "aria-pressed": String(isChosen),
        "aria-current": day === today ? "date" : null,
        class: `day ${edge} ${isOtherMonth ? "other" : ""}`.trim(),
        tabindex: day === current ? "0" : "-1",
        disabled: day > today || day < EARLIEST ? "" : null,
      },
      String(Number(day.slice(8))),
    );
    return make("span", { role: "gridcell" }, button);
  }

  function draw() {
    const hasFocus = grid.contains(document.activeElement);
    const month = wholeMonths(current, 1);
    title.textContent = `${MONTHS[Number(current.slice(5, 7)) - 1]} ${current.slice(0, 4)}`;
    const head = WEEKDAYS.map((name) => make("span", { role: "columnheader" }, name));
    const rows = [make("div", { role: "row" }, ...head)];
    for (let monday = weekOf(month.first).first; monday <= month.last; monday = plusDays(monday, 7)) {
      rows.push(make("div", { role: "row" }, ...WEEKDAYS.map((_, index) => cell(plusDays(monday, index)))));
    }
    grid.replaceChildren(...rows);
    if (hasFocus) focus();
  }

  function focus() {
    /** @type {HTMLElement | null} */ (grid.querySelector("[tabindex='0']"))?.focus();
  }

  /** @param {string} day */
  function moveTo(day) {
    current = day < EARLIEST ? EARLIEST : day > today ? today : day;
    draw();
  }

  /** @param {number} months */
  function turn(months) {
    const { first, last } = wholeMonths(monthAfter(current, months), 1);
    const same = `${first.slice(0, 8)}${current.slice(8)}`;
    moveTo(same < last ? same : last);
  }

  /** @param {string} day */
  function pick(day) {
    if (picked === null) {
      picked = day;
      moveTo(day);
      return;
    }
    const [first = day, last = day] = [picked, day].sort();
    picked = null;
    choose({ first, last });
  }

  frame.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = /** @type {HTMLElement | null} */ (target.closest("[data-day], [data-turn]"));
    if (button?.dataset.day) pick(button.dataset.day);
    if (button?.dataset.turn) turn(Number(button.dataset.turn));
  });
  grid.addEventListener("keydown", (event) => {
    const days = STEPS[event.key];
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    if (!days && !months) return;
    event.preventDefault();
    if (days) moveTo(plusDays(current, days));
    if (months) turn(months);
  });

  return {
    /**
     * Shows the month in which some days end, and marks them.
     * @param {Days | null} days
     * @param {string} present
     */
    show(days, present) {
      today = present;
      shown = days;
      picked = null;
      moveTo(days?.last ?? present);
    },
  };
}
