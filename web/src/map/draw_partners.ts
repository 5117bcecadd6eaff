// What partners see: a diamond with the owner's letters, fading as the word on it grows old; a square where it was rounded.

import type { Nations, Thing } from "../read_nations";
import type { Palette } from "./palette";
import type { Projector } from "./projector";

const OLD_S = 30;

/** Things that only partners see are drawn whole; of ours, who else sees them is written beside them. */
export function drawPartners(ctx: CanvasRenderingContext2D, at: Projector, nations: Nations, colours: Palette): void {
  ctx.save();
  ctx.font = '11px "Noto Sans", sans-serif';
  ctx.textBaseline = "middle";
  for (const thing of nations.things) {
    if (thing.lat === null || thing.lon === null) continue;
    const p = at.point(thing.lon, thing.lat);
    if (!at.inView(p, 60)) continue;
    ctx.globalAlpha = thing.age_s > OLD_S ? 0.45 : 0.95;
    ctx.strokeStyle = thing.disagrees.length > 0 ? colours.poor : colours.receiver;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = 1.5;
    square(ctx, at, thing, p);
    if (thing.own === null) {
      ctx.beginPath();
      ctx.moveTo(p.x, p.y - 8);
      ctx.lineTo(p.x + 8, p.y);
      ctx.lineTo(p.x, p.y + 8);
      ctx.lineTo(p.x - 8, p.y);
      ctx.closePath();
      ctx.setLineDash(thing.age_s > OLD_S ? [2, 3] : []);
      ctx.stroke();
      ctx.setLineDash([]);
      course(ctx, thing, p);
    }
    ctx.fillText(tag(thing, nations.nation), p.x + 12, p.y + (thing.own === null ? 0 : 16));
  }
  ctx.restore();
}

/** Where it may be, when its owner said no more than a square. */
function square(ctx: CanvasRenderingContext2D, at: Projector, thing: Thing, p: { x: number; y: number }): void {
  const grid = thing.own === null ? Math.max(...thing.tracks.map((track) => track.grid_m ?? 0)) : 0;
  if (grid <= 0 || thing.lat === null) return;
  const side = grid * at.perMetre(thing.lat);
  ctx.setLineDash([4, 4]);
  ctx.strokeRect(p.x - side / 2, p.y - side / 2, side, side);
  ctx.setLineDash([]);
}

function course(ctx: CanvasRenderingContext2D, thing: Thing, p: { x: number; y: number }): void {
  const speed = Math.hypot(thing.ve ?? 0, thing.vn ?? 0);
  if (speed < 3) return;
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.lineTo(p.x + (22 * (thing.ve ?? 0)) / speed, p.y - (22 * (thing.vn ?? 0)) / speed);
  ctx.stroke();
}

function tag(thing: Thing, nation: string): string {
  const others = thing.owners.filter((owner) => owner !== nation).join(" ");
  const doubt = thing.disagrees.length > 0 ? ` · ${thing.disagrees.join(" ")} disagrees` : "";
  return `${others} · ${Math.max(0, Math.round(thing.age_s))} s${doubt}`;
}
