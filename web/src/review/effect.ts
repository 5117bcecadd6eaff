// What the decisions do to the estimate: how it stands, and what the last ones moved.

import { h, replace } from "../dom";
import type { Quantiles, Summary } from "./contract";
import type { Desk } from "./desk";

export function number(value: number): string {
  return value.toLocaleString("en-GB", Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}

const three = (q: Quantiles | null, unit: string): string => (q ? `${number(q.p50)} ${unit} (P10 ${number(q.p10)}, P90 ${number(q.p90)})` : "none supported");

/** What two runs differ in, as rows of name, before and after. */
export function moved(before: Summary, after: Summary): [string, string, string][] {
  const rows: [string, string, string][] = [
    ["Crossings a week", three(before.crossings_per_week, ""), three(after.crossings_per_week, "")],
    ["Capacity a year", three(before.capacity_per_year, ""), three(after.capacity_per_year, "")],
    ["Claims that count", String(before.claims_that_count), String(after.claims_that_count)],
    ["Roots", String(before.roots), String(after.roots)],
    ["Conflicts", String(before.conflicts), String(after.conflicts)],
    ...Object.keys(after.stress_levels_per_week).map((level): [string, string, string] => [
      `${level} a week`,
      number(before.stress_levels_per_week[level] ?? 0),
      number(after.stress_levels_per_week[level] ?? 0),
    ]),
  ];
  return rows.filter(([, was, is]) => was !== is);
}

export function effectPanel(desk: Desk, place: HTMLElement): void {
  const draw = (): void => {
    const now = desk.assessment?.now;
    if (!now) return;
    const effect = desk.assessment?.effect ?? null;
    const rows = effect ? moved(effect.before, effect.after) : [];
    const quiet = effect && rows.length === 0 && effect.said.length === 0;
    replace(
      place,
      h(
        "div",
        {},
        h("h3", {}, "Estimate", desk.running && h("small", {}, " being made anew…")),
        h("p", { class: "estimate" }, now.crossings_per_week ? `${three(now.crossings_per_week, "a week")} meet this wall` : "None supported; stress levels only"),
        h("p", { class: "quiet" }, `Capacity: ${three(now.capacity_per_year, "a year")}`),
        !now.crossings_per_week && now.reason && h("p", { class: "quiet" }, now.reason.replace(/^[^:]*: /, "Missing: ")),
      ),
      h(
        "div",
        {},
        h("h3", {}, "What the last decisions moved"),
        !effect && h("p", { class: "quiet" }, "Nothing is decided yet on this page."),
        quiet && h("p", { class: "quiet" }, "Neither estimate nor stress levels, roots or conflicts."),
        rows.length > 0 && h("dl", { class: "moved" }, ...rows.map(([name, was, is]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("s", {}, was), " → ", h("b", {}, is))))),
        ...(effect?.said ?? []).map((sentence) => h("p", { class: "quiet" }, sentence)),
      ),
    );
  };
  desk.on("assessment", draw);
  desk.on("state", draw);
}
