// The coverage of a plan: which layer, how high, at which end of what is assumed; legend, conditions, figures at a point.

import { api } from "../api";
import { after, type Chosen, chosenLayer, heights, labels, settled, sites, stem } from "../coverage";
import { h, replace, setAttribute, setText } from "../dom";
import { labelWords, percent } from "../format";
import { type Coverage, type End, ENDS, type Figures, type Kind, KINDS, type Scale } from "../read_coverage";
import type { Store } from "../store";

const KIND_WORDS: Record<Kind, string> = {
  lowest: "Lowest visible height",
  p_look: "Seen by one look",
  p_detect: "Seen on a crossing",
  ends: "What ends it",
};
const KIND_HELP: Record<Kind, string> = {
  lowest: "From this height above ground on a thing is in sightline of a sensor that reaches the cell; how likely it is seen is another layer.",
  p_look: "Probability that at least one sensor detects it in one look each.",
  p_detect: "Probability that it is detected at least once on the least watched straight crossing through the cell.",
  ends: "Of the sensors that do not see it, what keeps the nearest from it.",
};
const END_WORDS: Record<End, string> = { low: "Bad end", value: "As assumed", high: "Good end" };
const ASK_MS = 150;

export interface CoveragePanel {
  element: HTMLElement;
  refresh: () => void;
  /** The pointer is over this place of the map. */
  over: (longitude_deg: number, latitude_deg: number) => void;
  next: (what: "kind" | "label" | "end") => void;
  higher: (by: 1 | -1) => void;
}

/** Asks for the coverage once the role is known to be a planner's; nobody else's page asks. */
export function fetchCoverage(store: Store): void {
  let asked = false;
  store.on("wall", () => {
    if (asked || store.role !== "planner" || !store.watching) return;
    asked = true;
    void api
      .coverage()
      .then((coverage) => {
        store.coverage = coverage;
        store.change({ coverage: settled(coverage, store.view.coverage) });
        store.tell("coverage");
      })
      .catch((error: unknown) => {
        store.noCoverage = error instanceof Error ? error.message : "The coverage was refused.";
        store.tell("coverage");
      });
  });
}

export function coveragePanel(store: Store): CoveragePanel {
  const set = (change: Partial<Chosen>) => store.change({ coverage: { ...store.view.coverage, ...change } });
  const body = h("div", { class: "coverage-body" });
  const element = h("section", { class: "list coverage", "aria-label": "Coverage" }, body);
  const figures = h("dl", { class: "coverage-figures", "aria-live": "off" });
  const where = h("p", { class: "quiet" });
  let parts: ((coverage: Coverage, chosen: Chosen) => void)[] = [];
  let built: Coverage | null = null;
  let at: [number, number] | null = null;
  let timer = 0;

  const ask = async () => {
    timer = 0;
    const coverage = store.coverage;
    if (!coverage || !at || store.view.coverage.kind === null || element.hidden) return;
    const [lon, lat] = at;
    const said = await api.coverageAt(lat, lon, stem(coverage, store.view.coverage)).catch(() => null);
    if (said) showFigures(figures, said, store.view.coverage);
    const { label, height_m } = settled(coverage, store.view.coverage);
    setText(where, `At ${lat.toFixed(3)}, ${lon.toFixed(3)}: ${labelWords(label)} at ${height_m} m`);
  };
  const askSoon = () => {
    if (!timer) timer = window.setTimeout(() => void ask(), ASK_MS);
  };

  const refresh = () => {
    const coverage = store.coverage;
    if (coverage !== built || !coverage) {
      built = coverage;
      parts = [];
      if (!coverage) replace(body, h("p", { class: "none" }, store.noCoverage ?? "Asking for the coverage."));
      else replace(body, ...build(coverage, set, parts), where, figures, ...hangsOn(coverage));
    }
    if (!coverage) return;
    for (const part of parts) part(coverage, settled(coverage, store.view.coverage));
    figures.hidden = where.hidden = store.view.coverage.kind === null;
  };
  store.on("view", () => {
    if (element.hidden) return;
    refresh();
    askSoon();
  });
  store.on("coverage", refresh);

  return {
    element,
    refresh,
    over: (lon, lat) => {
      at = [lon, lat];
      askSoon();
    },
    next: (what) => {
      const coverage = store.coverage;
      if (!coverage) return;
      const now = settled(coverage, store.view.coverage);
      if (what === "kind") set({ kind: after<Kind | null>([null, ...KINDS], now.kind) });
      if (what === "label") set({ label: after(labels(coverage), now.label) });
      if (what === "end") set({ end: after(ENDS, now.end) });
    },
    higher: (by) => {
      const coverage = store.coverage;
      if (!coverage) return;
      const known = heights(coverage);
      const at_ = known.indexOf(settled(coverage, store.view.coverage).height_m) + by;
      const height_m = known[Math.min(Math.max(at_, 0), known.length - 1)];
      if (height_m !== undefined) set({ height_m });
    },
  };
}

type Setter = (change: Partial<Chosen>) => void;
type Part = (coverage: Coverage, chosen: Chosen) => void;

function build(coverage: Coverage, set: Setter, parts: Part[]): HTMLElement[] {
  const known = heights(coverage);
  const kinds = chips("Layer", [null, ...KINDS], (kind) => (kind === null ? "None" : KIND_WORDS[kind]), (kind) => set({ kind }));
  const ends = chips("Of what is assumed", ENDS, (end) => END_WORDS[end], (end) => set({ end }));
  const label = h("select", { "aria-label": "Class", onchange: () => set({ label: label.value }) }, ...labels(coverage).map((one) => h("option", { value: one }, labelWords(one))));
  const site = h(
    "select",
    { "aria-label": "Site", onchange: () => set({ site: site.value }) },
    h("option", { value: "" }, "all sites"),
    ...sites(coverage).map((one) => h("option", { value: one }, one)),
  );
  const height = h("input", {
    type: "range", min: 0, max: Math.max(known.length - 1, 0), step: 1, "aria-label": "Height above ground",
    oninput: () => set({ height_m: known[Number(height.value)] ?? 0 }),
  });
  const heightWords = h("b", {});
  const opacity = h("input", { type: "range", min: 10, max: 100, step: 5, "aria-label": "Opacity", oninput: () => set({ opacity: Number(opacity.value) / 100 }) });
  const help = h("p", { class: "quiet" });
  const legend = h("div", { class: "coverage-legend" });
  const ofClass = h("label", { class: "coverage-row" }, "Class", label);
  const ofSite = h("label", { class: "coverage-row" }, "Site", site);
  const high = h("label", { class: "coverage-row" }, "Height", height, heightWords);
  const seen = h("label", { class: "coverage-row" }, "Opacity", opacity);
  let drawn = "";
  parts.push((now, chosen) => {
    kinds.press(chosen.kind);
    ends.press(chosen.end);
    label.value = chosen.label;
    site.value = chosen.site;
    height.value = String(known.indexOf(chosen.height_m));
    setAttribute(height, "aria-valuetext", `${chosen.height_m} m above ground`);
    setText(heightWords, `${chosen.height_m} m`);
    opacity.value = String(Math.round(chosen.opacity * 100));
    const of = chosen.kind;
    ofClass.hidden = high.hidden = of === null || of === "lowest";
    ends.element.hidden = of !== "p_look" && of !== "p_detect";
    ofSite.hidden = of !== "lowest";
    seen.hidden = legend.hidden = of === null;
    setText(help, of === null ? "The map shows no layer." : KIND_HELP[of]);
    if (drawn !== String(of)) replace(legend, ...legendOf(now, of));
    drawn = String(of);
    if (of !== null && chosenLayer(now, chosen) === null) setText(help, "There is no such layer in this coverage.");
  });
  return [h("p", { class: "restricted" }, coverage.restricted), kinds.element, ofClass, high, ofSite, ends.element, help, legend, seen];
}

function chips<T>(title: string, values: readonly T[], words: (value: T) => string, choose: (value: T) => void) {
  const buttons = values.map((value) => h("button", { class: "chip", onclick: () => choose(value) }, words(value)));
  const element = h("div", { class: "chips", role: "group", "aria-label": title }, ...buttons);
  return { element, press: (now: T) => buttons.forEach((button, i) => setAttribute(button, "aria-pressed", String(values[i] === now))) };
}

function legendOf(coverage: Coverage, kind: Kind | null): HTMLElement[] {
  if (kind === null) return [];
  if (kind === "ends") return [h("ul", { class: "coverage-key" }, ...coverage.ends.map((one) => h("li", {}, swatch(one.colour), one.words)))];
  return bar(kind === "lowest" ? coverage.lowest : coverage.p, kind === "lowest");
}

function swatch(colour: string): HTMLElement {
  const one = h("i", { "aria-hidden": "true" });
  one.style.background = colour;
  return one;
}

function bar(scale: Scale, andMore: boolean): HTMLElement[] {
  const strip = h("div", { class: "coverage-bar", "aria-hidden": "true" });
  strip.style.background = `linear-gradient(90deg, ${scale.colours.join(", ")})`;
  const middle = (scale.low + scale.high) / 2;
  const unit = scale.unit ? ` ${scale.unit}` : "";
  const words = [`${scale.low}${unit}`, `${middle}${unit}`, `${scale.high}${unit}${andMore ? " and more" : ""}`];
  return [strip, h("div", { class: "coverage-marks" }, ...words.map((one) => h("span", {}, one))), h("p", { class: "quiet" }, "Clear: nothing sees it there.")];
}

const metres = (value: number | null): string => (value === null ? "no sensor reaches it" : value <= 0 ? "at the ground" : `${value.toFixed(0)} m above ground`);

function interval(of: Figures["p_look"]): string {
  const { low, value, high } = of;
  if (value === null || value === undefined) return high ? `0 as assumed, ${percent(high)} at the good end` : "not at all";
  return `${percent(value)} (${percent(low ?? 0)} to ${percent(high ?? value)})`;
}

function showFigures(list: HTMLElement, figures: Figures, chosen: Chosen): void {
  const rows: [string, string][] = [
    [KIND_WORDS.lowest, metres(figures.lowest_m)],
    [KIND_WORDS.p_look, interval(figures.p_look)],
    [KIND_WORDS.p_detect, interval(figures.p_detect)],
    [KIND_WORDS.ends, figures.ends ?? "off the map"],
  ];
  const own = chosen.kind === null ? "" : KIND_WORDS[chosen.kind];
  replace(list, ...rows.map(([name, said]) => h("div", { "data-own": String(name === own) }, h("dt", {}, name), h("dd", {}, said))));
}

/** Conditions and assumptions, always beside the layer: it says nothing without them. */
function hangsOn(coverage: Coverage): HTMLElement[] {
  const { weather } = coverage;
  const facts: [string, string][] = [
    ["Ground", coverage.terrain],
    ["Wind", weather.wind_mps > 0 ? `${weather.wind_mps} m/s from ${Math.round(weather.wind_from_deg)}°` : "calm"],
    ["Rain", weather.rain_mm_h > 0 ? `${weather.rain_mm_h} mm/h` : "none"],
    ["Air", `${weather.temperature_c} °C, ${weather.humidity_percent} % humid`],
    ["Rays", `straight over ${coverage.earth_radius_factor.toFixed(2)} of the earth's radius`],
    ["Cells", `${coverage.cell_m} m`],
  ];
  const left = coverage.left_out.map((one) => h("li", {}, `${one.sensor}: ${one.reason}`));
  return [
    ...coverage.notes.map((note) => h("p", { class: "coverage-note" }, note)),
    h("dl", { class: "coverage-facts" }, ...facts.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said)))),
    h("details", {}, h("summary", {}, `What it hangs on (${coverage.assumptions.length})`), h("ul", {}, ...coverage.assumptions.map((line) => h("li", {}, line)))),
    ...(left.length > 0 ? [h("details", {}, h("summary", {}, `Left out (${left.length})`), h("ul", {}, ...left))] : []),
  ];
}
