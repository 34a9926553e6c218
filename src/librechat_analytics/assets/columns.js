/*
 * Lets the reader choose which columns of a table are there. The choice is a stylesheet's business: the table
 * carries the places of the hidden columns, so that rows which come later follow it by themselves. Where storage
 * is blocked it lasts as long as the page. Until then a column is there where the screen has the room that it asks
 * for: `data-room` 1 from tablets on, 2 from desks on, 3 nowhere.
 */
(() => {
  const STORAGE_KEY = "analyticsColumns";
  const screens = ["(max-width: 36rem)", "(max-width: 48rem)"].map((query) => window.matchMedia(query));
  let chosen = {}; // table → places of the hidden columns, from 1

  try {
    chosen = JSON.parse(localStorage.getItem(STORAGE_KEY)) ?? {};
  } catch {
    // As if nothing had ever been chosen.
  }

  const headersOf = (table) => [...table.querySelectorAll("thead th")];

  function hiddenColumns(table) {
    const places = chosen[table.id];
    if (Array.isArray(places)) return places;
    const room = screens.filter((screen) => !screen.matches).length;
    return headersOf(table).flatMap(({ dataset }, index) => ((dataset.room ?? 0) > room ? [index + 1] : []));
  }

  function apply(table) {
    table.dataset.hide = hiddenColumns(table).join(" ");
  }

  function keep(table, places) {
    chosen = { ...chosen, [table.id]: places };
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify(chosen));
    } catch {
      // The table carries the choice.
    }
    apply(table);
  }

  function boxFor(header, index, hidden) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = index + 1;
    box.checked = !hidden.includes(index + 1);
    label.append(box, header.innerText.trim());
    return label;
  }

  function open(menu) {
    const table = document.getElementById(menu.dataset.table);
    const hidden = hiddenColumns(table);
    const boxes = headersOf(table).map((header, index) => boxFor(header, index, hidden));
    boxes[0].querySelector("input").disabled = true; // the names stay
    menu.querySelector(".column-choice").replaceChildren(...boxes);
  }

  function close(menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches?.(".columns-menu") && event.target.open) open(event.target);
    },
    true
  );

  document.addEventListener("change", (event) => {
    const menu = event.target.closest?.(".columns-menu");
    if (!menu) return;
    const boxes = [...menu.querySelectorAll("input")];
    keep(
      document.getElementById(menu.dataset.table),
      boxes.filter((box) => !box.checked).map((box) => Number(box.value))
    );
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".columns-menu[open]");
    if (menu) close(menu);
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".columns-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* Only a frame that need not scroll lets the header stay in sight of the window. */
  const fitting = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const frame = target.closest(".main-table");
      const { paddingLeft, paddingRight } = getComputedStyle(frame);
      const room = frame.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      frame.toggleAttribute("data-fits", target.offsetWidth > 0 && target.offsetWidth <= Math.ceil(room));
    }
  });

  const tablesNow = () => document.querySelectorAll(".columns-menu");
  const applyAll = () => {
    for (const menu of tablesNow()) apply(document.getElementById(menu.dataset.table));
  };
  for (const screen of screens) screen.addEventListener("change", applyAll);
  new MutationObserver((_, observer) => {
    if (!tablesNow().length) return;
    observer.disconnect();
    applyAll();
    for (const table of document.querySelectorAll(".main-table > table")) fitting.observe(table);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
