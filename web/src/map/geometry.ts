// Small geometry of the map: shapes in degrees on a sphere, good to what a screen resolves; nothing here measures.

import type { Ring } from "../contract";

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** The point at a distance and azimuth from another, [longitude, latitude]. */
export function destination(lon: number, lat: number, azimuthDeg: number, distanceM: number): [number, number] {
  const d = distanceM / EARTH_M;
  const a = azimuthDeg * RAD;
  const p = lat * RAD;
  const q = Math.asin(Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(a));
  const e = Math.atan2(Math.sin(a) * Math.sin(d) * Math.cos(p), Math.cos(d) - Math.sin(p) * Math.sin(q));
  return [lon + e / RAD, q / RAD];
}

/** Great-circle distance in metres. */
export function distance(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const u = Math.sin(((lat2 - lat1) * RAD) / 2) ** 2;
  const v = Math.sin(((lon2 - lon1) * RAD) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(u + Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD) * v));
}

/** Degrees clockwise from one azimuth to another; all round where they are equal or 0 and 360. */
export function sweep(fromDeg: number, toDeg: number): number {
  const turn = (((toDeg - fromDeg) % 360) + 360) % 360;
  return turn === 0 ? 360 : turn;
}

/** A circle, or a sector of it with its apex, as a closed ring. */
export function sector(lon: number, lat: number, radiusM: number, fromDeg = 0, toDeg = 360, stepDeg = 4): Ring {
  const turn = sweep(fromDeg, toDeg);
  const steps = Math.max(3, Math.ceil(turn / stepDeg));
  const arc: Ring = [];
  for (let i = 0; i <= steps; i += 1) arc.push(destination(lon, lat, fromDeg + (turn * i) / steps, radiusM));
  return turn === 360 ? arc : [[lon, lat], ...arc, [lon, lat]];
}

/** The part of a ring inside a box (Sutherland and Hodgman), for placing a name where it is seen. */
export function clip(ring: Ring, box: [number, number, number, number]): Ring {
  const [west, south, east, north] = box;
  const edges: [axis: 0 | 1, limit: number, keepAbove: boolean][] = [
    [0, west, true],
    [0, east, false],
    [1, south, true],
    [1, north, false],
  ];
  let points = ring;
  for (const [axis, limit, above] of edges) {
    const kept: Ring = [];
    const inside = (p: [number, number]) => (above ? p[axis] >= limit : p[axis] <= limit);
    points.forEach((b, i) => {
      const a = points[(i + points.length - 1) % points.length] ?? b;
      if (inside(a) !== inside(b)) {
        const share = (limit - a[axis]) / (b[axis] - a[axis]);
        kept.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
      }
      if (inside(b)) kept.push(b);
    });
    points = kept;
  }
  return points;
}

/** Whether a point lies in a ring. */
export function inside(ring: Ring, lon: number, lat: number): boolean {
  let odd = false;
  ring.forEach(([x1, y1], i) => {
    const [x0, y0] = ring[(i + ring.length - 1) % ring.length] ?? [x1, y1];
    if (y0 > lat !== y1 > lat && lon < ((x1 - x0) * (lat - y0)) / (y1 - y0) + x0) odd = !odd;
  });
  return odd;
}

/** West, south, east, north of all the points; null where there are none. */
export function bounds(points: readonly [number, number][]): [number, number, number, number] | null {
  if (points.length === 0) return null;
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** Web Mercator, world of width 1. */
export const mercatorX = (lon: number): number => (lon + 180) / 360;
export const mercatorY = (lat: number): number =>
  (1 - Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2)) / Math.PI) / 2;
