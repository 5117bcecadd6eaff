// Degrees to pixels of the overlay. The map is north up and never tilted, so one scale and one offset do it.

import type { Map as LibreMap } from "maplibre-gl";
import { mercatorX, mercatorY } from "./geometry";

export interface Point {
  x: number;
  y: number;
}

export class Projector {
  private scale = 1;
  private x0 = 0;
  private y0 = 0;
  width = 0;
  height = 0;

  /** Reads the camera; call once before drawing. */
  look(map: LibreMap): void {
    const centre = map.getCenter();
    const at = map.project(centre);
    this.scale = 512 * 2 ** map.getZoom();
    this.x0 = at.x - mercatorX(centre.lng) * this.scale;
    this.y0 = at.y - mercatorY(centre.lat) * this.scale;
    const box = map.getContainer();
    this.width = box.clientWidth;
    this.height = box.clientHeight;
  }

  point(lon: number, lat: number): Point {
    return { x: mercatorX(lon) * this.scale + this.x0, y: mercatorY(lat) * this.scale + this.y0 };
  }

  /** Pixels that a metre on the ground takes at a latitude. */
  perMetre(lat: number): number {
    return this.scale / (40_075_016.7 * Math.cos((lat * Math.PI) / 180));
  }

  inView(point: Point, margin: number): boolean {
    return point.x > -margin && point.y > -margin && point.x < this.width + margin && point.y < this.height + margin;
  }
}
