// @ts-check
/*
 * Makes a range that the reader drags over a chart the period, and shortens names where a chart is narrow.
 */
import { contract } from "./contract.js";
import { openBucket } from "./links.js";
import { showTooltips } from "./tooltips.js";

/** @typedef {any} Drawing Plotly's element: it has `layout`, `_fullLayout` and `on` */

/** @type {WeakSet<Drawing>} */
const watched = new WeakSet();
/** @type {any} */
let plotly;

const NARROW_PIXELS = 310;
const SAME_EDGE = 0.05; // in buckets

/** Loads Plotly after the files that the first figures need, but before the first chart asks for it. */
export function preloadPlotly() {
  const href = contract.plotly_url;
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href }));
}

/** Puts our own `react` into Plotly as soon as Dash has loaded it. */
export function catchPlotly() {
  Object.defineProperty(window, "Plotly", {
    get: () => plotly,
    set(loaded) {
      plotly = withOwnReact(loaded);
    },
  });
}

/** @param {any} loaded */
function withOwnReact(loaded) {
  const { react } = loaded;
  /** @param {Drawing} drawing @param {any} figure @param {any[]} rest */
  function ownReact(drawing, figure, ...rest) {
    // Dash draws a chart as soon as it is mounted. An empty one, perhaps out of sight, is not worth drawing.
    if (!drawing._fullLayout && !figure?.data?.length) {
      drawing.on = () => {}; // Dash adds its listeners at once
      return Promise.resolve(drawing);
    }
    const { layout } = figure ?? {};
    const names = layout && namesFor(layout, drawing.clientWidth || Infinity);
    if (names) layout.yaxis = { ...layout.yaxis, ticktext: names };
    return react(drawing, figure, ...rest);
  }
  return Object.assign(loaded, { react: ownReact });
}

/**
 * Gives the range of time that the reader has dragged over: all buckets whose middle is in it, or the nearest one.
 * @param {[string, string][]} buckets the bounds of each bucket
 * @param {[number, number]} edges in buckets; the middle of the first one is 0
 * @returns {[string, string] | null} null where it is the whole period
 */
export function draggedRange(buckets, [from, to]) {
  const last = buckets.length - 1;
  if (from < SAME_EDGE - 0.5 && to > last + 0.5 - SAME_EDGE) return null;
  const middle = Math.round((from + to) / 2);
  const [first, final] =
    Math.ceil(from) <= Math.floor(to) ? [Math.ceil(from), Math.floor(to)] : [middle, middle];
  const start = buckets[Math.min(last, Math.max(0, first))]?.[0];
  const end = buckets[Math.min(last, Math.max(0, final))]?.[1];
  return start && end ? [start, end] : null;
}

/**
 * @param {Drawing} drawing
 * @param {Record<string, any>} change what Plotly says has changed
 */
function openDragged(drawing, change) {
  const edges = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
  const { buckets } = drawing.layout.meta ?? {};
  if (!buckets || edges.some((edge) => typeof edge !== "number")) return;
  const range = draggedRange(Object.values(buckets), /** @type {[number, number]} */ (edges));
  if (range) openBucket(range);
}

/** @param {Drawing} drawing */
function markFrame(drawing) {
  drawing.closest(".chart-frame")?.toggleAttribute("data-parts", drawing.layout.meta?.parts === true);
}

/**
 * Gives the names at the left of ranked bars: shorter ones on a phone, so that the bars have room.
 * @param {any} layout
 * @param {number} width
 * @returns {string[] | undefined}
 */
export function namesFor({ meta }, width) {
  return meta?.names?.[width < NARROW_PIXELS ? "narrow" : "wide"];
}

/** @param {Drawing} drawing */
function fitNames(drawing) {
  const names = namesFor(drawing.layout, drawing._fullLayout.width);
  if (names && names.join() !== drawing.layout.yaxis.ticktext.join()) {
    plotly.relayout(drawing, { "yaxis.ticktext": names });
  }
}

/** @param {Drawing} drawing */
function watch(drawing) {
  watched.add(drawing);
  showTooltips(drawing);
  drawing.on("plotly_relayout", (/** @type {Record<string, any>} */ change) => {
    openDragged(drawing, change);
    fitNames(drawing);
  });
  drawing.on("plotly_afterplot", () => markFrame(drawing));
  drawing.on("plotly_click", (/** @type {{points: {x: number}[]}} */ { points }) => {
    const bucket = drawing.layout.meta?.buckets?.[points[0]?.x ?? -1];
    if (bucket) openBucket(bucket);
  });
}

export function startCharts() {
  new MutationObserver(() => {
    for (const drawing of /** @type {NodeListOf<Drawing>} */ (
      document.querySelectorAll(".chart-frame .js-plotly-plot")
    )) {
      if (!watched.has(drawing) && drawing.on) watch(drawing);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    // A mouse reads a cell of the heat map in its tooltip, a finger below the map.
    const cell = /** @type {HTMLElement | null} */ (target.closest(".heat-map .heat"));
    const line = cell?.closest("figure")?.querySelector(".heat-said");
    if (cell && line) line.textContent = cell.title;
  });
}
