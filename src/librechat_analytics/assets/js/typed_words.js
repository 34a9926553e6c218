// @ts-check
/*
 * Finds names by what a reader types, where the browser knows all names: views, periods and time zones.
 */

/**
 * Splits a text into its words, without case.
 * @param {string} text
 */
export const wordsOf = (text) =>
  text
    .toLowerCase()
    .split(/[\s/_,]+/)
    .filter(Boolean);

/**
 * Tells whether each typed word begins a word of a name.
 * @param {string} text
 * @param {string} name
 */
export function isMeant(text, name) {
  const words = wordsOf(name);
  return wordsOf(text).every((typed) => words.some((word) => word.startsWith(typed)));
}
