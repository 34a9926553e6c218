import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPage, script } from "./small_page.js";

const sent = [];
let answers = [];
globalThis.fetch = async (resource, options) => {
  sent.push([String(resource), new Headers(options?.headers).get("x-api-key")]);
  const answer = answers.shift() ?? { status: 200 };
  if (answer instanceof Error) throw answer;
  answer.act?.();
  return answer;
};

globalThis.addEventListener = () => {};
const { connectionOf, isKey, requestEarly, sendKeyWithRequests, takeKeyOfLink } = await script("api_key");
const states = [];
sendKeyWithRequests((state) => states.push(state));

beforeEach(() => {
  openPage();
  sent.length = states.length = 0;
  answers = [];
  delete document.documentElement.dataset.connection;
  localStorage.setItem("analyticsApiKey", "key-1");
});

test("a request to this server carries the key", async () => {
  await fetch("/librechat-analytics/api/summary");
  assert.deepEqual(sent, [["/librechat-analytics/api/summary", "key-1"]]);
});

test("a request to another server does not", async () => {
  await fetch("https://elsewhere.example/x");
  assert.deepEqual(sent, [["https://elsewhere.example/x", null]]);
});

test("Dash's first two requests leave early, and Dash gets their responses", async () => {
  answers = [{ status: 200, name: "layout" }, { status: 200 }];
  requestEarly();
  assert.equal(sent.length, 2);
  const response = await fetch("/librechat-analytics/_dash-layout");
  assert.equal(response.name, "layout");
  assert.equal(sent.length, 2);
});

test("without a key nothing leaves early", () => {
  localStorage.removeItem("analyticsApiKey");
  requestEarly();
  assert.deepEqual(sent, []);
});

test("a request that another tab's new key has overtaken is repeated with that key", async () => {
  answers = [{ status: 401, act: () => localStorage.setItem("analyticsApiKey", "key-2") }, { status: 200 }];
  await fetch("/x");
  assert.deepEqual(
    sent.map(([, key]) => key),
    ["key-1", "key-2"],
  );
});

test("the page hears of a connection that is lost or back, once each", async () => {
  answers = [new TypeError("no network"), new TypeError("no network"), { status: 200 }, { status: 200 }];
  await assert.rejects(fetch("/x"));
  await assert.rejects(fetch("/x"));
  await fetch("/x");
  await fetch("/x");
  assert.deepEqual(states, ["lost", "ok"]);
});

test("a proxy without its server is a lost connection, and an error of the server is not", () => {
  assert.deepEqual(
    [200, 401, 500, 501, 502, 503].map((status) => connectionOf({ status })),
    ["ok", "ok", "failing", "failing", "lost", "lost"],
  );
});

test("a key has no spaces and only ASCII", () => {
  assert.ok(isKey("k&y#1%+=;:$\"'<>"));
  for (const key of ["", "a b", "schlüssel", "a\n"]) assert.ok(!isKey(key), key);
});

test("the key of a link comes before the reader's own, and is not kept", async () => {
  location.hash = "#key=link:portal:1:ab";
  takeKeyOfLink();
  await fetch("/x");
  assert.equal(localStorage.getItem("analyticsApiKey"), "key-1");
  answers = [{ status: 401 }, { status: 200 }];
  await fetch("/x");
  assert.deepEqual(
    sent.map(([, key]) => key),
    ["link:portal:1:ab", "link:portal:1:ab", "key-1"],
  );
  assert.equal(localStorage.getItem("analyticsApiKey"), "key-1");
});
