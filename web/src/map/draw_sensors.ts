// Sensors on the overlay: a shape for the kind, a second shape and a colour for the health.

import type { Sensor, SensorState } from "../contract";
import type { Palette } from "./palette";
import type { Point, Projector } from "./projector";

export function healthColour(state: SensorState, colours: Palette): string {
  if (state === "ok") return colours.ok;
  if (state === "late") return colours.poor;
  return state === "unknown" || state === "waiting" ? colours.sensor : colours.bad;
}

/** The outline of a sensor's kind round (0, 0), within a radius. */
export function kindPath(ctx: CanvasRenderingContext2D | Path2D, kind: string, r: number): void {
  switch (kind) {
    case "radar":
      ctx.moveTo(0, -r);
      ctx.lineTo(r, r * 0.8);
      ctx.lineTo(-r, r * 0.8);
      ctx.closePath();
      return;
    case "acoustic":
      ctx.moveTo(r * 0.75, 0);
      ctx.arc(0, 0, r * 0.75, 0, 2 * Math.PI);
      return;
    case "adsb":
      ctx.moveTo(0, -r);
      ctx.lineTo(r, 0);
      ctx.lineTo(0, r);
      ctx.lineTo(-r, 0);
      ctx.closePath();
      return;
    case "observer":
      ctx.moveTo(-r * 0.9, -r * 0.6);
      ctx.lineTo(r * 0.9, -r * 0.6);
      ctx.lineTo(0, r);
      ctx.closePath();
      return;
    default:
      ctx.rect(-r * 0.75, -r * 0.75, r * 1.5, r * 1.5);
  }
}

function mark(ctx: CanvasRenderingContext2D, state: SensorState, r: number): void {
  ctx.beginPath();
  if (state === "silent") {
    ctx.moveTo(-r, -r);
    ctx.lineTo(r, r);
    ctx.moveTo(r, -r);
    ctx.lineTo(-r, r);
  } else if (state === "fault") {
    ctx.moveTo(0, -r * 1.8);
    ctx.lineTo(0, -r * 0.9);
    ctx.moveTo(0, r * 0.9);
    ctx.lineTo(0, r * 1.8);
  } else if (state === "late") {
    ctx.moveTo(-r * 1.5, 0);
    ctx.lineTo(-r * 0.6, 0);
    ctx.moveTo(r * 0.6, 0);
    ctx.lineTo(r * 1.5, 0);
  }
  ctx.stroke();
}

function glyph(ctx: CanvasRenderingContext2D, p: Point, kind: string, state: SensorState, r: number, colours: Palette): void {
  const colour = healthColour(state, colours);
  ctx.save();
  ctx.translate(p.x, p.y);
  ctx.beginPath();
  kindPath(ctx, kind, r);
  ctx.fillStyle = state === "ok" ? colour : colours.halo;
  ctx.globalAlpha = state === "ok" ? 0.75 : 1;
  ctx.fill();
  ctx.strokeStyle = state === "ok" ? colours.halo : colour;
  ctx.lineWidth = state === "ok" ? 1 : 1.6;
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  mark(ctx, state, r);
  ctx.restore();
}

export function drawSensors(
  ctx: CanvasRenderingContext2D,
  at: Projector,
  sensors: readonly Sensor[],
  state: (id: string) => SensorState,
  selected: string | null,
  zoom: number,
  colours: Palette,
): void {
  const base = Math.min(6.5, Math.max(2.6, (zoom - 5) * 1.5));
  ctx.font = "500 11px 'Noto Sans', sans-serif";
  for (const sensor of sensors) {
    const p = at.point(sensor.longitude_deg, sensor.latitude_deg);
    if (!at.inView(p, 40)) continue;
    const large = sensor.kind === "radar" ? 1.35 : sensor.kind === "acoustic" ? 0.9 : 1.05;
    const chosen = sensor.id === selected;
    const r = base * large * (chosen ? 1.5 : 1);
    glyph(ctx, p, sensor.kind, state(sensor.id), r, colours);
    if (chosen || zoom > 11 || (sensor.kind === "radar" && zoom > 7.5)) {
      ctx.fillStyle = colours.sensor;
      ctx.globalAlpha = 0.95;
      ctx.fillText(sensor.id, p.x + r + 5, p.y + 4);
      ctx.globalAlpha = 1;
    }
  }
}
