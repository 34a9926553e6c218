/*
 * Sends the API key with every request to this server, asks for it on the first visit and after a 401, and then
 * repeats the very request that was waiting: nothing is reloaded, nothing is lost.
 */
(() => {
  const STORAGE_KEY = "analyticsApiKey";
  const RETRY_MILLISECONDS = 3000;
  const send = window.fetch.bind(window);
  let inMemory = null; // only where nothing may be stored, such as in a frame with storage blocked
  let answer = null; // shared by all requests that wait for a key

  function readKey() {
    if (inMemory !== null) return inMemory;
    try {
      return localStorage.getItem(STORAGE_KEY);
    } catch {
      return null;
    }
  }

  function keepKey(key) {
    inMemory = null;
    try {
      if (key === null) localStorage.removeItem(STORAGE_KEY);
      else localStorage.setItem(STORAGE_KEY, key);
    } catch {
      inMemory = key;
    }
  }

  function ask(rejected) {
    answer ??= new Promise((resolve) => {
      const dialog = document.getElementById("api-key-dialog");
      const alert = dialog.querySelector("[role=alert]");
      const field = dialog.querySelector("input");
      dialog.querySelector("form").onsubmit = (event) => {
        const key = field.value.trim();
        if (!/^[\x21-\x7e]+$/.test(key)) {
          event.preventDefault();
          alert.textContent = "A key has only letters, digits and ASCII signs, without blanks.";
          return;
        }
        keepKey(key);
        field.value = "";
        answer = null;
        resolve();
      };
      // Chromium closes a modal on a third Escape; without a key there is nothing to see behind it.
      dialog.onclose = () => answer && dialog.showModal();
      alert.textContent = rejected ? "That key was not accepted." : "";
      dialog.showModal();
      field.focus();
    });
    return answer;
  }

  function setConnection(state) {
    const root = document.documentElement;
    if (root.dataset.connection === state) return;
    root.dataset.connection = state;
    document.dispatchEvent(new CustomEvent("analytics:connection", { detail: state }));
  }

  /* What Dash asks for first is on its way before Dash itself is: nothing on the page changes it. */
  const early = new Map(); // address → response to come
  function askEarly() {
    const key = readKey();
    if (key === null) return;
    const { requests_pathname_prefix } = JSON.parse(document.getElementById("_dash-config").textContent);
    for (const name of ["_dash-layout", "_dash-dependencies"]) {
      const { href } = new URL(requests_pathname_prefix + name, location.href);
      const response = send(href, { headers: { "x-api-key": key } });
      response.catch(() => {}); // whoever takes it learns of it
      early.set(href, response);
    }
  }

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  window.fetch = async (resource, options = {}) => {
    const url = new URL(resource.url ?? resource, location.href);
    if (url.origin !== location.origin) return send(resource, options);
    // Dash gives up for good when these two fail, and leaves a page that says nothing.
    const isStart = /\/_dash-(layout|dependencies)$/.test(url.pathname);
    for (;;) {
      const key = readKey();
      if (key === null) {
        await ask(false);
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
        if (!isStart) throw error;
        await pause(RETRY_MILLISECONDS);
        continue;
      }
      setConnection(response.status >= 502 ? "lost" : response.status >= 500 ? "failing" : "ok");
      if (response.status >= 502 && isStart) {
        await pause(RETRY_MILLISECONDS);
        continue;
      }
      if (response.status !== 401) return response;
      if (readKey() !== key) continue; // another tab, or another question, has had another key since
      keepKey(null);
      await ask(true);
    }
  };
  askEarly();
})();
