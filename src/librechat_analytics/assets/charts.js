/*
 * Keeps a reader's zoom while the figures refresh, and offers the way back to the whole period. Cuts names to what a
 * phone has room for, and makes pictures.
 *
 * Dash writes a zoomed layout back as if it were a new figure; plotly then takes the zoom for the figure's own and
 * drops it with the next one, whatever its uirevision says. So the zoom is remembered here.
 */
(() => {
  /* Plotly is half of all bytes: it comes after those that the first figures need, before the first chart asks. */
  document.addEventListener("DOMContentLoaded", () => {
    const href = document.documentElement.dataset.plotly;
    document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href }));
  });

  const zooms = new WeakMap(); // drawing → {range, revision}
  const watched = new WeakSet();

  const isClose = (a, b) => Math.abs(a - b) < 0.05;

  function remember(drawing) {
    const { range } = drawing._fullLayout.xaxis;
    const whole = drawing.layout.meta?.whole;
    if (!whole || range.every((edge, index) => isClose(edge, whole[index]))) zooms.delete(drawing);
    else zooms.set(drawing, { range: [...range], revision: drawing.layout.uirevision });
    showReset(drawing);
  }

  function showReset(drawing) {
    const isZoomed = zooms.get(drawing)?.revision === drawing.layout.uirevision;
    const frame = drawing.closest(".chart-frame");
    frame?.toggleAttribute("data-zoomed", isZoomed);
    frame?.toggleAttribute("data-parts", drawing.layout.meta?.parts === true);
  }

  /* Names leave room for their bars: on a phone they are cut shorter. */
  const NARROW_PIXELS = 310;

  function namesOf({ meta }, width) {
    return meta?.names?.[width < NARROW_PIXELS ? "narrow" : "wide"];
  }

  function fitNames(drawing) {
    const names = namesOf(drawing.layout, drawing._fullLayout.width);
    if (names && names.join() !== drawing.layout.yaxis.ticktext.join()) {
      plotly.relayout(drawing, { "yaxis.ticktext": names });
    }
  }

  function tame(plotly) {
    const { react } = plotly;
    plotly.react = (drawing, figure, ...rest) => {
      // Dash draws a chart as soon as it is mounted; nothing is not worth drawing, least of all out of sight.
      if (!drawing._fullLayout && !figure?.data?.length) {
        drawing.on = () => {}; // it listens at once, to what nobody here asks for
        return Promise.resolve(drawing);
      }
      const zoom = zooms.get(drawing);
      if (zoom && figure?.layout?.uirevision === zoom.revision) {
        figure.layout.xaxis = { ...figure.layout.xaxis, range: [...zoom.range], autorange: false };
      }
      const names = figure?.layout && namesOf(figure.layout, drawing.clientWidth || Infinity);
      if (names) figure.layout.yaxis = { ...figure.layout.yaxis, ticktext: names };
      return react(drawing, figure, ...rest);
    };
    return plotly;
  }

  let plotly; // Dash loads it when it wants to
  Object.defineProperty(window, "Plotly", { get: () => plotly, set: (loaded) => (plotly = tame(loaded)) });

  new MutationObserver(() => {
    for (const drawing of document.querySelectorAll(".chart-frame .js-plotly-plot")) {
      if (watched.has(drawing) || !drawing.on) continue;
      watched.add(drawing);
      drawing.on("plotly_relayout", () => {
        remember(drawing);
        fitNames(drawing);
      });
      drawing.on("plotly_afterplot", () => showReset(drawing));
      drawing.on("plotly_click", ({ points }) => {
        const bucket = drawing.layout.meta?.buckets?.[points[0].x];
        if (bucket) document.dispatchEvent(new CustomEvent("analytics:bucket", { detail: bucket }));
      });
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  /* A picture brings its own inks: the page's style does not reach into it. */
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const PICTURE = { width: 1200, height: 500, scale: 2 };
  const TITLE_PIXELS = 84;
  const ABOVE_THE_BARS = {
    ...{ orientation: "h", traceorder: "normal" },
    ...{ x: 1, xanchor: "right", y: 1, yanchor: "bottom" },
  };
  const rangeInWords = () => document.getElementById("range-words").textContent;
  const FONT = "system-ui, sans-serif";

  function save(url, title) {
    const link = document.createElement("a");
    const period = new URLSearchParams(location.search).get("period") ?? "30d";
    link.download = `librechat ${title} ${period}.png`.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
    link.href = url;
    link.click();
  }

  /* On the page it stands beside the drawing. Traces of its own, as a bar that is cut would give it its pattern. */
  function legendOf(data) {
    const named = data.filter(({ name, mode }) => name && mode !== "text" && mode !== "markers");
    if (named.length < 2) return [];
    return named.map(({ type, mode, name, orientation, line, marker }) => ({
      ...{ type, mode, name, orientation, line, showlegend: true, x: [null], y: [null] },
      marker: { color: marker?.color },
    }));
  }

  async function pictureOfDrawing(drawing, title) {
    const { width, scale } = PICTURE;
    // Ranked bars have the height that their number needs; the title comes on top.
    const height = Math.max(PICTURE.height, drawing._fullLayout.height + TITLE_PIXELS);
    const grid = { gridcolor: ink("--grid"), linecolor: ink("--line") };
    const { data, layout } = drawing;
    const names = namesOf(layout, width);
    const legend = legendOf(data);
    return window.Plotly.toImage(
      {
        data: [...data.map((trace) => ({ ...trace, showlegend: false })), ...legend],
        layout: {
          ...layout,
          width,
          height,
          autosize: false,
          paper_bgcolor: ink("--surface"),
          plot_bgcolor: ink("--surface"),
          font: { family: FONT, size: 13, color: ink("--ink") },
          title: {
            text: title,
            subtitle: { text: rangeInWords(), font: { size: 13, color: ink("--ink-soft") } },
            x: 0.02,
            xanchor: "left",
            font: { size: 17 },
          },
          margin: { l: layout.margin.l + 12, r: layout.margin.r + 12, t: TITLE_PIXELS, b: layout.margin.b + 16 },
          showlegend: legend.length > 0,
          // Few stand beside the title: at the right there are the totals of bars.
          legend: legend.length > 3 ? {} : ABOVE_THE_BARS,
          xaxis: { ...layout.xaxis, ...grid },
          yaxis: { ...layout.yaxis, ...grid, ...(names && { ticktext: names }) },
        },
      },
      { format: "png", width, height, scale }
    );
  }

  /* A table of coloured cells, as it stands on the page. */
  function pictureOfTable(table, title) {
    const { scale } = PICTURE;
    const frame = table.getBoundingClientRect();
    const canvas = document.createElement("canvas");
    const [edge, top] = [24, TITLE_PIXELS];
    canvas.width = (frame.width + 2 * edge) * scale;
    canvas.height = (frame.height + top + edge) * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = ink("--surface");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = ink("--ink");
    pen.font = `600 17px ${FONT}`;
    pen.fillText(title, edge, 36);
    pen.font = `13px ${FONT}`;
    pen.fillStyle = ink("--ink-soft");
    pen.fillText(rangeInWords(), edge, 58);
    pen.textBaseline = "middle";
    for (const cell of table.querySelectorAll("th, td")) {
      const { x, y, width, height } = cell.getBoundingClientRect();
      const [left, upper] = [x - frame.x + edge, y - frame.y + top];
      if (cell.matches(".heat")) {
        pen.fillStyle = getComputedStyle(cell).backgroundColor;
        pen.fillRect(left, upper, width, height);
      } else if (!cell.querySelector(".visually-hidden")) {
        pen.fillStyle = ink("--ink-soft");
        pen.fillText(cell.textContent, left, upper + height / 2);
      }
    }
    return canvas.toDataURL("image/png");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-png]");
    if (!button) return;
    const { png, title } = button.dataset;
    const drawing = document.querySelector(`#${png} .js-plotly-plot`);
    const url = drawing
      ? await pictureOfDrawing(drawing, title)
      : pictureOfTable(document.getElementById(png), title);
    save(url, title);
  });

  /* What a mouse reads in a cell's tooltip, a finger reads below the table. */
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.(".heat-map .heat");
    if (cell) cell.closest("figure").querySelector(".heat-said").textContent = cell.title;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chart]");
    const drawing = button && document.querySelector(`#${button.dataset.chart} .js-plotly-plot`);
    if (drawing) window.Plotly.relayout(drawing, { "xaxis.range": [...drawing.layout.meta.whole] });
  });
})();
