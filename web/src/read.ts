// Messages as they come in, read into the types of contract.ts. What is missing becomes null; unknown is never zero.

import {
  type Alert, type Card, type CardPoint, type ClockEntry, type EvidenceRow, type Hole, type Message, type Picture,
  type Progress, type Presence, type Ring, ROLES, type Sensor, type SensorHealth, type Timeline, type Track, type Wall,
} from "./contract";

import { readNations } from "./read_nations";

type Raw = Record<string, unknown>;

const raw = (value: unknown): Raw => (typeof value === "object" && value !== null ? (value as Raw) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown, otherwise = ""): string => (typeof value === "string" ? value : otherwise);
const texts = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === "string");
const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const numberOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const number = (value: unknown, otherwise = 0): number => numberOrNull(value) ?? otherwise;
const first = (from: Raw, ...names: string[]): unknown => names.map((name) => from[name]).find((v) => v !== undefined);

function pairs(value: unknown): Ring {
  return list(value).flatMap((pair) => {
    const [x, y] = list(pair);
    return typeof x === "number" && typeof y === "number" ? [[x, y] as [number, number]] : [];
  });
}

/** Rings of a polygon, from a list of rings, one bare ring, or a GeoJSON geometry. */
function rings(value: unknown): Ring[] {
  if (!Array.isArray(value)) {
    const geometry = raw(value);
    if (geometry["type"] === "Polygon") return rings(geometry["coordinates"]);
    if (geometry["type"] === "MultiPolygon") return list(geometry["coordinates"]).flatMap(rings);
    return [];
  }
  const head = list(value[0])[0];
  if (typeof head === "number") return [pairs(value)];
  return value.map(pairs).filter((ring) => ring.length > 2);
}

export function readTrack(value: unknown): Track {
  const from = raw(value);
  const ellipse = raw(from["ellipse"]);
  const a_m = numberOrNull(ellipse["a_m"]);
  return {
    id: text(from["id"]),
    status: text(from["status"], "tentative") as Track["status"],
    lat: number(from["lat"]),
    lon: number(from["lon"]),
    alt_hae_m: numberOrNull(from["alt_hae_m"]),
    height_agl_m: numberOrNull(from["height_agl_m"]),
    ve: number(from["ve"]),
    vn: number(from["vn"]),
    vu: number(from["vu"]),
    ellipse: a_m === null ? null : { a_m, b_m: number(ellipse["b_m"], a_m), azimuth_deg: number(ellipse["azimuth_deg"]) },
    p_exists: number(from["p_exists"]),
    label: text(from["label"], "unknown"),
    label_probability: number(from["label_probability"]),
    identity: textOrNull(from["identity"]),
    identity_status: text(from["identity_status"], "unknown"),
    detections: number(from["detections"]),
    sensors: texts(from["sensors"]),
    age_s: number(from["age_s"]),
    first_t: number(from["first_t"]),
    sidc: text(from["sidc"]),
    freshness: raw(from["freshness"]) as Track["freshness"],
    flight: readStanding(from["flight"]),
  };
}

function readStanding(value: unknown): Track["flight"] {
  const from = raw(value);
  const flight = textOrNull(from["flight"]);
  return flight === null ? null : { flight, known: from["word"] === "known", words: text(from["words"]) };
}

function readPresence(value: unknown): Presence {
  const from = raw(value);
  return {
    id: text(first(from, "id", "presence")),
    lat: number(from["lat"]),
    lon: number(from["lon"]),
    radius_m: number(from["radius_m"]),
    azimuth_from_deg: number(from["azimuth_from_deg"]),
    azimuth_to_deg: number(from["azimuth_to_deg"]),
    first_t: number(from["first_t"]),
    last_t: number(from["last_t"]),
    label: text(from["label"], "unknown"),
    quantile: number(from["quantile"]),
    sensors: texts(from["sensors"]),
  };
}

function readHealth(value: unknown): SensorHealth {
  const from = raw(value);
  const state = text(from["state"], "unknown");
  return {
    id: text(from["id"]),
    state: (["ok", "silent", "late", "fault", "waiting"].includes(state) ? state : "unknown") as SensorHealth["state"],
    last_t: numberOrNull(from["last_t"]),
    rate_hz: numberOrNull(from["rate_hz"]),
  };
}

const written = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(raw(value)).map(([language, words]) => [language, text(words)]));

export function readAlert(value: unknown): Alert {
  const from = raw(value);
  const clock: Record<string, number> = {};
  for (const [word, at] of Object.entries(raw(from["clock"]))) if (typeof at === "number") clock[word] = at;
  return {
    id: text(first(from, "id", "alert")),
    revision: number(from["revision"], 1),
    level: number(from["level"], 1),
    state: text(from["state"], "draft"),
    exercise: from["exercise"] !== false,
    authority: text(from["authority"]),
    owner: text(from["owner"]),
    zones: texts(from["zones"]),
    area: rings(first(from, "area", "polygon")),
    area_km2: number(from["area_km2"]),
    people: number(from["people"]),
    headlines: written(from["headlines"]),
    texts: written(from["texts"]),
    tracks: texts(from["tracks"]),
    presences: texts(from["presences"]),
    clock,
    last_useful_t: numberOrNull(first(from, "last_useful_t", "last_useful")),
    expires_t: numberOrNull(first(from, "expires_t", "expires")),
    escalated_t: numberOrNull(first(from, "escalated_t", "escalated")) || null,
    approved_by: textOrNull(from["approved_by"]),
    message: text(from["message"], "alert"),
    supersedes: list(from["supersedes"]).filter((one): one is number => typeof one === "number"),
    superseded: false,
    evidence: raw(from["evidence"]),
  };
}

const SENT = new Set(["approved", "sent", "accepted", "received"]);

/** Alerts as they come, each marked where a later revision of it has been sent in its place. */
function readAlerts(value: unknown): Alert[] {
  const alerts = list(value).map(readAlert);
  for (const alert of alerts) {
    alert.superseded = alerts.some((b) => b.id === alert.id && SENT.has(b.state) && b.supersedes.includes(alert.revision));
  }
  return alerts;
}

let pictures = 0;

export function readPicture(value: unknown): Picture {
  const from = raw(value);
  const replay = raw(from["replay"]);
  pictures += 1;
  return {
    seq: number(from["seq"], pictures),
    t: number(from["t"]),
    sent: number(from["sent"]),
    made: numberOrNull(from["made"]),
    tracks: list(from["tracks"]).map(readTrack),
    presences: list(from["presences"]).map(readPresence),
    sensors: list(from["sensors"]).map(readHealth),
    alerts: readAlerts(from["alerts"]),
    replay:
      numberOrNull(replay["start"]) === null
        ? null
        : {
            speed: number(replay["speed"], 1),
            paused: replay["paused"] === true,
            t: number(replay["t"]),
            start: number(replay["start"]),
            end: number(replay["end"]),
          },
  };
}

function readSensor(value: unknown): Sensor {
  const from = raw(value);
  return {
    id: text(from["id"]),
    kind: text(from["kind"]),
    nation: textOrNull(from["nation"]),
    latitude_deg: number(from["latitude_deg"]),
    longitude_deg: number(from["longitude_deg"]),
    height_agl_m: numberOrNull(from["height_agl_m"]),
    range_m: numberOrNull(from["range_m"]),
    footprint_m: numberOrNull(from["footprint_m"]),
    azimuth_from_deg: numberOrNull(from["azimuth_from_deg"]),
    azimuth_to_deg: numberOrNull(from["azimuth_to_deg"]),
  };
}

/** A hole comes as a named line of the border, from one of several spellings. */
function readHole(value: unknown): Hole {
  const from = raw(value);
  const geometry = raw(from["geometry"]);
  const line = pairs(first(from, "line", "coordinates", "stretch") ?? geometry["coordinates"]);
  return { name: text(first(from, "name", "id"), text(raw(from["properties"])["name"])), line };
}

export function readWall(value: unknown): Wall {
  const from = raw(value);
  return {
    name: text(from["name"], "a wall"),
    exercise: from["exercise"] !== false,
    invented_sites: from["invented_sites"] === true,
    terrain: textOrNull(from["terrain"]),
    timezone: textOrNull(from["timezone"]),
    attribution: textOrNull(from["attribution"]),
    sensors: list(from["sensors"]).map(readSensor),
    zones: list(from["zones"]).map((item) => {
      const zone = raw(item);
      return {
        id: text(zone["id"]),
        kind: text(zone["kind"]),
        polygon: rings(zone["polygon"])[0] ?? [],
        people: numberOrNull(zone["people"]),
      };
    }),
    authorities: list(from["authorities"]).map((item) => {
      const authority = raw(item);
      return {
        id: text(authority["id"]),
        languages: texts(authority["languages"]),
        escalate_after_s: numberOrNull(authority["escalate_after_s"]),
        deputy: textOrNull(authority["deputy"]),
      };
    }),
    border: from["border"] ? (from["border"] as GeoJSON.GeoJSON) : null,
    places: list(from["places"]).map((item) => {
      const place = raw(item);
      return {
        name: text(place["name"]),
        lat: number(first(place, "lat", "latitude_deg")),
        lon: number(first(place, "lon", "longitude_deg")),
        people: numberOrNull(place["people"]),
      };
    }),
    holes: list(from["holes"]).map(readHole),
  };
}

function readProgress(value: unknown): Progress {
  const from = raw(value);
  return { step: text(from["step"]), done: number(from["done"]), total: number(from["total"], 1) };
}

/** One message of the socket, or null for a type that this page does not know. */
export function readMessage(value: unknown): Message | null {
  const from = raw(value);
  switch (from["type"]) {
    case "hello":
      return {
        type: "hello",
        wall: readWall(from["wall"]),
        role: ROLES.find((role) => role === from["role"]) ?? "viewer",
        server_t: number(from["server_t"]),
        progress: from["progress"] ? readProgress(from["progress"]) : null,
      };
    case "progress":
      return { type: "progress", progress: readProgress(from) };
    case "picture":
      return { type: "picture", picture: readPicture(from) };
    case "nations":
      return { type: "nations", nations: readNations(from) };
    case "event": {
      const inner = from["event"] ? raw(from["event"]) : from;
      const event = {
        t: number(first(inner, "t", "time_t")),
        kind: text(inner["kind"]),
        actor: text(inner["actor"], "system"),
        payload: raw(inner["payload"]),
      };
      return { type: "event", event };
    }
    default:
      return null;
  }
}

function readPoint(value: unknown): CardPoint {
  const from = raw(value);
  const classes: Record<string, number> = {};
  const given = raw(first(from, "classes", "class_probability", "class_probabilities"));
  for (const [label, p] of Object.entries(given)) if (typeof p === "number") classes[label] = p;
  return {
    t: number(from["t"]),
    lat: number(from["lat"]),
    lon: number(from["lon"]),
    p_exists: number(from["p_exists"]),
    classes,
  };
}

function readEvidence(value: unknown): EvidenceRow {
  const from = raw(value);
  return {
    t: number(first(from, "t", "time")),
    sensor: text(from["sensor"]),
    scan: number(from["scan"]),
    row: number(from["row"]),
    weight: numberOrNull(from["weight"]),
  };
}

export function readCard(value: unknown): Card {
  const from = raw(value);
  return {
    id: text(from["id"]),
    history: list(from["history"]).map(readPoint),
    evidence: list(from["evidence"]).map(readEvidence),
  };
}

function readEntry(value: unknown): ClockEntry {
  const from = raw(value);
  const source = typeof from["source"] === "string" ? {} : raw(from["source"]);
  const name = [text(source["publisher"]), text(source["published"])].filter(Boolean).join(", ");
  return {
    t: number(from["t"]),
    alert: textOrNull(from["alert"]),
    approximate: from["approximate"] === true,
    word: text(first(from, "word", "kind")),
    text: text(first(from, "text", "what")),
    source: textOrNull(from["source"]) ?? textOrNull(name),
    url: textOrNull(first(from, "url") ?? source["url"]),
    grade: textOrNull(first(from, "grade", "source_grade") ?? source["source_grade"]),
  };
}

export function readTimeline(value: unknown): Timeline {
  const from = raw(value);
  const ours = list(from["ours"]).map(readEntry);
  const reported = list(from["reported"]).map(readEntry);
  const times = [...ours, ...reported].map((entry) => entry.t);
  return {
    start: number(from["start"], Math.min(...times)),
    end: number(from["end"], Math.max(...times)),
    title: text(from["title"], "The night beside the one that was reported"),
    words: text(from["words"]),
    note: text(from["note"]),
    claims: list(from["claims"]).map((claim) => ({ said: text(raw(claim)["said"]), kind: text(raw(claim)["kind"], "reported") })),
    ours: ours.sort((a, b) => a.t - b.t),
    reported: reported.sort((a, b) => a.t - b.t),
  };
}
