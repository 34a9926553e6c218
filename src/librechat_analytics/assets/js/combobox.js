// @ts-check
/*
 * A field with a list of choices below it, which follows what is typed. Arrows move through the list, Enter takes the
 * marked choice, Escape closes the list (or the dialog around it). The field keeps the focus.
 */
import { make } from "./static_parts.js";

/**
 * `detail` is smaller type beside the label, `aside` is at the end of the line, `group` is a heading above the first of
 * its choices. Two choices may have the same label and different values.
 * @typedef {object} Choice
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [aside]
 * @property {string} [group]
 * @property {string} [value]
 * @property {() => void} choose
 *
 * @typedef {object} Combobox
 * @property {HTMLInputElement} field
 * @property {HTMLElement} list
 * @property {(text: string) => Choice[] | Promise<Choice[] | null>} offer null where a later question replaces this one
 * @property {(text: string) => string} [nothing] what the list says when it has no choices; empty for no list
 * @property {boolean} [opensOnFocus] whether the list opens as soon as the field has the focus
 */

/**
 * Gives the place of the next choice, around the ends of the list; from no choice to the first or the last one.
 * @param {number} place
 * @param {number} step
 * @param {number} count
 */
const nextPlace = (place, step, count) =>
  place < 0 && step < 0 ? count - 1 : (place + step + count) % count;

/** @param {Combobox} combobox */
export function startCombobox({ field, list, offer, nothing = () => "", opensOnFocus = true }) {
  /** @type {Choice[]} */
  let choices = [];
  let marked = -1;
  let question = 0;
  let isWanted = false; // the list, by the reader

  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);

  /** @param {number} index */
  function mark(index) {
    marked = index;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === marked)));
    const option = options()[marked];
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} isOpen */
  function open(isOpen) {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) field.removeAttribute("aria-activedescendant");
  }

  /** @param {Choice} choice @param {number} index */
  function line({ label, detail, aside, value }, index) {
    const name = make("span", { class: "choice-name", title: label }, label);
    if (detail) name.append(make("span", { class: "detail" }, detail));
    return make(
      "div",
      {
        role: "option",
        id: `${list.id}-${index}`,
        class: "choice",
        "data-index": String(index),
        "data-value": value,
      },
      name,
      ...(aside ? [make("span", { class: "choice-aside" }, aside)] : []),
    );
  }

  /** @param {string} text */
  function draw(text) {
    const said = choices.length ? "" : nothing(text);
    list.replaceChildren(
      ...choices.flatMap((choice, index) => {
        const isFirst = choice.group && choice.group !== choices[index - 1]?.group;
        const heading = isFirst
          ? [make("div", { class: "choice-group", role: "presentation" }, choice.group ?? "")]
          : [];
        return [...heading, line(choice, index)];
      }),
      ...(said
        ? [make("div", { class: "choice-nothing", role: "option", "aria-disabled": "true" }, said)]
        : []),
    );
    open(choices.length > 0 || said !== "");
    mark(text && choices.length ? 0 : -1);
  }

  async function ask() {
    const present = ++question;
    isWanted = true;
    const text = field.value.trim();
    const found = await offer(text);
    if (found === null || present !== question) return;
    choices = found;
    draw(text);
  }

  function close() {
    question++;
    isWanted = false;
    choices = [];
    open(false);
  }

  /** @param {number} index */
  function take(index) {
    const choice = choices[index];
    if (!choice) return;
    close();
    choice.choose();
  }

  field.addEventListener("input", ask);
  if (opensOnFocus) field.addEventListener("focus", ask);
  field.addEventListener("click", () => list.hidden && ask());
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) ask();
      else if (choices.length) mark(nextPlace(marked, step, choices.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(marked);
    } else if (event.key === "Escape" && !list.hidden && !field.closest("dialog")) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  // The field keeps the focus while the pointer presses a choice.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target instanceof Element ? target.closest("[data-index]") : null;
    if (option instanceof HTMLElement) take(Number(option.dataset.index));
  });
  if (field === document.activeElement) ask(); // what was typed while the scripts were loading
  return { ask, askAgain: () => isWanted && ask() };
}
