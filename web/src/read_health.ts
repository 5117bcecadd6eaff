// The health of the feeds as the service says it: how much comes in, how old, what was refused and why.

type Raw = Record<string, unknown>;

/** The last message that was not taken. No bytes: they may have been personal and were not kept. */
export interface RefusedMessage {
  age_s: number;
  reason: string;
  bytes: number | null;
  head: string;
}

export interface Feed {
  sensor: string;
  uri: string;
  format: string;
  state: string;
  why: string;
  messages: number | null;
  rate_hz: number | null;
  age_s: number | null;
  clock_offset_s: number | null;
  detections: number;
  malformed: number;
  reasons: [reason: string, times: number][];
  unread: number;
  set_aside: number;
  refused: RefusedMessage | null;
}

/** Authorised flights: how many are known, and what could not be read. */
export interface FlightsHealth {
  known: number;
  open_now: number;
  left_out: [reason: string, times: number][];
  why: string;
}

/** A stretch of the border and the worker process that tracks it. */
export interface SectorHealth {
  sector: number;
  state: string;
  tracks: number | null;
  sensors: number;
  taken_over: number;
}

export interface Health {
  feeds: Feed[];
  flights: FlightsHealth | null;
  sectors: SectorHealth[];
}

const raw = (value: unknown): Raw => (typeof value === "object" && value !== null ? (value as Raw) : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const number = (value: unknown): number => numberOrNull(value) ?? 0;

/** Reasons with how often, the most frequent first. */
const counts = (value: unknown): [string, number][] =>
  Object.entries(raw(value))
    .map(([reason, times]): [string, number] => [reason, number(times)])
    .sort((a, b) => b[1] - a[1]);

function readRefused(value: unknown): RefusedMessage | null {
  const from = raw(value);
  if (text(from["reason"]) === "") return null;
  return { age_s: number(from["age_s"]), reason: text(from["reason"]), bytes: numberOrNull(from["bytes"]), head: text(from["head"]) };
}

function readFeed(value: unknown): Feed {
  const from = raw(value);
  return {
    sensor: text(from["sensor"]),
    uri: text(from["uri"]),
    format: text(from["format"]),
    state: text(from["state"]),
    why: text(from["why"]),
    messages: numberOrNull(from["messages"]),
    rate_hz: numberOrNull(from["rate_hz"]),
    age_s: numberOrNull(from["age_s"]),
    clock_offset_s: numberOrNull(from["clock_offset_s"]),
    detections: number(from["detections"]),
    malformed: number(from["malformed"]),
    reasons: counts(from["reasons"]),
    unread: counts(from["unread"]).reduce((sum, [, times]) => sum + times, 0),
    set_aside: number(from["set_aside"]),
    refused: readRefused(from["last_refused"]),
  };
}

function readSector(value: unknown): SectorHealth {
  const from = raw(value);
  return {
    sector: number(from["sector"]),
    state: text(from["state"]),
    tracks: numberOrNull(from["tracks"]),
    sensors: number(from["sensors"]),
    taken_over: number(from["taken_over"]),
  };
}

export function readHealth(value: unknown): Health {
  const from = raw(value);
  const flights = raw(from["flights"]);
  return {
    feeds: Array.isArray(from["feeds"]) ? from["feeds"].map(readFeed) : [],
    flights:
      numberOrNull(flights["known"]) === null
        ? null
        : { known: number(flights["known"]), open_now: number(flights["open_now"]), left_out: counts(flights["left_out"]), why: text(flights["why"]) },
    sectors: Array.isArray(from["sectors"]) ? from["sectors"].map(readSector) : [],
  };
}

const RESTING = new Set(["ok", "waiting", "starting"]);
/** A sensor's clock and its line share the offset: so far ahead, or so far behind, something is wrong with one of them. */
const AHEAD_S = -1;
const BEHIND_S = 10;
/** A refused message counts as news for so long. */
const LATELY_S = 300;

export const down = (feed: Feed): boolean => !RESTING.has(feed.state);
export const clockOff = (feed: Feed): boolean => feed.clock_offset_s !== null && (feed.clock_offset_s < AHEAD_S || feed.clock_offset_s > BEHIND_S);
export const refusing = (feed: Feed): boolean => feed.refused !== null && feed.refused.age_s < LATELY_S;
/** Whether a person should look at it. */
export const unwell = (feed: Feed): boolean => down(feed) || clockOff(feed) || refusing(feed) || feed.set_aside > 0;
