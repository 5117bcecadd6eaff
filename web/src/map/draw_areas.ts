// Areas on the overlay: presence sectors (hatched: somewhere in here), alert areas, opened detections, a call being placed.

import { alertKey, ending, openAlert } from "../attention";
import type { Alert, Presence, Ring, Wall } from "../contract";
import { count, LEVEL_WORDS, sentence, shortId } from "../format";
import type { ShownDetection, Store } from "../store";
import { destination, sector } from "./geometry";
import type { Palette } from "./palette";
import type { Point, Projector } from "./projector";
import type { Box } from "./tags";

function trace(ctx: CanvasRenderingContext2D, at: Projector, rings: readonly Ring[]): void {
  ctx.beginPath();
  for (const ring of rings) {
    ring.forEach(([lon, lat], i) => {
      const p = at.point(lon, lat);
      if (i === 0) ctx.moveTo(p.x, p.y);
      else ctx.lineTo(p.x, p.y);
    });
    ctx.closePath();
  }
}

const hatches = new Map<string, CanvasPattern | null>();
function hatch(ctx: CanvasRenderingContext2D, colour: string, ratio: number): CanvasPattern | string {
  const key = `${colour} ${ratio}`;
  if (!hatches.has(key)) {
    const size = Math.round(9 * ratio);
    const tile = document.createElement("canvas");
    tile.width = size;
    tile.height = size;
    const pen = tile.getContext("2d");
    if (pen) {
      pen.strokeStyle = colour;
      pen.lineWidth = 1.2 * ratio;
      for (const shift of [-size, 0, size]) {
        pen.moveTo(shift, size);
        pen.lineTo(shift + size, 0);
      }
      pen.stroke();
    }
    const pattern = ctx.createPattern(tile, "repeat");
    pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
    hatches.set(key, pattern);
  }
  return hatches.get(key) ?? colour;
}

export function drawPresences(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  presences: readonly Presence[],
  now: number,
  colours: Palette,
  ratio: number,
): void {
  for (const one of presences) {
    const fade = Math.max(0.3, 1 - Math.max(0, now - one.last_t) / 120);
    trace(ctx, at, [sector(one.lon, one.lat, one.radius_m, one.azimuth_from_deg, one.azimuth_to_deg)]);
    ctx.globalAlpha = 0.5 * fade;
    ctx.fillStyle = hatch(ctx, colours.presence, ratio);
    ctx.fill();
    ctx.globalAlpha = 0.9 * fade;
    ctx.strokeStyle = colours.presence;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.globalAlpha = 1;
}

export function levelColour(level: number, colours: Palette): string {
  return level >= 3 ? colours.warning : level === 2 ? colours.precaution : colours.information;
}

/** Draws the areas and their titles; gives the boxes of the titles, which nothing else should cover. */
export function drawAlerts(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  alerts: readonly Alert[],
  symbols: readonly Point[],
  focused: string | null,
  colours: Palette,
): Box[] {
  const titles: Box[] = [];
  const open = alerts.filter((alert) => openAlert(alert) && alert.area.length > 0);
  const crowded = open.length > 3;
  // What is open in the panel is drawn last, so that it lies on top.
  for (const alert of open.sort((a, b) => Number(alertKey(a) === focused) - Number(alertKey(b) === focused))) {
    const chosen = alertKey(alert) === focused || !crowded;
    const colour = levelColour(ending(alert) ? 1 : alert.level, colours);
    const draft = alert.state === "draft";
    trace(ctx, at, alert.area);
    ctx.fillStyle = colour;
    ctx.globalAlpha = draft ? 0.1 : 0.17;
    if (chosen) ctx.fill("evenodd");
    ctx.globalAlpha = chosen ? 0.95 : 0.4;
    ctx.strokeStyle = colour;
    ctx.lineWidth = draft ? 1.8 : 2.4;
    ctx.setLineDash(draft ? [9, 5] : []);
    ctx.stroke();
    ctx.setLineDash([]);
    if (chosen) titles.push(title(ctx, at, alert, colour, symbols, colours));
  }
  ctx.globalAlpha = 1;
  return titles;
}

const EXTREMES: ((p: [number, number]) => number)[] = [([, y]) => y, ([, y]) => -y, ([x]) => -x, ([x]) => x];

/** The area's name at its northernmost corner, or at another end where a track would be covered. */
function title(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  alert: Alert,
  colour: string,
  symbols: readonly Point[],
  colours: Palette,
): Box {
  const level = ending(alert) ? sentence(alert.message) : (LEVEL_WORDS[alert.level] ?? "");
  const text = `${shortId(alert.id)}  ${level} · ${sentence(alert.state).toLowerCase()} · ${count(alert.area_km2)} km²`;
  ctx.font = "600 12px 'Noto Sans', sans-serif";
  const w = ctx.measureText(text).width + 14;
  const h = 19;
  const ring = alert.area[0] ?? [];
  const boxes = EXTREMES.flatMap((far) => {
    const end = ring.reduce<[number, number] | null>((best, p) => (best && far(best) >= far(p) ? best : p), null);
    if (!end) return [];
    const p = at.point(end[0], end[1]);
    const below = far === EXTREMES[1];
    const x = Math.min(Math.max(p.x - w / 2, 8), at.width - w - 8);
    const y = Math.min(Math.max(below ? p.y + 5 : p.y - h - 5, 8), at.height - 90);
    return [{ x, y, w, h }];
  });
  const covers = (box: Box) =>
    symbols.some((p) => p.x > box.x - 16 && p.x < box.x + box.w + 16 && p.y > box.y - 16 && p.y < box.y + box.h + 16);
  const box = boxes.find((one) => !covers(one)) ?? boxes[0] ?? { x: 8, y: 8, w, h };
  ctx.globalAlpha = 0.92;
  ctx.fillStyle = colours.halo;
  ctx.fillRect(box.x, box.y, w, h);
  ctx.fillStyle = colour;
  ctx.fillRect(box.x, box.y, 3, h);
  ctx.globalAlpha = 1;
  ctx.fillText(text, box.x + 9, box.y + 13.5);
  return box;
}

/** The very measurements that the card has opened: a point where one is known, a bearing as a ray otherwise. */
export function drawDetections(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  shown: ShownDetection,
  wall: Wall | null,
  colours: Palette,
): void {
  const sensor = wall?.sensors.find((one) => one.id === shown.sensor);
  ctx.strokeStyle = colours.detection;
  ctx.fillStyle = colours.detection;
  ctx.lineWidth = 1.4;
  for (const row of shown.rows) {
    const lat = row["latitude_deg"];
    const lon = row["longitude_deg"];
    if (typeof lat === "number" && typeof lon === "number") {
      cross(ctx, at, lon, lat);
      continue;
    }
    const azimuth = row["azimuth_deg"];
    if (!sensor || typeof azimuth !== "number") continue;
    const range = row["range_m"];
    const far = typeof range === "number" ? range : (sensor.footprint_m ?? sensor.range_m ?? 5000) * 1.5;
    const from = at.point(sensor.longitude_deg, sensor.latitude_deg);
    const [x, y] = destination(sensor.longitude_deg, sensor.latitude_deg, azimuth, far);
    const to = at.point(x, y);
    ctx.setLineDash([2, 4]);
    ctx.beginPath();
    ctx.moveTo(from.x, from.y);
    ctx.lineTo(to.x, to.y);
    ctx.stroke();
    ctx.setLineDash([]);
    if (typeof range === "number") cross(ctx, at, x, y);
  }
}

function cross(ctx: CanvasRenderingContext2D, at: Projector, lon: number, lat: number): void {
  const p = at.point(lon, lat);
  ctx.beginPath();
  ctx.moveTo(p.x - 7, p.y);
  ctx.lineTo(p.x + 7, p.y);
  ctx.moveTo(p.x, p.y - 7);
  ctx.lineTo(p.x, p.y + 7);
  ctx.stroke();
}

export function drawPlacing(ctx: CanvasRenderingContext2D, at: Projector, place: NonNullable<Store["placing"]>, colours: Palette): void {
  trace(ctx, at, [sector(place.lon, place.lat, place.radius_m)]);
  ctx.strokeStyle = colours.detection;
  ctx.fillStyle = colours.detection;
  ctx.globalAlpha = 0.12;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 2;
  ctx.stroke();
  cross(ctx, at, place.lon, place.lat);
}
