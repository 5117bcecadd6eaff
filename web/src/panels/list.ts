// The list at the left: every track that the filters leave, and every sensor with its health.

import { alertedTracks, calm, height, passes, sorted, speed } from "../attention";
import type { SensorState, Track } from "../contract";
import { h, keyed, replace, setAttribute, setText } from "../dom";
import { age, kindWords, kmh, labelWords, metres, percent, shortId, shortIdentity } from "../format";
import { symbolImage } from "../map/symbols";
import type { Store } from "../store";
import type { Filters } from "../view";

const COLUMNS: [key: string, words: string, title: string][] = [
  ["attention", "Track", "What deserves a look first"],
  ["height", "Height", "Above ground where it is known"],
  ["speed", "Speed", "Over ground"],
  ["age", "Age", "Since its latest detection"],
];

export const STATE_WORDS: Record<SensorState, string> = {
  ok: "ok",
  late: "late",
  silent: "silent",
  fault: "fault",
  waiting: "waiting",
  unknown: "not known",
};
export const STATE_SHAPES: Record<SensorState, string> = { ok: "●", late: "◐", silent: "✕", fault: "!", waiting: "○", unknown: "○" };

export function symbolIcon(track: Track, size: number): HTMLCanvasElement {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const image = symbolImage(track.sidc, size, ratio);
  const canvas = h("canvas", { class: "symbol", width: image.canvas.width, height: image.canvas.height, "aria-hidden": "true" });
  canvas.style.width = `${image.width}px`;
  canvas.style.height = `${image.height}px`;
  canvas.getContext("2d")?.drawImage(image.canvas, 0, 0);
  canvas.dataset["sidc"] = track.sidc;
  return canvas;
}

function makeRow(store: Store, track: Track): HTMLElement {
  const row = h(
    "button",
    { class: "row track-row", onclick: () => store.select(track.id) },
    h("span", { class: "cell icon" }),
    h("span", { class: "cell what" }, h("span", { class: "first" }), h("span", { class: "about" })),
    h("span", { class: "cell number" }),
    h("span", { class: "cell number" }),
    h("span", { class: "cell number age" }),
  );
  return row;
}

function updateRow(store: Store, row: HTMLElement, track: Track, alerted: ReadonlySet<string>): void {
  const [icon, what, high, fast, old] = Array.from(row.children) as HTMLElement[];
  if (!icon || !what || !high || !fast || !old) return;
  const shown = icon.firstElementChild as HTMLElement | null;
  if (shown?.dataset["sidc"] !== track.sidc) replace(icon, symbolIcon(track, 13));
  const [first, second] = Array.from(what.children) as HTMLElement[];
  if (first) setText(first, shortId(track.id) + (track.identity ? ` ${shortIdentity(track.identity)}` : ""));
  if (second) {
    const likely = track.label === "unknown" ? "" : ` ${percent(track.label_probability)}`;
    const state = track.status === "confirmed" ? "" : `${track.status} · `;
    const known = track.flight?.known ? "authorised · " : "";
    setText(second, `${known}${state}${labelWords(track.label)}${likely.replace(" %", "\u00a0%")}`);
  }
  setText(high, metres(height(track)));
  setText(fast, kmh(speed(track)));
  setText(old, age(track.age_s));
  setAttribute(row, "aria-current", track.id === store.view.selected ? "true" : null);
  setAttribute(row, "data-calm", calm(track) ? "" : null);
  setAttribute(row, "data-alerted", alerted.has(track.id) ? "" : null);
}

export function trackList(store: Store): { element: HTMLElement; refresh: () => void; search: () => void } {
  const search = h("input", {
    type: "search",
    class: "search",
    placeholder: "Find: id, label, sensor …",
    "aria-label": "Find tracks by id, identity, label or sensor",
    value: store.view.filters.text,
  });
  const set = (change: Partial<Filters>) => {
    store.change({ filters: { ...store.view.filters, ...change } });
    refresh();
  };
  search.addEventListener("input", () => set({ text: search.value }));
  const chips = (["all", "confirmed", "uncooperative"] as const).map((status) =>
    h("button", { class: "chip", onclick: () => set({ status }) }, status === "all" ? "All" : status === "confirmed" ? "Confirmed" : "Not cooperative"),
  );
  const least = h("input", { type: "range", min: 0, max: 0.95, step: 0.05, "aria-label": "Least probability that it exists" });
  least.value = String(store.view.filters.minimum_p);
  const leastWords = h("output", {});
  least.addEventListener("input", () => set({ minimum_p: Number(least.value) }));
  const heads = COLUMNS.map(([key, words, title]) =>
    h(
      "button",
      {
        class: "head",
        title,
        onclick: () => {
          const same = store.view.filters.sort === key;
          set({ sort: key, descending: same ? !store.view.filters.descending : key !== "age" });
        },
      },
      words,
    ),
  );
  const rows = h("div", { class: "rows" });
  const none = h("p", { class: "none" });
  const element = h(
    "section",
    { class: "list" },
    h("div", { class: "filters" }, search, h("div", { class: "chips" }, ...chips), h("label", { class: "least" }, "exists ≥ ", leastWords, least)),
    h("div", { class: "heads" }, ...heads),
    rows,
    none,
  );
  const refresh = () => {
    const { filters } = store.view;
    const all = (store.picture?.tracks ?? []).filter((track) => track.status !== "ended");
    const alerted = alertedTracks(store.picture?.alerts ?? []);
    const left = sorted(all.filter((track) => passes(track, filters)), filters, alerted);
    keyed(rows, left, (track) => track.id, (track) => makeRow(store, track), (row, track) => updateRow(store, row, track, alerted));
    const hidden = all.length - left.length;
    setText(none, all.length === 0 ? "Nothing is being tracked." : hidden > 0 ? `${hidden} hidden by the filters.` : "");
    chips.forEach((chip, i) => setAttribute(chip, "aria-pressed", String(["all", "confirmed", "uncooperative"][i] === filters.status)));
    setText(leastWords, percent(filters.minimum_p));
    heads.forEach((head, i) => {
      const on = COLUMNS[i]?.[0] === filters.sort;
      setAttribute(head, "data-sort", on ? (filters.descending ? "down" : "up") : null);
    });
  };
  return { element, refresh, search: () => search.focus() };
}

const ORDER: SensorState[] = ["fault", "silent", "late", "unknown", "waiting", "ok"];

export function sensorList(store: Store): { element: HTMLElement; refresh: () => void } {
  const summary = h("p", { class: "summary" });
  const rows = h("div", { class: "rows" });
  const element = h("section", { class: "list sensors" }, summary, rows);
  const refresh = () => {
    const sensors = store.wall?.sensors ?? [];
    const state = (id: string) => store.health(id)?.state ?? "unknown";
    const totals = ORDER.map((one) => [one, sensors.filter((s) => state(s.id) === one).length] as const);
    setText(summary, totals.filter(([, n]) => n > 0).map(([one, n]) => `${n} ${STATE_WORDS[one]}`).reverse().join(" · "));
    const order = [...sensors].sort((a, b) => ORDER.indexOf(state(a.id)) - ORDER.indexOf(state(b.id)) || a.kind.localeCompare(b.kind) * -1 || (a.id < b.id ? -1 : 1));
    keyed(
      rows,
      order,
      (sensor) => sensor.id,
      (sensor) =>
        h(
          "button",
          { class: "row sensor-row", onclick: () => store.select(sensor.id) },
          h("span", { class: "cell shape", "aria-hidden": "true" }),
          h("span", { class: "cell what" }, h("span", { class: "first" }, sensor.id), h("span", { class: "about" }, kindWords(sensor.kind))),
          h("span", { class: "cell state" }),
          h("span", { class: "cell number age" }),
        ),
      (row, sensor) => {
        const health = store.health(sensor.id);
        const now = state(sensor.id);
        const [shape, , words, old] = Array.from(row.children) as HTMLElement[];
        setAttribute(row, "data-state", now);
        setAttribute(row, "aria-current", sensor.id === store.view.selected ? "true" : null);
        if (shape) setText(shape, STATE_SHAPES[now]);
        if (words) setText(words, STATE_WORDS[now]);
        const last = health?.last_t ?? null;
        if (old) setText(old, last === null ? "" : age(Math.max(0, (store.picture?.t ?? last) - last)));
      },
    );
  };
  return { element, refresh };
}
