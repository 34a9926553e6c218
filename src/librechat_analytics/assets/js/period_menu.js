// @ts-check
/*
 * The button with the period's name and the menu that it opens: periods by name, a calendar, a field for a period as
 * people type it, the time zone and the comparison. Beside it are the steps to the previous and the next period.
 */
import { periodOf, readerZone, today } from "./address.js";
import { contract, fillIn } from "./contract.js";
import { byId } from "./elements.js";
import { go, wantedQuery } from "./go.js";
import { later } from "./later.js";
import { addressOf, daysInWords } from "./period_names.js";
import { periodInWords, stepped, wholeDays } from "./period_steps.js";

/** @typedef {import("./days.js").Days} Days */

const { texts } = contract;

/** @type {string | null} */
let firstUsage = null;
/** @typedef {ReturnType<typeof import("./typed_period.js").typedPeriod>} TypedPeriod */

const parts = later(async () => {
  const [{ startCalendar }, { typedPeriod }, { showZone, startTimeZone }] = await Promise.all([
    import("./calendar_grid.js"),
    import("./typed_period.js"),
    import("./time_zone.js"),
  ]);
  startTimeZone();
  const calendar = startCalendar(byId("period-calendar"), (days) => {
    go(addressOf(days, today(wantedQuery())));
    closeMenu();
  });
  return { calendar, read: typedPeriod, showZone };
});

const typedField = () => /** @type {HTMLInputElement} */ (byId("period-typed"));

/** @param {URLSearchParams} query */
function zoneOf(query) {
  const zone = query.get("tz");
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone ?? readerZone() ?? "UTC" }).resolvedOptions()
      .timeZone;
  } catch {
    return readerZone() ?? "UTC"; // not a zone, which the server says
  }
}

/** @param {URLSearchParams} query @returns {import("./period_steps.js").Present} */
const present = (query) => ({
  today: today(query),
  now: new Date(),
  zone: zoneOf(query),
  first_usage: firstUsage,
});

/** @param {URLSearchParams} query */
export const wantedPeriod = (query) => periodInWords(query, zoneOf(query));

/**
 * Names the period that an address has after some changes.
 * @param {URLSearchParams} query
 * @param {ReturnType<typeof stepped>} changes
 */
export function wordsAfter(query, changes) {
  const target = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value) target.set(name, value);
    else target.delete(name);
  }
  return periodInWords(target, zoneOf(query));
}

/** @param {URLSearchParams} query */
function showSteps(query) {
  for (const [id, label, step] of /** @type {const} */ ([
    ["earlier", texts.earlier, -1],
    ["later", texts.later, 1],
  ])) {
    const changes = stepped(query, step, present(query));
    const words = fillIn(label, { period: changes ? wordsAfter(query, changes) : texts.nothing_there });
    const button = byId(id);
    button.title = words;
    button.setAttribute("aria-label", words);
    // A button without effect stays on the page, so that it keeps the focus.
    button.setAttribute("aria-disabled", String(!changes));
  }
}

/**
 * Shows the period that the address chooses; `route` calls it.
 * @param {URLSearchParams} query
 */
export function showPeriod(query) {
  byId("period-name").textContent = wantedPeriod(query);
  for (const button of byId("period-menu").querySelectorAll("[data-period]")) {
    const isChosen = button instanceof HTMLElement && button.dataset.period === periodOf(query);
    if (isChosen) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  showSteps(query);
  parts.whenStarted(({ showZone }) => showZone());
}

/**
 * Takes the day of the first usage from the server's answer, before which no step leads.
 * @param {string | null} day
 */
export function noteFirstUsage(day) {
  if (day === firstUsage) return;
  firstUsage = day;
  showSteps(wantedQuery());
}

const isOpen = () => document.getElementById("period-menu")?.hidden === false;

/** @param {boolean} open */
function openMenu(open) {
  const menu = byId("period-menu");
  if (menu.hidden === !open) return;
  menu.hidden = !open;
  byId("period").setAttribute("aria-expanded", String(open));
  if (!open) return;
  const query = wantedQuery();
  typedField().value = "";
  say("", null);
  parts.start().then(({ calendar, showZone }) => {
    calendar.show(wholeDays(query, today(query)), today(query));
    showZone();
  }, ignore);
  if (window.matchMedia("(hover: hover)").matches) typedField().focus();
  else menu.focus(); // A field would bring up the keyboard of a phone.
}

function closeMenu() {
  if (!isOpen()) return;
  openMenu(false);
  byId("period").focus();
}

const ignore = () => {};

/** Reads what is typed, once the reader of periods is there. @returns {Promise<[string, TypedPeriod]>} */
async function readTyped() {
  const { read } = await parts.start();
  const typed = typedField().value.trim();
  return [typed, read(typed, today(wantedQuery()))];
}

/** @param {string} typed @param {TypedPeriod} found */
function say(typed, found) {
  typedField().toggleAttribute("data-unread", Boolean(typed) && !found);
  const words = found ? inWords(wantedQuery(), found) : texts.period_unread;
  byId("period-read").textContent = typed ? words : "";
}

/** @param {URLSearchParams} query @param {NonNullable<TypedPeriod>} changes */
function inWords(query, changes) {
  const name = wordsAfter(query, changes);
  const { period, start, end } = changes;
  const days =
    period === contract.custom_period && start && end ? daysInWords({ first: start, last: end }) : name;
  return days === name ? name : `${name} · ${days}`;
}

/** @param {TypedPeriod} found */
function take(found) {
  if (!found) return;
  go(found);
  closeMenu();
}

/** @param {MouseEvent} event */
function followClick({ target }) {
  if (!(target instanceof Element)) return;
  const step = target.closest("#earlier") ? -1 : target.closest("#later") ? 1 : null;
  if (step) {
    const query = wantedQuery();
    const changes = stepped(query, step, present(query));
    if (changes) go(changes);
  }
  if (target.closest("#period")) openMenu(!isOpen());
  else if (target.closest("#period-menu [data-period]")) closeMenu();
  else if (isOpen() && target.isConnected && !target.closest("#period-menu")) openMenu(false);
}

export function startPeriodMenu() {
  typedField().addEventListener("input", () =>
    readTyped().then(([typed, found]) => say(typed, found), ignore),
  );
  typedField().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // The button gets the focus, and the key must not press it.
    readTyped().then(([, found]) => take(found), ignore);
  });
  document.addEventListener("click", followClick);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !event.defaultPrevented) closeMenu();
  });
}
