import assert from "node:assert/strict";
import { test } from "node:test";
import { ages, contract, openPage, script } from "./small_page.js";

const { ago } = await script("ages");
const { ageInWords, connectionInWords } = await script("freshness");
const { matchingZones, usualZones } = await script("time_zone");
const { fillIn } = await script("contract");
const { nameThePage, rememberName, titleOf } = await script("titles");
const { fileName } = await script("chart_pictures");
const { parse } = await script("address");
globalThis.CSSStyleSheet = class {};
const { cssString, wholeTableRequest } = await script("print");

test("an age reads as the server writes it, on both sides of every step", () => {
  assert.ok(ages.length > 10);
  for (const [seconds, text] of ages) assert.equal(ago(seconds), text, `${seconds} s`);
});

test("the age says in words how the source is doing, at every width", () => {
  const words = (status) => ageInWords({ status, as_of_words: "3 Nov, 14:32" }, 12);
  assert.deepEqual(words("ok"), ["Live · updated 12 s ago", "Live · 12 s ago"]);
  assert.deepEqual(words("importing"), ["Reading history · updated 12 s ago", "Reading · 12 s ago"]);
  assert.deepEqual(words("unreachable"), [
    "Not updating · data up to 3 Nov, 14:32",
    "Stopped · 3 Nov, 14:32",
  ]);
  assert.deepEqual(words("offline"), ["Imported file · data up to 3 Nov, 14:32", "Imported · 3 Nov, 14:32"]);
});

test("the banner says what is wrong and of when the figures are", () => {
  assert.equal(connectionInWords("ok", "14:32"), "");
  assert.equal(
    connectionInWords("lost", "14:32"),
    "Connection lost. Showing figures as of 14:32. Trying again.",
  );
  assert.equal(connectionInWords("failing", null), "The server answers with an error. Trying again.");
  assert.equal(
    connectionInWords("lost", "14:32", "Last 7 days"),
    "Connection lost. Showing figures as of 14:32. “Last 7 days” loads when the connection is back. Trying again.",
  );
});

test("a zone is found by the beginnings of its words, its place first", () => {
  const zones = ["America/New_York", "Asia/Newly", "Europe/Berlin", "UTC", "Europe/Rome", "Pacific/Romea"];
  assert.deepEqual(matchingZones("berlin", zones), ["Europe/Berlin"]);
  assert.deepEqual(matchingZones(" york NEW", zones), ["America/New_York"]);
  assert.deepEqual(matchingZones("utc", zones), ["UTC"]);
  assert.deepEqual(matchingZones("rome", zones), ["Europe/Rome", "Pacific/Romea"]);
  assert.deepEqual(matchingZones("mars", zones), []);
  assert.deepEqual(usualZones("Europe/Berlin", ["UTC", "Europe/Berlin", "UTC", null]), [
    "Europe/Berlin",
    "UTC",
  ]);
});

test("a value is put into a text as it is", () => {
  assert.equal(fillIn("as of {time}.", { time: "$& {time}" }), "as of $& {time}.");
});

test("a page has the name that was clicked until the server sends it", () => {
  openPage();
  assert.equal(titleOf(parse("?view=quality")), "Data quality");
  assert.equal(titleOf(parse("?view=user&user=1")), "User");
  rememberName(parse("?view=user&user=1"), "Ada");
  assert.equal(titleOf(parse("?view=user&user=1&group=2")), "Ada");

  nameThePage("Ada", parse("?view=user&user=1"));
  assert.equal(document.title, `Ada · Users · ${contract.page_title}`);
});

test("a picture's file name has the title and the period", () => {
  assert.equal(fileName("Cost / user", parse("?period=7d")), "librechat-cost-user-7d.png");
  assert.equal(fileName("Cost", parse("")), `librechat-cost-${contract.default_period}.png`);
});

test("on paper a table is asked for with all its rows, whatever page of it is on screen", () => {
  const inputs = [{ id: "users-question", property: "data", value: { search: "?page=2", zone: "UTC" } }];
  const request = JSON.parse(wholeTableRequest(JSON.stringify({ inputs }), "?view=users&q=ann&page=2"));
  assert.deepEqual(request.inputs[0].value, {
    search: "?view=users&q=ann&all=1",
    zone: "UTC",
    ahead: true,
  });
});

test("names of any kind stay within the foot's text", () => {
  assert.equal(cssString('a "b" \\ c\nd'), '"a \\"b\\" \\\\ c d"');
});
