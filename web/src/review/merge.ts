// Two roots become one: the dialog that asks which, and why.

import { h, replace } from "../dom";
import type { Root } from "./contract";
import type { Desk } from "./desk";
import { times } from "./list";

const MOST = 60;

export function mergeDialog(desk: Desk): { element: HTMLDialogElement; open: () => void } {
  const search = h("input", { class: "search", type: "search", placeholder: "Find a root by its name or report", "aria-label": "Find a root" });
  const list = h("div", { class: "roots-list", role: "listbox", "aria-label": "Roots" });
  const title = h("h2", {});
  const about = h("p", { class: "words quiet" });
  const why = h("input", { class: "search", placeholder: "Why are they one source? (goes into the log)", "aria-label": "Why", maxlength: 2000 });
  const send = h("button", { class: "act", disabled: true }, "Merge");
  let from: Root | null = null;
  let to: Root | null = null;

  const offered = (): Root[] => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rank = (root: Root): number => (root.documents.some((name) => from?.documents.includes(name)) ? 0 : 1);
    return (desk.assessment?.roots ?? [])
      .filter((root) => root.id !== from?.id && words.every((word) => `${root.label} ${root.documents.join(" ")}`.toLowerCase().includes(word)))
      .sort((a, b) => rank(a) - rank(b) || b.claims.length - a.claims.length);
  };
  const draw = (): void => {
    const found = offered();
    replace(
      list,
      ...found.slice(0, MOST).map((root) =>
        h(
          "button",
          { class: "row root-row", role: "option", "aria-selected": String(root === to), "aria-current": root === to ? "true" : null, onclick: () => pick(root) },
          h("span", { class: "what" }, h("span", { class: "first" }, root.label), h("span", { class: "about" }, `${times(root.claims.length)} in ${root.documents.join(", ")}`)),
        ),
      ),
      found.length === 0 && h("p", { class: "none" }, "No other root has these words."),
      found.length > MOST && h("p", { class: "none" }, `${found.length - MOST} more; find by a word.`),
    );
    send.disabled = to === null;
    send.textContent = to ? `Merge into ${to.label}` : "Choose the root that they become";
  };
  const pick = (root: Root): void => {
    to = root;
    draw();
    why.focus();
  };
  const merge = async (): Promise<void> => {
    if (!from || !to) return;
    const decision = { kind: "merge" as const, roots: [to.id, from.id], why: why.value.trim() };
    element.close();
    await desk.decide(decision);
  };
  send.addEventListener("click", () => void merge());
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") (list.querySelector("button") as HTMLElement | null)?.focus();
    if (event.key === "Enter" && offered()[0]) pick(offered()[0] as Root);
  });
  list.addEventListener("keydown", (event) => {
    const at = document.activeElement;
    const next = event.key === "ArrowDown" ? at?.nextElementSibling : event.key === "ArrowUp" ? (at?.previousElementSibling ?? search) : null;
    if (next instanceof HTMLElement) {
      event.preventDefault();
      next.focus();
    }
  });
  why.addEventListener("keydown", (event) => {
    if (event.key === "Enter") void merge();
  });

  const element = h(
    "dialog",
    { class: "sheet merge", "aria-label": "Merge roots" },
    h("header", {}, title, h("button", { class: "plain", onclick: () => element.close() }, "Close")),
    about,
    search,
    list,
    why,
    h("footer", {}, send),
  );
  const open = (): void => {
    const head = desk.current()?.head;
    from = desk.assessment?.roots.find((root) => root.id === head?.root) ?? null;
    to = null;
    if (!from || !desk.may()) return;
    title.textContent = "Which root is the same source?";
    about.textContent = `“${from.label}” (${times(from.claims.length)} in ${from.documents.join(", ")}) becomes part of it. Support is counted in roots: two that are one count once.`;
    search.value = "";
    why.value = "";
    draw();
    element.showModal();
    search.focus();
  };
  return { element, open };
}
