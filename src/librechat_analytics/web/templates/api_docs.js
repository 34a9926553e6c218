// @ts-check
/*
 * Puts the reader's own address into the examples, and a button beside each that copies it. The page is complete
 * without it: then the examples have $URL, and a sentence says what that is.
 */

const COPIED_SECONDS = 2;

const address = new URL(document.body.dataset.dashboard ?? "", location.href).href.replace(/\/$/, "");

/** @param {HTMLElement} example */
function addCopyButton(example) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(example.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(example);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), COPIED_SECONDS * 1000);
  });
  example.after(button);
}

for (const example of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("pre.example"))) {
  example.textContent = (example.textContent ?? "").replaceAll("$URL", address);
  // Browsers offer the clipboard to pages over HTTPS and on the reader's own machine only.
  if (navigator.clipboard) addCopyButton(example);
}
/** Opens the body that a link leads to. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

addEventListener("hashchange", openTarget);
openTarget();
for (const sentence of document.querySelectorAll(".about-url")) sentence.remove();
