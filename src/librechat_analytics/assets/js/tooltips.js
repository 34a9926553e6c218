// @ts-check
/*
 * The tooltips of charts: a title, the total, the parts by size, and what they are compared with. Plotly says which
 * points are under the pointer; the figures switch its own labels off.
 *
 * A point's `customdata` are its rows, each a name and a text; a row without a text is a sentence.
 */

/** @typedef {{data: any, customdata?: [string, string][], x: any, y: any}} Point */
/** @typedef {{name: string, text: string, color: string | null, isDashed: boolean, isTotal: boolean}} Row */

const GAP = 14; // pixels between the pointer and the tooltip
const CLEAR = "rgba(0,0,0,0)";

/**
 * Gives the rows of a tooltip: the total first, then the parts of a stack by size, then the others.
 * @param {Point[]} points
 * @param {boolean} isStack
 * @returns {Row[]}
 */
export function rowsOf(points, isStack) {
  /** @param {Point} point */
  const place = ({ data }) => (data.meta === "total" ? 0 : data.type === "bar" ? 1 : 2);
  /** @param {Point} point */
  const size = ({ data, y }) => (isStack && data.type === "bar" ? Number(y) : 0);
  const sorted = [...points].sort((one, other) => place(one) - place(other) || size(other) - size(one));
  return sorted.flatMap(({ data, customdata }) => {
    const { color } = data.type === "bar" ? data.marker : (data.line ?? data.marker);
    const isPlain = typeof color === "string" && color !== CLEAR;
    return (customdata ?? []).map(([name, text], index) => ({
      name,
      text,
      color: isPlain && text && index === 0 ? color : null,
      isDashed: Boolean(data.line?.dash) && index === 0,
      isTotal: data.meta === "total",
    }));
  });
}

/**
 * @param {string} kind
 * @param {(string | Node)[]} content
 */
function line(kind, ...content) {
  const node = document.createElement("div");
  node.className = kind;
  node.append(...content);
  return node;
}

/** @param {Row} row */
function drawn({ name, text, color, isDashed, isTotal }) {
  if (!text) return line("tip-words", name);
  const swatch = line(`swatch tip-swatch${isDashed ? " ghost" : ""}`);
  swatch.style.background = (isDashed ? null : color) ?? "none";
  const value = line("tip-value", text);
  return line(isTotal ? "tip-row tip-total" : "tip-row", swatch, line("tip-name", name), value);
}

/** @param {Element} frame @returns {HTMLElement} */
function tooltipIn(frame) {
  const present = /** @type {HTMLElement | null} */ (frame.querySelector(".chart-tip"));
  if (present) return present;
  const tooltip = line("chart-tip");
  tooltip.setAttribute("aria-hidden", "true"); // readers who cannot see it have the numbers below the chart
  frame.append(tooltip);
  return tooltip;
}

/** @param {Element} frame @param {HTMLElement} tooltip @param {MouseEvent} pointer */
function placeBeside(frame, tooltip, { clientX, clientY }) {
  const { left, top, width, height } = frame.getBoundingClientRect();
  const x = clientX - left;
  const fits = x + GAP + tooltip.offsetWidth <= width;
  const wanted = fits ? x + GAP : Math.max(0, x - GAP - tooltip.offsetWidth);
  const most = Math.max(0, height - tooltip.offsetHeight);
  tooltip.style.left = `${wanted}px`;
  tooltip.style.top = `${Math.min(most, Math.max(0, clientY - top - tooltip.offsetHeight / 2))}px`;
}

/**
 * Shows the tooltip of a chart while the pointer is over its points.
 * @param {any} drawing Plotly's element
 */
export function showTooltips(drawing) {
  const frame = drawing.closest(".chart-frame");
  const hide = () => tooltipIn(frame).replaceChildren();
  drawing.on("plotly_hover", (/** @type {{points: Point[], event: MouseEvent}} */ { points, event }) => {
    const tooltip = tooltipIn(frame);
    const title = drawing.layout.xaxis?.type === "category" ? [line("tip-title", String(points[0]?.x))] : [];
    const rows = rowsOf(points, drawing.layout.meta?.parts === true).map(drawn);
    tooltip.replaceChildren(...title, ...rows);
    placeBeside(frame, tooltip, event);
  });
  drawing.on("plotly_unhover", hide);
  drawing.on("plotly_afterplot", () => {
    hide();
    // Plotly stays silent about points that it has named already, so that it would not name them again.
    drawing._hoverdata = undefined;
  });
}
