// @ts-check
/*
 * The list of periods, and the two days that belong to "Custom".
 */
import { currentQuery, dayOf, periodOf } from "./address.js";
import { contract } from "./contract.js";
import { triggeredId } from "./dash.js";
import { go } from "./go.js";

/** @type {string | null} */
let daysFromFields = null;

/**
 * Tells, once, whether these days came into the address from the fields.
 * @param {string | null} first
 * @param {string | null} last
 */
export function areInFields(first, last) {
  const answer = [first, last].join() === daysFromFields;
  daysFromFields = null;
  return answer;
}

/**
 * Dash calls it when the period or one of the days changes. A year that is still being typed is not a day yet.
 * @param {string} period
 * @param {string | null} start
 * @param {string | null} end
 * @param {{first_day?: string, last_day?: string} | null | undefined} shown the period of the figures on screen
 */
export function choosePeriod(period, start, end, shown) {
  const query = currentQuery();
  const present = periodOf(query);
  if (triggeredId() === "period") {
    if (period === present) return;
    // "Custom" starts with the days on screen: nothing changes until the reader picks others.
    const isCustom = period === contract.custom_period;
    go({
      period,
      start: (isCustom && shown?.first_day) || null,
      end: (isCustom && shown?.last_day) || null,
    });
    return;
  }
  const [first, last] = [dayOf(start), dayOf(end)];
  if (present !== contract.custom_period || !first || !last) return;
  const isRange = contract.earliest_day <= first && first <= last;
  const isNew = dayOf(query.get("start")) !== first || dayOf(query.get("end")) !== last;
  if (!isRange || !isNew) return;
  daysFromFields = [first, last].join();
  go({ start: first, end: last });
}
