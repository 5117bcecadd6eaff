// A button that must be held for a moment, so that nothing leaves by a slip of the hand. Pointer, Space and Enter alike.

import { h } from "../dom";

export const HOLD_MS = 1200;

export function holdButton(words: string, done: () => void): HTMLButtonElement {
  const fill = h("span", { class: "hold-fill", "aria-hidden": "true" });
  const button = h("button", { class: "hold" }, fill, h("span", { class: "hold-words" }, words));
  let timer = 0;
  const start = () => {
    if (timer || button.disabled) return;
    button.dataset["held"] = "";
    timer = window.setTimeout(() => {
      stop();
      done();
    }, HOLD_MS);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    delete button.dataset["held"];
  };
  fill.style.transitionDuration = `${HOLD_MS}ms`;
  button.addEventListener("pointerdown", (event) => {
    if (event.button === 0) start();
  });
  for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) button.addEventListener(kind, stop);
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) start();
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  return button;
}
