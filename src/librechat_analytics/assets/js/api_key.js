// @ts-check
/*
 * Sends the API key with every request to this server. On the first visit and after a 401 it asks the reader for the
 * key, and then repeats the request that was waiting: nothing is reloaded, and nothing is lost.
 */
import { contract } from "./contract.js";

/** @typedef {"ok" | "lost" | "failing"} Connection */

const STORAGE_KEY = "analyticsApiKey";
const KEY = /^[\x21-\x7e]+$/;
const RETRY_MILLISECONDS = 3000;
const FIRST_REQUESTS = ["_dash-layout", "_dash-dependencies"];
const { texts } = contract;
const send = globalThis.fetch.bind(globalThis);

/** @type {string | null} */
let inMemory = null; // only where storage is blocked, such as in a frame
/** @type {string | null} */
let ofLink = null; // of a link that expires; it is not kept
/** @type {Promise<void> | null} */
let newKey = null; // shared by all requests that wait for a key
let haveNewKey = () => {};
/** @type {Map<string, Promise<Response>>} */
const early = new Map(); // address → the response to a request that has left already

/** Takes the key out of a link's fragment, which browsers send to nobody. */
export function takeKeyOfLink() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key !== null && isKey(key)) ofLink = key;
}

export function currentKey() {
  if (ofLink !== null) return ofLink;
  if (inMemory !== null) return inMemory;
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

/** @param {string | null} key */
function keepKey(key) {
  inMemory = null;
  try {
    if (key === null) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, key);
  } catch {
    inMemory = key;
  }
}

/** @param {string} key */
export const isKey = (key) => KEY.test(key);

/** @param {string} reason why the key before was refused; empty without one */
function askForKey(reason) {
  newKey ??= new Promise((resolve) => {
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("api-key-dialog"));
    const alert = /** @type {HTMLElement} */ (dialog.querySelector("[role=alert]"));
    const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    form.onsubmit = (event) => {
      const key = field.value.trim();
      if (!isKey(key)) {
        event.preventDefault();
        alert.textContent = texts.key_malformed;
        return;
      }
      keepKey(key);
      haveNewKey();
    };
    haveNewKey = () => {
      field.value = "";
      newKey = null;
      if (dialog.open) dialog.close();
      resolve();
    };
    // Chromium closes a modal dialog on the third Escape, but without a key there is nothing to see behind it.
    dialog.onclose = () => newKey && dialog.showModal();
    alert.textContent = reason;
    dialog.showModal();
    field.focus();
  });
  return newKey;
}

/** @param {Response} response @returns {Connection} */
export function connectionOf({ status }) {
  if (status >= 502) return "lost";
  return status >= 500 ? "failing" : "ok";
}

const pause = () => new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));

/**
 * Makes every later request of the page carry the key, those of Dash included.
 * @param {(state: Connection) => void} onConnection called when the state of the connection changes
 */
export function sendKeyWithRequests(onConnection) {
  /** @param {Connection} state */
  function setConnection(state) {
    const root = document.documentElement;
    if (root.dataset.connection === state) return;
    root.dataset.connection = state;
    onConnection(state);
  }

  /** @param {RequestInfo | URL} resource @param {RequestInit} options */
  async function fetchWithKey(resource, options = {}) {
    const url = new URL(resource instanceof Request ? resource.url : resource, location.href);
    if (url.origin !== location.origin) return send(resource, options);
    // Dash asks for these two only once, and without them it leaves a page that says nothing.
    const isFirst = FIRST_REQUESTS.some((name) => url.pathname.endsWith(`/${name}`));
    for (;;) {
      const key = currentKey();
      if (key === null) {
        await askForKey("");
        continue;
      }
      const headers = new Headers(options.headers);
      headers.set("x-api-key", key);
      let response;
      try {
        const begun = early.get(url.href);
        early.delete(url.href);
        response = await (begun ?? send(resource, { ...options, headers }));
      } catch (error) {
        setConnection("lost");
        if (!isFirst) throw error;
        await pause();
        continue;
      }
      setConnection(connectionOf(response));
      if (response.status >= 502 && isFirst) {
        await pause();
        continue;
      }
      if (response.status !== 401) return response;
      if (currentKey() !== key) continue; // another tab or another request has got a new key meanwhile
      if (key === ofLink) {
        ofLink = null; // the reader may have a key of their own
        if (currentKey() === null) await askForKey(texts.link_refused);
        continue;
      }
      keepKey(null);
      await askForKey(texts.key_rejected);
    }
  }

  window.fetch = fetchWithKey;
  // Another frame or tab has got a key.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === STORAGE_KEY && newValue !== null && newKey) haveNewKey();
  });
}

/** Sends Dash's first two requests before Dash itself has loaded. */
export function requestEarly() {
  const key = currentKey();
  if (key === null) return;
  for (const name of FIRST_REQUESTS) {
    const { href } = new URL(contract.prefix + name, location.href);
    const response = send(href, { headers: { "x-api-key": key } });
    response.catch(() => {}); // fetchWithKey handles the failure
    early.set(href, response);
  }
}
