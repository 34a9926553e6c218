// @ts-check
/*
 * The list of time zones: the reader's own, UTC, the server's, and any other by its name.
 */
import { currentQuery } from "./address.js";
import { contract, fillIn } from "./contract.js";
import { setProps } from "./dash.js";
import { go } from "./go.js";

const OTHER = "other";
const { texts } = contract;

// Read while the browser waits for other scripts anyway: the first use of a calendar takes its time.
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;

export const readerZone = () => ownZone;

const zoneList = () => /** @type {HTMLSelectElement} */ (document.getElementById("zone"));

/** @param {string} value @param {string} label */
function option(value, label) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = label;
  return element;
}

/**
 * Gives the list's choices, value and label.
 * @param {string | null} own
 * @param {(string | null | undefined)[]} others
 * @returns {[string, string][]}
 */
export function zoneChoices(own, others) {
  const named = new Set(others.filter((zone) => zone && zone !== own));
  return [
    ["", own ? fillIn(texts.named_reader_zone, { zone: own }) : texts.reader_zone],
    .../** @type {string[]} */ ([...named]).map((zone) => /** @type {[string, string]} */ ([zone, zone])),
    [OTHER, texts.other_zone],
  ];
}

/** Shows the zone that the address names; `route` calls it. */
export function showZones() {
  const list = zoneList();
  const inAddress = currentQuery().get("tz");
  const choices = zoneChoices(ownZone, ["UTC", list.dataset.configured, inAddress]);
  const present = [...list.options].map((one) => one.textContent);
  if (choices.map(([, label]) => label).join("\n") !== present.join("\n")) {
    list.replaceChildren(...choices.map(([value, label]) => option(value, label)));
  }
  const wanted = inAddress && inAddress !== ownZone ? inAddress : "";
  if (list.value !== wanted) list.value = wanted;
  showField(false);
}

/** @param {boolean} isShown */
function showField(isShown) {
  zoneList().parentElement?.toggleAttribute("data-other", isShown);
  if (!isShown) return;
  const known = /** @type {HTMLDataListElement} */ (document.getElementById("zones"));
  if (!known.options.length && Intl.supportedValuesOf) {
    known.replaceChildren(...Intl.supportedValuesOf("timeZone").map((zone) => option(zone, zone)));
  }
  document.getElementById("zone-field")?.focus();
}

/**
 * Spells a zone as the list of zones does. A text that is no zone stays as it is, and the server says so.
 * @param {string} text
 */
function spellZone(text) {
  const known = /** @type {HTMLDataListElement} */ (document.getElementById("zones"));
  const listed = [...known.options].find(({ value }) => value.toLowerCase() === text.toLowerCase());
  if (listed) return listed.value;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return text;
  }
}

/** @param {string} zone empty for the reader's own one */
function chooseZone(zone) {
  const value = zone && spellZone(zone);
  go({ tz: value === ownZone ? null : value });
  showZones();
}

/** @param {Event} event */
function followChange({ target }) {
  if (target instanceof HTMLSelectElement && target.id === "zone") {
    if (target.value === OTHER) showField(true);
    else chooseZone(target.value);
  }
  if (target instanceof HTMLInputElement && target.id === "zone-field") {
    const zone = target.value.trim();
    setProps("zone-field", { value: "" });
    if (!zone) return;
    zoneList().focus();
    chooseZone(zone);
  }
}

export function startTimeZone() {
  document.addEventListener("change", followChange);
  document.addEventListener("focusout", ({ target }) => {
    if (target instanceof HTMLInputElement && target.id === "zone-field" && !target.value.trim()) showZones();
  });
}
