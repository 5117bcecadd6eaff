// The card of one track: why do we believe this? Which sensors, which detections, how sure over time, how fresh each field.

import { height, speed } from "../attention";
import { api, Refused } from "../api";
import type { Card, DetectionRow, EvidenceRow, FlightStanding, Freshness, Sensor, Track } from "../contract";
import { h, replace, setText } from "../dom";
import { age, clockTime, count, course, kilometres, kindWords, kmh, labelWords, metres, percent, position, sentence, shortFlight, shortId } from "../format";
import { reach } from "../map/basemap";
import type { Store } from "../store";
import { classChart, existenceChart } from "./charts";
import { STATE_SHAPES, STATE_WORDS, symbolIcon } from "./list";

const REFRESH_MS = 2000;
const ROWS = 40;
const FRESH_SHAPES: Record<Freshness, string> = { fresh: "●", stale: "◐", expired: "○" };

export interface Actions {
  centre: (lon: number, lat: number) => void;
  close: () => void;
}

const fact = (name: string, value: string, extra = ""): HTMLElement =>
  h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value, extra ? h("small", {}, ` ${extra}`) : null));

const IDENTITY_WORDS: Record<string, string> = {
  cooperative: "Says who it is; nothing contradicts it",
  conflicting: "Says who it is; other sensors contradict it",
  unknown: "Does not say who it is",
};

/** The panel for what is selected: a track's card, or a sensor's. */
export function card(store: Store, actions: Actions): { element: HTMLElement; refresh: () => void } {
  const element = h("section", { class: "card", "aria-label": "Card" });
  let asked = 0;
  let known: Card | null = null;
  let drawnFor: string | null = null;
  let parts: TrackParts | null = null;

  const ask = async (id: string) => {
    asked = performance.now();
    try {
      const answer = await api.card(id);
      if (store.view.selected !== id) return;
      known = answer;
      store.backfillTrail(id, answer.history);
      parts?.history(answer);
    } catch (error) {
      if (error instanceof Refused && parts) parts.trouble(error.message);
    }
  };

  const refresh = () => {
    const id = store.view.selected;
    const track = store.track(id);
    const sensor = track ? undefined : store.wall?.sensors.find((one) => one.id === id);
    const now = track ? `track ${track.id}` : sensor ? `sensor ${sensor.id}` : id ? `gone ${id}` : null;
    if (now !== drawnFor) {
      drawnFor = now;
      known = null;
      asked = 0;
      parts = track ? trackCard(store, element, track, actions) : null;
      if (!track && !sensor && id) goneCard(element, id, actions);
    }
    if (track && parts) {
      parts.now(track);
      if (performance.now() - asked > REFRESH_MS) void ask(track.id);
      else if (known === null && asked === 0) void ask(track.id);
    }
    if (sensor) sensorCard(store, element, sensor, actions);
  };
  return { element, refresh };
}

function header(actions: Actions, icon: HTMLElement | null, title: string, subtitle: string): HTMLElement {
  return h(
    "header",
    { class: "card-head" },
    icon,
    h("div", { class: "card-title" }, h("h2", {}, title), h("p", {}, subtitle)),
    h("button", { class: "plain", onclick: actions.close, title: "Back to the list (Esc)" }, "Close"),
  );
}

function goneCard(element: HTMLElement, id: string, actions: Actions): void {
  replace(element, header(actions, null, shortId(id), "is not in the picture now"));
}

function sensorCard(store: Store, element: HTMLElement, sensor: Sensor, actions: Actions): void {
  const health = store.health(sensor.id);
  const state = health?.state ?? "unknown";
  const far = reach(sensor);
  const last = health?.last_t ?? null;
  const made = store.picture?.tracks.filter((track) => track.sensors.includes(sensor.id)) ?? [];
  replace(
    element,
    header(actions, null, sensor.id, `${kindWords(sensor.kind)}${sensor.nation ? ` · ${sensor.nation}` : ""}`),
    h(
      "dl",
      { class: "facts" },
      fact("Health", `${STATE_SHAPES[state]} ${STATE_WORDS[state]}`),
      fact("Latest look", last === null ? "none" : `${age((store.picture?.t ?? last) - last)} ago`),
      fact("Rate", health?.rate_hz === null || health?.rate_hz === undefined ? "not known" : `${health.rate_hz.toFixed(2)} /s`),
      fact(far?.family === "acoustic" ? "Hears to about" : "Reaches to", far ? kilometres(far.metres) : "not known"),
      fact("Height", metres(sensor.height_agl_m), "above ground"),
      fact("Stands at", position(sensor.latitude_deg, sensor.longitude_deg)),
    ),
    h("h3", {}, "Tracks it has part in"),
    made.length === 0
      ? h("p", { class: "quiet" }, "None now.")
      : h("div", { class: "links" }, ...made.map((t) => h("button", { class: "chip", onclick: () => store.select(t.id) }, shortId(t.id)))),
  );
}

interface TrackParts {
  now: (track: Track) => void;
  history: (answer: Card) => void;
  trouble: (sentence: string) => void;
}

function trackCard(store: Store, element: HTMLElement, first: Track, actions: Actions): TrackParts {
  const head = h("div");
  const facts = h("dl", { class: "facts" });
  const fresh = h("ul", { class: "fresh" });
  const existence = h("div", { class: "chart-box" });
  const classes = h("div", { class: "chart-box" });
  const sensors = h("ul", { class: "shares" });
  const rows = h("div", { class: "evidence" });
  const note = h("p", { class: "quiet" }, "Asking for its history …");
  const follow = h("button", { class: "chip", onclick: () => store.change({ follow: !store.view.follow }) }, "Follow");
  const existsWords = h("b", {});
  replace(
    element,
    head,
    h("div", { class: "links" }, h("button", { class: "chip", onclick: () => go(store, actions) }, "Centre"), follow),
    facts,
    h("h3", {}, "Does it exist? ", existsWords),
    existence,
    h("h3", {}, "What does it seem to be?"),
    classes,
    h("h3", {}, "How fresh is each field?"),
    fresh,
    h("h3", {}, "Which sensors say so?"),
    sensors,
    h("h3", {}, "The detections behind it"),
    note,
    rows,
  );
  let sidc = "";
  return {
    now: (track) => {
      if (track.sidc !== sidc || head.childElementCount === 0) {
        sidc = track.sidc;
        const icon = symbolIcon(track, 26);
        replace(head, header(actions, icon, shortId(track.id), track.id));
      }
      const subtitle = head.querySelector("p");
      if (subtitle) setText(subtitle, `${track.id} · ${track.status} · since ${clockTime(track.first_t, store.timezone())}`);
      replace(facts, ...factsOf(track));
      replace(fresh, ...freshOf(track));
      setText(existsWords, percent(track.p_exists));
      follow.setAttribute("aria-pressed", String(store.view.follow));
    },
    history: (answer) => {
      const zone = store.timezone();
      note.hidden = answer.evidence.length > 0;
      setText(note, "No detection rows are kept for it.");
      if (answer.history.length > 1) {
        replace(existence, existenceChart(answer.history, zone));
        const drawn = classChart(answer.history, zone);
        const legend = drawn.legend.map(([shade, words, p]) => {
          const swatch = h("i", { class: "swatch" });
          swatch.style.background = shade;
          return h("li", {}, swatch, `${words} `, h("b", {}, p));
        });
        replace(classes, drawn.chart, h("ul", { class: "legend" }, ...legend));
      }
      replace(sensors, ...sharesOf(store, answer, store.track(first.id) ?? first));
      evidenceRows(store, rows, answer.evidence, zone);
    },
    trouble: (sentenceOfIt) => setText(note, sentenceOfIt),
  };
}

function go(store: Store, actions: Actions): void {
  const track = store.track(store.view.selected);
  if (track) actions.centre(track.lon, track.lat);
}

function factsOf(track: Track): HTMLElement[] {
  const datum = track.height_agl_m === null ? "above the ellipsoid" : "above ground";
  const ellipse = track.ellipse;
  return [
    fact("Identity", track.identity ?? "none", IDENTITY_WORDS[track.identity_status] ?? sentence(track.identity_status)),
    ...(track.flight ? [flightFact(track.flight)] : []),
    fact("Seems to be", labelWords(track.label), percent(track.label_probability)),
    fact("Height", metres(height(track)), datum),
    fact("Speed", kmh(speed(track)), `course ${course(track.ve, track.vn)}`),
    fact("Climb", `${track.vu >= 0 ? "+" : "−"}${Math.abs(track.vu).toFixed(1)} m/s`),
    fact("Position", position(track.lat, track.lon), ellipse ? `95 % within ${kilometres(ellipse.a_m)} × ${kilometres(ellipse.b_m)}` : ""),
    fact("Detections", count(track.detections), `latest ${age(track.age_s)} ago`),
  ];
}

/** Marked by a shape and by its words, so that it is told without colour. */
function flightFact(standing: FlightStanding): HTMLElement {
  const row = fact("Authorised flight", `${standing.known ? "✓" : "△"} ${sentence(standing.words)}`, shortFlight(standing.flight));
  row.dataset["flight"] = standing.known ? "known" : "not-known";
  return row;
}

function freshOf(track: Track): HTMLElement[] {
  const names = Object.entries(track.freshness);
  if (names.length === 0) return [h("li", { class: "quiet" }, "The service does not say.")];
  return names.map(([name, state]) =>
    h("li", { "data-fresh": state }, h("span", { "aria-hidden": "true" }, FRESH_SHAPES[state] ?? "?"), ` ${sentence(name)} `, h("small", {}, state)),
  );
}

function sharesOf(store: Store, answer: Card, track: Track): HTMLElement[] {
  const totals = new Map<string, number>(track.sensors.map((sensor) => [sensor, 0]));
  for (const row of answer.evidence) totals.set(row.sensor, (totals.get(row.sensor) ?? 0) + 1);
  const most = Math.max(1, ...totals.values());
  return [...totals]
    .sort((a, b) => b[1] - a[1])
    .map(([id, rows]) => {
      const kind = store.wall?.sensors.find((sensor) => sensor.id === id)?.kind ?? "";
      const bar = h("i", { class: "bar" });
      bar.style.width = `${Math.round((rows / most) * 100)}%`;
      const words = rows === 0 ? "earlier" : `${rows} rows`;
      return h("li", {}, h("button", { class: "link", onclick: () => store.select(id) }, id), h("span", { class: "quiet" }, ` ${kindWords(kind)} · ${words}`), bar);
    });
}

function evidenceRows(store: Store, box: HTMLElement, evidence: readonly EvidenceRow[], zone: string): void {
  const open = box.querySelector<HTMLElement>("[aria-expanded=true]")?.dataset["at"];
  const rows = [...evidence].sort((a, b) => b.t - a.t).slice(0, ROWS);
  if (open && rows.some((row) => keyOf(row) === open) && box.childElementCount > 0) return; // somebody is reading
  replace(
    box,
    ...rows.map((row) => {
      const table = h("div", { class: "rows-of-scan", hidden: true });
      const button: HTMLButtonElement = h(
        "button",
        { class: "evidence-row", "aria-expanded": "false", "data-at": keyOf(row), onclick: () => void toggle(store, row, button, table) },
        h("span", {}, clockTime(row.t, zone)),
        h("span", {}, row.sensor),
        h("span", { class: "quiet" }, `scan ${row.scan} · row ${row.row}`),
        h("span", { class: "number" }, row.weight === null ? "" : percent(row.weight)),
      );
      return h("div", {}, button, table);
    }),
    evidence.length > ROWS ? h("p", { class: "quiet" }, `The latest ${ROWS} of ${evidence.length} that are kept.`) : null,
  );
}

const keyOf = (row: EvidenceRow): string => `${row.sensor}/${row.scan}/${row.row}`;

async function toggle(store: Store, row: EvidenceRow, button: HTMLElement, table: HTMLElement): Promise<void> {
  const opening = table.hidden;
  for (const other of button.closest(".evidence")?.querySelectorAll<HTMLElement>("[aria-expanded=true]") ?? []) {
    other.setAttribute("aria-expanded", "false");
    const shown = other.nextElementSibling as HTMLElement | null;
    if (shown) shown.hidden = true;
  }
  store.shown = null;
  if (opening) {
    button.setAttribute("aria-expanded", "true");
    table.hidden = false;
    try {
      const rows = await api.detections(row.sensor, row.scan);
      const mine = rows.find((one) => one["row"] === row.row) ?? rows[row.row];
      replace(table, detectionTable(mine ? [mine] : rows), h("p", { class: "quiet" }, `Row ${row.row} of ${rows.length} in this look of ${row.sensor}; drawn on the map.`));
      store.shown = { sensor: row.sensor, scan: row.scan, rows: mine ? [mine] : rows };
    } catch (error) {
      replace(table, h("p", { class: "trouble" }, error instanceof Error ? error.message : "It could not be read."));
    }
  }
  store.tell("evidence");
}

function detectionTable(rows: readonly DetectionRow[]): HTMLElement {
  const lines = rows.flatMap((row) =>
    Object.entries(row)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => h("tr", {}, h("th", {}, name), h("td", {}, typeof value === "number" ? number(name, value) : String(value)))),
  );
  return h("table", {}, h("tbody", {}, ...lines));
}

const number = (name: string, value: number): string =>
  Number.isInteger(value) || name.endsWith("_ns") ? String(value) : value.toFixed(Math.abs(value) < 10 ? 4 : 2);
