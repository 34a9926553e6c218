// @ts-check
/*
 * Parts of the page that a browser loads when somebody opens them.
 */

/**
 * Makes the loader of a part. `start` loads it the first time; after a failure, such as a lost connection, the next
 * `start` loads it again. `whenStarted` uses the part, and does nothing before `start`.
 * @template T
 * @param {() => Promise<T>} load
 */
export function later(load) {
  /** @type {Promise<T> | null} */
  let loading = null;
  function start() {
    loading ??= load();
    loading.catch(() => {
      loading = null;
    });
    return loading;
  }
  /** @param {(part: T) => void} use */
  const whenStarted = (use) => loading?.then(use, () => {});
  return { start, whenStarted };
}
