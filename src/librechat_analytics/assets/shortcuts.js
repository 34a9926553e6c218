/*
 * Single keys do what the lines of the sheet do (shortcuts.py), which `?` opens. Never while something is typed or
 * chosen, never together with another key, never within somebody else's page; and who does not want them turns them
 * off, which lasts where storage is not blocked.
 */
(() => {
  const STORAGE_KEY = "analyticsShortcuts";
  const OFF = "off";
  const sheet = document.getElementById("shortcuts");
  const lines = new Map([...sheet.querySelectorAll("[data-key]")].map((line) => [line.dataset.key, line]));
  const box = document.getElementById("shortcuts-on");

  try {
    box.checked = localStorage.getItem(STORAGE_KEY) !== OFF;
  } catch {
    // As if nobody had turned them off.
  }

  function openSheet() {
    if (document.querySelector("dialog[open]")) return;
    sheet.showModal();
    sheet.querySelector("[data-close]").focus();
  }

  /* Says at each control which key it has, for readers' tools and under the mouse. */
  function show() {
    for (const [key, { dataset }] of lines) {
      for (const control of dataset.click ? document.querySelectorAll(dataset.click) : []) {
        if (box.checked) control.setAttribute("aria-keyshortcuts", key.toUpperCase());
        else control.removeAttribute("aria-keyshortcuts");
        if (control.matches(".nav-link")) control.title = box.checked ? `Key: ${key}` : "";
      }
    }
  }

  function follow(line) {
    const { click, focus, sheet: isSheet } = line.dataset;
    if (isSheet !== undefined) openSheet();
    else if (focus) document.querySelector(focus)?.focus();
    else if (click) {
      document.querySelector(click)?.click();
      // What had the focus may be gone with its view.
      if (click.endsWith("-link")) document.getElementById("main").focus();
    } else line.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    const key = event.key?.toLowerCase() ?? ""; // what a browser fills in by itself has none
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing);
    const isLetter = key !== key.toUpperCase();
    if (!box.checked || !isPlain || (isLetter && event.shiftKey) || event.defaultPrevented) return;
    if (document.documentElement.dataset.embed || document.querySelector("dialog[open]")) return;
    if (!document.getElementById("main") || !lines.has(key)) return;
    event.preventDefault();
    follow(lines.get(key));
  });

  sheet.addEventListener("click", (event) => {
    const line = event.target.closest("[data-key]");
    if (!line && event.target !== sheet && !event.target.closest("[data-close]")) return;
    sheet.close();
    // What it does by itself, the page hears as well.
    if (line && !line.dataset.period && !line.dataset.action) follow(line);
  });

  box.addEventListener("change", () => {
    try {
      localStorage.setItem(STORAGE_KEY, box.checked ? "on" : OFF);
    } catch {
      // The box carries the choice.
    }
    show();
  });

  document.addEventListener("click", (event) => event.target.closest?.("#shortcuts-open") && openSheet());
  document.addEventListener("analytics:route", () => show());
})();
