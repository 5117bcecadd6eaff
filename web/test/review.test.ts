import { describe, expect, it } from "vitest";
import type { Mention, Report, Summary } from "../src/review/contract";
import { moved } from "../src/review/effect";
import { changed, emptyFilter, endsFor, faults, fits, formOf, grouped, nextOpen, pieces, verdictOf } from "../src/review/logic";

const mention = (id: string, more: Partial<Mention> = {}): Mention => ({
  id,
  claim: id,
  name: "a.txt",
  quote: "up to 100 drones",
  figure: "up to 100 drones",
  measure: "capacity",
  bound: "at_most",
  low: null,
  high: 100,
  unit: "drones",
  per: null,
  object_class: "any",
  place: "Gomel",
  time_edtf: null,
  time_words: null,
  speaker: null,
  relays: [],
  hedges: [],
  modality: "can",
  status: null,
  source_grade: "F",
  item_grade: "6",
  root: "r-1",
  rejected: false,
  notes: [],
  history: [],
  text_start: 0,
  in_title: false,
  statement: false,
  volume: true,
  ...more,
});
const past = (act: string) => ({ act, who: "A", when: "2026-11-22", why: "" });

describe("claims", () => {
  it("are one for all mentions in a report, headed by one of the body", () => {
    const [claim, ...more] = grouped([mention("c-1", { in_title: true, bound: "point", low: 100 }), mention("c-2", { claim: "c-1" })], []);
    expect(more).toEqual([]);
    expect(claim).toMatchObject({ key: "c-1", head: { id: "c-2" }, verdict: "open" });
  });
  it("of the same id in two reports stay two", () => {
    expect(grouped([mention("c-1"), mention("c-1", { name: "b.txt" })], [])).toHaveLength(2);
  });
  it("know what contradicts them", () => {
    const conflict = { kind: "value", sentence: "100 or 200", claims: ["c-1", "c-2"] };
    expect(grouped([mention("c-1"), mention("c-3")], [conflict]).map((one) => one.conflicts.length)).toEqual([1, 0]);
  });
  it("are judged by the last word", () => {
    expect(verdictOf(mention("c-1"))).toBe("open");
    expect(verdictOf(mention("c-1", { history: [past("accept")] }))).toBe("accepted");
    expect(verdictOf(mention("c-1", { history: [past("accept"), past("correct")] }))).toBe("corrected");
    expect(verdictOf(mention("c-1", { history: [past("merge")] }))).toBe("open");
    expect(verdictOf(mention("c-1", { rejected: true, history: [past("accept"), past("reject")] }))).toBe("rejected");
  });
  it("pass a filter by every word, root, report and state", () => {
    const [claim] = grouped([mention("c-1", { speaker: "Kozarenko" })], []);
    if (!claim) throw new Error("none");
    expect(fits(claim, { ...emptyFilter(), text: "kozar gomel" })).toBe(true);
    expect(fits(claim, { ...emptyFilter(), text: "kozar minsk" })).toBe(false);
    expect(fits(claim, { ...emptyFilter(), root: "r-2" })).toBe(false);
    expect(fits(claim, { ...emptyFilter(), show: "conflicts" })).toBe(false);
    expect(fits(claim, { ...emptyFilter(), show: "open", report: "a.txt" })).toBe(true);
  });
  it("are gone through round the list until none is open", () => {
    const list = grouped([mention("c-1"), mention("c-2", { history: [past("accept")] }), mention("c-3")], []);
    expect(nextOpen(list, "c-1")?.key).toBe("c-3");
    expect(nextOpen(list, "c-3")?.key).toBe("c-1");
    expect(nextOpen(list, "gone")?.key).toBe("c-1");
    expect(nextOpen(list.slice(1, 2), "c-2")).toBeNull();
  });
});

describe("a text", () => {
  const report = { name: "a.txt", segments: [], furniture: [{ start: 0, end: 4, why: "menu" }] } as unknown as Report;
  it("is cut by code points, not by halves of a character", () => {
    const cut = pieces(report, 0, "menu 🛩🛩 up to 100 drones end", [mention("c-1", { text_start: 8 })]);
    expect(cut.map((one) => one.words)).toEqual(["menu", " 🛩🛩 ", "up to 100 drones", " end"]);
    expect(cut.map((one) => one.mention)).toEqual([null, null, "c-1", null]);
    expect(cut[0]?.dull).toBe("menu");
  });
  it("counts from where a segment begins", () => {
    const cut = pieces(report, 100, "up to 100 drones", [mention("c-1", { text_start: 100 })]);
    expect(cut).toHaveLength(1);
    expect(cut[0]?.claim).toBe("c-1");
  });
});

describe("a correction", () => {
  const before = formOf(mention("c-1", { relays: ["BelTA", "BI"], per: "year" }));
  it("sets only what is another", () => {
    expect(changed(before, { ...before })).toEqual({});
    expect(changed(before, { ...before, measure: "plan", per: "", relays: "BelTA;  AP " })).toEqual({ measure: "plan", per: "", relays: ["BelTA", "AP"] });
  });
  it("of one end carries bound and both ends", () => {
    expect(changed(before, { ...before, high: "1,200" })).toEqual({ bound: "at_most", low: "", high: 1200 });
    expect(changed(before, { ...before, high: "100.0" })).toEqual({});
  });
  it("that contradicts itself is not sent", () => {
    expect(faults(before, false)).toEqual({});
    expect(faults({ ...before, high: "many" }, false).high).toContain("number");
    expect(faults({ ...before, low: "5" }, false).bound).toContain("at most");
    expect(faults({ ...before, bound: "range", low: "9", high: "3" }, false).bound).toContain("below");
    expect(faults({ ...before, bound: "point" }, false).bound).toContain("both ends");
    expect(faults({ ...before, unit: " " }, false).unit).toBeDefined();
    expect(faults({ ...before, time_edtf: "last May" }, false).time_edtf).toContain("2025");
  });
  it("of the bound brings its ends along", () => {
    expect(endsFor("point", "", "100")).toEqual({ low: "100", high: "100" });
    expect(endsFor("at_least", "", "100")).toEqual({ low: "100", high: "" });
    expect(endsFor("at_most", "7", "")).toEqual({ low: "", high: "7" });
    expect(endsFor("range", "1", "2")).toEqual({ low: "1", high: "2" });
  });
});

describe("what a decision moved", () => {
  const summary = (more: Partial<Summary>): Summary => ({
    capacity_per_year: { p10: 1, p50: 2, p90: 3 },
    crossings_per_week: null,
    reason: null,
    claims_that_count: 5,
    roots: 4,
    conflicts: 1,
    stress_levels_per_week: { L2: 1000 },
    ...more,
  });
  it("is nothing where nothing is another", () => {
    expect(moved(summary({}), summary({}))).toEqual([]);
  });
  it("is told with what was and what is", () => {
    const rows = moved(summary({}), summary({ roots: 3, capacity_per_year: null, stress_levels_per_week: { L2: 500 } }));
    expect(rows.map(([name]) => name)).toEqual(["Capacity a year", "Roots", "L2 a week"]);
    expect(rows[0]?.[2]).toBe("none supported");
  });
});
