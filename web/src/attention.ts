// Which track deserves a look first, and which ones the filters leave.

import type { Alert, Track } from "./contract";
import { labelWords } from "./format";
import type { Filters } from "./view";

const CALM_LABELS = new Set(["bird", "flock", "ground", "balloon"]);

/** Whether the thing says who it is and nothing contradicts it. */
export const cooperative = (track: Track): boolean => track.identity_status === "cooperative";

/** Whether it is drawn and listed quietly: known to us, or a thing that is no aircraft. */
export const calm = (track: Track): boolean => cooperative(track) || CALM_LABELS.has(track.label);

/** Larger is sooner: under an alert, then unknown and confirmed, then tentative, then what is calm. */
export function attention(track: Track, alerted: ReadonlySet<string>): number {
  let score = Math.round(track.p_exists * 2) / 2; // in coarse steps, so that the list stands still
  if (alerted.has(track.id)) score += 8;
  if (track.identity_status === "conflicting") score += 4;
  if (!calm(track)) score += track.status === "tentative" ? 1 : 3;
  return score;
}

const CLOSED = new Set(["cancelled", "all_clear", "expired"]);

/** Whether this revision takes a warning back or ends it, rather than giving one. */
export const ending = (alert: Alert): boolean => alert.message === "all_clear" || alert.message === "cancel";

/** Whether it waits for a person or is in force: not over, not replaced, and no end that has been sent already. */
export const openAlert = (alert: Alert): boolean =>
  !CLOSED.has(alert.state) && !alert.superseded && !(ending(alert) && alert.state !== "draft");

/** One revision of one alert. */
export const alertKey = (alert: Alert): string => `${alert.id}/${alert.revision}`;

/** Drafts first, the one with the least time left on top; then what is in force; then what is over, newest first. */
export function byUrgency(a: Alert, b: Alert): number {
  const rank = (alert: Alert) => (alert.state === "draft" ? 0 : openAlert(alert) ? 1 : 2);
  const left = (alert: Alert) => alert.last_useful_t ?? Number.MAX_SAFE_INTEGER;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 0) return b.level - a.level || left(a) - left(b) || (a.id < b.id ? -1 : 1);
  return alertKey(a) < alertKey(b) ? 1 : -1;
}

/** Seconds since anything that the alert is about was last heard or seen; null where its evidence carries no time. */
export function unheard(alert: Alert, tracks: readonly Track[], now: number): number | null {
  const cases = Array.isArray(alert.evidence["cases"]) ? (alert.evidence["cases"] as { made_ns?: unknown }[]) : [];
  const made = cases.map((one) => (typeof one.made_ns === "number" ? one.made_ns / 1e9 : Number.NEGATIVE_INFINITY));
  const live = tracks.filter((track) => alert.tracks.includes(track.id) && track.status !== "ended").map((track) => now - track.age_s);
  const newest = Math.max(...made, ...live);
  return Number.isFinite(newest) ? Math.max(0, now - newest) : null;
}

export function alertedTracks(alerts: readonly Alert[]): Set<string> {
  return new Set(alerts.filter(openAlert).flatMap((alert) => alert.tracks));
}

export function passes(track: Track, filters: Filters): boolean {
  if (track.status === "ended") return false;
  if (filters.status === "confirmed" && track.status === "tentative") return false;
  if (filters.status === "uncooperative" && cooperative(track)) return false;
  if (track.p_exists < filters.minimum_p) return false;
  const words = filters.text.trim().toLowerCase();
  if (!words) return true;
  const about = `${track.id} ${track.identity ?? ""} ${labelWords(track.label)} ${track.status} ${track.sensors.join(" ")}`;
  return words.split(/\s+/).every((word) => about.toLowerCase().includes(word));
}

export const speed = (track: Track): number => Math.hypot(track.ve, track.vn);
export const height = (track: Track): number | null => track.height_agl_m ?? track.alt_hae_m;

const KEYS: Record<string, (track: Track, alerted: ReadonlySet<string>) => number | string> = {
  attention,
  id: (track) => track.id,
  label: (track) => labelWords(track.label),
  height: (track) => height(track) ?? -1e9,
  speed,
  age: (track) => track.age_s,
  p: (track) => track.p_exists,
};

export function sorted(tracks: readonly Track[], filters: Filters, alerted: ReadonlySet<string>): Track[] {
  const key = KEYS[filters.sort] ?? attention;
  const sign = filters.descending ? -1 : 1;
  const keys = new Map(tracks.map((track) => [track.id, key(track, alerted)]));
  return [...tracks].sort((a, b) => {
    const x = keys.get(a.id) ?? 0;
    const y = keys.get(b.id) ?? 0;
    if (x === y) return a.id < b.id ? -1 : 1;
    return x < y ? -sign : sign;
  });
}
