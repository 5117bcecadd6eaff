// What the page knows, and who wants to hear when it changes.

import type { DetectionRow, LogEvent, Picture, Role, SensorHealth, Track, Wall } from "./contract";
import type { Coverage } from "./read_coverage";
import type { Nations } from "./read_nations";
import type { View } from "./view";

export type Topic = "picture" | "wall" | "selection" | "view" | "line" | "evidence" | "event" | "place" | "nations" | "coverage";

export interface TrailPoint {
  t: number;
  lat: number;
  lon: number;
}

/** A detection that the card has opened, to be drawn on the map where it was made. */
export interface ShownDetection {
  sensor: string;
  scan: number;
  rows: DetectionRow[];
}

const TRAIL_STEP_S = 3;
/** Pictures come every 200 ms; clocks run on for a little longer than that, never far past what is known. */
const CARRY_MS = 400;
const TRAIL_POINTS = 400;
/** A jump in scenario time of this much is a seek: what was drawn before it belongs to another moment. */
const SEEK_S = 60;

export class Store {
  wall: Wall | null = null;
  role: Role = "viewer";
  picture: Picture | null = null;
  /** In a node among nations: what partners tell, and how their lines are. */
  nations: Nations | null = null;
  /** A planner's page: the coverage of the wall, or why there is none to show. */
  coverage: Coverage | null = null;
  noCoverage: string | null = null;
  /** Whether the service has prepared itself: until then it reads nothing out. */
  watching = false;
  receivedMs = 0;
  lineLost = false;
  hovered: string | null = null;
  shown: ShownDetection | null = null;
  /** While a call is being written, the next click on the map says where. */
  placing: { lat: number; lon: number; radius_m: number } | null = null;
  /** The alert (id/revision) that is open in the panel; the map shows it before the others. */
  focused: string | null = null;
  events: LogEvent[] = [];
  readonly trails = new Map<string, TrailPoint[]>();
  view: View;
  private readonly listeners = new Map<Topic, Set<() => void>>();

  constructor(view: View) {
    this.view = view;
  }

  on(topic: Topic, listener: () => void): void {
    const set = this.listeners.get(topic) ?? new Set();
    set.add(listener);
    this.listeners.set(topic, set);
  }

  tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  takePicture(picture: Picture, receivedMs: number): void {
    const before = this.picture?.t ?? picture.t;
    if (picture.t < before - 1 || picture.t > before + SEEK_S) this.trails.clear();
    this.picture = picture;
    this.receivedMs = receivedMs;
    this.extendTrails(picture);
    this.tell("picture");
  }

  private extendTrails(picture: Picture): void {
    const live = new Set<string>();
    for (const track of picture.tracks) {
      live.add(track.id);
      const trail = this.trails.get(track.id) ?? [];
      const last = trail.at(-1);
      if (!last || picture.t - last.t >= TRAIL_STEP_S) {
        trail.push({ t: picture.t, lat: track.lat, lon: track.lon });
        if (trail.length > TRAIL_POINTS) trail.shift();
        this.trails.set(track.id, trail);
      }
    }
    if (this.view.persist) return;
    for (const id of this.trails.keys()) if (!live.has(id)) this.trails.delete(id);
  }

  /** A card brings the whole history; the trail then reaches back to the track's birth. */
  backfillTrail(id: string, points: TrailPoint[]): void {
    const have = this.trails.get(id) ?? [];
    const from = have[0]?.t ?? Number.POSITIVE_INFINITY;
    const older = points.filter((point) => point.t < from);
    if (older.length > 0) this.trails.set(id, [...older, ...have].slice(-TRAIL_POINTS));
  }

  /** Scenario time now, carried on from the last picture while the line holds. */
  now(): number {
    const picture = this.picture;
    if (!picture) return 0;
    const replay = picture.replay;
    const rate = replay ? (replay.paused ? 0 : Math.min(replay.speed, 60)) : 1;
    const since = Math.min(performance.now() - this.receivedMs, CARRY_MS) / 1000;
    const carried = picture.t + since * rate;
    return replay ? Math.min(carried, replay.end) : carried;
  }

  track(id: string | null): Track | undefined {
    return id === null ? undefined : this.picture?.tracks.find((track) => track.id === id);
  }

  health(sensor: string): SensorHealth | undefined {
    return this.picture?.sensors.find((one) => one.id === sensor);
  }

  select(id: string | null): void {
    if (this.view.selected === id) return;
    this.view.selected = id;
    this.shown = null;
    this.tell("selection");
    this.tell("view");
  }

  change(change: Partial<View>): void {
    Object.assign(this.view, change);
    this.tell("view");
  }

  takeEvent(event: LogEvent): void {
    this.events.push(event);
    if (this.events.length > 500) this.events.shift();
    this.tell("event");
  }

  /** Where the wall stands: its own zone if it says one, else that of the nation whose sensors are most. */
  timezone(): string {
    if (this.wall?.timezone) return this.wall.timezone;
    const votes = new Map<string, number>();
    for (const sensor of this.wall?.sensors ?? []) {
      if (sensor.nation) votes.set(sensor.nation, (votes.get(sensor.nation) ?? 0) + 1);
    }
    const nation = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
    const zone = nation ? ZONES[nation] : undefined;
    return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

const ZONES: Record<string, string> = {
  NO: "Europe/Oslo",
  FI: "Europe/Helsinki",
  EE: "Europe/Tallinn",
  LV: "Europe/Riga",
  LT: "Europe/Vilnius",
  PL: "Europe/Warsaw",
};
