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
    "href", "value",
  ]);

  function patchAttributes(node, attributes) {
    for (const name of ATTRIBUTES) {
      const value = name === "href" && !attributes.href?.startsWith("?") ? undefined : attributes[name];
      if (value === undefined) node.removeAttribute(name);
      else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    const width = attributes.width ?? "";
    if (node.style.width !== width) node.style.width = width;
    if (node.tagName === "BUTTON") node.type = "button";
  }

  function patchChildren(parent, children) {
    children.forEach((child, index) => {
      const node = parent.childNodes[index];
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

  /* Fills each place that the server has an answer for: {id: children}. */
  function fill(places) {
    for (const [id, children] of Object.entries(places ?? {})) {
      patchChildren(document.getElementById(id), children);
    }
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    analytics: { ...window.dash_clientside?.analytics, fill },
  });
})();
