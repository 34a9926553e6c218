// @ts-check
/*
 * The box that finds anything: users, agents, models, groups and cost centres from the server, views and periods from
 * the page.
 * `shortcuts.js` opens the box, and loads this script when it does so for the first time.
 */
import { linkTo, today, write } from "./address.js";
import { startCombobox } from "./combobox.js";
import { contract } from "./contract.js";
import { go, wantedQuery } from "./go.js";
import { KINDS, findHits } from "./hits.js";
import { visitAddress } from "./links.js";
import { wordsAfter } from "./period_menu.js";
import { namedPeriod } from "./period_names.js";
import { typedPeriod } from "./typed_period.js";
import { isMeant } from "./typed_words.js";

/** @typedef {import("./combobox.js").Choice} Choice */
/** @typedef {import("./hits.js").Hit} Hit */
/** @typedef {import("./hits.js").Kind} Kind */

const { texts } = contract;
const MOST_PERIODS = 4;
/** @type {Record<Kind, string>} */
const GROUPS = {
  user: texts.found_users,
  agent: texts.found_agents,
  model: texts.found_models,
  group: texts.found_groups,
  cost_center: texts.found_cost_centers,
};

const box = () => /** @type {HTMLDialogElement} */ (document.getElementById("find"));
const field = () => /** @type {HTMLInputElement} */ (document.getElementById("find-field"));

/**
 * Gives the page of what was found, in the same period and without filters; of what has no page, the overview of it.
 * @param {Kind} kind
 * @param {string} id
 * @param {URLSearchParams} query
 */
export function addressOfHit(kind, id, query) {
  const view = Object.hasOwn(contract.subjects, kind) ? kind : contract.default_view;
  const target = new URLSearchParams({ view, [kind]: id });
  for (const name of contract.shared_parameters) {
    const value = contract.filters.includes(name) ? null : query.get(name);
    if (value) target.set(name, value);
  }
  return write(target);
}

/** @param {string} text @returns {Choice[]} */
function views(text) {
  const query = wantedQuery();
  return contract.views
    .filter(({ name, title }) => name !== contract.detail_view && isMeant(text, title))
    .map(({ name, title }) => ({
      label: title,
      group: texts.found_views,
      choose: () => openAddress(linkTo(name, query), title),
    }));
}

/** @param {string} text @returns {Choice[]} */
function periods(text) {
  if (!text) return [];
  const query = wantedQuery();
  const typed = typedPeriod(text, today(query));
  const named = Object.keys(contract.periods)
    .filter((name) => name !== contract.custom_period && isMeant(text, contract.periods[name] ?? ""))
    .map(namedPeriod);
  const found = [...(typed ? [typed] : []), ...named];
  const labels = found.map((changes) => wordsAfter(query, changes));
  return found
    .map((changes, index) => ({
      label: labels[index] ?? "",
      group: texts.found_periods,
      choose: () => {
        box().close();
        go(changes);
      },
    }))
    .filter(({ label }, index) => labels.indexOf(label) === index)
    .slice(0, MOST_PERIODS);
}

/** @param {Hit} hit @returns {Choice} */
const hitChoice = ({ kind, id, label, detail, cost }) => ({
  label,
  detail,
  aside: cost,
  group: GROUPS[kind],
  choose: () => openAddress(addressOfHit(kind, id, wantedQuery()), label),
});

/** @param {string} search @param {string} name */
function openAddress(search, name) {
  box().close();
  visitAddress(search, name);
}

/** @param {string} text @returns {Promise<Choice[] | null>} */
async function offer(text) {
  const known = [...periods(text), ...views(text)];
  if (!text) return known;
  const hits = await findHits(text, KINDS);
  if (!hits) return null;
  // All of a kind stand together; the kind with the best match comes first.
  const kinds = [...new Set(hits.map(({ kind }) => kind))];
  const sorted = kinds.flatMap((one) => hits.filter(({ kind }) => kind === one));
  return [...known, ...sorted.map(hitChoice)];
}

const { ask } = startCombobox({
  field: field(),
  list: /** @type {HTMLElement} */ (document.getElementById("find-hits")),
  offer,
  nothing: () => texts.found_nothing,
});
if (box().open) ask();
