// @ts-check
/*
 * The fields of the panel of filters. Users, agents, models and groups come from the server as the reader types;
 * the other values are few, and the server sends them once the panel is opened. Each choice adds a value.
 */
import { valueAdded } from "./address.js";
import { startCombobox } from "./combobox.js";
import { contract } from "./contract.js";
import { go, wantedQuery } from "./go.js";
import { KINDS, findHits } from "./hits.js";

/** @typedef {import("./combobox.js").Choice} Choice */

/** @type {Record<string, [string, string][]>} filter → values with their labels */
let known = {};
/** @type {Map<Element | null, () => void>} */
const askAgainOf = new Map(); // by field

const fields = () => /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-filter]"));

/**
 * Dash calls it with what the filters offer.
 * @param {typeof known | null | undefined} choices
 */
export function keepChoices(choices) {
  known = choices ?? {};
  showFields(wantedQuery());
  askAgainOf.get(document.activeElement)?.(); // the reader was quicker than the choices
}

/**
 * Shows the fields that have something to choose; the page of one user has no field for users.
 * @param {URLSearchParams} query
 */
export function showFields(query) {
  for (const { dataset, parentElement } of fields()) {
    const { filter = "" } = dataset;
    // Few LibreChats have tenants or cost centres; without any to choose from, the field is not there.
    const isEmpty = ["tenant", "cost_center"].includes(filter) && !known[filter]?.length;
    parentElement?.parentElement?.toggleAttribute("hidden", isEmpty || query.get("view") === filter);
  }
}

/** @param {string} text @param {string} label */
const isIn = (text, label) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

/**
 * @param {HTMLInputElement} field
 * @param {string} name
 * @param {string} text
 * @returns {Promise<Choice[] | null>}
 */
async function offer(field, name, text) {
  /** @param {string} value */
  const choose = (value) => () => {
    field.value = "";
    go(valueAdded(wantedQuery(), name, value));
  };
  const listed = (known[name] ?? [])
    .filter(([, label]) => isIn(text, label))
    .map(([value, label]) => ({ label, value, choose: choose(value) }));
  const kind = KINDS.find((one) => one === name);
  if (!kind) return listed;
  const hits = await findHits(text, [kind]);
  if (!hits) return null;
  const found = hits.map(({ id, label, detail, cost }) => ({
    label,
    detail,
    aside: cost,
    value: id,
    choose: choose(id),
  }));
  return [...found, ...listed];
}

export function startFilterBoxes() {
  for (const field of fields()) {
    const { filter = "" } = field.dataset;
    const { askAgain } = startCombobox({
      field,
      list: /** @type {HTMLElement} */ (document.getElementById(`${field.id}-choices`)),
      offer: (text) => offer(field, filter, text),
      nothing: (text) => (text ? contract.texts.filter_nothing : ""),
      opensOnFocus: false, // the panel gives its first field the focus, whose list would cover the others
    });
    askAgainOf.set(field, askAgain);
    field.addEventListener("blur", () => {
      field.value = "";
    });
  }
}
