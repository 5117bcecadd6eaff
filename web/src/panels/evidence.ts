// The evidence of an alert as the service gives it: any JSON, shown as names and values with their units.

import { h } from "../dom";
import { clockTime, kmh, labelWords, percent, sentence, shortId, span } from "../format";

const UNITS: [ending: string, show: (value: number) => string][] = [
  ["itude_deg", (v) => `${v.toFixed(4)}°`],
  ["_ns", (v) => `${clockTime(v / 1e9, "UTC")} UTC`],
  ["_deg", (v) => `${Math.round(v)}°`],
  ["_mps", (v) => kmh(v)],
  ["_km2", (v) => `${Math.round(v)} km²`],
  ["_km", (v) => `${v.toFixed(1)} km`],
  ["_m", (v) => `${Math.round(v)} m`],
  ["_s", (v) => span(v)],
];
/** Names that say more in other words than their own. */
const NAMES: Record<string, string> = {
  made_ns: "last seen",
  place_sd_m: "place known to",
  course_sd_deg: "course known to",
  speed_sd_mps: "speed known to",
  p_exists: "probability that it exists",
  label_probability: "probability of it",
  call_digest: "call",
};
const PROBABLE = /^p_|probability|share|quantile/;

/** One value in words, with the unit that its name says. */
export function value(name: string, given: unknown): string {
  if (typeof given === "number") {
    const unit = UNITS.find(([ending]) => name.endsWith(ending));
    if (unit) return unit[1](given);
    if (PROBABLE.test(name) && given >= 0 && given <= 1) return percent(given);
    return Number.isInteger(given) ? String(given) : given.toFixed(2);
  }
  if (typeof given === "boolean") return given ? "yes" : "no";
  if (typeof given === "string") return name === "label" ? labelWords(given) : shortId(given);
  if (Array.isArray(given)) {
    const interval = given.length === 2 && given.every((item) => typeof item === "number");
    return given.map((item) => value(name, item)).join(interval ? " to " : ", ");
  }
  if (typeof given === "object" && given !== null) {
    const said = Object.entries(given).filter(([, inner]) => inner !== null);
    return said.map(([key, inner]) => `${sentence(bare(key)).toLowerCase()} ${value(key, inner)}`).join(", ");
  }
  return "not known";
}

function bare(name: string): string {
  const known = NAMES[name];
  if (known !== undefined) return known;
  const unit = UNITS.find(([ending]) => name.endsWith(ending));
  const plain = unit ? name.slice(0, name.lastIndexOf("_")) : name;
  return plain.replace(/^p_/, "probability ").replaceAll(".", " ");
}

export function factsOf(evidence: Record<string, unknown>): HTMLElement {
  const rows = Object.entries(evidence)
    .filter(([, given]) => given !== null && given !== undefined && !(Array.isArray(given) && given.length === 0))
    .map(([name, given]) => h("div", { class: "fact" }, h("dt", {}, sentence(bare(name))), h("dd", {}, value(name, given))));
  return h("dl", { class: "facts" }, ...rows);
}
