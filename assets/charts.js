/*
 * Keeps a reader's zoom while the figures refresh, and offers the way back to the whole period.
 *
 * Dash writes a zoomed layout back as if it were a new figure; plotly then takes the zoom for the figure's own and
 * drops it with the next one, whatever its uirevision says. So the zoom is remembered here.
 */
(() => {
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
    drawing.closest(".chart-frame")?.toggleAttribute("data-zoomed", isZoomed);
  }

  function keepZoomInReact() {
    const { react } = window.Plotly;
    window.Plotly.react = (drawing, figure, ...rest) => {
      const zoom = zooms.get(drawing);
      if (zoom && figure?.layout?.uirevision === zoom.revision) {
        figure.layout.xaxis = { ...figure.layout.xaxis, range: [...zoom.range], autorange: false };
      }
      return react(drawing, figure, ...rest);
    };
  }

  new MutationObserver(() => {
    for (const drawing of document.querySelectorAll(".chart-frame .js-plotly-plot")) {
      if (watched.has(drawing) || !drawing.on) continue;
      if (!window.Plotly.keepsZoom) {
        window.Plotly.keepsZoom = true;
        keepZoomInReact();
      }
      watched.add(drawing);
      drawing.on("plotly_relayout", () => remember(drawing));
      drawing.on("plotly_afterplot", () => showReset(drawing));
      drawing.on("plotly_click", ({ points }) => {
        const bucket = drawing.layout.meta?.buckets?.[points[0].x];
        if (bucket) document.dispatchEvent(new CustomEvent("analytics:bucket", { detail: bucket }));
      });
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chart]");
    const drawing = button && document.querySelector(`#${button.dataset.chart} .js-plotly-plot`);
    if (drawing) window.Plotly.relayout(drawing, { "xaxis.range": [...drawing.layout.meta.whole] });
  });
})();
