import assert from "node:assert/strict";
import { test } from "node:test";
import { script } from "./small_page.js";

const { draggedRange } = await script("charts");
const { rowsOf } = await script("tooltips");

const DAYS = ["16", "17", "18", "19", "20"].map((day) => [`2026-11-${day}`, `2026-11-${day}`]);
const BLUE = "#3b82c4";

test("a range that is dragged over has every bucket whose middle is in it", () => {
  assert.deepEqual(draggedRange(DAYS, [0.6, 3.2]), ["2026-11-17", "2026-11-19"]);
  assert.deepEqual(draggedRange(DAYS, [-0.5, 1.4]), ["2026-11-16", "2026-11-17"]);
  assert.deepEqual(draggedRange(DAYS, [2.9, 9]), ["2026-11-19", "2026-11-20"]);
});

test("a short drag chooses the nearest bucket, and one over everything chooses nothing", () => {
  assert.deepEqual(draggedRange(DAYS, [2.1, 2.3]), ["2026-11-18", "2026-11-18"]);
  assert.equal(draggedRange(DAYS, [-0.5, 4.5]), null);
  assert.equal(draggedRange([], [0, 1]), null);
});

/** A point of a trace, as Plotly gives it. */
const point = (y, rows, trace = {}) => ({
  x: "Mon 16 Nov 2026",
  y,
  customdata: rows,
  data: { type: "bar", marker: { color: BLUE }, ...trace },
});

test("a tooltip has the total first, then the parts by size, then what they are compared with", () => {
  const points = [
    point(1, [["small", "$1.00"]]),
    point(3, [["large", "$3.00"]]),
    point(4, [["Total", "$4.00"]], { type: "scatter", meta: "total", marker: { color: "rgba(0,0,0,0)" } }),
    point(
      2,
      [
        ["Before", "$2.00"],
        ["Change", "100% more"],
      ],
      { type: "scatter", line: { color: "#8a9099", dash: "4px" } },
    ),
  ];
  assert.deepEqual(
    rowsOf(points, true).map(({ name }) => name),
    ["Total", "large", "small", "Before", "Change"],
  );
  assert.deepEqual(
    rowsOf(points, true).map(({ color }) => color),
    [null, BLUE, BLUE, "#8a9099", null],
  );
});

test("bars that are no stack keep their order, and a sentence has no colour", () => {
  const rows = rowsOf(
    [
      point(1, [
        ["Ada Byron", ""],
        ["Cost", "$1.00"],
      ]),
      point(3, [["Tokens", "9"]]),
    ],
    false,
  );
  assert.deepEqual(
    rows.map(({ name, color }) => [name, color]),
    [
      ["Ada Byron", null],
      ["Cost", null],
      ["Tokens", BLUE],
    ],
  );
});
