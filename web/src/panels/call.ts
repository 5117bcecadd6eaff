// A call to the emergency number, written down: where (by a click on the map), how far off it may be, when, and what was said.

import { api } from "../api";
import { h, setText } from "../dom";
import { clockTime, position } from "../format";
import type { Store } from "../store";

const RADII = [500, 1000, 2000, 5000, 10_000];

export interface CallForm {
  element: HTMLElement;
  open: (lon: number, lat: number) => void;
  close: () => void;
}

export function callForm(store: Store, done: () => void): CallForm {
  const where = h("output", { class: "where" });
  const radius = h(
    "select",
    { "aria-label": "How far off it may be" },
    ...RADII.map((metres) => h("option", { value: metres, selected: metres === 2000 }, metres < 1000 ? `${metres} m` : `${metres / 1000} km`)),
  );
  const ago = h("input", { type: "number", min: 0, max: 720, step: 1, value: 1, "aria-label": "Minutes ago" });
  const seen = h("output", { class: "quiet" });
  const words = h("textarea", { rows: 3, maxlength: 1000, required: true, placeholder: "What the caller says: sound, direction, height, how many" });
  const contact = h("input", { type: "text", maxlength: 200, autocomplete: "off", placeholder: "Number or name, if given" });
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const send = h("button", { class: "main", type: "submit" }, "Enter the call");
  const form = h(
    "form",
    { class: "call-form" },
    h("header", {}, h("h2", {}, "A call to the emergency number"), h("button", { class: "plain", type: "button", onclick: () => close() }, "Close")),
    h("div", { class: "field" }, h("span", {}, "Where"), where, h("small", {}, "Click the map to move it.")),
    h("label", { class: "field" }, h("span", {}, "Within"), radius),
    h("label", { class: "field" }, h("span", {}, "Minutes ago"), ago, seen),
    h("label", { class: "field" }, h("span", {}, "Words"), words),
    h("label", { class: "field" }, h("span", {}, "Contact"), contact, h("small", {}, "Kept encrypted for 72 hours, never shown on a map or in the log.")),
    trouble,
    send,
  );
  const element = h("section", { class: "call", hidden: true, "aria-label": "Enter a call" }, form);
  const seenAt = () => store.now() - Math.max(0, Number(ago.value) || 0) * 60;
  const show = () => {
    const place = store.placing;
    if (!place) return;
    setText(where, position(place.lat, place.lon));
    setText(seen, `at ${clockTime(seenAt(), store.timezone())}`);
  };
  const close = () => {
    element.hidden = true;
    store.placing = null;
    store.tell("place");
    done();
  };
  store.on("place", show);
  store.on("picture", () => {
    if (store.placing) show();
  });
  ago.addEventListener("input", show);
  radius.addEventListener("change", () => {
    if (store.placing) store.placing.radius_m = Number(radius.value);
    store.tell("place");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  const submit = async () => {
    const place = store.placing;
    if (!place) return;
    send.disabled = true;
    trouble.hidden = true;
    try {
      await api.call({
        text: words.value.trim(),
        latitude_deg: Number(place.lat.toFixed(5)),
        longitude_deg: Number(place.lon.toFixed(5)),
        radius_m: place.radius_m,
        seen_at: seenAt(),
        contact: contact.value.trim() || null,
      });
      form.reset();
      close();
    } catch (error) {
      trouble.hidden = false;
      setText(trouble, error instanceof Error ? error.message : "It could not be entered.");
    } finally {
      send.disabled = false;
    }
  };
  const open = (lon: number, lat: number) => {
    store.placing = { lon, lat, radius_m: Number(radius.value) };
    element.hidden = false;
    store.tell("place");
    words.focus();
  };
  return { element, open, close };
}
