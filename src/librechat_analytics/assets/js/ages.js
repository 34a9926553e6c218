// @ts-check
/*
 * Writes an age in words, by the same steps as the server.
 */
import { contract, fillIn } from "./contract.js";

/** @param {number} seconds */
export function ago(seconds) {
  const step = contract.age_steps.find(({ below_seconds: below }) => below === null || seconds < below);
  if (!step) throw new Error("The last of the contract's age steps must have no limit.");
  return fillIn(step.text, { n: Math.floor(seconds / step.unit_seconds).toLocaleString("en-US") });
}
