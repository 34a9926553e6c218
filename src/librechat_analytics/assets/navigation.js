/*
 * The query string is the only state of the page. `route` spreads it: which view is shown, what the controls say,
 * and one question for the server, put into the store of the visible view. Everything that the reader does ends in
 * a new query string and comes back through `route`.
 */
(() => {
  const MENU = ["overview", "users", "models", "agents", "quality"];
  const DETAIL = "detail";
  const VIEWS = [...MENU, DETAIL];
  const TITLES = { quality: "Data quality" };
  const DEFAULT_VIEW = "overview";
  // Each has a page of its own, which belongs to a list of the menu.
  const LISTS = { user: "users", model: "models", agent: "agents" };
  const DEFAULT_PERIOD = "30d";
  const CUSTOM = "custom";
  const EARLIEST_DAY = "2000-01-01";
  const REST_MILLISECONDS = 60; // a pointer that only passes by asks for nothing
  const FRESH_MILLISECONDS = 30_000;
  // What the other views understand as well; search and sort belong to one table.
  const FILTERS = ["user", "model", "provider", "agent", "context", "role", "domain", "group", "tenant"];
  const SHARED = ["period", "start", "end", "tz", "embed", "theme", ...FILTERS];

  const parse = (search) => new URLSearchParams(search ?? "");
  const names = new Map(); // what the reader clicked to get to a page: its name, before the server says it
  const title = (view) => TITLES[view] ?? view[0].toUpperCase() + view.slice(1);

  /* Whether the page is about one user, model or agent; the server says so where the address does not tell which. */
  function subjectOf(query) {
    const subject = query.get("view");
    return Object.hasOwn(LISTS, subject) ? subject : null;
  }

  const nameOf = (subject, query) => JSON.stringify([subject, ...query.getAll(subject)]);

  function viewOf(query) {
    if (subjectOf(query)) return DETAIL;
    return MENU.includes(query.get("view")) ? query.get("view") : DEFAULT_VIEW;
  }

  function titleOf(query) {
    const subject = subjectOf(query);
    if (!subject) return title(viewOf(query));
    return names.get(nameOf(subject, query)) ?? title(subject);
  }

  /* The browser's own title: the view, and before it the one that its page is about. */
  function nameThePage(name, query = parse(location.search)) {
    const list = LISTS[subjectOf(query)];
    document.title = [name, ...(list ? [title(list)] : []), "LibreChat Analytics"].join(" · ");
  }

  function today(query) {
    const inZone = (timeZone) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());
    try {
      return inZone(query.get("tz") || undefined);
    } catch {
      return inZone(undefined); // no zone, which the server says
    }
  }

  const dateOf = (text) => /^\d{4}-\d\d-\d\d/.exec(text ?? "")?.[0] ?? null;

  function periodOf(query) {
    const { options } = window.dash_component_api.getLayout("period").props;
    const known = options.some((option) => option.value === query.get("period"));
    return known ? query.get("period") : DEFAULT_PERIOD;
  }

  /* Whether no time will change the range; yesterday is another day tomorrow. */
  function isPast(query) {
    return query.get("period") === CUSTOM && (dateOf(query.get("end")) ?? "9") < today(query);
  }

  function write(query) {
    const text = query.toString();
    return text ? `?${text}` : "?";
  }

  function linkTo(view, query) {
    const target = new URLSearchParams({ view });
    const subject = subjectOf(query);
    for (const name of SHARED) if (query.get(name) && name !== subject) target.set(name, query.get(name));
    return write(target);
  }

  /* Changes some parameters of the address; null takes one away. */
  let onItsWay = null; // the address that Dash is about to have, so that two changes at once do not undo each other
  function go(changes) {
    const query = parse(onItsWay ?? location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, value);
    }
    const search = write(query);
    if (search === ((onItsWay ?? location.search) || "?")) return;
    onItsWay = search;
    window.dash_clientside.set_props("url", { search });
  }

  function questionAbout(search) {
    return {
      search,
      zone: window.dash_clientside.analytics.zoneOfTheReader(),
      coarse: window.matchMedia("(pointer: coarse)").matches,
      at: Date.now(),
    };
  }

  /*
   * What stands around the views is said by the answer of each. One that comes late must not say it of the view that
   * was left: asked once more, and ahead, only its panels are filled. Dash drops the answer to the former question.
   */
  const unanswered = new Set();
  let shownView = null;
  document.addEventListener("analytics:answer", ({ detail }) => unanswered.delete(detail));
  function leave(view) {
    if (!unanswered.delete(`${view}-places`)) return;
    const question = { ...asked.get(view), ahead: true, at: Date.now() };
    asked.set(view, question);
    window.dash_clientside.set_props(`${view}-question`, { data: question });
  }

  /* Whoever points at a view is about to ask for it: its figures may already be on their way. */
  const asked = new Map(); // view → its last question
  let pointedAt = null;
  function askAhead(link) {
    const { search } = new URL(link.href);
    const view = viewOf(parse(search));
    const last = asked.get(view);
    const isFresh = last?.search === search && Date.now() - last.at < FRESH_MILLISECONDS;
    if (isFresh || view === viewOf(parse(location.search))) return;
    const question = { ...questionAbout(search), ahead: true };
    asked.set(view, question);
    window.dash_clientside.set_props(`${view}-question`, { data: question });
  }

  function route(search) {
    const { no_update, callback_context, set_props, PreventUpdate } = window.dash_clientside;
    // The clock may strike once more before it has stopped in a tab that was just hidden.
    if (callback_context.triggered_id === "tick" && document.hidden) throw PreventUpdate;
    const query = parse(search);
    onItsWay = null;
    const current = viewOf(query);
    const period = periodOf(query);
    const root = document.documentElement;
    // The very first call has no single trigger.
    root.dataset.refresh = callback_context.triggered_id === "tick" ? "tick" : "reader";
    root.dataset.past = isPast(query);
    nameThePage(titleOf(query), query);
    hideTheFormer(query);
    for (const link of document.querySelectorAll("a[data-view]")) link.href = linkTo(link.dataset.view, query);
    spreadChoices(query);
    markSortedColumn(current, query);
    showTheSearch(current, query, set_props);

    const question = questionAbout(search ?? "");
    if (shownView !== current) leave(shownView);
    shownView = current;
    asked.set(current, question);
    unanswered.add(`${current}-places`);
    document.dispatchEvent(new CustomEvent("analytics:route", { detail: question }));
    const inMenu = LISTS[subjectOf(query)] ?? current;
    const days = [dateOf(query.get("start")), dateOf(query.get("end"))];
    // What the fields brought into the address they hold already; the reader may be writing on in the other one.
    const shownDays = days.join() === daysOfTheFields ? [no_update, no_update] : days;
    daysOfTheFields = null;
    return [
      ...VIEWS.map((view) => view !== current),
      ...VIEWS.map((view) => (view === current ? question : no_update)),
      ...MENU.map((view) => linkTo(view, query)),
      ...MENU.map((view) => view === inMenu),
      ...MENU.map((view) => (view !== inMenu ? null : view === current ? "page" : "true")),
      titleOf(query),
      period,
      period !== CUSTOM,
      ...shownDays,
      today(query),
      today(query),
      window.dash_clientside.analytics.rests(),
      question,
    ];
  }

  /* Another one's figures must not stand under this one's name, not even for a moment. */
  let former = null;
  function hideTheFormer(query) {
    const subject = subjectOf(query);
    if (!subject) return;
    const present = nameOf(subject, query);
    if (former !== null && former !== present) {
      window.dash_clientside.set_props("detail-view", { className: "view ready former" });
    }
    former = present;
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

  function markSortedColumn(view, query) {
    const wanted = query.get("sort");
    for (const header of document.querySelectorAll(`#${view}-view th[data-sort]`)) {
      const { sort, first, preset } = header.dataset;
      const state = wanted ?? (preset ? (first === "descending" ? `-${sort}` : sort) : "");
      const direction = { [sort]: "ascending", [`-${sort}`]: "descending" }[state] ?? "none";
      header.setAttribute("aria-sort", direction);
    }
  }

  function showTheSearch(view, query, set_props) {
    const field = document.getElementById(`${view}-search`);
    const wanted = query.get("q") ?? "";
    if (field && field !== document.activeElement && field.value !== wanted) {
      set_props(field.id, { value: wanted });
    }
  }

  function visit(link) {
    const query = parse(new URL(link.href).search);
    const subject = subjectOf(query);
    if (subject && !link.closest(".chart-figure")) names.set(nameOf(subject, query), link.textContent);
    const isElsewhere = viewOf(query) !== viewOf(parse(location.search)) || subject;
    window.dash_clientside.set_props("url", { search: new URL(link.href).search });
    if (!isElsewhere) return;
    window.scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
  }

  function sortBy(header) {
    const { sort, first } = header.dataset;
    const now = header.getAttribute("aria-sort");
    const opposite = { ascending: "descending", descending: "ascending" };
    const direction = opposite[now] ?? first;
    go({ sort: direction === "descending" ? `-${sort}` : sort, page: null });
  }

  let daysOfTheFields = null;

  /* The period select, and the two days that belong to "Custom"; while a year is typed it is not yet one. */
  function choosePeriod(period, start, end, shown) {
    const { callback_context } = window.dash_clientside;
    const query = parse(location.search);
    const before = { period: periodOf(query), start: query.get("start"), end: query.get("end") };
    if (callback_context.triggered_id === "period") {
      if (period === before.period) return;
      // "Custom" starts from the days on screen: nothing jumps until the reader picks others.
      if (period === CUSTOM) go({ period, start: shown?.first_day ?? null, end: shown?.last_day ?? null });
      else go({ period, start: null, end: null });
    } else if (before.period === CUSTOM && EARLIEST_DAY <= dateOf(start) && dateOf(start) <= dateOf(end)) {
      if (dateOf(before.start) !== dateOf(start) || dateOf(before.end) !== dateOf(end)) {
        daysOfTheFields = [dateOf(start), dateOf(end)].join();
        go({ start: dateOf(start), end: dateOf(end) });
      }
    }
  }

  function search(text) {
    // The field is also written to when the address changes.
    if ((text ?? "") !== (parse(location.search).get("q") ?? "")) go({ q: text ?? "", all: null, page: null });
  }

  document.addEventListener("pointerover", (event) => {
    const link = event.target.closest?.("nav.views a");
    if (link === pointedAt) return;
    pointedAt = link;
    if (link) setTimeout(() => link === pointedAt && askAhead(link), REST_MILLISECONDS);
  });

  document.addEventListener("click", (event) => {
    const target = event.target;
    const link = target.closest?.("main a[href^='?']:not([data-set])");
    const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (link && isPlain) {
      event.preventDefault();
      visit(link);
    }
    const choice = target.closest?.("[data-set]");
    if (choice && isPlain) {
      event.preventDefault();
      go(Object.fromEntries(new URLSearchParams(choice.dataset.set)));
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
    if (target.closest?.("#theme-switch")) go({ theme: null });
  });

  /* A click on a bar: the period becomes what the bar stands for. */
  document.addEventListener("analytics:bucket", (event) => {
    const [start, end] = event.detail;
    go({ period: CUSTOM, start, end, page: null });
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, route, choosePeriod, search, go, nameThePage },
  });
})();
