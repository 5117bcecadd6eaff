// The view as an address: what stands after # restores centre, zoom, selection, theme, filters and time.

import { type Chosen, noLayer, readChosen, writeChosen } from "./coverage";

export interface Filters {
  text: string;
  status: "all" | "confirmed" | "uncooperative";
  minimum_p: number;
  sort: string;
  descending: boolean;
}

export interface View {
  centre: [number, number] | null;
  zoom: number | null;
  selected: string | null;
  theme: "night" | "day";
  filters: Filters;
  t: number | null;
  tags: 0 | 1 | 2;
  rings: boolean;
  dim: boolean;
  isolate: boolean;
  persist: boolean;
  follow: boolean;
  muted: boolean;
  /** The layer of a plan's coverage; only a planner's page has any. */
  coverage: Chosen;
}

export const defaultFilters = (): Filters => ({ text: "", status: "all", minimum_p: 0, sort: "attention", descending: true });

export const defaultView = (): View => ({
  centre: null,
  zoom: null,
  selected: null,
  theme: "night",
  filters: defaultFilters(),
  t: null,
  tags: 1,
  rings: true,
  dim: false,
  isolate: false,
  persist: false,
  follow: false,
  muted: false,
  coverage: noLayer(),
});

const FLAGS = ["dim", "isolate", "persist", "follow", "muted"] as const;

/** The part of the address after `#`; what stands at its default is left out. */
export function writeView(view: View): string {
  const words = new URLSearchParams();
  if (view.centre && view.zoom !== null) {
    words.set("c", `${view.centre[1].toFixed(4)},${view.centre[0].toFixed(4)},${view.zoom.toFixed(2)}`);
  }
  if (view.selected) words.set("sel", view.selected);
  if (view.theme !== "night") words.set("theme", view.theme);
  if (view.tags !== 1) words.set("tags", String(view.tags));
  if (!view.rings) words.set("rings", "0");
  for (const flag of FLAGS) if (view[flag]) words.set(flag, "1");
  const usual = defaultFilters();
  if (view.filters.text) words.set("q", view.filters.text);
  if (view.filters.status !== usual.status) words.set("show", view.filters.status);
  if (view.filters.minimum_p > 0) words.set("p", String(view.filters.minimum_p));
  if (view.filters.sort !== usual.sort || view.filters.descending !== usual.descending) {
    words.set("sort", `${view.filters.descending ? "-" : ""}${view.filters.sort}`);
  }
  if (view.coverage.kind !== null) words.set("cov", writeChosen(view.coverage));
  if (view.t !== null) words.set("t", new Date(view.t * 1000).toISOString().replace(".000Z", "Z"));
  return words.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** A view from the part after `#`; what is missing or makes no sense stays at its default. */
export function readView(hash: string): View {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const view = defaultView();
  const camera = (words.get("c") ?? "").split(",").map(Number);
  const [lat, lon, zoom] = camera;
  if (camera.length === 3 && camera.every(Number.isFinite) && lat !== undefined && lon !== undefined && zoom !== undefined) {
    if (Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 20) {
      view.centre = [lon, lat];
      view.zoom = zoom;
    }
  }
  view.selected = words.get("sel");
  if (words.get("theme") === "day") view.theme = "day";
  const tags = words.get("tags");
  if (tags === "0" || tags === "2") view.tags = tags === "0" ? 0 : 2;
  view.rings = words.get("rings") !== "0";
  for (const flag of FLAGS) view[flag] = words.get(flag) === "1";
  view.filters.text = words.get("q") ?? "";
  const show = words.get("show");
  if (show === "confirmed" || show === "uncooperative") view.filters.status = show;
  const least = Number(words.get("p"));
  if (least > 0 && least < 1) view.filters.minimum_p = least;
  const sort = words.get("sort");
  if (sort && /^-?[a-z_]+$/.test(sort)) {
    view.filters.descending = sort.startsWith("-");
    view.filters.sort = sort.replace(/^-/, "");
  }
  view.coverage = readChosen(words.get("cov") ?? "");
  const t = Date.parse(words.get("t") ?? "");
  if (Number.isFinite(t)) view.t = t / 1000;
  return view;
}
