// @ts-check
/*
 * Makes paper as true as the screen: charts at the width of the page, every row of a table, and a foot that says what
 * the figures are about. Browsers print as soon as `beforeprint` has returned, so nothing here may wait.
 */
import { changed, currentQuery, viewOf } from "./address.js";
import { currentKey } from "./api_key.js";
import { contract, fillIn } from "./contract.js";
import { fillAtOnce } from "./fill.js";
import { asOf, refresh } from "./freshness.js";

/** @typedef {any} Drawing Plotly's element */

const CHART_PIXELS = 670; // between the edges of a panel on A4 or Letter; other paper scales the drawing
const { texts } = contract;
const foot = new CSSStyleSheet();

/** @type {Map<string, {url: string, body: string}>} */
const requests = new Map(); // the store of a view → the last request that Dash made for it
let isPrepared = false;
let hasMoreRows = false;

/** Remembers what Dash asks, so that a table can be asked for again with all its rows. */
export function rememberRequests() {
  const send = window.fetch;
  window.fetch = (resource, options) => {
    const { body } = options ?? {};
    const store = typeof body === "string" ? /"changedPropIds":\["([^".]+)/.exec(body)?.[1] : undefined;
    if (store) requests.set(store, { url: String(resource), body: /** @type {string} */ (body) });
    return send(resource, options);
  };
}

/**
 * Gives the body of a request for the whole table on screen.
 * @param {string} body of the request for one page of it
 * @param {string} search
 */
export function wholeTableRequest(body, search) {
  const request = JSON.parse(body);
  const [input] = request.inputs;
  input.value = { ...input.value, search: changed(search, { all: "1", page: null }), ahead: true };
  return JSON.stringify(request);
}

/** Fills the table on screen with all its rows, if it has more pages than one. */
function fillTable() {
  const view = viewOf(currentQuery());
  const last = requests.get(view.request);
  const pages = document.querySelector(`#${view.section} .table-foot button`);
  if (!last || !pages || currentQuery().get("all") === "1") return;
  const request = new XMLHttpRequest();
  try {
    request.open("POST", last.url, false);
    request.setRequestHeader("content-type", "application/json");
    request.setRequestHeader("x-api-key", currentKey() ?? "");
    request.send(wholeTableRequest(last.body, location.search));
    const rows = JSON.parse(request.responseText).response[view.targets].data;
    // Charts are on the page already.
    fillAtOnce(Object.fromEntries(Object.entries(rows).filter(([, content]) => Array.isArray(content))));
    hasMoreRows = true;
  } catch {
    // Without the server, paper has the rows that are on screen, and the line below them says which.
  }
}

const drawings = () =>
  [...document.querySelectorAll(".js-plotly-plot")].filter(
    (/** @type {Drawing} */ one) => one._fullLayout && one.checkVisibility(),
  );

function drawCharts() {
  for (const drawing of /** @type {Drawing[]} */ (drawings())) {
    const { height } = drawing._fullLayout;
    window.Plotly.relayout(drawing, { width: CHART_PIXELS, height, autosize: false });
    for (const svg of drawing.querySelectorAll(".main-svg")) {
      svg.setAttribute("viewBox", `0 0 ${CHART_PIXELS} ${height}`);
    }
    drawing.querySelector(".svg-container").style.aspectRatio = `${CHART_PIXELS} / ${height}`;
  }
}

function drawChartsForScreen() {
  for (const drawing of /** @type {Drawing[]} */ (drawings())) {
    for (const svg of drawing.querySelectorAll(".main-svg")) svg.removeAttribute("viewBox");
    drawing.querySelector(".svg-container").style.aspectRatio = "";
    delete drawing.layout.width;
    delete drawing.layout.height;
    window.Plotly.relayout(drawing, { autosize: true });
  }
}

/** Says what the figures are about: the view, the period, how old they are, and the filters. */
function whatIsPrinted() {
  /** @param {string} selector */
  const text = (selector) => document.querySelector(selector)?.textContent?.trim() ?? "";
  const filters = [...document.querySelectorAll("#chips .chip")].map((chip) =>
    [...chip.childNodes]
      .filter((part) => !(part instanceof HTMLButtonElement))
      .map((part) => part.textContent?.trim())
      .join(" "),
  );
  const time = asOf();
  return [
    text("#page-title"),
    text("#range-words"),
    time ? fillIn(texts.as_of, { time }) : "",
    filters.length ? fillIn(texts.filters, { filters: filters.join(", ") }) : texts.no_filters,
  ];
}

/** @param {string} text */
export const cssString = (text) => `"${text.replace(/["\\]/g, "\\$&").replace(/\s+/g, " ")}"`;

function writeFoot() {
  const words = whatIsPrinted();
  const line = document.getElementById("printed");
  if (line) line.textContent = words.slice(2).filter(Boolean).join(" · ");
  const left = cssString([contract.page_title, ...words].filter(Boolean).join(" · "));
  foot.replaceSync(`@page { @bottom-left { content: ${left}; } }`);
}

function prepare() {
  if (isPrepared) return;
  isPrepared = true;
  fillTable();
  drawCharts();
  writeFoot();
}

function restore() {
  if (!isPrepared) return;
  isPrepared = false;
  drawChartsForScreen();
  if (hasMoreRows) refresh();
  hasMoreRows = false;
}

export function startPrint() {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, foot];
  window.addEventListener("beforeprint", prepare);
  window.addEventListener("afterprint", restore);
  // Not every way to print has these events.
  window.matchMedia("print").addEventListener("change", ({ matches }) => (matches ? prepare() : restore()));
}
