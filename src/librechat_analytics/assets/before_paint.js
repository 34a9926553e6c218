/*
 * Puts the parts of the page that never change into their places, as soon as Dash has made these and before anything
 * is painted: Dash itself would watch each of them for changes with every answer. Loaded before the scripts that look
 * for these parts when the page appears.
 */
(() => {
  function built(part) {
    if (typeof part === "string") return part;
    const [tag, attributes, ...children] = part;
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.map(built));
    return element;
  }

  new MutationObserver((_, observer) => {
    if (!document.getElementById("main")) return;
    observer.disconnect();
    const { data } = window.dash_component_api.getLayout("still").props;
    for (const [id, parts] of Object.entries(data)) document.getElementById(id).append(...parts.map(built));
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
