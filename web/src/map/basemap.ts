// The style of the map: land, borders and names that travel with the page, and the wall's own lines. Nothing is fetched from outside.

import type { FilterSpecification, StyleSpecification } from "maplibre-gl";
import type { Ring, Sensor, Wall } from "../contract";
import { labelWords } from "../format";
import { bounds, clip, inside, sector } from "./geometry";
import type { Palette } from "./palette";

type Feature = GeoJSON.Feature;
type Collection = GeoJSON.FeatureCollection;

const collection = (features: Feature[]): Collection => ({ type: "FeatureCollection", features });
const polygon = (ring: Ring, properties: GeoJSON.GeoJsonProperties): Feature => ({
  type: "Feature",
  properties,
  geometry: { type: "Polygon", coordinates: [ring] },
});
const line = (ring: Ring, properties: GeoJSON.GeoJsonProperties): Feature => ({
  type: "Feature",
  properties,
  geometry: { type: "LineString", coordinates: ring },
});
const point = (lon: number, lat: number, properties: GeoJSON.GeoJsonProperties): Feature => ({
  type: "Feature",
  properties,
  geometry: { type: "Point", coordinates: [lon, lat] },
});

const GRID = 24;

/** How far a sensor reaches: what a radar can measure to, or where a microphone array hears. */
export function reach(sensor: Sensor): { metres: number; family: "radar" | "acoustic" | "receiver" } | null {
  if (sensor.kind === "acoustic") {
    const metres = sensor.footprint_m ?? sensor.range_m;
    return metres ? { metres, family: "acoustic" } : null;
  }
  if (sensor.kind === "observer" || !sensor.range_m) return null;
  return { metres: sensor.range_m, family: sensor.kind === "radar" || sensor.kind === "camera" ? "radar" : "receiver" };
}

export function ringFeatures(wall: Wall): Collection {
  return collection(
    wall.sensors.flatMap((sensor) => {
      const far = reach(sensor);
      if (!far || far.metres > 400_000) return [];
      const ring = sector(
        sensor.longitude_deg,
        sensor.latitude_deg,
        far.metres,
        sensor.azimuth_from_deg ?? 0,
        sensor.azimuth_to_deg ?? 360,
      );
      return [polygon(ring, { id: sensor.id, family: far.family })];
    }),
  );
}

function graticule(): Collection {
  const lines: Feature[] = [];
  for (let lon = -180; lon <= 180; lon += 1) lines.push(line([[lon, -84], [lon, 84]], { step: lon % 5 === 0 ? 5 : 1 }));
  for (let lat = -84; lat <= 84; lat += 1) {
    const along: Ring = [];
    for (let lon = -180; lon <= 180; lon += 30) along.push([lon, lat]);
    lines.push(line(along, { step: lat % 5 === 0 ? 5 : 1 }));
  }
  return collection(lines);
}

/** Where a name has most room inside a shape: the point of a grid farthest from its edge and from what is marked already. */
function roomiest(ring: Ring, marked: readonly [number, number][]): { lon: number; lat: number; room: number } | null {
  const box = bounds(ring);
  if (!box) return null;
  let best: { lon: number; lat: number; room: number } | null = null;
  for (let i = 1; i < GRID; i += 1) {
    for (let j = 1; j < GRID; j += 1) {
      const lon = box[0] + ((box[2] - box[0]) * i) / GRID;
      const lat = box[1] + ((box[3] - box[1]) * j) / GRID;
      if (!inside(ring, lon, lat)) continue;
      // A name is wide and low, so what lies beside it is in its way sooner than what lies above it.
      const squeeze = Math.cos((lat * Math.PI) / 180) / 2.2;
      const far = (points: readonly [number, number][]) =>
        Math.min(...points.map(([x, y]) => Math.hypot((x - lon) * squeeze, y - lat)));
      const room = Math.min(far(ring), far(marked));
      if (!best || room > best.room) best = { lon, lat, room };
    }
  }
  return best;
}

/** Names of the countries, each where it is in view round the wall. */
export function countryNames(countries: Collection, wall: Wall): Collection {
  const sensors = wall.sensors.map((s): [number, number] => [s.longitude_deg, s.latitude_deg]);
  const around = bounds([...sensors, ...wall.zones.flatMap((zone) => zone.polygon)]);
  if (!around) return collection([]);
  const marked = [...sensors, ...wall.places.map((place): [number, number] => [place.lon, place.lat])];
  const east = around[2] - 0.08 * (around[2] - around[0]); // a name needs room to its right as well
  const box: [number, number, number, number] = [around[0], around[1], east, around[3]];
  const names: Feature[] = [];
  for (const country of countries.features) {
    const geometry = country.geometry;
    const shapes =
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    const spots = shapes.flatMap((shape) => roomiest(clip((shape[0] ?? []) as Ring, box), marked) ?? []);
    const spot = spots.sort((a, b) => b.room - a.room)[0];
    if (spot && spot.room > 0.02) {
      names.push(point(spot.lon, spot.lat, { name: String(country.properties?.["name"] ?? "").toUpperCase() }));
    }
  }
  return collection(names);
}

const COUNTRIES: Record<string, string> = {
  NOR: "Norway",
  FIN: "Finland",
  EST: "Estonia",
  LVA: "Latvia",
  LTU: "Lithuania",
  POL: "Poland",
  RUS: "Russia",
  BLR: "Belarus",
  UKR: "Ukraine",
};

/** The borders that the wall brings itself, far finer: there the basemap's own line steps back. */
function ownBorders(wall: Wall | null): string[] {
  const border = wall?.border;
  if (border?.type !== "FeatureCollection") return [];
  return border.features.map((feature) =>
    String(feature.properties?.["pair"] ?? "")
      .split("-")
      .map((code) => COUNTRIES[code] ?? code)
      .sort()
      .join("|"),
  );
}

const HOMES: Record<string, string> = {
  NO: "Norway",
  FI: "Finland",
  EE: "Estonia",
  LV: "Latvia",
  LT: "Lithuania",
  PL: "Poland",
};

/** The nations whose sensors stand in this wall, as the basemap names them. */
const homes = (wall: Wall | null): string[] => [
  ...new Set((wall?.sensors ?? []).flatMap((sensor) => HOMES[sensor.nation ?? ""] ?? [])),
];

export function wallSources(wall: Wall): Record<string, Collection | GeoJSON.GeoJSON> {
  return {
    border: wall.border ?? collection([]),
    rings: ringFeatures(wall),
    zones: collection(
      wall.zones.map((zone) => {
        const first = zone.polygon[0];
        const ring = first ? [...zone.polygon, first] : [];
        return polygon(ring, { id: zone.id, kind: zone.kind, title: `${labelWords(zone.id)} · ${zone.kind}` });
      }),
    ),
    places: collection(
      wall.places.map((place) => point(place.lon, place.lat, { name: place.name, people: place.people ?? 0 })),
    ),
    holes: collection(wall.holes.filter((hole) => hole.line.length > 1).map((hole) => line(hole.line, { name: hole.name }))),
  };
}

const FONT = ["Noto Sans"];
const family = (name: string): FilterSpecification => ["==", ["get", "family"], name];

export function style(colours: Palette, wall: Wall | null, base: string): StyleSpecification {
  const empty = collection([]);
  const given = wall ? wallSources(wall) : {};
  const local = (name: string) => ({ type: "geojson" as const, data: given[name] ?? empty });
  return {
    version: 8,
    sources: {
      countries: { type: "geojson", data: `${base}map/countries.json`, tolerance: 0.2, maxzoom: 12 },
      borders: { type: "geojson", data: `${base}map/borders.json`, tolerance: 0.2, maxzoom: 12 },
      graticule: { type: "geojson", data: graticule() },
      names: { type: "geojson", data: empty },
      border: local("border"),
      rings: local("rings"),
      zones: local("zones"),
      places: local("places"),
      holes: local("holes"),
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": colours.water } },
      { id: "land", type: "fill", source: "countries", paint: { "fill-color": colours.land, "fill-antialias": false } },
      {
        id: "homeland",
        type: "fill",
        source: "countries",
        filter: ["in", ["get", "name"], ["literal", homes(wall)]],
        paint: { "fill-color": colours.homeland, "fill-antialias": false },
      },
      {
        id: "graticule",
        type: "line",
        source: "graticule",
        filter: ["any", ["==", ["get", "step"], 5], [">=", ["zoom"], 5.5]],
        paint: { "line-color": colours.graticule, "line-width": 1 },
      },
      {
        id: "borders",
        type: "line",
        source: "borders",
        filter: ["!", ["in", ["get", "pair"], ["literal", ownBorders(wall)]]],
        paint: { "line-color": colours.borders, "line-width": 1, "line-dasharray": [4, 2, 1, 2] },
      },
      {
        id: "acoustic-fill",
        type: "fill",
        source: "rings",
        filter: family("acoustic"),
        paint: { "fill-color": colours.acoustic, "fill-opacity": 0.13, "fill-antialias": false },
      },
      {
        id: "acoustic-edge",
        type: "line",
        source: "rings",
        filter: family("acoustic"),
        minzoom: 8,
        paint: { "line-color": colours.acoustic, "line-width": 1, "line-opacity": 0.55, "line-dasharray": [1, 2.5] },
      },
      {
        id: "radar-fill",
        type: "fill",
        source: "rings",
        filter: family("radar"),
        paint: { "fill-color": colours.radar, "fill-opacity": 0.045 },
      },
      {
        id: "radar-edge",
        type: "line",
        source: "rings",
        filter: family("radar"),
        paint: { "line-color": colours.radar, "line-width": 1.2, "line-opacity": 0.7 },
      },
      {
        id: "receiver-edge",
        type: "line",
        source: "rings",
        filter: family("receiver"),
        paint: { "line-color": colours.receiver, "line-width": 1, "line-opacity": 0.3, "line-dasharray": [6, 5] },
      },
      {
        id: "zones",
        type: "line",
        source: "zones",
        paint: { "line-color": colours.zone, "line-width": 1.4, "line-opacity": 0.75, "line-dasharray": [5, 3] },
      },
      {
        id: "wall-border-casing",
        type: "line",
        source: "border",
        paint: { "line-color": colours.wallBorderCasing, "line-width": 4, "line-opacity": 0.7 },
      },
      {
        id: "wall-border",
        type: "line",
        source: "border",
        layout: { "line-join": "round" },
        paint: { "line-color": colours.wallBorder, "line-width": 1.6 },
      },
      {
        id: "holes",
        type: "line",
        source: "holes",
        paint: { "line-color": colours.hole, "line-width": 5, "line-opacity": 0.7, "line-dasharray": [0.4, 0.8] },
      },
      {
        id: "country-names",
        type: "symbol",
        source: "names",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 13,
          "text-letter-spacing": 0.35,
        },
        paint: { "text-color": colours.country, "text-halo-color": colours.halo, "text-halo-width": 1 },
      },
      {
        id: "zone-names",
        type: "symbol",
        source: "zones",
        minzoom: 8,
        layout: {
          "text-field": ["get", "title"],
          "text-font": FONT,
          "text-size": 11,
          "symbol-placement": "line",
          "text-offset": [0, 0.9],
          "symbol-spacing": 420,
        },
        paint: { "text-color": colours.zone, "text-halo-color": colours.halo, "text-halo-width": 1.4 },
      },
      {
        id: "place-dots",
        type: "circle",
        source: "places",
        paint: { "circle-radius": 2, "circle-color": colours.place, "circle-opacity": 0.8 },
      },
      {
        id: "place-names",
        type: "symbol",
        source: "places",
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": ["interpolate", ["linear"], ["get", "people"], 0, 11, 30_000, 14],
          "text-variable-anchor": ["left", "right", "top", "bottom"],
          "text-radial-offset": 0.5,
          "symbol-sort-key": ["-", 0, ["get", "people"]],
        },
        paint: { "text-color": colours.place, "text-halo-color": colours.halo, "text-halo-width": 1.4 },
      },
      {
        id: "hole-names",
        type: "symbol",
        source: "holes",
        minzoom: 8,
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": 11,
          "symbol-placement": "line-center",
          "text-offset": [0, -1],
        },
        paint: { "text-color": colours.hole, "text-halo-color": colours.halo, "text-halo-width": 1.4 },
      },
    ],
  };
}
