// @ts-check
/*
 * Light, dark, or what the system prefers. The address may choose (`?theme=dark`), and may want the figures alone, to
 * embed them in another page (`?embed=1`, with `controls=0` without the row of controls). Where storage is blocked, the reader's choice lasts as long as the page.
 *
 * The only script that is no module: a module runs after the first paint, and the page would flash in another theme.
 */
(() => {
  const STORAGE_KEY = "analyticsTheme";
  /** @type {import("./contract.js").Contract} */
  const { themes, theme_grounds: grounds } = JSON.parse(
    document.getElementById("contract")?.textContent ?? "",
  );
  const root = document.documentElement;
  const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const query = new URLSearchParams(location.search);

  /** @param {string | null} theme */
  const isTheme = (theme) => theme !== null && themes.includes(theme);

  function readChoice() {
    try {
      const stored = localStorage.getItem(STORAGE_KEY);
      return isTheme(stored) ? stored : "system";
    } catch {
      return "system";
    }
  }

  function firstTheme() {
    const inAddress = new URLSearchParams(location.search).get("theme");
    return (isTheme(inAddress) ? inAddress : readChoice()) ?? "system";
  }

  /** @param {string} choice */
  function apply(choice) {
    const theme = choice === "system" ? (systemIsDark.matches ? "dark" : "light") : choice;
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = theme;
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", grounds[theme] ?? "");
  }

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("#theme-switch")) return;
    const next = themes[(themes.indexOf(root.dataset.themeChoice ?? "") + 1) % themes.length] ?? "system";
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // The page's attribute carries the choice.
    }
    apply(next);
  });
  systemIsDark.addEventListener("change", () => apply(root.dataset.themeChoice ?? "system"));
  window.addEventListener("storage", (event) => {
    if (event.key === STORAGE_KEY) apply(firstTheme());
  });
  if (query.get("embed") === "1") root.dataset.embed = "1";
  if (query.get("controls") === "0") root.dataset.controls = "0";
  apply(firstTheme());
})();
