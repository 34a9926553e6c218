/*
 * Keeps the page alive without moving it: says how old the figures are, sleeps in hidden tabs and wakes up at once,
 * asks again when the reader wants to, and tells when the server is out of reach.
 */
(() => {
  const SECOND = 1000;
  const RETRY_SECONDS = 10;
  let shown = null; // what the server said last: {as_of_age_seconds, as_of_words, status}
  let shownAt = 0; // on the clock that nobody sets

  /* Nothing before the layout has come, while the key is asked for: Dash fails on a question about it then. */
  const intervalOfDash = () => document.getElementById("main") && window.dash_component_api.getLayout("tick");

  function tick() {
    const interval = intervalOfDash();
    if (interval) window.dash_clientside.set_props("tick", { n_intervals: (interval.props.n_intervals ?? 0) + 1 });
  }

  function ago(seconds) {
    if (seconds < 5) return "just now";
    if (seconds < 60) return `${Math.floor(seconds)} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86400)} days ago`;
  }

  function age() {
    const target = document.getElementById("age");
    if (!target || !shown || shown.as_of_age_seconds === null) return;
    const seconds = Math.max(0, shown.as_of_age_seconds + (performance.now() - shownAt) / SECOND);
    let [lead, text] = ["Updated ", ago(seconds)];
    if (shown.status === "offline") {
      // On a phone the lead is not seen, and a time without it says too little; a date says enough.
      const isTime = /^\d\d:\d\d$/.test(shown.as_of_words);
      lead = isTime ? "Imported, " : "Imported, as of ";
      text = isTime ? `as of ${shown.as_of_words}` : shown.as_of_words;
    }
    target.closest(".age").title = shown.audit_words;
    if (target.textContent !== text) {
      document.getElementById("age-lead").textContent = lead;
      target.textContent = text;
    }
  }

  /* A range that is over stays as it is, once all of it has been read. */
  function rests() {
    const isOver = document.documentElement.dataset.past === "true";
    return document.hidden || (isOver && ["ok", "offline"].includes(shown?.status));
  }

  function keepFreshness(freshness) {
    shown = freshness ?? null;
    document.documentElement.dataset.source = shown?.status ?? "";
    window.dash_clientside.set_props("tick", { disabled: rests() });
    if (shown?.title) window.dash_clientside.analytics.nameThePage(shown.title);
    shownAt = performance.now();
    age();
  }

  document.addEventListener("visibilitychange", () => {
    if (!intervalOfDash()) return;
    window.dash_clientside.set_props("tick", { disabled: rests() });
    if (!rests()) tick();
  });

  document.addEventListener("analytics:connection", (event) => {
    const banner = document.getElementById("connection");
    const trouble = { lost: "Connection lost.", failing: "The server answers with an error." }[event.detail];
    banner.hidden = !trouble;
    const standing = shown?.as_of_words ? ` Showing figures as of ${shown.as_of_words}.` : "";
    banner.textContent = trouble ? `${trouble}${standing} Trying again.` : "";
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-action=retry]")) tick();
  });

  setInterval(age, SECOND);
  setInterval(() => {
    if (!document.getElementById("connection").hidden && !document.hidden) tick();
  }, RETRY_SECONDS * SECOND);
  window.addEventListener("online", tick);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, keepFreshness, rests },
  });
})();
