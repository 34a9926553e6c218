/*
 * Controls that set one parameter of the address each (`data-param`), the panel of filters, and the time zone. What
 * they show follows the address; what the reader does with them goes into it.
 */
(() => {
  const FILTERS = ["user", "model", "provider", "agent", "context", "role", "domain", "group", "tenant"];
  const OTHER = "other";
  let question = null; // what the page asked last
  const filled = new WeakSet();
  // A list can show a choice only once it has it.
  const whenFilled = new MutationObserver(() => showParameters());
  const FILLING = { childList: true, subtree: true, attributeFilter: ["value"] };
  const byId = (id) => document.getElementById(id);
  const query = () => new URLSearchParams(location.search);
  const go = (changes) => window.dash_clientside.analytics.go(changes);

  // Found while the browser waits for other scripts anyway: the first look at a calendar takes its time.
  const readerZone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;
  const zoneOfTheReader = () => readerZone;

  /* ---- controls of one parameter ---- */

  function showParameters() {
    const asked = query();
    for (const marked of document.querySelectorAll("[data-param]")) {
      const wanted = asked.get(marked.dataset.param) ?? "";
      const control = marked.matches("select") ? marked : marked.querySelector("input");
      if (control === document.activeElement && control.tagName === "INPUT") continue;
      if (control.value === wanted) continue;
      if (control.tagName === "SELECT") control.value = wanted;
      else window.dash_clientside.set_props(control.id, { value: wanted });
    }
    const chosen = FILTERS.filter((name) => asked.has(name) && asked.get("view") !== name).length;
    const toggle = byId("filter-toggle");
    toggle.toggleAttribute("data-active", chosen > 0);
  }

  document.addEventListener("change", (event) => {
    const param = event.target.closest("[data-param]")?.dataset.param;
    if (!param) return;
    // What is chosen from a list is a name as it was recorded, with every blank.
    const value = event.target.matches("select") ? event.target.value : event.target.value.trim();
    go({ [param]: value || null, page: null });
  });

  /* ---- the panel of filters ---- */

  function openFilters(isOpen) {
    byId("filter-panel").hidden = !isOpen;
    byId("filter-toggle").setAttribute("aria-expanded", String(isOpen));
    if (isOpen) {
      askForChoices();
      byId("filter-user").focus();
    } else byId("filter-toggle").focus();
  }

  const isOpen = () => byId("filter-panel")?.hidden === false;

  let offered = null; // the question whose period the lists are of

  function periodOf(asked) {
    const parameters = new URLSearchParams(asked?.search);
    return ["period", "start", "end", "tz"].map((name) => parameters.get(name)).join();
  }

  function askForChoices() {
    offered = question;
    if (question) window.dash_clientside.set_props("filter-question", { data: question });
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest?.("#filter-toggle")) openFilters(!isOpen());
    else if (target.closest?.("[data-action=close-filters]")) openFilters(false);
    const chip = target.closest?.("[data-action=remove-filter]");
    if (chip) {
      byId("filter-toggle").focus();
      go({ [chip.dataset.name]: null, page: null });
    }
    if (target.closest?.("[data-action=clear-filters]")) {
      const subject = query().get("view");
      if (!target.closest("#filter-panel")) byId("filter-toggle").focus();
      go({ ...Object.fromEntries(FILTERS.filter((name) => name !== subject).map((name) => [name, null])), page: null });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) openFilters(false);
  });

  /* ---- the time zone ---- */

  function zoneOption(value, label) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = label;
    return option;
  }

  function showZones() {
    const select = byId("zone");
    const own = zoneOfTheReader();
    const asked = query().get("tz");
    const zones = new Map([["", own ? `My time (${own})` : "My time"]]);
    for (const zone of ["UTC", select.dataset.configured, asked]) if (zone && zone !== own) zones.set(zone, zone);
    zones.set(OTHER, "Another zone …");
    const wanted = asked && asked !== own ? asked : "";
    const texts = [...zones.values()];
    if (texts.join("\n") !== [...select.options].map((option) => option.textContent).join("\n")) {
      select.replaceChildren(...[...zones].map(([value, label]) => zoneOption(value, label)));
    }
    if (select.value !== wanted) select.value = wanted;
    askForAnotherZone(false);
  }

  function askForAnotherZone(isAsked) {
    byId("zone").parentElement.toggleAttribute("data-other", isAsked);
    if (!isAsked) return;
    const list = byId("zones");
    if (!list.options.length && Intl.supportedValuesOf) {
      list.replaceChildren(...Intl.supportedValuesOf("timeZone").map((zone) => zoneOption(zone, zone)));
    }
    byId("zone-field").focus();
  }

  /* In the spelling that the time zones are listed under; what is no zone stays, for the server to say so. */
  function nameOfZone(text) {
    const listed = [...byId("zones").options].find((option) => option.value.toLowerCase() === text.toLowerCase());
    if (listed) return listed.value;
    try {
      return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
    } catch {
      return text;
    }
  }

  function chooseZone(zone) {
    const value = zone && nameOfZone(zone);
    go({ tz: value === zoneOfTheReader() ? null : value });
    showZones();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "zone") {
      if (event.target.value === OTHER) askForAnotherZone(true);
      else chooseZone(event.target.value);
    }
    if (event.target.id === "zone-field") {
      const zone = event.target.value.trim();
      window.dash_clientside.set_props("zone-field", { value: "" });
      if (zone) {
        byId("zone").focus();
        chooseZone(zone);
      }
    }
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.id === "zone-field" && !event.target.value.trim()) showZones();
  });

  document.addEventListener("analytics:route", (event) => {
    question = event.detail;
    for (const list of document.querySelectorAll("select[data-param]")) {
      if (!filled.has(list)) whenFilled.observe(list, FILLING);
      filled.add(list);
    }
    showZones();
    showParameters();
    if (isOpen() && periodOf(question) !== periodOf(offered)) askForChoices();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, zoneOfTheReader },
  });
})();
