/* A chart that shows part of its period offers the way back to the whole. */
(() => {
  const isWhole = (chart) => {
    const range = chart._fullLayout?.xaxis?.range;
    const whole = chart.layout?.meta?.whole;
    return !range || !whole || (Math.abs(range[0] - whole[0]) < 0.01 && Math.abs(range[1] - whole[1]) < 0.01);
  };

  function showReset(chart) {
    chart.closest(".chart-frame").toggleAttribute("data-zoomed", !isWhole(chart));
  }

  // dcc.Graph draws after its data arrive and redraws in place, so one listener per drawing is enough.
  const watched = new WeakSet();
  new MutationObserver(() => {
    for (const chart of document.querySelectorAll(".chart-frame .js-plotly-plot")) {
      if (watched.has(chart) || !chart.on) continue;
      watched.add(chart);
      chart.on("plotly_relayout", () => showReset(chart));
      chart.on("plotly_afterplot", () => showReset(chart));
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chart]");
    const chart = button && document.querySelector(`#${button.dataset.chart} .js-plotly-plot`);
    if (chart) window.Plotly.relayout(chart, { "xaxis.range": [...chart.layout.meta.whole] });
  });
})();
