// The list of claims: found, filtered, and walked through with J and K.

import { h, keyed, replace, setAttribute, setText } from "../dom";
import type { Desk } from "./desk";
import type { Claim } from "./logic";

export const SIGNS: Record<string, [string, string]> = {
  open: ["○", "nobody has decided"],
  accepted: ["✓", "accepted"],
  corrected: ["✎", "corrected"],
  rejected: ["✕", "rejected: it counts no more"],
};
const MOST = 400;

export const plain = (word: string): string => word.replaceAll("_", " ");
export const times = (count: number): string => (count === 1 ? "1 mention" : `${count} mentions`);
export const figureOf = (claim: Claim): string => (claim.head.statement ? `${claim.head.status ?? "named"} factory` : claim.head.figure);

export function claimList(desk: Desk, place: HTMLElement): { find: () => void } {
  const search = h("input", { class: "search", type: "search", placeholder: "Find: words, place, speaker, measure  ( / )", "aria-label": "Find claims" });
  const report = h("select", { class: "search", "aria-label": "Report" });
  const chips = h("div", { class: "chips" });
  const rows = h("div", { class: "rows", role: "listbox", "aria-label": "Claims" });
  const summary = h("p", { class: "summary" });
  place.append(h("div", { class: "filters" }, search, report, chips), summary, rows);
  search.addEventListener("input", () => desk.narrow({ text: search.value }));
  report.addEventListener("change", () => desk.narrow({ report: report.value }));

  const chip = (words: string, on: boolean, act: () => void, title: string): HTMLElement =>
    h("button", { class: "chip", "aria-pressed": String(on), title, onclick: act }, words);

  const drawChips = (): void => {
    const { filter, claims } = desk;
    const open = claims.filter((claim) => claim.verdict === "open").length;
    const against = claims.filter((claim) => claim.conflicts.length > 0).length;
    const root = desk.assessment?.roots.find((one) => one.id === filter.root);
    replace(
      chips,
      chip(`All ${claims.length}`, filter.show === "all", () => desk.narrow({ show: "all" }), "Every claim"),
      chip(`Unreviewed ${open}`, filter.show === "open", () => desk.narrow({ show: "open" }), "Claims that nobody decided about (U)"),
      chip(`Contradicting ${against}`, filter.show === "conflicts", () => desk.narrow({ show: "conflicts" }), "Claims that another one contradicts (O)"),
      chip("Drones and factories", filter.counted, () => desk.narrow({ counted: !filter.counted }), "Leave out money, people, percent"),
      filter.root !== null && chip(`Root: ${root?.label ?? filter.root} ✕`, true, () => desk.narrow({ root: null }), "Every root again (R)"),
    );
    if (search.value !== filter.text) search.value = filter.text;
    report.value = filter.report;
  };

  const make = (claim: Claim): HTMLElement =>
    h(
      "button",
      { class: "row claim-row", role: "option", onclick: () => desk.choose(claim.key), tabindex: -1 },
      h("span", { class: "sign" }),
      h("span", { class: "what" }, h("span", { class: "first" }), h("span", { class: "about" }), h("span", { class: "about who" })),
    );
  const update = (row: HTMLElement, claim: Claim): void => {
    const { head } = claim;
    const [sign, words] = SIGNS[claim.verdict] as [string, string];
    const kind = [head.statement ? null : plain(head.measure), plain(head.modality), head.place, head.time_edtf].filter(Boolean).join(" · ");
    const said = [head.speaker ?? "nobody named", ...head.relays.map((one) => `through ${one}`)].join(", ");
    const mark = row.querySelector(".sign") as Element;
    setText(mark, sign);
    setAttribute(mark, "title", words);
    setAttribute(row, "data-verdict", claim.verdict);
    setText(row.querySelector(".first") as Element, figureOf(claim) + (claim.conflicts.length ? "  ≠" : ""));
    setText(row.querySelector(".about") as Element, kind);
    setText(row.querySelector(".who") as Element, claim.mentions.length > 1 ? `${said} · ${times(claim.mentions.length)}` : said);
    setAttribute(row, "aria-current", claim.key === desk.chosen ? "true" : null);
    setAttribute(row, "aria-selected", String(claim.key === desk.chosen));
  };

  const draw = (): void => {
    const all = desk.listed();
    const at = Math.max(0, all.findIndex((claim) => claim.key === desk.chosen));
    const from = Math.max(0, Math.min(at - MOST / 2, all.length - MOST));
    const shown = all.slice(from, from + MOST);
    keyed(rows, shown, (claim) => claim.key, make, update);
    const held = desk.assessment && desk.assessment.all_claims > desk.assessment.claims.length ? `; the page holds ${desk.assessment.claims.length} of ${desk.assessment.all_claims} mentions` : "";
    setText(summary, all.length === 0 ? `No claim fits this filter${held}.` : `${all.length} of ${desk.claims.length} claims${shown.length < all.length ? `, ${shown.length} of them listed` : ""}${held}`);
    rows.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    drawChips();
  };
  desk.on("claims", draw);
  desk.on("chosen", draw);
  desk.on("assessment", () => {
    replace(report, h("option", { value: "" }, "All reports"), ...(desk.assessment?.documents ?? []).map((one) => h("option", { value: one.name }, one.name)));
    report.value = desk.filter.report;
  });
  return { find: () => search.focus() };
}
