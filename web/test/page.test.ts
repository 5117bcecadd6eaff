import { describe, expect, it } from "vitest";
import { alertedTracks, openAlert, passes, sorted, unheard } from "../src/attention";
import type { Ring } from "../src/contract";
import { clip, destination, distance, inside, mercatorX, mercatorY, sector, sweep } from "../src/map/geometry";
import { type Box, TagLayout, type TagWish } from "../src/map/tags";
import { clockOff, readHealth, unwell } from "../src/read_health";
import { readAlert, readMessage, readTimeline, readTrack } from "../src/read";
import { defaultFilters, defaultView, readView, writeView } from "../src/view";

const track = (id: string, more: object = {}) =>
  readTrack({ id, status: "confirmed", lat: 56, lon: 27, ve: 10, vn: 0, vu: 0, p_exists: 0.9, label: "unknown", sensors: ["lv-1"], sidc: "", ...more });

describe("messages", () => {
  it("keep what is unknown unknown", () => {
    const read = track("t-1", { height_agl_m: null, ellipse: null });
    expect(read.height_agl_m).toBeNull();
    expect(read.ellipse).toBeNull();
    expect(read.alt_hae_m).toBeNull();
  });
  it("know a track as an authorised flight only where the service says known", () => {
    const flight = { flight: "2f8343be-6482-4d1b-a474-16847e01af1e", named: true, words: "x" };
    expect(track("t-1").flight).toBeNull();
    expect(track("t-1", { flight: { ...flight, word: "known" } }).flight?.known).toBe(true);
    for (const word of ["says_nothing", "another", "KNOWN", undefined]) expect(track("t-1", { flight: { ...flight, word } }).flight?.known).toBe(false);
  });
  it("of a type that this page does not know are left alone", () => {
    expect(readMessage({ type: "something-new" })).toBeNull();
    expect(readMessage("no")).toBeNull();
  });
  it("treat a wall that does not say so as an exercise", () => {
    const hello = readMessage({ type: "hello", wall: { name: "w" }, role: "root" });
    expect(hello).toMatchObject({ type: "hello", role: "viewer", wall: { exercise: true } });
  });
  it("bring areas as rings, one ring or a geometry", () => {
    const ring = [[27, 56], [28, 56], [28, 57], [27, 56]];
    for (const area of [[ring], ring, { type: "Polygon", coordinates: [ring] }]) expect(readAlert({ area }).area).toEqual([ring]);
  });
  it("put both clocks in order of time", () => {
    const timeline = readTimeline({ ours: [{ t: 20, word: "drafted" }, { t: 10, word: "confirmed" }], reported: [{ t: 30, text: "x", source: { publisher: "p", published: "2026" } }] });
    expect(timeline.ours.map((one) => one.t)).toEqual([10, 20]);
    expect(timeline.reported[0]?.source).toBe("p, 2026");
    expect([timeline.start, timeline.end]).toEqual([10, 30]);
  });
});

describe("a feed", () => {
  const feed = (more: object) => readHealth({ feeds: [{ sensor: "s", state: "ok", clock_offset_s: 0.1, ...more }] }).feeds[0]!;
  it("is to be seen where its line is down, its clock is off, or something was refused lately", () => {
    expect(unwell(feed({}))).toBe(false);
    expect(unwell(feed({ state: "lost" }))).toBe(true);
    expect(unwell(feed({ state: "waiting" }))).toBe(false);
    expect(unwell(feed({ last_refused: { reason: "not JSON", age_s: 5 } }))).toBe(true);
    expect(unwell(feed({ last_refused: { reason: "not JSON", age_s: 4000 } }))).toBe(false);
    expect(unwell(feed({ set_aside: 3 }))).toBe(true);
  });
  it("has a clock that is off when it is ahead, or far behind, and none where it is not known", () => {
    expect([-2, 0, 3, 60].map((clock_offset_s) => clockOff(feed({ clock_offset_s })))).toEqual([true, false, false, true]);
    expect(clockOff(feed({ clock_offset_s: null }))).toBe(false);
  });
  it("keeps what is unknown unknown", () => {
    const read = feed({ rate_hz: null, last_refused: null });
    expect([read.rate_hz, read.age_s, read.refused]).toEqual([null, null, null]);
  });
});

describe("a sector", () => {
  it("is read with what is known of its worker, and there are none where none are said", () => {
    const said = { sector: 2, state: "taken over", pid: 7, tracks: null, sensors: 12, taken_over: 1 };
    expect(readHealth({ sectors: [said] }).sectors).toEqual([{ sector: 2, state: "taken over", tracks: null, sensors: 12, taken_over: 1 }]);
    expect(readHealth({}).sectors).toEqual([]);
  });
});

describe("revisions of a warning", () => {
  const picture = (alerts: object[]) => {
    const read = readMessage({ type: "picture", t: 1, alerts });
    return read?.type === "picture" ? read.picture.alerts : [];
  };
  it("are over once a later one has been sent in their place, not while it is a draft", () => {
    const first = { id: "a-0001", revision: 1, state: "received" };
    const update = { id: "a-0001", revision: 2, message: "update", supersedes: [1] };
    expect(picture([first, { ...update, state: "draft" }]).map(openAlert)).toEqual([true, true]);
    expect(picture([first, { ...update, state: "sent" }]).map(openAlert)).toEqual([false, true]);
  });
  it("that end a warning wait as drafts and are over once sent", () => {
    const end = { id: "a-0001", revision: 3, message: "all_clear" };
    expect(picture([{ ...end, state: "draft" }, { ...end, state: "received" }]).map(openAlert)).toEqual([true, false]);
  });
});

describe("a draft about things that are gone", () => {
  const draft = readAlert({ id: "a-0001", revision: 1, state: "draft", tracks: ["t-1", "t-2"], evidence: { cases: [{ made_ns: 900e9 }, { made_ns: 1000e9 }] } });
  it("says since when nothing of it was heard, also once its tracks have ended", () => {
    expect(unheard(draft, [], 1900)).toBe(900);
    expect(unheard(draft, [track("t-9", { age_s: 1 })], 1900)).toBe(900);
  });
  it("is fresh while one of its tracks is", () => {
    expect(unheard(draft, [track("t-1", { age_s: 700 }), track("t-2", { age_s: 2 })], 1900)).toBe(2);
  });
  it("says nothing of time where its evidence carries none", () => {
    expect(unheard(readAlert({ id: "a-0002", evidence: {} }), [], 1900)).toBeNull();
  });
});

describe("the address", () => {
  it("restores every part of the view", () => {
    const view = { ...defaultView(), centre: [27.5, 56.5] as [number, number], zoom: 9.25, selected: "t-000001", theme: "day" as const, tags: 2 as const, rings: false, isolate: true, muted: true, t: 1778113800 };
    view.filters = { text: "wing 3", status: "confirmed", minimum_p: 0.4, sort: "speed", descending: false };
    expect(readView(`#${writeView(view)}`)).toEqual(view);
  });
  it("says nothing of what is as usual", () => {
    expect(writeView(defaultView())).toBe("");
  });
  it("ignores nonsense", () => {
    expect(readView("#c=north,pole,9&tags=7&p=3&sort=<x>&t=never")).toEqual(defaultView());
  });
});

describe("the list", () => {
  const drone = track("t-000002", { label: "fixed_wing_piston" });
  const plane = track("t-000001", { label: "aircraft", identity: "icao:4ca1fa", identity_status: "cooperative" });
  it("puts what is under a warning first and what is known last", () => {
    const bird = track("t-000003", { label: "bird" });
    const alerted = alertedTracks([readAlert({ id: "a-1", state: "draft", tracks: ["t-000002"] })]);
    expect(sorted([plane, bird, drone], defaultFilters(), alerted).map((one) => one.id)).toEqual(["t-000002", "t-000001", "t-000003"]);
  });
  it("forgets the tracks of a warning that is over", () => {
    expect(alertedTracks([readAlert({ state: "all_clear", tracks: ["t-000002"] })]).size).toBe(0);
  });
  it("finds by every word of id, identity, label and sensor", () => {
    expect(passes(drone, { ...defaultFilters(), text: "piston lv-1" })).toBe(true);
    expect(passes(plane, { ...defaultFilters(), text: "4ca1fa piston" })).toBe(false);
  });
  it("hides what is cooperative when told to", () => {
    expect(passes(plane, { ...defaultFilters(), status: "uncooperative" })).toBe(false);
  });
});

describe("geometry", () => {
  it("goes out and measures back to within a metre in 50 km", () => {
    const [lon, lat] = destination(27.33, 56.51, 258, 50_000);
    expect(Math.abs(distance(27.33, 56.51, lon, lat) - 50_000)).toBeLessThan(1);
  });
  it("turns sectors clockwise, through north, and all round when equal", () => {
    expect([sweep(350, 10), sweep(0, 360), sweep(90, 90), sweep(10, 350)]).toEqual([20, 360, 360, 340]);
    expect(sector(27, 56, 1000, 30, 60)[0]).toEqual([27, 56]);
  });
  it("clips a ring to a box", () => {
    const ring: Ring = [[0, 0], [10, 0], [10, 10], [0, 10]];
    const cut = clip(ring, [5, 5, 20, 20]);
    expect(inside(cut, 7, 7)).toBe(true);
    expect(inside(cut, 3, 7)).toBe(false);
  });
  it("maps the world to the unit square", () => {
    expect([mercatorX(-180), mercatorX(180)]).toEqual([0, 1]);
    expect(mercatorY(0)).toBeCloseTo(0.5, 12);
  });
});

describe("tags", () => {
  const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  const wishes: TagWish[] = Array.from({ length: 60 }, (_, i) => ({ id: `t-${i}`, x: 40 * (i % 8), y: 30 * Math.floor(i / 8), w: 70, h: 30, heading: i }));
  it("never cover one another", () => {
    const boxes = new TagLayout().lay(wishes, []).filter((box) => box !== null);
    for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    expect(boxes.length).toBeGreaterThan(20);
  });
  it("stay where they are while there is room", () => {
    const layout = new TagLayout();
    const first = layout.lay(wishes.slice(0, 3), []);
    expect(layout.lay(wishes.slice(0, 3), [])).toEqual(first);
  });
});
