// Tracks on the overlay: trail, 95 % ellipse, one-minute vector, symbol, tag with its leader.

import { calm, cooperative, height, speed } from "../attention";
import type { Track } from "../contract";
import { kmh, labelWords, metres, percent, shortId, shortIdentity } from "../format";
import type { TrailPoint } from "../store";
import { destination } from "./geometry";
import type { Palette } from "./palette";
import type { Point, Projector } from "./projector";
import { symbolImage } from "./symbols";
import type { Box, TagLayout, TagWish } from "./tags";

export interface TrackScene {
  tracks: Track[];
  trails: ReadonlyMap<string, TrailPoint[]>;
  selected: string | null;
  hovered: string | null;
  alerted: ReadonlySet<string>;
  tags: 0 | 1 | 2;
  now: number;
  ratio: number;
  /** What is written already and must stay readable. */
  taken: Box[];
}

const VECTOR_S = 60;
const TRAIL_S = 900;
const LINE = 13.5;
/** A calm track that nothing has confirmed for this long loses its tag; its symbol stays, faded. */
const QUIET_S = 60;

/** How strongly a track is drawn: what is old, unsure or calm recedes; what is selected never does. */
export function strength(track: Track, selected: boolean): number {
  if (selected) return 1;
  const age = track.age_s <= 4 ? 1 : Math.max(0.35, 1 - (track.age_s - 4) / 50);
  const sure = track.status === "tentative" ? 0.75 : 1;
  return age * sure * (calm(track) ? 0.6 : 1);
}

export function trackColour(track: Track, colours: Palette): string {
  if (cooperative(track)) return colours.cooperative;
  if (calm(track)) return colours.calmTrack;
  return track.status === "tentative" ? colours.tentative : colours.track;
}

function drawTrail(ctx: CanvasRenderingContext2D, at: Projector, trail: TrailPoint[], end: Point, now: number, full: boolean) {
  let from: Point | null = null;
  for (const point of [...trail, null]) {
    const here: Point = point ? at.point(point.lon, point.lat) : end;
    const age = point ? now - point.t : 0;
    if (from && (full || age < TRAIL_S)) {
      const fade = full ? 0.75 : 0.65 * (1 - age / TRAIL_S);
      ctx.globalAlpha = Math.max(0.05, fade);
      ctx.beginPath();
      ctx.moveTo(from.x, from.y);
      ctx.lineTo(here.x, here.y);
      ctx.stroke();
    }
    from = here;
  }
}

function drawEllipse(ctx: CanvasRenderingContext2D, at: Projector, track: Track, centre: Point): void {
  const ellipse = track.ellipse;
  if (!ellipse) return;
  const scale = at.perMetre(track.lat);
  const a = ellipse.a_m * scale;
  const b = Math.max(ellipse.b_m * scale, 0.5);
  if (a < 7 || a > 3000) return; // smaller than the symbol says nothing
  ctx.beginPath();
  ctx.ellipse(centre.x, centre.y, a, b, ((ellipse.azimuth_deg - 90) * Math.PI) / 180, 0, 2 * Math.PI);
  ctx.stroke();
}

function drawVector(ctx: CanvasRenderingContext2D, at: Projector, track: Track, centre: Point): void {
  const azimuth = (Math.atan2(track.ve, track.vn) * 180) / Math.PI;
  const [lon, lat] = destination(track.lon, track.lat, azimuth, speed(track) * VECTOR_S);
  const end = at.point(lon, lat);
  if (Math.hypot(end.x - centre.x, end.y - centre.y) < 4) return;
  ctx.beginPath();
  ctx.moveTo(centre.x, centre.y);
  ctx.lineTo(end.x, end.y);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(end.x, end.y, 1.8, 0, 2 * Math.PI);
  ctx.fill();
}

export function tagLines(track: Track, detail: 0 | 1 | 2, selected: boolean): string[] {
  const name = shortId(track.id) + (track.identity ? `  ${shortIdentity(track.identity)}` : "");
  const short = detail === 0 || (calm(track) && detail === 1);
  if (short && !selected) return [name];
  const state = track.status === "coasting" ? "  coasting" : track.status === "tentative" ? "  tentative" : "";
  const lines = [name + state, `${metres(height(track))}  ${kmh(speed(track))}`];
  if (detail === 2 || selected) lines.push(`${labelWords(track.label)} ${percent(track.label_probability)}`);
  return lines;
}

interface Drawn {
  track: Track;
  centre: Point;
  chosen: boolean;
  colour: string;
  alpha: number;
}

export function drawTracks(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  scene: TrackScene,
  colours: Palette,
  layout: TagLayout,
): void {
  const drawn: Drawn[] = [];
  for (const track of scene.tracks) {
    const centre = at.point(track.lon, track.lat);
    const chosen = track.id === scene.selected;
    if (!chosen && !at.inView(centre, 250)) continue;
    const alpha = strength(track, chosen);
    drawn.push({ track, centre, chosen, colour: chosen ? colours.selected : trackColour(track, colours), alpha });
  }
  ctx.lineJoin = "round";
  for (const one of drawn) {
    const { track, centre, chosen, colour } = one;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = chosen ? 2 : 1.3;
    const trail = scene.trails.get(track.id);
    if (trail && (chosen || !calm(track) || trail.length < 2)) drawTrail(ctx, at, trail, centre, scene.now, chosen);
    ctx.globalAlpha = one.alpha * (chosen ? 0.9 : 0.55);
    ctx.lineWidth = 1;
    ctx.setLineDash(track.status === "coasting" ? [2, 3] : []);
    if (!calm(track) || chosen) drawEllipse(ctx, at, track, centre);
    ctx.setLineDash([]);
    ctx.globalAlpha = one.alpha;
    ctx.lineWidth = 1.4;
    drawVector(ctx, at, track, centre);
  }
  const taken = drawn.map((one) => drawSymbol(ctx, scene, one, colours));
  ctx.globalAlpha = 1;
  drawTags(ctx, scene, drawn, [...scene.taken, ...taken], colours, layout);
}

function drawSymbol(ctx: CanvasRenderingContext2D, scene: TrackScene, one: Drawn, colours: Palette): Box {
  const { track, centre, chosen } = one;
  const size = calm(track) ? 11 : track.status === "tentative" ? 13 : 16;
  const image = symbolImage(track.sidc, size, scene.ratio);
  ctx.globalAlpha = one.alpha;
  ctx.drawImage(image.canvas, centre.x - image.ax, centre.y - image.ay, image.width, image.height);
  const r = size * 0.95;
  ctx.globalAlpha = 1;
  if (scene.alerted.has(track.id)) {
    ctx.strokeStyle = colours.warning;
    ctx.lineWidth = 2;
    brackets(ctx, centre, r + 4);
  }
  if (chosen || track.id === scene.hovered) {
    ctx.strokeStyle = colours.selected;
    ctx.globalAlpha = chosen ? 1 : 0.6;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.arc(centre.x, centre.y, r + 8, 0, 2 * Math.PI);
    ctx.stroke();
  }
  return { x: centre.x - r, y: centre.y - r, w: 2 * r, h: 2 * r };
}

/** Four corners round what an alert is about: a shape, not only a colour. */
function brackets(ctx: CanvasRenderingContext2D, c: Point, r: number): void {
  const k = r * 0.45;
  ctx.beginPath();
  for (const [sx, sy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const) {
    ctx.moveTo(c.x + sx * r, c.y + sy * (r - k));
    ctx.lineTo(c.x + sx * r, c.y + sy * r);
    ctx.lineTo(c.x + sx * (r - k), c.y + sy * r);
  }
  ctx.stroke();
}

const widths = new Map<string, number>();
function width(ctx: CanvasRenderingContext2D, text: string): number {
  let w = widths.get(text);
  if (w === undefined) {
    w = ctx.measureText(text).width;
    if (widths.size > 5000) widths.clear();
    widths.set(text, w);
  }
  return w;
}

function drawTags(
  ctx: CanvasRenderingContext2D,
  scene: TrackScene,
  drawn: readonly Drawn[],
  taken: readonly Box[],
  colours: Palette,
  layout: TagLayout,
): void {
  ctx.font = "500 11.5px 'Noto Sans', sans-serif";
  ctx.textBaseline = "alphabetic";
  const weight = (one: Drawn) =>
    (one.chosen ? 100 : 0) + (scene.alerted.has(one.track.id) ? 50 : 0) + (calm(one.track) ? 0 : 10) + one.track.p_exists;
  const quiet = (one: Drawn) => calm(one.track) && one.track.age_s > QUIET_S && !one.chosen && one.track.id !== scene.hovered;
  const order = drawn.filter((one) => !quiet(one)).sort((a, b) => weight(b) - weight(a) || (a.track.id < b.track.id ? -1 : 1));
  const lines = order.map((one) => tagLines(one.track, scene.tags, one.chosen || one.track.id === scene.hovered));
  const wishes: TagWish[] = order.map((one, i) => ({
    id: one.track.id,
    x: one.centre.x,
    y: one.centre.y,
    w: Math.max(...(lines[i] ?? []).map((text) => width(ctx, text))) + 8,
    h: (lines[i]?.length ?? 1) * LINE + 4,
    heading: speed(one.track) > 2 ? Math.atan2(-one.track.vn, one.track.ve) : null,
  }));
  const boxes = layout.lay(wishes, taken);
  layout.forget(new Set(drawn.map((one) => one.track.id)));
  boxes.forEach((box, i) => {
    const one = order[i];
    if (box && one) drawTag(ctx, box, one, lines[i] ?? [], colours, scene.alerted.has(one.track.id));
  });
}

function drawTag(
  ctx: CanvasRenderingContext2D,
  box: Box,
  one: Drawn,
  lines: readonly string[],
  colours: Palette,
  alerted: boolean,
): void {
  const nearX = Math.min(Math.max(one.centre.x, box.x), box.x + box.w);
  const nearY = Math.min(Math.max(one.centre.y, box.y), box.y + box.h);
  const far = Math.hypot(nearX - one.centre.x, nearY - one.centre.y);
  ctx.globalAlpha = Math.max(one.alpha, 0.55);
  ctx.strokeStyle = one.colour;
  ctx.lineWidth = 0.8;
  if (far > 14) {
    const share = 12 / far;
    ctx.globalAlpha *= 0.7;
    ctx.beginPath();
    ctx.moveTo(one.centre.x + (nearX - one.centre.x) * share, one.centre.y + (nearY - one.centre.y) * share);
    ctx.lineTo(nearX, nearY);
    ctx.stroke();
  }
  const strong = one.chosen || alerted;
  ctx.globalAlpha = strong ? 0.9 : 0.72;
  ctx.fillStyle = colours.halo;
  ctx.fillRect(box.x, box.y, box.w, box.h);
  ctx.globalAlpha = Math.max(one.alpha, 0.65);
  lines.forEach((text, i) => {
    ctx.fillStyle = i === 0 ? (one.chosen ? colours.selected : one.colour) : colours.tag;
    ctx.fillText(text, box.x + 4, box.y + LINE * (i + 1) - 1);
  });
  ctx.globalAlpha = 1;
}
