// @ts-check
/*
 * Keeps a reader's zoom while the figures refresh, offers the way back to the whole period, and shortens names where
 * a chart is narrow.
 *
 * Dash writes a zoomed layout back as if it were a new figure. Plotly then takes the zoom for the figure's own and
 * drops it with the next figure, whatever its `uirevision` says. So the zoom is remembered here.
 */
import { contract } from "./contract.js";
import { openBucket } from "./links.js";

/** @typedef {any} Drawing Plotly's element: it has `layout`, `_fullLayout` and `on` */

/** @type {WeakMap<Drawing, {range: any[], revision: unknown}>} */
const zooms = new WeakMap();
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
      plotly = withZoomKept(loaded);
    },
  });
}

/** @param {any} loaded */
function withZoomKept(loaded) {
  const { react } = loaded;
  /** @param {Drawing} drawing @param {any} figure @param {any[]} rest */
  function reactWithZoom(drawing, figure, ...rest) {
    // Dash draws a chart as soon as it is mounted. An empty one, perhaps out of sight, is not worth drawing.
    if (!drawing._fullLayout && !figure?.data?.length) {
      drawing.on = () => {}; // Dash adds its listeners at once
      return Promise.resolve(drawing);
    }
    const { layout } = figure ?? {};
    const zoom = zooms.get(drawing);
    if (zoom && layout?.uirevision === zoom.revision) {
      layout.xaxis = { ...layout.xaxis, range: [...zoom.range], autorange: false };
    }
    const names = layout && namesFor(layout, drawing.clientWidth || Infinity);
    if (names) layout.yaxis = { ...layout.yaxis, ticktext: names };
    return react(drawing, figure, ...rest);
  }
  return Object.assign(loaded, { react: reactWithZoom });
}

/** @param {Drawing} drawing */
function rememberZoom(drawing) {
  const { range } = drawing._fullLayout.xaxis;
  const whole = drawing.layout.meta?.whole;
  /** @param {number} edge @param {number} index */
  const isWhole = (edge, index) => Math.abs(edge - whole[index]) < SAME_EDGE;
  if (!whole || range.every(isWhole)) zooms.delete(drawing);
  else zooms.set(drawing, { range: [...range], revision: drawing.layout.uirevision });
  markFrame(drawing);
}

/** @param {Drawing} drawing */
function markFrame(drawing) {
  const { layout } = drawing;
  const isZoomed = zooms.has(drawing) && zooms.get(drawing)?.revision === layout.uirevision;
  const frame = drawing.closest(".chart-frame");
  frame?.toggleAttribute("data-zoomed", isZoomed);
  frame?.toggleAttribute("data-parts", layout.meta?.parts === true);
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
  drawing.on("plotly_relayout", () => {
    rememberZoom(drawing);
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
    const button = /** @type {HTMLElement | null} */ (target.closest("[data-chart]"));
    const drawing = /** @type {Drawing} */ (
      button && document.querySelector(`#${button.dataset.chart} .js-plotly-plot`)
    );
    if (drawing) plotly.relayout(drawing, { "xaxis.range": [...drawing.layout.meta.whole] });
    // A mouse reads a cell of the heat map in its tooltip, a finger below the map.
    const cell = /** @type {HTMLElement | null} */ (target.closest(".heat-map .heat"));
    const line = cell?.closest("figure")?.querySelector(".heat-said");
    if (cell && line) line.textContent = cell.title;
  });
}
