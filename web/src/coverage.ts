// Which layer of a coverage is chosen: by what it shows, of which class, how high, and at which end of what is assumed.

import { type Coverage, type CoverageLayer, type End, ENDS, type Kind, KINDS } from "./read_coverage";

/** What was chosen; kept in the address. `kind` null: no layer. A class or height that there is not falls back to the first. */
export interface Chosen {
  kind: Kind | null;
  label: string;
  height_m: number;
  end: End;
  site: string;
  opacity: number;
}

export const noLayer = (): Chosen => ({ kind: null, label: "", height_m: 0, end: "value", site: "", opacity: 0.7 });

const distinct = <T>(values: T[]): T[] => [...new Set(values)];

export const labels = (coverage: Coverage): string[] => distinct(coverage.layers.flatMap((one) => one.label ?? []));

export const heights = (coverage: Coverage): number[] =>
  distinct(coverage.layers.flatMap((one) => one.height_m ?? [])).sort((a, b) => a - b);

export const sites = (coverage: Coverage): string[] => distinct(coverage.layers.flatMap((one) => one.site ?? []));

/** The same with what this coverage has: the first class, the nearest height, all sites. */
export function settled(coverage: Coverage, chosen: Chosen): Chosen {
  const known = labels(coverage);
  const near = [...heights(coverage)].sort((a, b) => Math.abs(a - chosen.height_m) - Math.abs(b - chosen.height_m));
  return {
    ...chosen,
    label: known.includes(chosen.label) ? chosen.label : (known[0] ?? ""),
    height_m: near[0] ?? 0,
    site: sites(coverage).includes(chosen.site) ? chosen.site : "",
  };
}

/** The layer that is chosen, or null. */
export function chosenLayer(coverage: Coverage | null, asked: Chosen): CoverageLayer | null {
  if (!coverage || asked.kind === null) return null;
  const chosen = settled(coverage, asked);
  const fits = (one: CoverageLayer): boolean => {
    if (one.kind !== chosen.kind) return false;
    if (one.kind === "lowest") return (one.site ?? "") === chosen.site;
    return one.label === chosen.label && one.height_m === chosen.height_m && (one.kind === "ends" || one.end === chosen.end);
  };
  return coverage.layers.find(fits) ?? null;
}

/** What the figures at a point are asked for: class and height, as files are named. */
export function stem(coverage: Coverage, asked: Chosen): string {
  const chosen = settled(coverage, asked);
  return `${chosen.label}_${chosen.height_m}m`;
}

export function writeChosen(chosen: Chosen): string {
  const parts = [chosen.kind ?? "off", chosen.label, chosen.height_m, chosen.end, Math.round(chosen.opacity * 100)];
  return [...parts, chosen.site].join(",").replace(/,$/, "");
}

/** A choice from the address; what makes no sense stays at its default. */
export function readChosen(words: string): Chosen {
  const usual = noLayer();
  const [kind, label = "", height, end, opacity, ...site] = words.split(",");
  const metres = Number(height);
  const share = Number(opacity) / 100;
  return {
    kind: KINDS.find((one) => one === kind) ?? null,
    label: /^[a-z_]{0,40}$/.test(label) ? label : "",
    height_m: metres >= 0 ? metres : usual.height_m,
    end: ENDS.find((one) => one === end) ?? usual.end,
    site: site.join(","),
    opacity: share >= 0.1 && share <= 1 ? share : usual.opacity,
  };
}

/** The next of a list, round and round. */
export function after<T>(values: readonly T[], now: T, by = 1): T {
  const at = (values.indexOf(now) + by + values.length) % values.length;
  return values.length > 0 ? (values[at] as T) : now;
}
