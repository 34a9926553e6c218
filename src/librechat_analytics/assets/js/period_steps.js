// @ts-check
/*
 * The same length of time just before and just after a period. It is computed from the period that the reader wants,
 * so that clicks in quick succession all count, even before the first answer.
 */
import { periodOf } from "./address.js";
import { contract } from "./contract.js";
import { isDay, shifted } from "./days.js";
import {
  addressOf,
  customPeriod,
  dayInWords,
  daysInWords,
  daysOf,
  nameOfDays,
  runningName,
} from "./period_names.js";

/** @typedef {import("./days.js").Days} Days */

/**
 * What the steps must know of the present.
 * @typedef {object} Present
 * @property {string} today
 * @property {Date} now
 * @property {string} zone
 * @property {string | null} first_usage the day of the first usage; null before any answer and without any usage
 */

const HOUR = 3_600_000;
/** @type {Record<string, number>} */
const HOURS = { "24h": 24, "7d": 168, "30d": 720, "90d": 2160 };
const [EARLIEST, LATEST] = ["2000-01-01", "2099-12-31"];

/**
 * Gives the days of a period that is made of whole days, those ahead included; null for others.
 * @param {URLSearchParams} query
 * @param {string} today
 * @returns {Days | null}
 */
export function wholeDays(query, today) {
  const name = periodOf(query);
  if (name !== contract.custom_period) return daysOf(name, today);
  const [first, last] = [query.get("start") ?? "", query.get("end") ?? ""];
  return isDay(first) && isDay(last) && first <= last ? { first, last } : null;
}

/** @param {Date} time @param {string} zone */
function wallClock(time, zone) {
  const text = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(time);
  const [day = "", clock = ""] = text.split(" ");
  return { day, clock };
}

/**
 * Gives the instants of a rolling period, or of one from one time of day to another; null for others.
 * @param {URLSearchParams} query
 * @param {Present} present
 * @returns {[Date, Date] | null}
 */
function instants(query, { now }) {
  const name = periodOf(query);
  const hours = HOURS[name];
  if (hours) return [new Date(now.getTime() - hours * HOUR), now];
  if (name === "12m") {
    const before = new Date(now);
    before.setUTCFullYear(now.getUTCFullYear() - 1);
    return [before, now];
  }
  const [start, end] = [new Date(query.get("start") ?? ""), new Date(query.get("end") ?? "")];
  return name === contract.custom_period && end > start ? [start, end] : null;
}

/** @param {Date} time */
const written = (time) => `${time.toISOString().slice(0, 19)}Z`;

/**
 * Gives the parameters of the address for the period one step on; null where a step leads nowhere.
 * @param {URLSearchParams} query the address that the reader wants
 * @param {-1 | 1} step
 * @param {Present} present
 */
export function stepped(query, step, present) {
  const { today, now, zone, first_usage: firstUsage } = present;
  const days = wholeDays(query, today);
  if (days) {
    const found = shifted(days, step);
    const isOutside = found.first < EARLIEST || found.last > LATEST;
    const isNowhere = step < 0 ? !firstUsage || found.last < firstUsage : days.last >= today;
    if (isOutside || isNowhere || (found.last >= today && !runningName(found, today))) return null;
    return addressOf(found, today);
  }
  const range = instants(query, present);
  if (!range) return null;
  const shift = step * (range[1].getTime() - range[0].getTime());
  const [start, end] = range.map((time) => new Date(time.getTime() + shift));
  if (!start || !end) return null;
  const isNowhere = step < 0 ? !firstUsage || wallClock(end, zone).day < firstUsage : end > now;
  return isNowhere || written(start) < EARLIEST ? null : customPeriod(written(start), written(end));
}

/**
 * Names the period that an address chooses: by its own name, by its unit of the calendar, or by its days.
 * @param {URLSearchParams} query
 * @param {string} zone
 */
export function periodInWords(query, zone) {
  const name = periodOf(query);
  if (name !== contract.custom_period) return contract.periods[name] ?? "";
  const days = wholeDays(query, "");
  if (days) return nameOfDays(days);
  const range = instants(query, { today: "", now: new Date(), zone, first_usage: null });
  if (!range) return contract.periods[name] ?? "";
  const [start, end] = range.map((time) => wallClock(time, zone));
  if (!start || !end) return "";
  const isOneDay = start.day === end.day;
  return isOneDay
    ? `${dayInWords(start.day)} ${start.clock}–${end.clock}`
    : daysInWords({ first: start.day, last: end.day });
}
