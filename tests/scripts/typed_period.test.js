import assert from "node:assert/strict";
import { test } from "node:test";
import { contract, script } from "./small_page.js";

const { typedPeriod } = await script("typed_period");
const { MONTHS, plusDays, quarterOf, weekOf, wholeMonths, yearOf } = await script("days");

const TODAY = "2026-11-24"; // a Tuesday

/** What a text chooses: the name of a period, or the first and the last day. */
function read(text, today = TODAY) {
  const found = typedPeriod(text, today);
  if (!found) return null;
  return found.period === contract.custom_period ? `${found.start} ${found.end}` : found.period;
}

function assertRead(expected, today = TODAY) {
  for (const [text, days] of Object.entries(expected)) assert.equal(read(text, today), days, text);
}

test("every period of the menu is found by its name and by its words", () => {
  for (const [name, label] of Object.entries(contract.periods)) {
    if (name === contract.custom_period) continue;
    for (const text of [name, label, ` ${label.toUpperCase()} `]) assert.equal(read(text), name, text);
  }
  assertRead({ "30 days": "30d", "last 24 hours": "24h", "this month": "this-month" });
});

test("a unit of the calendar is all of its days", () => {
  assertRead({
    oct: "2026-10-01 2026-10-31",
    "October 2025": "2025-10-01 2025-10-31",
    "sept 2026": "2026-09-01 2026-09-30",
    "2026-02": "2026-02-01 2026-02-28",
    q3: "2026-07-01 2026-09-30",
    "Q4 2025": "2025-10-01 2025-12-31",
    "2026-q1": "2026-01-01 2026-03-31",
    2025: "2025-01-01 2025-12-31",
    "week 43": "2026-10-19 2026-10-25",
    "2020-W53": "2020-12-28 2021-01-03",
    "last week": "2026-11-16 2026-11-22",
    "2026-10-20": "2026-10-20 2026-10-20",
    "20 oct": "2026-10-20 2026-10-20",
    "oct 20, 2025": "2025-10-20 2025-10-20",
    "the 1st of march": "2026-03-01 2026-03-01",
    "20.10.2026": "2026-10-20 2026-10-20",
    "10-20": "2026-10-20 2026-10-20",
    monday: "2026-11-23 2026-11-23",
    "last tuesday": "2026-11-17 2026-11-17",
  });
});

test("without a year it is the latest one that is not ahead", () => {
  assertRead({ dec: "2025-12-01 2025-12-31", "25 nov": "2025-11-25 2025-11-25", "24 nov": "today" });
  assertRead({ "29 feb": "2024-02-29 2024-02-29", nov: "this-month", q4: "this-quarter" });
});

test("a range is all days of both ends and between them", () => {
  assertRead({
    "10-20..10-31": "2026-10-20 2026-10-31",
    "2026-10-20..2026-10-31": "2026-10-20 2026-10-31",
    "20 oct – 3 nov": "2026-10-20 2026-11-03",
    "oct to nov": "2026-10-01 2026-11-30",
    "1-15 oct": "2026-10-01 2026-10-15",
    "oct 1-15": "2026-10-01 2026-10-15",
    "oct 2025 - jan 2026": "2025-10-01 2026-01-31",
    "nov 20..jan 5": "2025-11-20 2026-01-05",
    "2025-11-20..01-05": "2025-11-20 2026-01-05",
    "20.10.2026..31.10.2026": "2026-10-20 2026-10-31",
    "since oct": "2026-10-01 2026-11-24",
    "oct 20..": "2026-10-20 2026-11-24",
    "last 10 days": "2026-11-15 2026-11-24",
    "2 weeks": "2026-11-11 2026-11-24",
    "last 3 months": "2026-08-25 2026-11-24",
  });
});

test("the wrong way round, both ends change places", () => {
  assertRead({
    "10-31..10-20": "2026-10-20 2026-10-31",
    "2026-10-31..2026-10-20": "2026-10-20 2026-10-31",
    "2026..2025": "2025-01-01 2026-12-31",
  });
});

test("what is no period is none", () => {
  const texts = [
    "",
    " ",
    "o",
    "bananas",
    "2026-13",
    "2026-02-30",
    "30 feb",
    "week 54",
    "q5",
    "1999",
    "..",
    "oct..",
    "-5 days",
    "0 days",
    "last",
    "since",
    "2026-10-20..bananas",
    "ma",
    "constructor",
    "9999-01-01",
  ];
  for (const text of texts.filter((one) => one !== "oct..")) assert.equal(read(text), null, text);
});

test("any two days of years around are read as they are, in either order", () => {
  let seed = 7;
  const chance = (limit) => {
    seed = (seed * 48271) % 2147483647;
    return seed % limit;
  };
  for (let round = 0; round < 2000; round++) {
    const one = plusDays("2001-01-01", chance(35000));
    const other = plusDays(one, chance(900));
    const today = plusDays("2020-01-01", chance(10000));
    const expected = { period: contract.custom_period, start: one, end: other, page: null };
    for (const text of [`${one}..${other}`, `${other} to ${one}`]) {
      const found = typedPeriod(text, today);
      if (found.period === contract.custom_period) assert.deepEqual(found, expected, text);
      else assert.ok(one <= today && today <= other, `${text} is ${found.period} on ${today}`);
    }
  }
});

test("every month, quarter, week and year is found by its own words on any day", () => {
  for (let day = "2019-12-30"; day < "2023-03-01"; day = plusDays(day, 13)) {
    const [year, month] = [day.slice(0, 4), Number(day.slice(5, 7))];
    const units = {
      [`${MONTHS[month - 1]} ${year}`]: wholeMonths(day, 1),
      [`q${Math.ceil(month / 3)} ${year}`]: quarterOf(day),
      [year]: yearOf(day),
      [`${weekOf(day).first}..${weekOf(day).last}`]: weekOf(day),
    };
    for (const [text, { first, last }] of Object.entries(units)) {
      assert.equal(read(text, "2030-01-01"), `${first} ${last}`, text);
    }
    const found = read(`${Number(day.slice(8))} ${MONTHS[month - 1].slice(0, 3)}`, day);
    assert.equal(found, "today");
  }
});

test("whatever is typed is days in order, or nothing", () => {
  const pieces = [
    "oct",
    "2025",
    "20",
    "..",
    "-",
    " ",
    "last",
    "week",
    "q3",
    ".",
    "to",
    "31",
    "feb",
    "w5",
    "since",
    "x",
  ];
  let seed = 11;
  for (let round = 0; round < 5000; round++) {
    let text = "";
    for (let count = 1 + (seed % 5); count > 0; count--) {
      seed = (seed * 48271) % 2147483647;
      text += pieces[seed % pieces.length];
    }
    const found = typedPeriod(text, TODAY);
    if (found?.period === contract.custom_period) assert.ok(found.start <= found.end, text);
    else if (found) assert.ok(Object.hasOwn(contract.periods, found.period), text);
  }
});
