// Makes the offline basemap: Natural Earth countries (public domain, by way of world-atlas) as GeoJSON.
// The east of Europe in 1:10m, the rest of the world in 1:50m; about 11 m of rounding, far below what 1:10m resolves.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { feature, mesh } from "topojson-client";

const here = new URL(".", import.meta.url);
const out = new URL("../public/map/", here);
const EUROPE = [4, 46, 45, 72]; // west, south, east, north
const DECIMALS = 4;

const read = (name) => JSON.parse(readFileSync(new URL(`../node_modules/world-atlas/${name}`, here), "utf8"));
const fine = read("countries-10m.json");
const coarse = read("countries-50m.json");

const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
const near = (polygon) => polygon[0].some(([x, y]) => x > EUROPE[0] && x < EUROPE[2] && y > EUROPE[1] && y < EUROPE[3]);
const round = (value) => (typeof value === "number" ? Number(value.toFixed(DECIMALS)) : value.map(round));
const rounded = (geometry) => ({ type: geometry.type, coordinates: round(geometry.coordinates) });

const countries = (topology) => feature(topology, topology.objects.countries).features;
const touching = (country) => country.properties.name !== "Greenland" && polygons(country.geometry).some(near);
const european = new Set(
  countries(fine)
    .filter(touching)
    .map((c) => c.properties.name),
);
// Of each country, the parts near the east of Europe in the fine scale, the parts elsewhere in the coarse one.
const parts = (topology, wanted) =>
  countries(topology).flatMap((c) => {
    const kept = polygons(c.geometry).filter((polygon) => wanted(c.properties.name, polygon));
    if (kept.length === 0) return [];
    return [{ type: "Feature", properties: { name: c.properties.name }, geometry: { type: "MultiPolygon", coordinates: round(kept) } }];
  });
const land = [
  ...parts(fine, (name, polygon) => european.has(name) && near(polygon)),
  ...parts(coarse, (name, polygon) => !european.has(name) || !near(polygon)),
];
const inEurope = (c) => european.has(c.properties.name);
const pairs = (topology, wanted) => {
  const names = new Set();
  mesh(topology, topology.objects.countries, (a, b) => {
    if (a !== b && wanted(a, b)) names.add([a.properties.name, b.properties.name].sort().join("|"));
    return false;
  });
  return [...names].map((pair) => {
    const [one, other] = pair.split("|");
    const geometry = mesh(topology, topology.objects.countries, (a, b) => {
      const names = [a.properties.name, b.properties.name];
      return a !== b && names.includes(one) && names.includes(other);
    });
    return { type: "Feature", properties: { pair }, geometry: rounded(geometry) };
  });
};
const borders = [
  ...pairs(fine, (a, b) => inEurope(a) && inEurope(b)),
  ...pairs(coarse, (a, b) => !(inEurope(a) && inEurope(b))),
];

mkdirSync(out, { recursive: true });
const write = (name, features) =>
  writeFileSync(new URL(name, out), JSON.stringify({ type: "FeatureCollection", features }));
write("countries.json", land);
write("borders.json", borders);
