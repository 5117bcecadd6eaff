// The help overlay: every key, and what the shapes on the map mean.

import { h } from "../dom";
import type { Key } from "../keys";

const SIGNS: [string, string][] = [
  ["yellow symbol", "pending (dashed) or unknown: APP-6. The page knows no other than these and neutral"],
  ["green symbol", "neutral: says who it is, and nothing contradicts it"],
  ["corner brackets", "a warning or a draft is about this track"],
  ["line ahead", "where it would be in one minute"],
  ["ellipse", "95 %: it is in here; dotted while it is carried on without detections"],
  ["hatched sector", "one microphone array hears something in here; no position is known"],
  ["dashed area", "a draft; nobody has been warned. Solid: approved by a person"],
  ["solid ring", "how far a radar reaches; dotted disc: where a microphone array hears"],
  ["● ◐ ✕ !", "sensor ok, late, silent, fault; fields fresh ●, stale ◐, expired ○"],
];

export function helpPanel(keys: readonly Key[]): { element: HTMLDialogElement; open: () => void } {
  const groups = ["Map", "Tracks", "Warnings", "Page"] as const;
  const element = h(
    "dialog",
    { class: "sheet help", "aria-label": "Help" },
    h("header", {}, h("h2", {}, "Keys and signs"), h("button", { class: "plain", onclick: () => element.close() }, "Close")),
    h(
      "div",
      { class: "columns" },
      ...groups.map((group) =>
        h(
          "section",
          {},
          h("h3", {}, group),
          h("dl", { class: "keys" }, ...keys.filter((key) => key.group === group && key.words).map((key) => h("div", {}, h("dt", {}, h("kbd", {}, key.shown)), h("dd", {}, key.words)))),
        ),
      ),
    ),
    h("h3", {}, "Signs on the map"),
    h("dl", { class: "signs" }, ...SIGNS.map(([sign, words]) => h("div", {}, h("dt", {}, sign), h("dd", {}, words)))),
    h("p", { class: "quiet" }, "Land and borders: Natural Earth, public domain. The wall's border line: © OpenStreetMap contributors, ODbL. Nothing on this page is fetched from outside."),
  );
  return { element, open: () => element.showModal() };
}
