// A coverage's layer under the lines of the map: tiles that the service makes, one source that changes with the choice.

import type { Map as LibreMap } from "maplibre-gl";
import { chosenLayer } from "../coverage";
import { probe } from "../probe";
import type { Store } from "../store";

const NAME = "coverage";
const BELOW = "graticule";
const DEEPEST = 14;

const address = (id: string, made: string): string =>
  `${new URL("./api/coverage/", location.href).href}${encodeURIComponent(id)}/{z}/{x}/{y}?made=${made}`;

/** Put the chosen layer on the map, or take it off; called again whenever the style was set. */
export function showCoverage(map: LibreMap, store: Store): void {
  const { coverage, view } = store;
  const layer = chosenLayer(coverage, view.coverage);
  const tiles = layer && coverage ? address(layer.id, coverage.made) : null;
  const source = map.getSource(NAME);
  const there = source && "tiles" in source ? (source.tiles as string[])[0] : null;
  if (there !== tiles) {
    if (map.getLayer(NAME)) map.removeLayer(NAME);
    if (source) map.removeSource(NAME);
  }
  probe.coverage = layer?.id ?? null;
  if (!tiles || !coverage) return;
  if (!map.getSource(NAME)) {
    const [west, south, east, north] = coverage.bounds;
    map.addSource(NAME, { type: "raster", tiles: [tiles], tileSize: coverage.tile_px, bounds: [west, south, east, north], maxzoom: DEEPEST });
  }
  if (!map.getLayer(NAME)) {
    const paint = { "raster-resampling": "nearest", "raster-fade-duration": 0 } as const;
    map.addLayer({ id: NAME, type: "raster", source: NAME, paint }, map.getLayer(BELOW) ? BELOW : undefined);
  }
  map.setPaintProperty(NAME, "raster-opacity", view.coverage.opacity);
}

/** Whether every tile of the chosen layer is on the screen; for tests. */
export const coverageDrawn = (map: LibreMap): boolean => Boolean(map.getSource(NAME)) && map.isSourceLoaded(NAME);
