// Makes the offline basemap: Natural Earth countries (public domain, by way of world-atlas) as GeoJSON.
// Europe in 1:10m, the rest of the world in 1:50m; about 11 m of rounding, far below what 1:10m resolves.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { feature, mesh } from "topojson-client";

const here = new URL(".", import.meta.url);
const out = new URL("../public/map/", here);
const EUROPE = [-26, 34, 62, 73]; // west, south, east, north
const DECIMALS = 4;

const read = (name) => JSON.parse(readFileSync(new URL(`../node_modules/world-atlas/${name}`, here), "utf8"));
const fine = read("countries-10m.json");
const coarse = read("countries-50m.json");

const rings = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();
const touches = (country) =>
  rings(country.geometry).some((ring) =>
    ring.some(([x, y]) => x > EUROPE[0] && x < EUROPE[2] && y > EUROPE[1] && y < EUROPE[3]),
  );
const round = (value) => (typeof value === "number" ? Number(value.toFixed(DECIMALS)) : value.map(round));
const rounded = (geometry) => ({ type: geometry.type, coordinates: round(geometry.coordinates) });

const countries = (topology) => feature(topology, topology.objects.countries).features;
const european = new Set(countries(fine).filter(touches).map((c) => c.properties.name));
const shape = (c) => ({ type: "Feature", properties: { name: c.properties.name }, geometry: rounded(c.geometry) });
const land = [
  ...countries(fine).filter((c) => european.has(c.properties.name)),
  ...countries(coarse).filter((c) => !european.has(c.properties.name)),
].map(shape);

const lines = (topology, wanted) => mesh(topology, topology.objects.countries, (a, b) => a !== b && wanted(a, b));
const inEurope = (c) => european.has(c.properties.name);
const borders = [
  lines(fine, (a, b) => inEurope(a) && inEurope(b)),
  lines(coarse, (a, b) => !(inEurope(a) && inEurope(b))),
].map((geometry) => ({ type: "Feature", properties: {}, geometry: rounded(geometry) }));

mkdirSync(out, { recursive: true });
const write = (name, features) =>
  writeFileSync(new URL(name, out), JSON.stringify({ type: "FeatureCollection", features }));
write("countries.json", land);
write("borders.json", borders);
