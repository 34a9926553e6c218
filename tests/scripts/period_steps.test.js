import assert from "node:assert/strict";
import { test } from "node:test";
import { contract, ranges, script } from "./small_page.js";

const { periodInWords, stepped } = await script("period_steps");
const { daysInWords, nameOfDays, noteYearStarts } = await script("period_names");
const { parse } = await script("address");

const PRESENT = {
  today: "2026-11-24",
  now: new Date("2026-11-24T15:00:00Z"),
  zone: "Europe/Berlin",
  first_usage: "2020-01-05",
};

/** What a step chooses: the name of a period, or where the custom one starts and ends. */
function after(search, step, present = PRESENT) {
  const found = stepped(parse(search), step, present);
  if (!found) return null;
  return found.period === contract.custom_period ? `${found.start} ${found.end}` : found.period;
}

const custom = (start, end) => `?period=custom&start=${start}&end=${end}`;

test("before a range of the calendar is a whole one", () => {
  const before = {
    today: "2026-11-23 2026-11-23",
    yesterday: "2026-11-22 2026-11-22",
    "this-week": "2026-11-16 2026-11-22",
    "this-month": "2026-10-01 2026-10-31",
    "last-month": "2026-09-01 2026-09-30",
    "this-year": "2025-01-01 2025-12-31",
  };
  for (const [name, days] of Object.entries(before)) assert.equal(after(`?period=${name}`, -1), days, name);
});

test("after what is over comes what runs, and after that nothing", () => {
  assert.equal(after("?period=yesterday", 1), "today");
  assert.equal(after("?period=last-month", 1), "this-month");
  for (const name of ["24h", "7d", "30d", "12m", "today", "this-month", "all"]) {
    assert.equal(after(`?period=${name}`, 1), null, name);
  }
});

test("days and months keep their number", () => {
  for (const [start, end, before, next] of [
    ["2026-02-01", "2026-02-28", "2026-01-01 2026-01-31", "2026-03-01 2026-03-31"],
    ["2026-04-01", "2026-06-30", "2026-01-01 2026-03-31", "2026-07-01 2026-09-30"],
    ["2026-03-28", "2026-03-29", "2026-03-26 2026-03-27", "2026-03-30 2026-03-31"],
    ["2026-10-01", "2026-10-31", "2026-09-01 2026-09-30", "this-month"],
    ["2026-11-16", "2026-11-22", "2026-11-09 2026-11-15", "this-week"],
    ["2026-11-18", "2026-11-22", "2026-11-13 2026-11-17", null],
  ]) {
    assert.equal(after(custom(start, end), -1), before);
    assert.equal(after(custom(start, end), 1), next);
  }
});

test("before a rolling range is the same length, and after that the same range again", () => {
  assert.equal(after("?period=24h", -1), "2026-11-22T15:00:00Z 2026-11-23T15:00:00Z");
  assert.equal(
    after(custom("2026-11-21T15:00:00Z", "2026-11-22T15:00:00Z"), 1),
    "2026-11-22T15:00:00Z 2026-11-23T15:00:00Z",
  );
});

test("no step leads before the first usage, or out of the years that a period may have", () => {
  assert.equal(after(custom("2020-02-01", "2020-02-29"), -1), "2020-01-01 2020-01-31");
  assert.equal(after(custom("2020-01-01", "2020-01-31"), -1), null);
  assert.equal(after("?period=7d", -1, { ...PRESENT, first_usage: null }), null);
  assert.equal(
    after(custom("2000-01-01", "2000-01-31"), -1, { ...PRESENT, first_usage: "2000-01-01" }),
    null,
  );
  assert.equal(after(custom("bananas", "2000-01-31"), -1), null);
  assert.equal(after(custom("2026-01-31", "2026-01-01"), -1), null);
});

test("as many steps there as back lead to where they began", () => {
  for (const [start, end] of [
    ["2026-01-01", "2026-03-31"],
    ["2025-12-29", "2026-01-04"],
    ["2024-02-29", "2024-03-03"],
  ]) {
    let query = custom(start, end);
    for (const step of [-1, -1, -1, 1, 1, 1]) {
      const found = stepped(parse(query), step, PRESENT);
      query = custom(found.start, found.end);
    }
    assert.equal(query, custom(start, end));
  }
});

test("a period has its own name, or that of its unit of the calendar", () => {
  const words = (search) => periodInWords(parse(search), "Europe/Berlin");
  assert.equal(words("?period=7d"), contract.periods["7d"]);
  assert.equal(words(custom("2026-09-01", "2026-09-30")), "September 2026");
  assert.equal(words(custom("2026-07-01", "2026-09-30")), "Q3 2026");
  assert.equal(words(custom("2025-01-01", "2025-12-31")), "2025");
  assert.equal(words(custom("2026-10-12", "2026-10-18")), "Week of 12 Oct 2026");
  assert.equal(words(custom("2026-10-13", "2026-10-19")), "13–19 Oct 2026");
  assert.equal(words(custom("2026-10-12T10:00:00Z", "2026-10-12T11:00:00Z")), "12 Oct 2026 12:00–13:00");
  assert.equal(words(custom("bananas", "")), contract.periods.custom);
});

test("days and their names read as the server writes them", () => {
  assert.ok(ranges.length > 100);
  for (const [first, last, name, days] of ranges) {
    assert.equal(nameOfDays({ first, last }), name);
    assert.equal(daysInWords({ first, last }), days);
  }
});

test("quarters and years begin with the month that the server says", (context) => {
  context.after(() => noteYearStarts(1));
  noteYearStarts(2);
  assert.equal(after("?period=this-quarter", -1), "2026-08-01 2026-10-31");
  assert.equal(after("?period=this-year", -1), "2025-02-01 2026-01-31");
  assert.equal(after(custom("2026-08-01", "2026-10-31"), 1), "this-quarter");
  assert.equal(nameOfDays({ first: "2026-07-01", last: "2026-09-30" }), "1 Jul – 30 Sep 2026");
});
