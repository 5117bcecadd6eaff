// The page put together: the store, the line to the service, the map, the panels, the keys.

import "./styles/fonts.css";
import "./styles/base.css";
import "./styles/list.css";
import "./styles/card.css";
import "./styles/warnings.css";
import "./styles/call.css";
import "./styles/replay.css";
import "./styles/sheets.css";
import "./styles/nations.css";
import "./styles/coverage.css";
import "./styles/feeds.css";
import "./styles/narrow.css";
import { api, takeToken } from "./api";
import { alertKey, calm } from "./attention";
import { type Alert, decides, type Progress } from "./contract";
import { h, replace, setAttribute, setText } from "./dom";
import { type Key, listenForKeys } from "./keys";
import { type Padding, WallMap } from "./map/wall_map";
import { callForm } from "./panels/call";
import { card } from "./panels/card";
import { coveragePanel, fetchCoverage } from "./panels/coverage";
import { feedsPanel } from "./panels/feeds";
import { helpPanel } from "./panels/help";
import { sensorList, trackList } from "./panels/list";
import { nationsPanel } from "./panels/nations";
import { replayBar } from "./panels/replay";
import { timelinePanel } from "./panels/timeline";
import { exerciseStrip, lostBanner, topbar } from "./panels/topbar";
import { warningPanel } from "./panels/warnings";
import { timeLeft } from "./remaining";
import { Socket, socketAddress } from "./socket";
import { Sound } from "./sound";
import { Store } from "./store";
import { readView, writeView } from "./view";

const TICK_MS = 500;
const LIST_MS = 450;
const BACKFILL = 2;
const MOST_BACKFILLED = 40;

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const token = takeToken();
const store = new Store(readView(location.hash));
const root = document.documentElement;
const narrow = matchMedia("(max-width: 760px)");
const sound = new Sound(store);
let wantedTime = store.view.t;

const socket = new Socket(
  () => socketAddress(token),
  (message, received) => {
    if (message.type === "hello") {
      store.wall = message.wall;
      store.role = message.role;
      store.watching = message.progress === null || message.progress.step === "ready";
      store.tell("wall");
      showProgress(message.progress);
    } else if (message.type === "picture") {
      if (message.picture.replay && wantedTime !== null) {
        if (decides(store.role)) void api.replay({ t: wantedTime });
        wantedTime = null;
      }
      store.takePicture(message.picture, received);
      confirmShown();
    } else if (message.type === "nations") {
      store.nations = message.nations;
      store.tell("nations");
    } else if (message.type === "progress") showProgress(message.progress);
    else store.takeEvent(message.event);
  },
);

const estimate = timeLeft();

/** While the service compiles and loads, the page is open already and says how far it is. */
function showProgress(progress: Progress | null): void {
  const box = part("preparing");
  box.hidden = progress === null || progress.step === "ready";
  if (!progress || box.hidden) return;
  const bar = h("progress", { max: Math.max(1, progress.total), value: progress.done, "aria-label": progress.step });
  replace(box, h("b", {}, "The watch is preparing"), h("span", {}, `${progress.step} (${progress.done} of ${progress.total}${estimate(progress, performance.now() / 1000)})`), bar);
}

const confirmed = new Set<string>();
/** Tells the service that a draft has been on this screen, once for each revision: a stage of the warning clock. */
function confirmShown(): void {
  if (document.visibilityState !== "visible") return;
  const drafts = (store.picture?.alerts ?? []).filter((alert) => alert.state === "draft");
  const fresh = drafts.filter((alert) => !confirmed.has(`${alert.id} ${alert.revision}`));
  if (fresh.length === 0) return;
  for (const alert of fresh) confirmed.add(`${alert.id} ${alert.revision}`);
  requestAnimationFrame(() => socket.send({ type: "shown", alerts: fresh.map((alert) => alert.id) }));
}

const asked = new Set<string>();
/** Trails of what matters reach back to before this page was opened: their cards are asked for once. */
async function backfill(): Promise<void> {
  const waiting = (store.picture?.tracks ?? [])
    .filter((track) => track.status !== "tentative" && !calm(track) && !asked.has(track.id))
    .slice(0, BACKFILL);
  for (const track of waiting) asked.add(track.id);
  for (const track of waiting) {
    const answer = await api.card(track.id).catch(() => null);
    if (answer) store.backfillTrail(track.id, answer.history);
  }
}

function padding(): Padding {
  if (narrow.matches) return { top: 8, right: 8, bottom: root.dataset["tab"] === "map" ? 60 : part("stage").clientHeight * 0.6, left: 8 };
  const hidden = root.dataset["panels"] === "hidden";
  const side = (id: string) => (hidden ? 8 : part(id).offsetWidth + 12);
  return { top: 12, right: side("right"), bottom: part("foot").offsetHeight + 16, left: side("left") };
}

const map = new WallMap(store, part("map"), padding);
const showAlert = (alert: Alert) => map.show(alert.area.flat());
const spoken = (words: string) => setText(part("spoken"), words);

// The left panel: list, sensors, or the card of what is selected.
const tracks = trackList(store);
const sensors = sensorList(store);
const detail = card(store, { centre: (lon, lat) => map.centreOn(lon, lat), close: () => store.select(null) });
const nations = nationsPanel(store);
const feeds = feedsPanel(store, () => refreshFeedsTab());
const coverage = coveragePanel(store);
fetchCoverage(store);
map.map.on("mousemove", (event) => coverage.over(event.lngLat.lng, event.lngLat.lat));
map.map.on("moveend", () => coverage.over(map.map.getCenter().lng, map.map.getCenter().lat));
const LEFT = ["tracks", "sensors", "nations", "coverage", "feeds"] as const;
let leftTab: (typeof LEFT)[number] = "tracks";
const leftTabs = LEFT.map((name) => h("button", { role: "tab", onclick: () => showLeft(name) }, name.replace(/^./, (letter) => letter.toUpperCase())));
const leftHead = h("div", { class: "tabs big", role: "tablist" }, ...leftTabs);
part("left").append(leftHead, tracks.element, sensors.element, nations.element, coverage.element, feeds.element, detail.element);

function showLeft(tab: typeof leftTab): void {
  leftTab = tab;
  store.select(null);
  refreshLeft();
}

function refreshLeft(): void {
  const chosen = store.view.selected !== null;
  leftHead.hidden = chosen;
  tracks.element.hidden = chosen || leftTab !== "tracks";
  sensors.element.hidden = chosen || leftTab !== "sensors";
  feeds.element.hidden = chosen || leftTab !== "feeds";
  nations.element.hidden = chosen || leftTab !== "nations";
  coverage.element.hidden = chosen || leftTab !== "coverage";
  detail.element.hidden = !chosen;
  leftTabs.forEach((tab, i) => setAttribute(tab, "aria-selected", String(LEFT[i] === leftTab)));
  const count = store.picture?.tracks.filter((track) => track.status !== "ended").length ?? 0;
  const bad = store.picture?.sensors.filter((sensor) => !["ok", "waiting"].includes(sensor.state)).length ?? 0;
  if (leftTabs[0]) setText(leftTabs[0], `Tracks ${count}`);
  if (leftTabs[1]) setText(leftTabs[1], bad > 0 ? `Sensors · ${bad} not ok` : "Sensors");
  const down = store.nations?.partners.filter((line) => !line.up).length ?? 0;
  feeds.refresh(leftTab === "feeds" && !chosen);
  refreshFeedsTab();
  if (leftTabs[2]) {
    leftTabs[2].hidden = store.nations === null;
    setText(leftTabs[2], down > 0 ? `Nations · ${down} down` : "Nations");
  }
  if (leftTabs[3]) leftTabs[3].hidden = store.role !== "planner";
  if (leftTab === "nations") nations.refresh();
  if (chosen) detail.refresh();
  else if (leftTab === "tracks") tracks.refresh();
  else if (leftTab === "sensors") sensors.refresh();
}

/** A watch that plays a night has no feeds, and no tab of them. */
function refreshFeedsTab(): void {
  const { feeds: all, unwell } = feeds.known();
  const tab = leftTabs[4];
  if (!tab) return;
  tab.hidden = all === 0;
  setText(tab, unwell > 0 ? `Feeds · ${unwell} to see` : "Feeds");
}

// The right panel: a call being written, and the warnings.
const call = callForm(store, () => setAttribute(root, "data-calling", null));
const warnings = warningPanel(store, { show: showAlert, spoken });
part("right").append(call.element, warnings.element);

function openCall(): void {
  if (!decides(store.role)) return;
  const centre = map.map.getCenter();
  setAttribute(root, "data-calling", "");
  call.open(centre.lng, centre.lat);
  showTab("warnings");
}

const timeline = timelinePanel(store);
const replay = replayBar(store, timeline.open);
const scale = h("div", { class: "scale", "aria-hidden": "true" });
const credit = h("div", { class: "credit" }, "Natural Earth · border © OpenStreetMap contributors");
part("foot").append(scale, credit, replay.element);

const tabs = (["map", "tracks", "warnings"] as const).map((name) =>
  h("button", { onclick: () => showTab(name), "data-tab": name }, name === "map" ? "Map" : name === "tracks" ? "Tracks" : "Warnings"),
);
part("tabs").append(...tabs);

function showTab(tab: "map" | "tracks" | "warnings"): void {
  root.dataset["tab"] = tab;
  for (const one of tabs) setAttribute(one, "aria-pressed", String(one.dataset["tab"] === tab));
  // On a phone the map keeps the upper half only: what the panel speaks of is brought there.
  const focused = (store.picture?.alerts ?? []).find((alert) => alertKey(alert) === store.focused);
  if (tab === "warnings" && narrow.matches && focused) showAlert(focused);
}
showTab("map");

const toggle = (name: "rings" | "dim" | "isolate" | "persist" | "follow") => () => store.change({ [name]: !store.view[name] });
const pan = (x: number, y: number) => () => map.map.panBy([x, y], { duration: 120 });
const theme = () => store.change({ theme: store.view.theme === "night" ? "day" : "night" });
const mute = () => store.change({ muted: !store.view.muted });
const uncooperative = () => {
  const status = store.view.filters.status === "uncooperative" ? "all" : "uncooperative";
  store.change({ filters: { ...store.view.filters, status } });
};
const panels = (name: "panels" | "bar") => () => {
  root.dataset[name] = root.dataset[name] === "hidden" ? "shown" : "hidden";
};
function step(by: number): void {
  const rows = Array.from(tracks.element.querySelectorAll<HTMLElement>(".track-row")).map((row) => row.dataset["key"] ?? "");
  const at = rows.indexOf(store.view.selected ?? "");
  const next = rows[(at + by + rows.length) % rows.length];
  if (next) store.select(next);
}

/** Open the coverage and do something with it, where there is one. */
function shown(act: () => void): void {
  if (!store.coverage) return;
  if (leftTab !== "coverage" || store.view.selected !== null) showLeft("coverage");
  act();
}

const keys: Key[] = [
  { key: "h", shown: "H", words: "home: the whole wall", group: "Map", act: () => map.home() },
  { key: "q", shown: "Q", words: "zoom out", group: "Map", act: () => map.map.zoomOut() },
  { key: "e", shown: "E", words: "zoom in", group: "Map", act: () => map.map.zoomIn() },
  { key: "w", shown: "W A S D", words: "move the map; arrows too", group: "Map", act: pan(0, -120) },
  { key: "a", shown: "A", words: "", group: "Map", act: pan(-120, 0) },
  { key: "s", shown: "S", words: "", group: "Map", act: pan(0, 120) },
  { key: "d", shown: "D", words: "", group: "Map", act: pan(120, 0) },
  { key: "ArrowUp", shown: "↑", words: "", group: "Map", act: pan(0, -120) },
  { key: "ArrowLeft", shown: "←", words: "", group: "Map", act: pan(-120, 0) },
  { key: "ArrowDown", shown: "↓", words: "", group: "Map", act: pan(0, 120) },
  { key: "ArrowRight", shown: "→", words: "", group: "Map", act: pan(120, 0) },
  { key: "b", shown: "B", words: "dim the map", group: "Map", act: toggle("dim") },
  { key: "r", shown: "R", words: "range rings on or off", group: "Map", act: toggle("rings") },
  { key: "v", shown: "V", words: "coverage: the next layer, for planners", group: "Map", act: () => shown(() => coverage.next("kind")) },
  { key: "[", shown: "[ ]", words: "coverage: lower, higher", group: "Map", act: () => shown(() => coverage.higher(-1)) },
  { key: "]", shown: "]", words: "", group: "Map", act: () => shown(() => coverage.higher(1)) },
  { key: "g", shown: "G", words: "coverage: the next class", group: "Map", act: () => shown(() => coverage.next("label")) },
  { key: "t", shown: "T", words: "coverage: bad end, as assumed, good end", group: "Map", act: () => shown(() => coverage.next("end")) },
  { key: "f", shown: "F", words: "follow the selected track", group: "Tracks", act: toggle("follow") },
  { key: "i", shown: "I", words: "isolate the selected track", group: "Tracks", act: toggle("isolate") },
  { key: "u", shown: "U", words: "hide what is cooperative", group: "Tracks", act: uncooperative },
  { key: "o", shown: "O", words: "tags: name, height and speed, label", group: "Tracks", act: () => store.change({ tags: ((store.view.tags + 1) % 3) as 0 | 1 | 2 }) },
  { key: "l", shown: "L", words: "tags short or as usual", group: "Tracks", act: () => store.change({ tags: store.view.tags === 0 ? 1 : 0 }) },
  { key: "p", shown: "P", words: "keep the trails of what has ended", group: "Tracks", act: toggle("persist") },
  { key: "j", shown: "J K", words: "next, previous in the list", group: "Tracks", act: () => step(1) },
  { key: "k", shown: "K", words: "", group: "Tracks", act: () => step(-1) },
  { key: "c", shown: "C Esc", words: "clear the selection", group: "Tracks", act: () => store.select(null) },
  { key: "/", shown: "/", words: "find a track", group: "Tracks", act: () => { showLeft("tracks"); tracks.search(); } },
  { key: "n", shown: "N", words: "go to the draft to decide", group: "Warnings", act: () => { showTab("warnings"); warnings.newest(); } },
  { key: "c", shift: true, shown: "Shift+C", words: "enter a call", group: "Warnings", act: openCall },
  { key: "x", shown: "X", words: "sound on or off", group: "Warnings", act: mute },
  { key: "y", shown: "Y", words: "our clock beside the reported one", group: "Warnings", act: timeline.open },
  { key: " ", shown: "Space", words: "play or pause", group: "Page", act: replay.toggle },
  { key: ",", shown: ", .", words: "slower, faster", group: "Page", act: () => replay.faster(-1) },
  { key: ".", shown: ".", words: "", group: "Page", act: () => replay.faster(1) },
  { key: "d", shift: true, shown: "Shift+D", words: "night or day colours", group: "Page", act: theme },
  { key: "h", shift: true, shown: "Shift+H", words: "hide the panels", group: "Page", act: panels("panels") },
  { key: "y", shift: true, shown: "Shift+Y", words: "hide the replay bar", group: "Page", act: panels("bar") },
  { key: "?", shown: "?", words: "this help", group: "Page", act: () => help.open() },
];
const help = helpPanel(keys);
document.body.append(help.element, timeline.element);
listenForKeys(keys, () => {
  if (store.placing) call.close();
  else store.select(null);
});

exerciseStrip(store, part("exercise"));
const tickTop = topbar(store, part("topbar"), socket, sound, { help: help.open, call: openCall, theme, mute });
const tickLost = lostBanner(store, part("lost"), socket);

let address = 0;
function remember(): void {
  clearTimeout(address);
  address = window.setTimeout(() => {
    const replaying = store.picture?.replay;
    store.view.t = replaying?.paused ? Math.round(replaying.t) : null;
    history.replaceState(null, "", `${location.pathname}${location.search}#${writeView(store.view)}`);
  }, 300);
}

function showView(): void {
  root.dataset["theme"] = store.view.theme;
  remember();
}

function showScale(): void {
  const lat = map.map.getCenter().lat;
  const metresPerPixel = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.map.getZoom());
  const most = metresPerPixel * 110;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  scale.style.width = `${length / metresPerPixel}px`;
  setText(scale, length >= 1000 ? `${length / 1000} km` : `${length} m`);
}

let listed = 0;
store.on("picture", () => {
  const now = performance.now();
  if (now - listed >= LIST_MS) {
    listed = now;
    refreshLeft();
    replay.refresh();
    if (asked.size < MOST_BACKFILLED) void backfill();
  }
  warnings.refresh();
  const drafts = store.picture?.alerts.filter((alert) => alert.state === "draft").length ?? 0;
  const last = tabs[2];
  if (last) setText(last, drafts > 0 ? `Warnings · ${drafts}` : "Warnings");
});
store.on("selection", () => {
  if (store.view.selected !== null && narrow.matches) showTab("tracks");
  refreshLeft();
});
store.on("wall", () => {
  warnings.refresh();
  refreshLeft();
});
store.on("view", showView);
store.on("coverage", () => {
  if (store.coverage && store.view.coverage.kind !== null) showLeft("coverage");
});
map.map.on("move", showScale);
addEventListener("hashchange", () => {
  const view = readView(location.hash);
  const { centre, zoom } = view;
  Object.assign(store.view, view);
  if (centre && zoom !== null) map.map.jumpTo({ center: centre, zoom });
  store.tell("view");
  store.tell("selection");
});
let ticked = 0;
/** Clocks and countdowns move with each picture, in the same frame; by themselves only while none comes. */
function tick(): void {
  ticked = performance.now();
  tickTop();
  tickLost();
  warnings.tick();
  replay.tick();
  if (store.view.selected !== null) detail.refresh();
}
store.on("picture", tick);
setInterval(() => {
  if (performance.now() - ticked > TICK_MS) tick();
}, TICK_MS);

showView();
showScale();
refreshLeft();
replace(part("spoken"));
socket.open();
