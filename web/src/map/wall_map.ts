// The map: MapLibre below for what stands still, one canvas above for what moves. A new picture redraws the canvas only.

import "maplibre-gl/dist/maplibre-gl.css";
import { Map as LibreMap, setWorkerCount, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { api } from "../api";
import { alertedTracks, passes } from "../attention";
import type { SensorState } from "../contract";
import { painted, probe } from "../probe";
import { refusedSymbols } from "../sidc";
import type { Store } from "../store";
import { countryNames, style } from "./basemap";
import { coverageDrawn, showCoverage } from "./coverage_layer";
import { drawAlerts, drawDetections, drawPlacing, drawPresences } from "./draw_areas";
import { drawPartners } from "./draw_partners";
import { drawSensors } from "./draw_sensors";
import { drawTracks } from "./draw_tracks";
import { bounds } from "./geometry";
import { palettes } from "./palette";
import { Projector } from "./projector";
import { type Box, TagLayout } from "./tags";

const PICK_PX = 16;
const NO_WALL: [number, number] = [26, 57];

/** Whether this browser has no graphics card to draw with. */
function softwareGraphics(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  const names = gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl && names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software/i.test(renderer);
}

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export class WallMap {
  readonly map: LibreMap;
  private readonly canvas: HTMLCanvasElement;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly at = new Projector();
  private readonly layout = new TagLayout();
  private readonly store: Store;
  private readonly padding: () => Padding;
  private frame = 0;
  private drawnSeq = -1;
  /** An address without a place to look at means: the whole wall, once it is known. */
  private homeless: boolean;

  constructor(store: Store, container: HTMLElement, padding: () => Padding) {
    this.store = store;
    this.padding = padding;
    this.homeless = store.view.centre === null;
    setWorkerUrl(workerUrl);
    setWorkerCount(1);
    const view = store.view;
    this.map = new LibreMap({
      container,
      style: style(palettes[view.theme], null, import.meta.env.BASE_URL),
      center: view.centre ?? NO_WALL,
      zoom: view.zoom ?? 5,
      minZoom: 2,
      maxZoom: 16,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      fadeDuration: 0,
      keyboard: false,
      renderWorldCopies: false,
      cancelPendingTileRequestsWhileZooming: false,
      transformRequest: (url) => {
        const own = url.startsWith(new URL("./api/", location.href).href) ? api.token() : null;
        return own ? { url, headers: { Authorization: `Bearer ${own}` } } : { url };
      },
      canvasContextAttributes: { antialias: false, powerPreference: "low-power" },
    });
    this.map.touchZoomRotate.disableRotation();
    this.canvas = document.createElement("canvas");
    this.canvas.className = "overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    container.append(this.canvas);
    // Where the graphics are done in software, the processor draws lines and letters faster than an imitated card does.
    const context = this.canvas.getContext("2d", { willReadFrequently: softwareGraphics() });
    if (!context) throw new Error("this browser draws no canvas");
    this.ctx = context;
    this.map.on("render", () => this.draw());
    this.map.on("load", () => void this.begin());
    probe.coverageDrawn = () => coverageDrawn(this.map);
    this.map.on("moveend", () => this.remember());
    this.listen();
  }

  /** Names are drawn from the page's own font, so it must be there before the first of them. */
  private async begin(): Promise<void> {
    await Promise.all(["400", "500", "600"].map((weight) => document.fonts.load(`${weight} 12px "Noto Sans"`, "aēжŠ")));
    probe.ready = true;
    if (this.store.wall) this.showWall();
  }

  private listen(): void {
    const { store, map } = this;
    for (const topic of ["picture", "selection", "evidence", "place", "line", "nations"] as const) store.on(topic, () => this.schedule());
    store.on("picture", () => this.follow());
    store.on("wall", () => this.showWall());
    store.on("coverage", () => this.showToggles());
    let theme = store.view.theme;
    let rings = store.view.rings;
    let dim = store.view.dim;
    let coverage = store.view.coverage;
    store.on("view", () => {
      if (store.view.theme !== theme) {
        theme = store.view.theme;
        this.showWall();
      }
      if (store.view.rings !== rings || store.view.dim !== dim || store.view.coverage !== coverage) {
        rings = store.view.rings;
        coverage = store.view.coverage;
        dim = store.view.dim;
        this.showToggles();
      }
      this.schedule();
    });
    map.on("click", (event) => this.click(event.point.x, event.point.y, event.lngLat.lng, event.lngLat.lat));
    map.on("mousemove", (event) => {
      const found = this.pick(event.point.x, event.point.y);
      if (found !== store.hovered) {
        store.hovered = found;
        map.getCanvas().style.cursor = store.placing ? "crosshair" : found ? "pointer" : "";
        this.schedule();
      }
    });
  }

  private click(x: number, y: number, lon: number, lat: number): void {
    if (this.store.placing) {
      Object.assign(this.store.placing, { lon, lat });
      this.store.tell("place");
      return;
    }
    this.store.select(this.pick(x, y));
  }

  /** The track or sensor under a point of the screen; tracks first. */
  private pick(x: number, y: number): string | null {
    const { store, at } = this;
    let best: string | null = null;
    let least = PICK_PX;
    const consider = (id: string, lon: number, lat: number, handicap: number) => {
      const p = at.point(lon, lat);
      const d = Math.hypot(p.x - x, p.y - y) + handicap;
      if (d < least) {
        least = d;
        best = id;
      }
    };
    for (const track of this.tracks()) consider(track.id, track.lon, track.lat, 0);
    for (const sensor of store.wall?.sensors ?? []) consider(sensor.id, sensor.longitude_deg, sensor.latitude_deg, 6);
    return best;
  }

  private tracks() {
    const { picture, view } = this.store;
    const shown = (picture?.tracks ?? []).filter((track) => track.id === view.selected || passes(track, view.filters));
    const alone = view.isolate && view.selected && shown.some((track) => track.id === view.selected);
    return alone ? shown.filter((track) => track.id === view.selected) : shown;
  }

  private showWall(): void {
    const { wall, view } = this.store;
    if (!probe.ready) return;
    this.map.setStyle(style(palettes[view.theme], wall, import.meta.env.BASE_URL), { diff: true });
    this.map.once("styledata", () => this.showToggles());
    if (wall) void this.nameCountries();
    if (wall && this.homeless) {
      this.homeless = wall.sensors.length === 0;
      this.home(false);
    }
    this.schedule();
  }

  private async nameCountries(): Promise<void> {
    const answer = await fetch(`${import.meta.env.BASE_URL}map/countries.json`);
    const countries = (await answer.json()) as GeoJSON.FeatureCollection;
    const wall = this.store.wall;
    const source = this.map.getSource("names");
    if (wall && source && "setData" in source) {
      (source as { setData(data: GeoJSON.GeoJSON): void }).setData(countryNames(countries, wall));
    }
  }

  private showToggles(): void {
    const { rings, dim } = this.store.view;
    for (const layer of ["radar-fill", "radar-edge", "acoustic-fill", "acoustic-edge", "receiver-edge"]) {
      if (this.map.getLayer(layer)) this.map.setLayoutProperty(layer, "visibility", rings ? "visible" : "none");
    }
    if (probe.ready) showCoverage(this.map, this.store);
    this.map.getCanvas().style.opacity = dim ? "0.45" : "1";
  }

  /** The whole wall in view: its sensors and zones. */
  home(animate = true): void {
    const wall = this.store.wall;
    if (!wall) return;
    const sensors = wall.sensors.map((s): [number, number] => [s.longitude_deg, s.latitude_deg]);
    const box = bounds([...sensors, ...wall.zones.flatMap((zone) => zone.polygon)]);
    if (box) this.map.fitBounds(box, { padding: this.roomy(), animate, maxZoom: 11 });
  }

  show(points: readonly [number, number][]): void {
    const box = bounds(points);
    if (box) this.map.fitBounds(box, { padding: this.roomy(), maxZoom: 11, duration: 600 });
  }

  private roomy(): Padding {
    const p = this.padding();
    return { top: p.top + 24, right: p.right + 24, bottom: p.bottom + 24, left: p.left + 24 };
  }

  centreOn(lon: number, lat: number): void {
    const p = this.padding();
    this.map.easeTo({ center: [lon, lat], offset: [(p.left - p.right) / 2, (p.top - p.bottom) / 2], duration: 500 });
  }

  private follow(): void {
    const track = this.store.view.follow ? this.store.track(this.store.view.selected) : undefined;
    if (!track) return;
    const p = this.padding();
    const at = this.at.point(track.lon, track.lat);
    const x = (this.at.width + p.left - p.right) / 2;
    const y = (this.at.height + p.top - p.bottom) / 2;
    if (Math.hypot(at.x - x, at.y - y) > 60) this.centreOn(track.lon, track.lat);
  }

  private remember(): void {
    if (this.homeless) return;
    const centre = this.map.getCenter();
    this.store.change({ centre: [centre.lng, centre.lat], zoom: this.map.getZoom() });
  }

  /** Draws the overlay in the next frame, once, however much has changed. */
  schedule(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const started = performance.now();
    const { store, at, ctx } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    at.look(this.map);
    const w = Math.round(at.width * ratio);
    const h = Math.round(at.height * ratio);
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, at.width, at.height);
    const colours = palettes[store.view.theme];
    const picture = store.picture;
    const tracks = this.tracks();
    let taken: Box[] = [];
    if (picture) {
      const symbols = tracks.map((track) => at.point(track.lon, track.lat));
      taken = drawAlerts(ctx, at, picture.alerts, symbols, store.focused, colours);
      drawPresences(ctx, at, picture.presences, picture.t, colours, ratio);
    }
    const states = new Map(picture?.sensors.map((one): [string, SensorState] => [one.id, one.state]));
    const state = (id: string) => states.get(id) ?? "unknown";
    drawSensors(ctx, at, store.wall?.sensors ?? [], state, store.view.selected, this.map.getZoom(), colours);
    if (store.nations) drawPartners(ctx, at, store.nations, colours);
    if (store.shown) drawDetections(ctx, at, store.shown, store.wall, colours);
    if (picture) {
      const scene = {
        tracks,
        trails: store.trails,
        selected: store.view.selected,
        hovered: store.hovered,
        alerted: alertedTracks(picture.alerts),
        tags: store.view.tags,
        now: picture.t,
        ratio,
        taken: [...taken, ...this.placeNames()],
      };
      drawTracks(ctx, at, scene, colours, this.layout);
      probe.tracks = Object.fromEntries(tracks.map((track) => [track.id, at.point(track.lon, track.lat)]));
    }
    if (store.placing) drawPlacing(ctx, at, store.placing, colours);
    probe.refusedSymbols = refusedSymbols();
    this.report(started);
  }

  /** About where the map writes the names of places, so that no tag covers one. */
  private placeNames(): Box[] {
    return (this.store.wall?.places ?? []).map((place) => {
      const p = this.at.point(place.lon, place.lat);
      return { x: p.x - 4, y: p.y - 9, w: 14 + 7.5 * place.name.length, h: 18 };
    });
  }

  private report(started: number): void {
    const picture = this.store.picture;
    if (!picture || picture.seq === this.drawnSeq) return;
    this.drawnSeq = picture.seq;
    painted({
      seq: picture.seq,
      t: picture.t,
      made: picture.made,
      sent: picture.sent,
      received: (performance.timeOrigin + this.store.receivedMs) / 1000,
      tracks: picture.tracks.length,
      draw_ms: performance.now() - started,
    });
  }
}
