// @ts-check
/*
 * The field for the time zone: the reader's own, UTC, the server's, and any other by a part of its name.
 */
import { readerZone } from "./address.js";
import { startCombobox } from "./combobox.js";
import { contract, fillIn } from "./contract.js";
import { go, wantedQuery } from "./go.js";
import { isMeant, wordsOf } from "./typed_words.js";

const MOST_CHOICES = 8;
const { texts } = contract;

const ownZone = readerZone();

const field = () => /** @type {HTMLInputElement} */ (document.getElementById("zone"));

const ownLabel = () => (ownZone ? fillIn(texts.named_reader_zone, { zone: ownZone }) : texts.reader_zone);

/**
 * Gives the zones in which each typed word begins a word of the name, the one that is named so first.
 * @param {string} text
 * @param {string[]} zones
 */
export function matchingZones(text, zones) {
  const found = zones.filter((zone) => isMeant(text, zone));
  const place = wordsOf(text).join("_");
  /** @param {string} zone */
  const rank = (zone) => Number(zone.toLowerCase().split("/").at(-1) !== place);
  return found.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1)).slice(0, MOST_CHOICES);
}

function allZones() {
  return [...new Set(["UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])])];
}

/**
 * Gives the zones to choose from without a word.
 * @param {string | null} own
 * @param {(string | null | undefined)[]} others
 */
export const usualZones = (own, others) =>
  /** @type {string[]} */ ([...new Set([own, ...others].filter(Boolean))]);

/** @param {string} zone */
function chooseZone(zone) {
  go({ tz: zone === ownZone ? null : zone });
  showZone();
}

/** @param {string} text */
function offer(text) {
  const usual = usualZones(ownZone, ["UTC", field().dataset.configured, wantedQuery().get("tz")]);
  const zones = text && text !== shownZone() ? matchingZones(text, allZones()) : usual;
  return zones.map((zone) => ({
    label: zone === ownZone ? ownLabel() : zone,
    choose: () => chooseZone(zone),
  }));
}

const shownZone = () => wantedQuery().get("tz") ?? ownLabel();

/** Shows the zone that the address names. */
export function showZone() {
  if (field().getAttribute("aria-expanded") !== "true") field().value = shownZone();
}

export function startTimeZone() {
  startCombobox({
    field: field(),
    list: /** @type {HTMLElement} */ (document.getElementById("zones")),
    offer,
    nothing: (text) => fillIn(texts.no_zone, { text }),
  });
  field().addEventListener("focus", () => field().select());
  field().addEventListener("blur", showZone);
}
