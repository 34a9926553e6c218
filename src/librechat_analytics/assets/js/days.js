// @ts-check
/*
 * Arithmetic with days of the calendar, which are texts such as "2026-10-20". Weeks begin on Monday.
 */

/**
 * Some days in a row, the first and the last one included.
 * @typedef {{first: string, last: string}} Days
 */

const DAY_MILLISECONDS = 86_400_000;
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** @param {string} day */
const timeOf = (day) => Date.parse(`${day}T00:00Z`);

/** @param {number} time */
const dayAt = (time) => new Date(time).toISOString().slice(0, 10);

/** @param {string} text */
export const isDay = (text) =>
  /^20\d\d-\d\d-\d\d$/.test(text) && timeOf(text) >= 0 && dayAt(timeOf(text)) === text;

/**
 * Writes a day; null where the calendar has no such day.
 * @param {number | string} year
 * @param {number | string} month from 1
 * @param {number | string} day
 */
export function dayOfParts(year, month, day) {
  const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  return isDay(text) ? text : null;
}

/** @param {string} day @param {number} days */
export const plusDays = (day, days) => dayAt(timeOf(day) + days * DAY_MILLISECONDS);

/** @param {Days} days */
export const lengthOf = ({ first, last }) => (timeOf(last) - timeOf(first)) / DAY_MILLISECONDS + 1;

/**
 * Gives the first day of the month that is so many months later.
 * @param {string} day
 * @param {number} months
 */
export const monthAfter = (day, months) =>
  dayAt(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + months, 1));

/** @param {string} day */
const mondayOf = (day) => plusDays(day, -weekdayOf(day));

/** @param {string} day */
export const weekdayOf = (day) => (new Date(timeOf(day)).getUTCDay() + 6) % 7;

/**
 * Gives so many whole months from the first of the month that a day is in.
 * @param {string} day
 * @param {number} months
 * @returns {Days}
 */
export const wholeMonths = (day, months) => ({
  first: monthAfter(day, 0),
  last: plusDays(monthAfter(day, months), -1),
});

/** @param {string} day @returns {Days} */
export const weekOf = (day) => ({ first: mondayOf(day), last: plusDays(mondayOf(day), 6) });

/**
 * Gives the quarter (3) or year (12) that a day is in.
 * @param {string} day
 * @param {number} months
 * @param {number} yearStarts the month that quarters and years begin with
 */
const partOfYear = (day, months, yearStarts) =>
  wholeMonths(monthAfter(day, -((Number(day.slice(5, 7)) + 12 - yearStarts) % months)), months);

/** @param {string} day */
export const quarterOf = (day, yearStarts = 1) => partOfYear(day, 3, yearStarts);

/** @param {string} day */
export const yearOf = (day, yearStarts = 1) => partOfYear(day, 12, yearStarts);

/**
 * Counts the whole months that these days make up; 0 if they don't.
 * @param {Days} days
 */
export function monthsIn({ first, last }) {
  const after = plusDays(last, 1);
  if (!first.endsWith("-01") || !after.endsWith("-01")) return 0;
  const [years, months] = [
    [0, 4],
    [5, 7],
  ].map(([from, to]) => Number(after.slice(from, to)) - Number(first.slice(from, to)));
  return (years ?? 0) * 12 + (months ?? 0);
}

/**
 * Gives the same number of days, or of months where these are whole months, just before or after.
 * @param {Days} days
 * @param {number} steps
 * @returns {Days}
 */
export function shifted(days, steps) {
  const months = monthsIn(days);
  if (months) return wholeMonths(monthAfter(days.first, steps * months), months);
  const shift = steps * lengthOf(days);
  return { first: plusDays(days.first, shift), last: plusDays(days.last, shift) };
}

/** @param {Days} one @param {Days | null} other */
export const areSame = (one, other) => one.first === other?.first && one.last === other.last;
