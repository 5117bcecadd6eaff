// The company of nations as it comes in: whose tracks, how old, what was not given, which lines are down.

export interface PartnerLine {
  partner: string;
  up: boolean;
  why: string;
  heard_s: number | null;
  waiting: number;
  refused: number;
  limited: number;
  lapsed: number;
  unbelieved: number;
  clock_offset_s: number;
  /** Only in a demonstration: whether its line is cut by hand or by the script. */
  cut: boolean | null;
  tracks: string[];
  alerts: string[];
}

/** How long a certificate lasts: ours, or a partner's. */
export interface Certificate {
  of: string;
  until: string;
  days: number;
  state: string;
}

export interface PartnerTrack {
  id: string;
  owner: string;
  age_s: number;
  given: string[];
  not_given: string[];
  stretch: string | null;
  grid_m: number | null;
  label: string | null;
}

export interface Thing {
  id: string;
  owners: string[];
  own: string | null;
  age_s: number;
  disagrees: string[];
  lat: number | null;
  lon: number | null;
  ve: number | null;
  vn: number | null;
  tracks: PartnerTrack[];
}

export interface GivenAlert {
  partner: string;
  alert: string;
  revision: number;
  message: string;
  state: string;
  authority: string | null;
  overdue: boolean;
}

export interface TakenAlert {
  partner: string;
  id: string;
  revision: number;
  message: string;
  level: number | null;
  people: number | null;
  texts: string[];
  age_s: number;
  acknowledged: boolean;
  authority: string | null;
  escalated: boolean;
  over: boolean;
}

export interface Nations {
  nation: string;
  failed: string | null;
  strangers_refused: number;
  /** Why strangers were refused, and how often. */
  refused_at_the_door: [string, number][];
  certificates: Certificate[];
  partners: PartnerLine[];
  things: Thing[];
  given: GivenAlert[];
  taken: TakenAlert[];
}

type Raw = Record<string, unknown>;

const raw = (value: unknown): Raw => (typeof value === "object" && value !== null ? (value as Raw) : {});
const list = (value: unknown): Raw[] => (Array.isArray(value) ? value.map(raw) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
const number = (value: unknown): number => numberOrNull(value) ?? 0;
const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const words = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []);

export function readNations(from: Raw): Nations {
  return {
    nation: text(from["nation"]),
    failed: textOrNull(from["failed"]),
    strangers_refused: number(from["strangers_refused"]),
    refused_at_the_door: Object.entries(raw(from["refused_at_the_door"])).map(([why, times]): [string, number] => [why, number(times)]),
    certificates: list(from["certificates"]).map((one) => ({ of: text(one["of"]), until: text(one["until"]), days: number(one["days"]), state: text(one["state"]) })),
    partners: list(from["partners"]).map(readLine),
    things: list(from["things"]).map(readThing),
    given: list(from["given"]).map((one) => ({
      partner: text(one["partner"]),
      alert: text(one["alert"]),
      revision: number(one["revision"]),
      message: text(one["message"]),
      state: text(one["state"]),
      authority: textOrNull(one["authority"]),
      overdue: one["overdue"] === true,
    })),
    taken: list(from["taken"]).map(readTaken),
  };
}

function readLine(one: Raw): PartnerLine {
  const released = raw(one["we_release"]);
  return {
    partner: text(one["partner"]),
    up: one["up"] === true,
    why: text(one["why"]),
    heard_s: numberOrNull(one["heard_s"]),
    waiting: number(one["waiting"]),
    refused: number(one["refused"]),
    limited: number(one["limited"]),
    lapsed: number(one["lapsed"]),
    unbelieved: number(one["unbelieved"]),
    clock_offset_s: number(one["clock_offset_s"]),
    cut: typeof one["cut"] === "boolean" ? one["cut"] : null,
    tracks: words(released["tracks"]),
    alerts: words(released["alerts"]),
  };
}

function readThing(one: Raw): Thing {
  return {
    id: text(one["id"]),
    owners: words(one["owners"]),
    own: textOrNull(one["own"]),
    age_s: number(one["age_s"]),
    disagrees: words(one["disagrees"]),
    lat: numberOrNull(one["lat"]),
    lon: numberOrNull(one["lon"]),
    ve: numberOrNull(one["ve"]),
    vn: numberOrNull(one["vn"]),
    tracks: list(one["tracks"]).map((track) => ({
      id: text(track["id"]),
      owner: text(track["owner"]),
      age_s: number(track["age_s"]),
      given: words(track["given"]),
      not_given: words(track["not_given"]),
      stretch: textOrNull(track["stretch"]),
      grid_m: numberOrNull(track["grid_m"]),
      label: textOrNull(track["label"]),
    })),
  };
}

function readTaken(one: Raw): TakenAlert {
  const alert = raw(one["alert"]);
  return {
    partner: text(one["partner"]),
    id: text(alert["id"]),
    revision: number(alert["revision"]),
    message: text(alert["message"]),
    level: numberOrNull(alert["level"]),
    people: numberOrNull(alert["people"]),
    texts: Object.values(raw(alert["texts"])).filter((value): value is string => typeof value === "string"),
    age_s: number(one["age_s"]),
    acknowledged: one["acknowledged"] === true,
    authority: textOrNull(one["authority"]),
    escalated: one["escalated"] === true,
    over: one["over"] === true,
  };
}
