// @ts-check
/*
 * The only script that touches Dash's own objects: it sets and reads properties of components, offers the callbacks
 * that run in the browser, and starts Dash.
 */

/** @param {string} id @param {Record<string, unknown>} props */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/**
 * Reads a component's properties; undefined before the layout has come, when Dash would fail.
 * @param {string} id
 * @returns {Record<string, any> | undefined}
 */
export function propsOf(id) {
  return document.getElementById("main") ? window.dash_component_api.getLayout(id)?.props : undefined;
}

/**
 * Sets those properties that differ from what the component has; each one set makes Dash draw the component again.
 * @param {string} id
 * @param {Record<string, unknown>} props
 */
export function showProps(id, props) {
  const shown = propsOf(id);
  if (!shown) throw new Error(`The layout has no component #${id}.`);
  const changed = Object.entries(props).filter(([name, value]) => (shown[name] ?? null) !== (value ?? null));
  if (changed.length) setProps(id, Object.fromEntries(changed));
}

/** Gives the id of the component that triggered the running callback; none at the very first one. */
export const triggeredId = () => window.dash_clientside.callback_context.triggered_id;

/** Ends the running callback without any effect. */
export function endCallback() {
  throw window.dash_clientside.PreventUpdate;
}

/** @param {Record<string, (...values: any[]) => void>} callbacks */
export function offerCallbacks(callbacks) {
  const existing = window.dash_clientside ?? {};
  // Dash adds its own functions to the same object.
  window.dash_clientside = Object.assign(existing, { analytics: callbacks });
}

/**
 * Calls a function once Dash has mounted the layout, before anything of it is painted.
 * @param {() => void} act
 */
export function whenMounted(act) {
  new MutationObserver((_, observer) => {
    if (!document.getElementById("main")) return;
    observer.disconnect();
    act();
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/** Starts Dash and marks the page as started; without the mark, the page's inline script reports the failure. */
export function startDash() {
  if (!window.DashRenderer) return;
  new window.DashRenderer();
  document.documentElement.dataset.started = "true";
}
