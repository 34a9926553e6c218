// @ts-check
/*
 * Reads a period as people type it: "oct", "last week", "q3 2025", "10-20..10-31", "since 3 nov". A date without a
 * year is the latest one that is not ahead.
 */
import { contract } from "./contract.js";
import {
  MONTHS,
  dayOfParts,
  isDay,
  monthAfter,
  plusDays,
  quarterOf,
  weekOf,
  weekdayOf,
  wholeMonths,
  yearOf,
} from "./days.js";
import { addressOf, daysOf, namedPeriod } from "./period_names.js";

/** @typedef {import("./days.js").Days} Days */
/** @typedef {(...parts: string[]) => Days | null} ReadParts */

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SHORTEST_NAME = 3;
const HALF_A_YEAR = 183;
const LEAP_YEARS_APART = 8;

/** @param {string | null} day @returns {Days | null} */
const oneDay = (day) => (day ? { first: day, last: day } : null);

/** @param {string[]} names @param {string} text gives the place of the name that begins so, -1 without one */
const placeOf = (names, text) =>
  text.length < SHORTEST_NAME ? -1 : names.findIndex((name) => name.toLowerCase().startsWith(text));

/**
 * Reads what has no year in the latest year in which it exists and does not begin after a day.
 * @param {string | undefined} year
 * @param {string} latest
 * @param {(year: number) => Days | null} inYear
 */
function inYears(year, latest, inYear) {
  if (year) return inYear(Number(year));
  const last = Number(latest.slice(0, 4));
  for (let one = last; one >= last - LEAP_YEARS_APART; one--) {
    const days = inYear(one);
    if (days && days.first <= latest) return days;
  }
  return null;
}

/** @param {number} year @param {number} week */
function weekOfYear(year, week) {
  const monday = plusDays(weekOf(`${year}-01-04`).first, 7 * (week - 1));
  // The year of a week is the year of its Thursday.
  return week && plusDays(monday, 3).startsWith(String(year)) ? weekOf(monday) : null;
}

/**
 * Reads a day, week, month, quarter or year.
 * @param {string} text
 * @param {string} today
 * @param {string} latest a date without a year does not begin after this day
 * @returns {Days | null}
 */
function readUnit(text, today, latest) {
  /** @param {string | undefined} year @param {number | string} month @param {number | string} day */
  const date = (year, month, day) => inYears(year, latest, (one) => oneDay(dayOfParts(one, month, day)));
  /** @param {string | undefined} year @param {number} number from 1 */
  const month = (year, number) =>
    inYears(year, latest, (one) => {
      const first = dayOfParts(one, number, 1);
      return first === null ? null : wholeMonths(first, 1);
    });
  /** @param {string} name */
  const monthNamed = (name) => placeOf(MONTHS, name) + 1;

  /** @type {[RegExp, ReadParts][]} */
  const forms = [
    [/^(20\d\d)$/, (year) => yearOf(`${year}-01-01`)],
    [/^(20\d\d)-(\d\d?)$/, (year, number) => month(year, Number(number))],
    [/^(20\d\d)-(\d\d?)-(\d\d?)$/, date],
    [/^(\d\d?)-(\d\d?)$/, (number, day = "") => date(undefined, number ?? "", day)],
    [/^(\d\d?)\.(\d\d?)\.?(20\d\d)?$/, (day = "", number = "", year) => date(year, number, day)],
    [/^(20\d\d)[- ]?q([1-4])$/, (year, number) => quarter(year, number)],
    [/^q([1-4]) ?(20\d\d)?$/, (number, year) => quarter(year, number)],
    [/^(20\d\d)[- ]?w(\d\d?)$/, (year, number) => week(year, number)],
    [/^(?:week|w|kw) ?(\d\d?) ?(20\d\d)?$/, (number, year) => week(year, number)],
    [/^([a-z]+) ?(20\d\d)?$/, (name = "", year) => month(year, monthNamed(name))],
    [/^(\d\d?)\.? ?([a-z]+) ?(20\d\d)?$/, (day = "", name = "", year) => date(year, monthNamed(name), day)],
    [/^([a-z]+) ?(\d\d?)(?: (20\d\d))?$/, (name = "", day = "", year) => date(year, monthNamed(name), day)],
  ];
  /** @param {string | undefined} year @param {string | undefined} number */
  function quarter(year, number) {
    return inYears(year, latest, (one) =>
      quarterOf(`${one}-${String(Number(number) * 3).padStart(2, "0")}-01`),
    );
  }
  /** @param {string | undefined} year @param {string | undefined} number */
  function week(year, number) {
    return inYears(year, latest, (one) => weekOfYear(one, Number(number)));
  }

  if (text === "today" || text === "yesterday") return daysOf(text, today);
  const weekday = placeOf(WEEKDAYS, text.replace(/^last /, ""));
  if (weekday >= 0) return oneDay(plusDays(today, -((weekdayOf(today) - weekday + 6) % 7) - 1));
  for (const [form, read] of forms) {
    const found = form.exec(text);
    const days = found && read(.../** @type {string[]} */ (found.slice(1)));
    if (days && isDay(days.first) && isDay(days.last)) return days;
  }
  return null;
}

const hasYear = (/** @type {string} */ text) => /20\d\d/.test(text);

/** @param {Days} one @param {Days} other @returns {Days} */
const around = (one, other) => ({
  first: one.first < other.first ? one.first : other.first,
  last: one.last > other.last ? one.last : other.last,
});

/**
 * Reads two units and what is between them; the wrong way round they change places.
 * @param {string} left
 * @param {string} right
 * @param {string} today
 */
function readRange(left, right, today) {
  const whole = readUnit(left, today, today);
  if (hasYear(left) && !hasYear(right)) {
    const end = whole && readUnit(right, today, `${whole.last.slice(0, 4)}-12-31`);
    const isBefore = end && end.last < whole.first;
    const next = isBefore ? readUnit(right, today, `${Number(whole.last.slice(0, 4)) + 1}-12-31`) : end;
    return whole && next && around(whole, next);
  }
  const end = readUnit(right, today, today);
  if (!end || !whole) return null;
  const isFarApart = whole.first > plusDays(end.last, HALF_A_YEAR);
  const start = hasYear(left) || !(hasYear(right) || isFarApart) ? whole : readUnit(left, today, end.last);
  return start && around(start, end);
}

/** @param {string} text @param {string} today @returns {Days | null} */
function readDays(text, today) {
  const since = /^(?:since|from) (.+)$/.exec(text)?.[1] ?? /^(.+?) ?(?:\.\.|–|-)$/.exec(text)?.[1];
  if (since && !/\.\.| to |–/.test(since)) {
    const start = readUnit(since, today, today);
    return start && start.first <= today ? { first: start.first, last: today } : null;
  }
  const lastDays = /^(?:last |past )?(\d{1,3}) (day|week|month|year)s?$/.exec(text);
  if (lastDays) {
    const [count, unit] = [Number(lastDays[1]), lastDays[2] ?? ""];
    const months = { month: count, year: 12 * count }[unit];
    const first = months
      ? plusDays(sameDayMonthsBefore(today, months), 1)
      : plusDays(today, 1 - count * (unit === "week" ? 7 : 1));
    return count && isDay(first) ? { first, last: today } : null;
  }
  const unit = readUnit(text, today, today);
  if (unit) return unit;
  // "1-15 oct" and "oct 1-15": one month for both days.
  const dayFirst = /^(\d\d?) ?(?:-|–|\.\.| to ) ?(\d\d? [a-z]+(?: 20\d\d)?)$/.exec(text);
  if (dayFirst) {
    const [, from = "", to = ""] = dayFirst;
    return readRange(`${from} ${to.replace(/^\d+ /, "")}`, to, today);
  }
  const monthFirst = /^([a-z]+) (\d\d?) ?(?:-|–|\.\.| to ) ?(\d\d?)( 20\d\d)?$/.exec(text);
  if (monthFirst) {
    const [, name, from, to, year = ""] = monthFirst;
    return readRange(`${name} ${from}${year}`, `${name} ${to}${year}`, today);
  }
  const range = /^(?:from )?(.+?) ?(?:\.{2,3}|–|—| to | until | - |(?<=[a-z])-(?=[a-z])) ?(.+)$/.exec(text);
  return range ? readRange(range[1] ?? "", range[2] ?? "", today) : null;
}

/** @param {string} day @param {number} months */
function sameDayMonthsBefore(day, months) {
  const { first, last } = wholeMonths(monthAfter(day, -months), 1);
  const same = `${first.slice(0, 8)}${day.slice(8)}`;
  return same < last ? same : last;
}

/** @param {string} text */
const plain = (text) =>
  text
    .toLowerCase()
    .replace(/(\d)(?:st|nd|rd|th)\b/g, "$1")
    .replace(/,|\bof\b|\bthe\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/**
 * Gives the parameters of the address that choose what a reader has typed; null where it is no period.
 * @param {string} typed
 * @param {string} today
 */
export function typedPeriod(typed, today) {
  const text = plain(typed);
  for (const [name, label] of Object.entries(contract.periods)) {
    const words = label.toLowerCase();
    const isNamed = [name, name.replace("-", " "), words, words.replace(/^last /, "")].includes(text);
    if (isNamed && name !== contract.custom_period) return namedPeriod(name);
  }
  const calendar = /^(?:last|past|this) (?:week|quarter|year|month)$/.test(text);
  const days = calendar
    ? daysOf(text.replace("past", "last").replace(" ", "-"), today)
    : readDays(text, today);
  return days && addressOf(days, today);
}
