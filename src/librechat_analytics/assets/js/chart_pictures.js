// @ts-check
/*
 * Saves a chart or the heat map as a picture. `export_menu.js` loads this script for the first one. A picture carries its own colours: the page's style does not reach it.
 */
import { currentQuery } from "./address.js";
import { namesFor } from "./charts.js";
import { contract } from "./contract.js";

const PICTURE = { width: 1200, height: 500, scale: 2 };
const TITLE_PIXELS = 84;
const EDGE_PIXELS = 24;
const MOST_BESIDE_THE_TITLE = 3;
const ABOVE_THE_BARS = {
  orientation: "h",
  traceorder: "normal",
  x: 1,
  xanchor: "right",
  y: 1,
  yanchor: "bottom",
};
const FONT = "system-ui, sans-serif";

/** @param {string} name */
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const rangeInWords = () => document.getElementById("range-words")?.textContent ?? "";

/** @param {string} title @param {URLSearchParams} query */
export function fileName(title, query) {
  const period = query.get("period") ?? contract.default_period;
  return `librechat ${title} ${period}.png`.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
}

/**
 * Gives the traces of a legend, which is outside the drawing on the page. They are traces of their own, because a trace that
 * also draws hatched bars would be hatched in the legend too.
 * @param {any[]} data
 */
export function legendTraces(data) {
  const named = data.filter(({ name, mode }) => name && mode !== "text" && mode !== "markers");
  if (named.length < 2) return [];
  return named.map(({ type, mode, name, orientation, line, marker }) => ({
    type,
    mode,
    name,
    orientation,
    line,
    showlegend: true,
    x: [null],
    y: [null],
    marker: { color: marker?.color },
  }));
}

/** @param {any} drawing @param {string} title @returns {Promise<string>} */
function pictureOfDrawing(drawing, title) {
  const { width, scale } = PICTURE;
  // Ranked bars are as high as their number needs, and the title comes on top.
  const height = Math.max(PICTURE.height, drawing._fullLayout.height + TITLE_PIXELS);
  const { data, layout } = drawing;
  const grid = { gridcolor: cssColour("--grid"), linecolor: cssColour("--line") };
  const names = namesFor(layout, width);
  const legend = legendTraces(data);
  const picture = {
    data: [...data.map((/** @type {object} */ trace) => ({ ...trace, showlegend: false })), ...legend],
    layout: {
      ...layout,
      width,
      height,
      autosize: false,
      paper_bgcolor: cssColour("--surface"),
      plot_bgcolor: cssColour("--surface"),
      font: { family: FONT, size: 13, color: cssColour("--ink") },
      title: {
        text: title,
        subtitle: { text: rangeInWords(), font: { size: 13, color: cssColour("--ink-soft") } },
        x: 0.02,
        xanchor: "left",
        font: { size: 17 },
      },
      margin: { l: layout.margin.l + 12, r: layout.margin.r + 12, t: TITLE_PIXELS, b: layout.margin.b + 16 },
      showlegend: legend.length > 0,
      // A long legend would cover the totals of the bars at the right.
      legend: legend.length > MOST_BESIDE_THE_TITLE ? {} : ABOVE_THE_BARS,
      xaxis: { ...layout.xaxis, ...grid },
      yaxis: { ...layout.yaxis, ...grid, ...(names && { ticktext: names }) },
    },
  };
  return window.Plotly.toImage(picture, { format: "png", width, height, scale });
}

/**
 * Draws a table of coloured cells as it is on the page.
 * @param {HTMLElement} table
 * @param {string} title
 */
function pictureOfTable(table, title) {
  const { scale } = PICTURE;
  const frame = table.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = (frame.width + 2 * EDGE_PIXELS) * scale;
  canvas.height = (frame.height + TITLE_PIXELS + EDGE_PIXELS) * scale;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(scale, scale);
  pen.fillStyle = cssColour("--surface");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = cssColour("--ink");
  pen.font = `600 17px ${FONT}`;
  pen.fillText(title, EDGE_PIXELS, 36);
  pen.font = `13px ${FONT}`;
  pen.fillStyle = cssColour("--ink-soft");
  pen.fillText(rangeInWords(), EDGE_PIXELS, 58);
  pen.textBaseline = "middle";
  for (const cell of table.querySelectorAll("th, td")) {
    const { x, y, width, height } = cell.getBoundingClientRect();
    const [left, top] = [x - frame.x + EDGE_PIXELS, y - frame.y + TITLE_PIXELS];
    if (cell.matches(".heat")) {
      pen.fillStyle = getComputedStyle(cell).backgroundColor;
      pen.fillRect(left, top, width, height);
    } else if (!cell.querySelector(".visually-hidden")) {
      pen.fillStyle = cssColour("--ink-soft");
      pen.fillText(cell.textContent ?? "", left, top + height / 2);
    }
  }
  return canvas.toDataURL("image/png");
}

/** @param {HTMLElement} button the one that says which chart, and its title */
export async function savePicture(button) {
  const { png = "", title = "" } = button.dataset;
  const drawing = document.querySelector(`#${png} .js-plotly-plot`);
  const table = document.getElementById(png);
  const link = document.createElement("a");
  if (drawing) link.href = await pictureOfDrawing(drawing, title);
  else if (table) link.href = pictureOfTable(table, title);
  link.download = fileName(title, currentQuery());
  link.click();
}
