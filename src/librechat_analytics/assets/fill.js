/*
 * Turns the server's nested lists (markup.py) into elements, and patches them into place: a refresh changes the
 * texts that differ and leaves everything else, the reader's focus and selection included, where it is.
 * Only these tags and attributes exist; text is always text, and links lead to views of this page only.
 */
(() => {
  const TAGS = new Set([
    "tr", "th", "td", "li", "div", "span", "strong", "button", "a", "h2", "h3", "p", "ul", "ol", "dl", "dt", "dd",
    "details", "summary", "code", "option",
  ]);
  const ATTRIBUTES = new Set([
    "class", "title", "scope", "colspan", "aria-hidden", "aria-label", "data-action", "data-period", "data-name",
    "href", "value", "data-set", "data-bars", "aria-disabled",
  ]);
  const ROWS_AT_FIRST = 60; // what a table shows until a reader wants more
  const ROWS_AT_ONCE = 50;
  const unfinished = new Map(); // place → the frame that goes on with its rows

  /* Heights in per cent as the outline of as many bars, so that a row's drawing is one element. */
  function barsAsShape(heights) {
    const values = heights.split(" ").map(Number);
    const step = 100 / values.length;
    const gap = values.length > 40 ? 0 : step * 0.25;
    const corners = values.flatMap((value, place) => {
      const top = `${100 - Math.max(value, 4)}%`;
      const [left, right] = [`${place * step}%`, `${(place + 1) * step - gap}%`];
      return [`${left} 100%`, `${left} ${top}`, `${right} ${top}`, `${right} 100%`];
    });
    return `polygon(${corners.join(",")})`;
  }

  function patchAttributes(node, attributes) {
    for (const name of ATTRIBUTES) {
      const value = name === "href" && !attributes.href?.startsWith("?") ? undefined : attributes[name];
      if (value === undefined) node.removeAttribute(name);
      else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    const bars = attributes["data-bars"];
    if (bars !== undefined || node.style.clipPath) node.style.clipPath = bars ? barsAsShape(bars) : "";
    const width = attributes.width ?? "";
    if (node.style.width !== width) node.style.width = width;
    if (node.tagName === "BUTTON") node.type = "button";
  }

  function patchChildren(parent, children, from = 0, to = Infinity) {
    children.slice(from, to).forEach((child, place) => {
      const node = parent.childNodes[from + place];
      if (typeof child === "string") {
        if (node?.nodeType === Node.TEXT_NODE) {
          if (node.data !== child) node.data = child;
        } else if (node) node.replaceWith(child);
        else parent.append(child);
        return;
      }
      const [tag, attributes, ...inner] = child;
      if (!TAGS.has(tag)) throw new Error(`${tag} is not a tag that the page shows.`);
      let target = node;
      if (node?.nodeName !== tag.toUpperCase()) {
        target = document.createElement(tag);
        if (node) node.replaceWith(target);
        else parent.append(target);
      }
      patchAttributes(target, attributes);
      patchChildren(target, inner);
    });
    while (parent.childNodes.length > children.length) parent.lastChild.remove();
  }

  /* Long lists come in steps, so that the page can answer its reader in between. */
  function patchPlace(place, children, from, to) {
    patchChildren(place, children, from, to);
    unfinished.delete(place);
    if (to >= children.length) return;
    unfinished.set(place, requestAnimationFrame(() => patchPlace(place, children, to, to + ROWS_AT_ONCE)));
  }

  const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

  /*
   * Fills each place that the server has an answer for: {id: children}, or {id: figure} for a chart. Drawing takes as
   * long as all else together, so charts come a frame after the figures.
   */
  function fill(places) {
    const store = window.dash_clientside.callback_context.triggered_id;
    document.dispatchEvent(new CustomEvent("analytics:answer", { detail: store }));
    for (const [id, filling] of Object.entries(places ?? {})) {
      if (!Array.isArray(filling)) {
        afterPaint(() => window.dash_clientside.set_props(id, { figure: filling }));
        continue;
      }
      const place = document.getElementById(id);
      cancelAnimationFrame(unfinished.get(place));
      patchPlace(place, filling, 0, ROWS_AT_FIRST);
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, fill },
  });
})();
