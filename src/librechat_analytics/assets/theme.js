/*
 * Light, dark, or what the system prefers. Loaded before any style, so that no page flashes in the wrong theme.
 * Where storage is blocked the choice lasts as long as the page. The address may choose (`?theme=dark`), and may ask
 * for the figures alone, to be shown within another page (`?embed=1`).
 */
(() => {
  const STORAGE_KEY = "analyticsTheme";
  const CHOICES = ["system", "light", "dark"];
  const root = document.documentElement;
  const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try {
      const choice = localStorage.getItem(STORAGE_KEY);
      return CHOICES.includes(choice) ? choice : "system";
    } catch {
      return "system";
    }
  }

  const asked = (name) => new URLSearchParams(location.search).get(name);
  if (asked("embed") === "1") root.dataset.embed = "1";

  function first() {
    const theme = asked("theme");
    return CHOICES.includes(theme) ? theme : stored();
  }

  function apply(choice) {
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "system" ? (systemIsDark.matches ? "dark" : "light") : choice;
    const color = root.dataset.bsTheme === "dark" ? "#141518" : "#f7f7f5";
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", color);
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#theme-switch")) return;
    const next = CHOICES[(CHOICES.indexOf(root.dataset.themeChoice) + 1) % CHOICES.length];
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // The attribute alone carries the choice.
    }
    apply(next);
  });
  systemIsDark.addEventListener("change", () => apply(root.dataset.themeChoice));
  window.addEventListener("storage", (event) => event.key === STORAGE_KEY && apply(first()));
  apply(first());
})();
