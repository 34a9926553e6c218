// @ts-check
/*
 * Periods by name: which days they are, and what they are called.
 */
import { contract } from "./contract.js";
import {
  MONTHS,
  areSame,
  lengthOf,
  monthsIn,
  quarterOf,
  shifted,
  weekOf,
  weekdayOf,
  wholeMonths,
  yearOf,
} from "./days.js";

/** @typedef {import("./days.js").Days} Days */

let yearStarts = 1;

/** @param {number} month that quarters and years begin with, as the server says */
export function noteYearStarts(month) {
  yearStarts = month;
}

/** @type {Record<string, (today: string) => Days>} */
const RUNNING = {
  today: (today) => ({ first: today, last: today }),
  "this-week": weekOf,
  "this-month": (today) => wholeMonths(today, 1),
  "this-quarter": (today) => quarterOf(today, yearStarts),
  "this-year": (today) => yearOf(today, yearStarts),
};

/**
 * Gives the whole days of a range of the calendar, the future ones included; null for other periods.
 * @param {string} name as in an address; "last-week" is one although no address has it
 * @param {string} today
 * @returns {Days | null}
 */
export function daysOf(name, today) {
  const running = RUNNING[name];
  if (running) return running(today);
  const before = RUNNING[name === "yesterday" ? "today" : name.replace(/^last-/, "this-")];
  return before ? shifted(before(today), -1) : null;
}

/**
 * Gives the name of the running period that has these days; null where none has.
 * @param {Days} days
 * @param {string} today
 */
export function runningName(days, today) {
  const names = Object.keys(RUNNING).filter((name) => Object.hasOwn(contract.periods, name));
  return names.find((name) => areSame(days, daysOf(name, today))) ?? null;
}

/**
 * Gives the parameters of the address that choose some days.
 * @param {Days} days
 * @param {string} today
 */
export function addressOf(days, today) {
  const running = runningName(days, today);
  return running ? namedPeriod(running) : customPeriod(days.first, days.last);
}

/** @param {string} period */
export const namedPeriod = (period) => ({ period, start: null, end: null, page: null });

/** @param {string} start @param {string} end */
export const customPeriod = (start, end) => ({ period: contract.custom_period, start, end, page: null });

/** @param {string} day */
const parts = (day) => ({
  year: day.slice(0, 4),
  month: (MONTHS[Number(day.slice(5, 7)) - 1] ?? "").slice(0, 3),
  date: Number(day.slice(8)),
});

/** @param {string} day */
export function dayInWords(day) {
  const { year, month, date } = parts(day);
  return `${date} ${month} ${year}`;
}

/**
 * Writes days as the server does.
 * @param {Days} days
 */
export function daysInWords({ first, last }) {
  const [from, to] = [parts(first), parts(last)];
  if (first === last) return dayInWords(last);
  if (from.year !== to.year) return `${dayInWords(first)} – ${dayInWords(last)}`;
  if (from.month !== to.month) return `${from.date} ${from.month} – ${dayInWords(last)}`;
  return `${from.date}–${dayInWords(last)}`;
}

/**
 * Names days by their unit of the calendar, such as "September 2026"; other days by the first and the last one.
 * @param {Days} days
 */
export function nameOfDays(days) {
  const { first } = days;
  const year = first.slice(0, 4);
  const month = Number(first.slice(5, 7));
  const months = monthsIn(days);
  if (months === 12 && month === 1) return year;
  if (months === 3 && month % 3 === 1 && yearStarts === 1) return `Q${(month + 2) / 3} ${year}`;
  if (months === 1) return `${MONTHS[month - 1]} ${year}`;
  if (lengthOf(days) === 7 && weekdayOf(first) === 0) return `Week of ${dayInWords(first)}`;
  return daysInWords(days);
}
