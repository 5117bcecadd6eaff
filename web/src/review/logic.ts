// What the page works out by itself: groups of mentions, filters, the pieces of a text, and what a form would change.

import type { Finding, Mention, Report } from "./contract";

export type Verdict = "open" | "accepted" | "corrected" | "rejected";

/** A claim: its mentions in one report, what was decided, and what contradicts it. */
export interface Claim {
  key: string;
  mentions: Mention[];
  head: Mention;
  verdict: Verdict;
  conflicts: Finding[];
}

export interface Filter {
  text: string;
  show: "all" | "open" | "conflicts";
  root: string | null;
  report: string;
  counted: boolean;
}

export const emptyFilter = (): Filter => ({ text: "", show: "all", root: null, report: "", counted: false });

/** What was decided about a mention, by its history; the last word counts. */
export function verdictOf(mention: Mention): Verdict {
  if (mention.rejected) return "rejected";
  if (mention.history.some((past) => past.act === "correct")) return "corrected";
  return mention.history.some((past) => past.act === "accept") ? "accepted" : "open";
}

export function grouped(mentions: readonly Mention[], conflicts: readonly Finding[]): Claim[] {
  const found = new Map<string, Mention[]>();
  for (const mention of mentions) {
    const key = `${mention.name}\n${mention.claim}`;
    const group = found.get(key);
    if (group) group.push(mention);
    else found.set(key, [mention]);
  }
  const about = new Map<string, Finding[]>();
  for (const conflict of conflicts) for (const id of conflict.claims) about.set(id, [...(about.get(id) ?? []), conflict]);
  return [...found.values()].map((group) => {
    // A title is shorter than what it stands over: the body says what is claimed
    const first = group[0] as Mention;
    const head = group.find((one) => !one.in_title) ?? first;
    const against = new Set(group.flatMap((one) => about.get(one.id) ?? []));
    return { key: first.claim, mentions: group, head, verdict: verdictOf(head), conflicts: [...against] };
  });
}

export function fits(claim: Claim, filter: Filter): boolean {
  const { head } = claim;
  if (filter.show === "open" && claim.verdict !== "open") return false;
  if (filter.show === "conflicts" && claim.conflicts.length === 0) return false;
  if (filter.root !== null && head.root !== filter.root) return false;
  if (filter.report !== "" && head.name !== filter.report) return false;
  if (filter.counted && !head.volume && !head.statement) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [head.quote, head.figure, head.measure, head.place, head.speaker, head.name, head.modality, head.status, head.object_class, ...head.relays].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The next claim after this one that nobody decided about, round the list; this one if it is the only one. */
export function nextOpen(claims: readonly Claim[], key: string | null): Claim | null {
  const at = claims.findIndex((claim) => claim.key === key);
  for (let step = 1; step <= claims.length; step += 1) {
    const claim = claims[(at + step + claims.length) % claims.length];
    if (claim?.verdict === "open") return claim;
  }
  return null;
}

export interface Piece {
  words: string;
  claim: string | null;
  mention: string | null;
  dull: string | null;
}

/** A stretch of a report's text cut where claims and furniture begin and end. Offsets count code points, a string's do not. */
export function pieces(report: Report, offset: number, words: string, mentions: readonly Mention[]): Piece[] {
  const points = Array.from(words);
  const spans: { from: number; to: number; mention: Mention | null; why: string | null }[] = [];
  for (const one of mentions) {
    const from = one.text_start - offset;
    spans.push({ from, to: from + Array.from(one.quote).length, mention: one, why: null });
  }
  for (const one of report.furniture) spans.push({ from: one.start - offset, to: one.end - offset, mention: null, why: one.why });
  const cuts = new Set([0, points.length]);
  for (const span of spans) for (const at of [span.from, span.to]) if (at > 0 && at < points.length) cuts.add(at);
  const at = [...cuts].sort((a, b) => a - b);
  return at.slice(0, -1).map((from, index) => {
    const to = at[index + 1] as number;
    const over = spans.filter((span) => span.from <= from && span.to >= to);
    const own = over.filter((span) => span.mention).sort((a, b) => a.to - a.from - (b.to - b.from))[0]?.mention ?? null;
    return { words: points.slice(from, to).join(""), claim: own?.claim ?? null, mention: own?.id ?? null, dull: own ? null : (over[0]?.why ?? null) };
  });
}

export const FIELDS = ["measure", "bound", "low", "high", "unit", "per", "object_class", "modality", "status", "item_grade", "place", "time_edtf", "speaker", "relays"] as const;
export type Field = (typeof FIELDS)[number];
export type Form = Record<Field, string>;

export function formOf(mention: Mention): Form {
  const text = (value: string | number | null): string => (value === null ? "" : String(value));
  return {
    measure: mention.measure,
    bound: mention.bound,
    low: text(mention.low),
    high: text(mention.high),
    unit: mention.unit,
    per: text(mention.per),
    object_class: mention.object_class,
    place: text(mention.place),
    time_edtf: text(mention.time_edtf),
    speaker: text(mention.speaker),
    relays: mention.relays.join("; "),
    modality: mention.modality,
    status: text(mention.status),
    item_grade: mention.item_grade,
  };
}

const numeral = (text: string): number | null => {
  const plain = text.replace(/[\s,_]/g, "");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
};

/** What a form changes of a claim, as the review file has it; empty text is none. Bound and ends go together: mentions differ in them. */
export function changed(before: Form, after: Form): Record<string, string | number | string[]> {
  const set: Record<string, string | number | string[]> = {};
  for (const field of FIELDS) {
    const text = after[field].trim();
    if (text === before[field]) continue;
    if (field === "low" || field === "high") {
      const value = numeral(text);
      if (value === null && text !== "") set[field] = text;
      else if (value === null) set[field] = "";
      else if (value !== numeral(before[field])) set[field] = value;
    } else if (field === "relays") set[field] = text === "" ? [] : text.split(";").map((one) => one.trim()).filter(Boolean);
    else set[field] = text;
  }
  if ("bound" in set || "low" in set || "high" in set) {
    set["bound"] ??= after.bound;
    set["low"] ??= numeral(after.low) ?? "";
    set["high"] ??= numeral(after.high) ?? "";
  }
  return set;
}

/** Why a form cannot be saved, by field: the conventions of claims.jsonl. The service has the last word. */
export function faults(form: Form, statement: boolean): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {};
  for (const end of ["low", "high"] as const) {
    if (form[end].trim() !== "" && numeral(form[end]) === null) found[end] = "write a number, such as 1200 or 1,200";
  }
  if (form.unit.trim() === "") found.unit = "say what is counted";
  if (form.time_edtf.trim() !== "" && !/^[\d.]/.test(form.time_edtf.trim())) found.time_edtf = "write 2025-03-06, 2025-03, 2025 or 2025-03/2025-05";
  if (statement || found.low || found.high) return found;
  const low = numeral(form.low);
  const high = numeral(form.high);
  if (form.bound === "at_most" && (low !== null || high === null)) found.bound = "at most: a high end and no low one";
  if (form.bound === "at_least" && (low === null || high !== null)) found.bound = "at least: a low end and no high one";
  if ((form.bound === "point" || form.bound === "approximately") && (low === null || low !== high)) found.bound = `${form.bound}: the same number at both ends`;
  if (form.bound === "range" && (low === null || high === null || low >= high)) found.bound = "range: a low end below its high one";
  return found;
}

/** The ends as another bound would have them, so that one change of the bound needs no other. */
export function endsFor(bound: string, low: string, high: string): { low: string; high: string } {
  const one = high || low;
  if (bound === "at_most") return { low: "", high: one };
  if (bound === "at_least") return { low: low || high, high: "" };
  if (bound === "range") return { low, high };
  return { low: one, high: one };
}
