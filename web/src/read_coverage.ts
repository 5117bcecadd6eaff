// A plan's coverage as it comes in: its layers, its colours, and what it hangs on. Only planners are sent any of it.

export const KINDS = ["lowest", "p_look", "p_detect", "ends"] as const;
export type Kind = (typeof KINDS)[number];
export const ENDS = ["low", "value", "high"] as const;
/** Everything that is assumed at its bad end, as assumed, at its good end. */
export type End = (typeof ENDS)[number];

export interface CoverageLayer {
  id: string;
  kind: Kind;
  label: string | null;
  height_m: number | null;
  end: End;
  site: string | null;
}

export interface Scale {
  low: number;
  high: number;
  unit: string;
  colours: string[];
}

export interface Weather {
  wind_from_deg: number;
  wind_mps: number;
  rain_mm_h: number;
  temperature_c: number;
  humidity_percent: number;
}

export interface Coverage {
  restricted: string;
  made: string;
  wall: string;
  terrain: string;
  weather: Weather;
  cell_m: number;
  earth_radius_factor: number;
  bounds: [number, number, number, number];
  tile_px: number;
  notes: string[];
  assumptions: string[];
  left_out: { sensor: string; reason: string }[];
  layers: CoverageLayer[];
  lowest: Scale;
  p: Scale;
  ends: { words: string; colour: string }[];
}

/** What is said of one cell; null where nothing is. */
export interface Figures {
  lowest_m: number | null;
  p_look: Partial<Record<End, number | null>>;
  p_detect: Partial<Record<End, number | null>>;
  ends: string | null;
}

type Raw = Record<string, unknown>;

const raw = (value: unknown): Raw => (typeof value === "object" && value !== null ? (value as Raw) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === "string");
const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const number = (value: unknown): number => numberOrNull(value) ?? 0;

function scale(value: unknown): Scale {
  const from = raw(value);
  return { low: number(from["low"]), high: number(from["high"]), unit: text(from["unit"]), colours: texts(from["colours"]) };
}

function layer(value: unknown): CoverageLayer[] {
  const from = raw(value);
  const kind = KINDS.find((one) => one === from["kind"]);
  const end = ENDS.find((one) => one === from["end"]) ?? "value";
  if (!kind || !text(from["id"])) return [];
  return [{ id: text(from["id"]), kind, label: text(from["label"]) || null, height_m: numberOrNull(from["height_m"]), end, site: text(from["site"]) || null }];
}

export function readCoverage(value: unknown): Coverage {
  const from = raw(value);
  const weather = raw(from["weather"]);
  const scales = raw(from["scales"]);
  const [west, south, east, north] = list(from["bounds_deg"]).map(number);
  return {
    restricted: text(from["restricted"]),
    made: text(from["made"]),
    wall: text(from["wall"]),
    terrain: text(from["terrain"]),
    weather: {
      wind_from_deg: number(weather["wind_from_deg"]),
      wind_mps: number(weather["wind_mps"]),
      rain_mm_h: number(weather["rain_mm_h"]),
      temperature_c: number(weather["temperature_c"]),
      humidity_percent: number(weather["humidity_percent"]),
    },
    cell_m: number(from["cell_m"]),
    earth_radius_factor: number(from["earth_radius_factor"]),
    bounds: [west ?? -180, south ?? -85, east ?? 180, north ?? 85],
    tile_px: number(from["tile_px"]) || 512,
    notes: texts(from["notes"]),
    assumptions: texts(from["assumptions"]),
    left_out: list(from["left_out"]).map((one) => ({ sensor: text(raw(one)["sensor"]), reason: text(raw(one)["reason"]) })),
    layers: list(from["layers"]).flatMap(layer),
    lowest: scale(scales["lowest"]),
    p: scale(scales["p"]),
    ends: list(scales["ends"]).map((one) => ({ words: text(raw(one)["words"]), colour: text(raw(one)["colour"]) })),
  };
}

const ends = (value: unknown): Partial<Record<End, number | null>> =>
  Object.fromEntries(ENDS.filter((end) => end in raw(value)).map((end) => [end, numberOrNull(raw(value)[end])]));

export function readFigures(value: unknown): Figures {
  const from = raw(value);
  return { lowest_m: numberOrNull(from["lowest_m"]), p_look: ends(from["p_look"]), p_detect: ends(from["p_detect"]), ends: text(from["ends"]) || null };
}
