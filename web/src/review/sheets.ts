// The sheets over the page: its keys, and the log of what was decided by whom.

import { h, replace } from "../dom";
import type { Key } from "../keys";
import type { Act } from "./contract";
import type { Desk } from "./desk";
import { SIGNS } from "./list";

interface Sheet {
  element: HTMLDialogElement;
  open: () => void;
}

export function keysSheet(keys: readonly Key[]): Sheet {
  const groups = ["Claims", "Deciding", "Page"] as const;
  const element = h(
    "dialog",
    { class: "sheet help", "aria-label": "Help" },
    h("header", {}, h("h2", {}, "Keys and signs"), h("button", { class: "plain", onclick: () => element.close() }, "Close")),
    h(
      "div",
      { class: "columns" },
      ...groups.map((group) =>
        h("section", {}, h("h3", {}, group), h("dl", { class: "keys" }, ...keys.filter((key) => key.group === group && key.words).map((key) => h("div", {}, h("dt", {}, h("kbd", {}, key.shown)), h("dd", {}, key.words))))),
      ),
      h("section", {}, h("h3", {}, "Signs"), h("dl", { class: "keys" }, ...Object.values(SIGNS).map(([sign, words]) => h("div", {}, h("dt", {}, sign), h("dd", {}, words))), h("div", {}, h("dt", {}, "≠"), h("dd", {}, "another claim contradicts it")))),
    ),
    h("p", { class: "quiet" }, "Each decision goes into the review file at once, with your name and the time, and holds for all mentions of the claim in its report. The file only grows: to take a decision back, decide again. Nothing on this page is fetched from outside."),
  );
  return { element, open: () => element.showModal() };
}

export function logSheet(desk: Desk): Sheet {
  const list = h("ol", { class: "log" });
  const element = h(
    "dialog",
    { class: "sheet", "aria-label": "Log" },
    h("header", {}, h("h2", {}, "What was decided, newest first"), h("button", { class: "plain", onclick: () => element.close() }, "Close")),
    list,
  );
  const about = (act: Act): HTMLElement | string => {
    const claim = desk.claims.find((one) => one.key === act.claim || one.mentions.some((mention) => mention.id === act.claim));
    if (claim) {
      const go = (): void => {
        element.close();
        desk.choose(claim.key);
      };
      return h("button", { class: "to-claim", onclick: go }, claim.head.figure);
    }
    return act.claim ? `${act.claim} (gone)` : (act.factor ?? act.file ?? act.publisher ?? (act.roots ?? []).join(", "));
  };
  const open = (): void => {
    replace(
      list,
      ...[...desk.acts].reverse().map((act) =>
        h(
          "li",
          {},
          h("span", { class: "quiet" }, act.when.replace("T", " ").replace(/(:\d\d)(\+00:00|Z)$/, "$1 UTC")),
          h("span", {}, h("b", {}, act.who), ` ${act.kind} `, about(act), act.set ? `: ${Object.entries(act.set).map(([key, value]) => `${key} = ${Array.isArray(value) ? value.join("; ") : String(value)}`).join(", ")}` : "", act.why ? h("small", {}, ` ${act.why}`) : ""),
        ),
      ),
      desk.acts.length === 0 && h("li", { class: "quiet" }, "Nothing yet."),
    );
    element.showModal();
  };
  return { element, open };
}
