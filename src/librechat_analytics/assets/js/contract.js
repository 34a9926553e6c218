// @ts-check
/*
 * What Python and the scripts both know: `contract.py` builds it, and the page carries it as JSON.
 */

/**
 * @typedef {object} View
 * @property {string} name
 * @property {string} title
 * @property {string} section
 * @property {string} request
 * @property {string} targets
 * @property {string | null} link
 * @property {string | null} link_item
 * @property {string | null} search
 *
 * @typedef {{title: string, list_view: string}} Subject
 * @typedef {{below_seconds: number | null, unit_seconds: number, text: string}} AgeStep
 *
 * @typedef {object} Texts
 * @property {string} key_malformed
 * @property {string} key_rejected
 * @property {string} link_refused
 * @property {string} live
 * @property {string} live_short
 * @property {string} importing
 * @property {string} importing_short
 * @property {string} unreachable
 * @property {string} unreachable_short
 * @property {string} offline
 * @property {string} offline_short
 * @property {string} as_of
 * @property {string} filters
 * @property {string} no_filters
 * @property {string} connection_lost
 * @property {string} server_failing
 * @property {string} showing_as_of
 * @property {string} retrying
 * @property {string} reader_zone
 * @property {string} named_reader_zone
 * @property {string} no_zone
 * @property {string} earlier
 * @property {string} later
 * @property {string} nothing_there
 * @property {string} period_unread
 * @property {string} loads_later
 * @property {string} found_users
 * @property {string} found_agents
 * @property {string} found_models
 * @property {string} found_groups
 * @property {string} found_cost_centers
 * @property {string} found_views
 * @property {string} found_periods
 * @property {string} found_nothing
 * @property {string} filter_nothing
 * @property {string} key_of_control
 *
 * @typedef {object} Contract
 * @property {string} page_title
 * @property {string} prefix
 * @property {string} plotly_url
 * @property {string[]} callbacks
 * @property {View[]} views
 * @property {string} default_view
 * @property {string} detail_view
 * @property {Record<string, Subject>} subjects
 * @property {string[]} filters
 * @property {string[]} shared_parameters
 * @property {Record<string, string>} periods
 * @property {string} default_period
 * @property {string} custom_period
 * @property {{tags: string[], attributes: string[]}} markup
 * @property {AgeStep[]} age_steps
 * @property {{phone: string, tablet: string}} breakpoints
 * @property {string[]} themes
 * @property {Record<string, string>} theme_grounds
 * @property {Texts} texts
 */

const element = document.getElementById("contract");
if (!element?.textContent) throw new Error("The page has no element #contract; page.py writes it.");

/** @type {Contract} */
export const contract = JSON.parse(element.textContent);

/**
 * Puts values into a text: `{name}` becomes the value of that name.
 * @param {string} text
 * @param {Record<string, string>} values
 */
export function fillIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
