// The claim's fields, to accept, correct or reject; its root; what contradicts it; what was decided before.

import { h, replace } from "../dom";
import type { Desk } from "./desk";
import { figureOf, plain, times } from "./list";
import { changed, type Claim, endsFor, type Field, faults, FIELDS, type Form, formOf } from "./logic";

const LABELS: Record<Field, string> = {
  measure: "Measure",
  bound: "Bound",
  low: "Low",
  high: "High",
  unit: "Unit",
  per: "Per",
  object_class: "Class",
  place: "Place",
  time_edtf: "Time (EDTF)",
  speaker: "Said by",
  relays: "Through",
  modality: "Modality",
  status: "Status",
  item_grade: "Item grade",
};
const WIDE = new Set<Field>(["place", "time_edtf", "speaker", "relays"]);

export interface Deciding {
  accept: () => void;
  reject: () => void;
  edit: () => void;
  separate: () => void;
  leave: () => void;
}

export function decidePanel(desk: Desk, place: HTMLElement, merge: () => void): Deciding {
  const head = h("header", { class: "decide-head" });
  const fields = h("form", { class: "claim-fields", autocomplete: "off" });
  const why = h("input", { class: "search", placeholder: "Why? (goes into the log)", "aria-label": "Why", maxlength: 2000 });
  const buttons = h("div", { class: "buttons" });
  const rest = h("div", { class: "rest" });
  place.append(head, fields, h("div", { class: "judge" }, why, buttons), rest);
  let claim: Claim | null = null;
  let before: Form | null = null;
  const inputs = new Map<Field, HTMLInputElement | HTMLSelectElement>();

  const form = (): Form => Object.fromEntries(FIELDS.map((field) => [field, inputs.get(field)?.value ?? ""])) as Form;
  const said = (): string => why.value.trim();
  const dirty = (): boolean => before !== null && Object.keys(changed(before, form())).length > 0;

  const check = (): boolean => {
    if (!before || !claim) return false;
    const found = faults(form(), claim.head.statement);
    const set = changed(before, form());
    for (const [field, input] of inputs) {
      const note = input.parentElement?.querySelector("small") as HTMLElement;
      note.textContent = found[field] ?? "";
      input.toggleAttribute("aria-invalid", Boolean(found[field]));
      input.toggleAttribute("data-changed", field in set);
    }
    drawButtons(Object.keys(found).length > 0);
    return Object.keys(found).length === 0;
  };

  const drawFields = (): void => {
    inputs.clear();
    if (!claim || !before) {
      fields.replaceChildren();
      return;
    }
    const choices = desk.assessment?.choices ?? {};
    const now = before;
    replace(
      fields,
      ...FIELDS.map((field) => {
        const words = choices[field];
        const input = words
          ? h("select", { name: field }, ...words.map((word) => h("option", { value: word, selected: word === now[field] }, word === "" ? "none" : plain(word))))
          : h("input", { name: field, value: now[field], inputmode: field === "low" || field === "high" ? "decimal" : null, placeholder: field === "unit" ? null : "none" });
        input.disabled = !desk.may();
        input.addEventListener("input", () => {
          if (field === "bound") {
            const ends = endsFor(input.value, inputs.get("low")?.value ?? "", inputs.get("high")?.value ?? "");
            for (const end of ["low", "high"] as const) (inputs.get(end) as HTMLInputElement).value = ends[end];
          }
          check();
        });
        inputs.set(field, input);
        return h("label", { class: WIDE.has(field) ? "field wide" : "field" }, h("span", {}, LABELS[field]), input, h("small", { class: "trouble", role: "status" }));
      }),
      h("button", { type: "submit", class: "unseen", tabindex: "-1" }, "Save"),
    );
  };

  const drawButtons = (faulty = false): void => {
    if (!desk.may()) {
      replace(buttons, h("p", { class: "quiet" }, "Your role is viewer: you can read, not decide."));
      return;
    }
    const change = dirty();
    replace(
      buttons,
      change
        ? h("button", { class: "act", disabled: faulty, onclick: () => void save(), title: "Enter in a field" }, "Save correction ", h("kbd", {}, "Enter"))
        : h("button", { class: "act", onclick: accept }, "Accept ", h("kbd", {}, "A")),
      change ? h("button", { class: "chip", onclick: undo }, "Undo changes") : h("button", { class: "chip", onclick: edit }, "Edit ", h("kbd", {}, "E")),
      h("button", { class: "chip", onclick: reject }, "Reject ", h("kbd", {}, "X")),
    );
  };

  const drawRest = (): void => {
    const now = claim;
    if (!now) {
      rest.replaceChildren();
      return;
    }
    const root = desk.assessment?.roots.find((one) => one.id === now.head.root);
    const others = (id: string): Claim | undefined => desk.claims.find((one) => one !== now && one.mentions.some((mention) => mention.id === id));
    replace(
      rest,
      h("h3", {}, "Root"),
      h("p", { class: "root-name" }, root?.label ?? now.head.root),
      h("p", { class: "quiet" }, root ? `${times(root.claims.length)} in ${root.documents.join(", ")}` : ""),
      h(
        "div",
        { class: "chips" },
        desk.may() && h("button", { class: "chip", onclick: merge }, "Merge with… ", h("kbd", {}, "M")),
        desk.may() && h("button", { class: "chip", onclick: separate, title: "Give this claim a root of its own" }, "Separate ", h("kbd", {}, "S")),
        h("button", { class: "chip", "aria-pressed": String(desk.filter.root === now.head.root), onclick: () => onlyRoot(desk) }, "Only this root ", h("kbd", {}, "R")),
      ),
      now.conflicts.length > 0 && h("h3", {}, "Contradicts"),
      ...now.conflicts.map((one) =>
        h(
          "p",
          { class: "conflict" },
          h("b", {}, plain(one.kind)),
          ` ${one.sentence} `,
          ...[...new Set(one.claims.map(others).filter((other) => other !== undefined))].map((other) => h("button", { class: "to-claim", onclick: () => desk.choose(other.key) }, figureOf(other))),
        ),
      ),
      (now.head.hedges.length > 0 || now.head.notes.length > 0) && h("h3", {}, "Notes"),
      now.head.hedges.length > 0 && h("p", {}, "Hedges: ", now.head.hedges.join(", ")),
      ...now.head.notes.map((note) => h("p", { class: "quiet" }, note)),
      now.head.history.length > 0 && h("h3", {}, "Decided before"),
      ...now.head.history.map((past) =>
        h("p", { class: "quiet past" }, `${past.who}, ${past.when}: ${past.act}${past.field ? ` ${plain(past.field)} from ${shown(past.before)} to ${shown(past.after)}` : ""}${past.why ? ` (${past.why})` : ""}`),
      ),
      h("p", { class: "quiet ids" }, `${now.head.id} · ${now.head.root}`),
    );
  };

  const draw = (): void => {
    const next = desk.current();
    const kept = claim && next?.key === claim.key && dirty() ? form() : null;
    if (next?.key !== claim?.key) why.value = "";
    claim = next;
    before = claim ? formOf(claim.head) : null;
    replace(
      head,
      claim ? h("h2", {}, figureOf(claim)) : h("h2", {}, "No claim chosen"),
      claim && h("p", { class: "quiet quote" }, `“${claim.mentions.find((one) => one.id === desk.mention)?.quote ?? claim.head.quote}”`),
    );
    drawFields();
    if (kept) for (const [field, input] of inputs) input.value = kept[field];
    drawRest();
    check();
    drawButtons();
  };

  const decided = async (kind: "accept" | "reject" | "separate"): Promise<void> => {
    const key = claim?.key;
    if (!key || dirty()) return;
    if (await desk.decide({ kind, claim: key, why: said() })) {
      why.value = "";
      if (kind !== "separate") desk.openNext();
    }
  };
  const accept = (): void => void decided("accept");
  const reject = (): void => void decided("reject");
  const separate = (): void => void decided("separate");
  const save = async (): Promise<void> => {
    if (!claim || !before || !dirty() || !check()) return;
    const { key } = claim;
    if (await desk.decide({ kind: "correct", claim: key, set: changed(before, form()), why: said() })) {
      before = form();
      why.value = "";
      (document.activeElement as HTMLElement | null)?.blur();
      check();
    }
  };
  const undo = (): void => {
    for (const [field, input] of inputs) input.value = before?.[field] ?? "";
    check();
  };
  const edit = (): void => inputs.get("measure")?.focus();
  fields.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  why.addEventListener("keydown", (event) => {
    if (event.key === "Enter") void (dirty() ? save() : decided("accept"));
  });
  desk.on("chosen", draw);
  desk.on("assessment", draw);
  return { accept, reject, edit, separate, leave: undo };
}

export function onlyRoot(desk: Desk): void {
  const root = desk.current()?.head.root ?? null;
  desk.narrow({ root: desk.filter.root === root ? null : root });
}

const shown = (value: unknown): string => (value === null || value === "" ? "none" : Array.isArray(value) ? value.join(", ") || "none" : plain(String(value)));
