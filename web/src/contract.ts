// What the service says and takes: one type for each message of the contract between the watch service and this page.
// Times are Unix seconds, angles degrees clockwise from north, lengths metres.

import type { Nations } from "./read_nations";

export type Freshness = "fresh" | "stale" | "expired";
export type TrackStatus = "tentative" | "confirmed" | "coasting" | "ended";
/** Those of the table in docs/doors.md that open a page. */
export const ROLES = ["viewer", "operator", "supervisor", "planner", "integrator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody of that role decides about alerts; the service checks it again. */
export const decides = (role: Role): boolean => role === "operator" || role === "supervisor";
export type Ring = [number, number][];

export interface Ellipse {
  a_m: number;
  b_m: number;
  azimuth_deg: number;
}

export interface Track {
  id: string;
  status: TrackStatus;
  lat: number;
  lon: number;
  alt_hae_m: number | null;
  height_agl_m: number | null;
  ve: number;
  vn: number;
  vu: number;
  ellipse: Ellipse | null;
  p_exists: number;
  label: string;
  label_probability: number;
  identity: string | null;
  identity_status: string;
  detections: number;
  sensors: string[];
  age_s: number;
  first_t: number;
  sidc: string;
  freshness: Record<string, Freshness>;
  flight: FlightStanding | null;
}

/** How a track stands to an authorised flight; `words` say it, `known` alone excuses it. */
export interface FlightStanding {
  flight: string;
  known: boolean;
  words: string;
}

export interface Presence {
  id: string;
  lat: number;
  lon: number;
  radius_m: number;
  azimuth_from_deg: number;
  azimuth_to_deg: number;
  first_t: number;
  last_t: number;
  label: string;
  quantile: number;
  sensors: string[];
}

export type SensorState = "ok" | "silent" | "late" | "fault" | "waiting" | "unknown";

export interface SensorHealth {
  id: string;
  state: SensorState;
  last_t: number | null;
  rate_hz: number | null;
}

export interface Alert {
  id: string;
  revision: number;
  level: number;
  state: string;
  exercise: boolean;
  authority: string;
  owner: string;
  zones: string[];
  area: Ring[];
  area_km2: number;
  people: number;
  headlines: Record<string, string>;
  texts: Record<string, string>;
  tracks: string[];
  presences: string[];
  clock: Record<string, number>;
  last_useful_t: number | null;
  expires_t: number | null;
  escalated_t: number | null;
  approved_by: string | null;
  /** What this revision says to people: alert, update, cancel or all_clear. */
  message: string;
  supersedes: number[];
  /** A later revision has been sent in its place. */
  superseded: boolean;
  evidence: Record<string, unknown>;
}

export interface Replay {
  speed: number;
  paused: boolean;
  t: number;
  start: number;
  end: number;
}

export interface Picture {
  seq: number;
  t: number;
  sent: number;
  made: number | null;
  tracks: Track[];
  presences: Presence[];
  sensors: SensorHealth[];
  alerts: Alert[];
  replay: Replay | null;
}

export interface Sensor {
  id: string;
  kind: string;
  nation: string | null;
  latitude_deg: number;
  longitude_deg: number;
  height_agl_m: number | null;
  range_m: number | null;
  footprint_m: number | null;
  azimuth_from_deg: number | null;
  azimuth_to_deg: number | null;
}

export interface Zone {
  id: string;
  kind: string;
  polygon: Ring;
  people: number | null;
}

export interface Authority {
  id: string;
  languages: string[];
  escalate_after_s: number | null;
  deputy: string | null;
}

export interface Place {
  name: string;
  lat: number;
  lon: number;
  people: number | null;
}

export interface Hole {
  name: string;
  line: Ring;
}

export interface Wall {
  name: string;
  exercise: boolean;
  invented_sites: boolean;
  terrain: string | null;
  timezone: string | null;
  attribution: string | null;
  sensors: Sensor[];
  zones: Zone[];
  authorities: Authority[];
  border: GeoJSON.GeoJSON | null;
  places: Place[];
  holes: Hole[];
}

export interface LogEvent {
  t: number;
  kind: string;
  actor: string;
  payload: Record<string, unknown>;
}

export interface Progress {
  step: string;
  done: number;
  total: number;
}

export type Message =
  | { type: "hello"; wall: Wall; role: Role; server_t: number; progress: Progress | null }
  | { type: "progress"; progress: Progress }
  | { type: "picture"; picture: Picture }
  | { type: "nations"; nations: Nations }
  | { type: "event"; event: LogEvent };

export interface CardPoint {
  t: number;
  lat: number;
  lon: number;
  p_exists: number;
  classes: Record<string, number>;
}

export interface EvidenceRow {
  t: number;
  sensor: string;
  scan: number;
  row: number;
  weight: number | null;
}

export interface Card {
  id: string;
  history: CardPoint[];
  evidence: EvidenceRow[];
}

export type DetectionRow = Record<string, number | string | null>;

export interface ClockEntry {
  t: number;
  /** Whose clock: an alert's id; null for what is not about one. */
  alert: string | null;
  approximate: boolean;
  word: string;
  text: string;
  source: string | null;
  url: string | null;
  grade: string | null;
}

export interface Timeline {
  start: number;
  end: number;
  title: string;
  /** The sentence that bounds what the reports allow to say, and the one that says what this comparison is not. */
  words: string;
  note: string;
  claims: { said: string; kind: string }[];
  ours: ClockEntry[];
  reported: ClockEntry[];
}

export const CLOCK_WORDS = [
  "first_evidence",
  "confirmed",
  "drafted",
  "shown",
  "acknowledged",
  "approved",
  "sent",
  "accepted",
  "received",
  "all_clear",
] as const;
