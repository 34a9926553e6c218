/*
 * The query string is the only state of the page. `route` spreads it: which view is shown, what the controls say,
 * and one question for the server, put into the store of the visible view. Everything that the reader does ends in
 * a new query string and comes back through `route`.
 */
(() => {
  const VIEWS = ["overview", "users", "models", "agents"];
  const DEFAULT_VIEW = "overview";
  const DEFAULT_PERIOD = "30d";
  const CUSTOM = "custom";
  const PAST_PERIODS = ["yesterday", "last-month"];
  // What the other views understand as well; search and sort belong to one table.
  const SHARED = ["period", "start", "end", "tz"];

  const parse = (search) => new URLSearchParams(search ?? "");
  const viewOf = (query) => (VIEWS.includes(query.get("view")) ? query.get("view") : DEFAULT_VIEW);
  const title = (view) => view[0].toUpperCase() + view.slice(1);
  const today = () => new Intl.DateTimeFormat("en-CA").format(new Date());
  const dateOf = (text) => /^\d{4}-\d\d-\d\d/.exec(text ?? "")?.[0] ?? null;

  function periodOf(query) {
    const { options } = window.dash_component_api.getLayout("period").props;
    const known = options.some((option) => option.value === query.get("period"));
    return known ? query.get("period") : DEFAULT_PERIOD;
  }

  function isPast(query) {
    const period = query.get("period");
    return PAST_PERIODS.includes(period) || (period === CUSTOM && (dateOf(query.get("end")) ?? "9") < today());
  }

  function write(query) {
    const text = query.toString();
    return text ? `?${text}` : "?";
  }

  function linkTo(view, query) {
    const target = new URLSearchParams({ view });
    for (const name of SHARED) if (query.get(name)) target.set(name, query.get(name));
    return write(target);
  }

  /* Changes some parameters of the address; null takes one away. */
  function go(changes) {
    const query = parse(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, value);
    }
    const search = write(query);
    if (search !== (location.search || "?")) window.dash_clientside.set_props("url", { search });
  }

  function route(search) {
    const { no_update, callback_context, set_props } = window.dash_clientside;
    const query = parse(search);
    const current = viewOf(query);
    const period = periodOf(query);
    const root = document.documentElement;
    // The very first call has no single trigger.
    root.dataset.refresh = callback_context.triggered_id === "tick" ? "tick" : "reader";
    root.dataset.past = isPast(query);
    document.title = `${title(current)} · LibreChat Analytics`;
    for (const link of document.querySelectorAll("a[data-view]")) link.href = linkTo(link.dataset.view, query);
    spreadChoices(query);
    markSortedColumn(current, query, set_props);
    showTheSearch(current, query, set_props);

    const question = {
      search: search ?? "",
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
      coarse: window.matchMedia("(pointer: coarse)").matches,
      at: Date.now(),
    };
    return [
      ...VIEWS.map((view) => view !== current),
      ...VIEWS.map((view) => (view === current ? question : no_update)),
      ...VIEWS.map((view) => linkTo(view, query)),
      ...VIEWS.map((view) => view === current),
      ...VIEWS.map((view) => (view === current ? "page" : null)),
      title(current),
      period,
      period !== CUSTOM,
      dateOf(query.get("start")),
      dateOf(query.get("end")),
      today(),
      isPast(query) || document.hidden,
    ];
  }

  /* Links that set one parameter of the address each: `data-set="split=model"`, or `"split="` for its default. */
  function spreadChoices(query) {
    for (const link of document.querySelectorAll("a[data-set]")) {
      const [name, value] = link.dataset.set.split("=");
      const target = new URLSearchParams(query);
      if (value) target.set(name, value);
      else target.delete(name);
      link.href = write(target);
      if ((query.get(name) ?? "") === value) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function markSortedColumn(view, query, set_props) {
    const wanted = query.get("sort");
    for (const header of document.querySelectorAll(`#${view}-view th[data-sort]`)) {
      const { sort, first, preset } = header.dataset;
      const state = wanted ?? (preset ? (first === "descending" ? `-${sort}` : sort) : "");
      const direction = { [sort]: "ascending", [`-${sort}`]: "descending" }[state] ?? "none";
      if (header.getAttribute("aria-sort") !== direction) set_props(header.id, { "aria-sort": direction });
    }
  }

  function showTheSearch(view, query, set_props) {
    const field = document.getElementById(`${view}-search`);
    const wanted = query.get("q") ?? "";
    if (field && field !== document.activeElement && field.value !== wanted) {
      set_props(field.id, { value: wanted });
    }
  }

  function sortBy(header) {
    const { sort, first } = header.dataset;
    const now = header.getAttribute("aria-sort");
    const opposite = { ascending: "descending", descending: "ascending" };
    const direction = opposite[now] ?? first;
    go({ sort: direction === "descending" ? `-${sort}` : sort, page: null });
  }

  /* The period select, and the calendar that belongs to "Custom". */
  function choosePeriod(period, start, end, shown) {
    const { callback_context } = window.dash_clientside;
    const query = parse(location.search);
    const before = { period: periodOf(query), start: query.get("start"), end: query.get("end") };
    if (callback_context.triggered_id === "period") {
      if (period === before.period) return;
      // "Custom" starts from the days on screen: nothing jumps until the reader picks others.
      if (period === CUSTOM) go({ period, start: shown?.first_day ?? null, end: shown?.last_day ?? null });
      else go({ period, start: null, end: null });
    } else if (before.period === CUSTOM && start && end) {
      if (dateOf(before.start) !== dateOf(start) || dateOf(before.end) !== dateOf(end)) {
        go({ start: dateOf(start), end: dateOf(end) });
      }
    }
  }

  function search(text) {
    go({ q: text ?? "", all: null, page: null });
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const link = target.closest?.("a[data-view]");
    if (link && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      window.dash_clientside.set_props("url", { search: new URL(link.href).search });
      window.scrollTo(0, 0);
    }
    const choice = target.closest?.("[data-set]");
    if (choice && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      const [name, value] = choice.dataset.set.split("=");
      go({ [name]: value });
    }
    const header = target.closest?.("th[data-sort]");
    if (header && target.closest("button")) sortBy(header);
    if (target.closest?.("[data-action=show-all]")) go({ all: "1", page: null });
    if (target.closest?.("[data-action=clear-search]")) {
      const view = viewOf(parse(location.search));
      window.dash_clientside.set_props(`${view}-search`, { value: "" });
      document.getElementById(`${view}-search`)?.focus();
      go({ q: null });
    }
    const period = target.closest?.("[data-period]");
    if (period) go({ period: period.dataset.period, start: null, end: null });
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, route, choosePeriod, search },
  });
})();
