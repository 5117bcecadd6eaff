// The bar at the foot: scenario time, play and pause, speed, seek, with a mark for each step of each warning.

import { api } from "../api";
import { decides } from "../contract";
import { h, replace, setAttribute, setText } from "../dom";
import { clockTime, clockWords, shortId, span } from "../format";
import type { Store } from "../store";

const SPEEDS = [1, 2, 5, 10, 30, 60];
const MARKED = ["drafted", "approved", "received", "all_clear"];

export function replayBar(store: Store, openTimeline: () => void): { element: HTMLElement; refresh: () => void; toggle: () => void; faster: (by: number) => void; tick: () => void } {
  const play = h("button", { class: "play", title: "Play or pause (Space)" });
  const speed = h("select", { class: "speed", "aria-label": "Speed" }, ...SPEEDS.map((one) => h("option", { value: one }, `${one}×`)));
  const seek = h("input", { type: "range", class: "seek", step: 1, "aria-label": "Time of the night" });
  const marks = h("div", { class: "marks", "aria-hidden": "true" });
  const from = h("span", { class: "edge" });
  const to = h("span", { class: "edge" });
  const said = h("span", { class: "trouble" });
  const timeline = h("button", { class: "chip", onclick: openTimeline, title: "Our clock beside the reported one (Y)" }, "Timeline");
  const element = h("section", { class: "replay", "aria-label": "Replay" }, play, speed, from, h("div", { class: "seek-box" }, marks, seek), to, timeline, said);
  let seeking = false;

  const ask = async (change: Parameters<typeof api.replay>[0]) => {
    try {
      await api.replay(change);
      setText(said, "");
    } catch (error) {
      setText(said, error instanceof Error ? error.message : "Not changed.");
    }
  };
  const toggle = () => {
    const replay = store.picture?.replay;
    if (replay) void ask({ paused: !replay.paused });
  };
  const faster = (by: number) => {
    const replay = store.picture?.replay;
    if (!replay) return;
    const here = SPEEDS.findIndex((one) => one >= replay.speed);
    const next = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (here < 0 ? SPEEDS.length - 1 : here) + by))];
    if (next) void ask({ speed: next });
  };
  play.addEventListener("click", toggle);
  speed.addEventListener("change", () => void ask({ speed: Number(speed.value) }));
  seek.addEventListener("input", () => {
    seeking = true;
    setText(from, clockTime(Number(seek.value), store.timezone()));
  });
  seek.addEventListener("change", () => {
    seeking = false;
    void ask({ t: Number(seek.value) });
  });

  const refresh = () => {
    const picture = store.picture;
    const replay = picture?.replay;
    element.hidden = !replay;
    if (!picture || !replay) return;
    setText(play, replay.paused ? "Play" : "Pause");
    setAttribute(play, "data-paused", replay.paused ? "" : null);
    if (!SPEEDS.includes(replay.speed) && !speed.querySelector(`[value="${replay.speed}"]`)) {
      speed.append(h("option", { value: replay.speed }, replay.speed === 0 ? "at once" : `${replay.speed}×`));
    }
    if (document.activeElement !== speed) speed.value = String(replay.speed);
    for (const control of [play, speed, seek]) control.disabled = !decides(store.role);
    seek.min = String(Math.floor(replay.start));
    seek.max = String(Math.ceil(replay.end));
    tick();
    setText(to, span(replay.end - replay.start));
    setAttribute(seek, "aria-valuetext", clockTime(store.now(), store.timezone()));
    drawMarks(replay.start, replay.end);
  };
  const tick = () => {
    const replay = store.picture?.replay;
    if (!replay || seeking) return;
    const now = store.now();
    if (Math.abs(Number(seek.value) - now) >= (replay.end - replay.start) / 2000) seek.value = String(Math.round(now));
    setText(from, `+${span(now - replay.start)}`);
  };
  let drawn = "";
  const drawMarks = (start: number, end: number) => {
    const points = (store.picture?.alerts ?? []).flatMap((alert) =>
      MARKED.flatMap((word) => {
        const at = alert.clock[word];
        return at === undefined ? [] : [{ word, at, id: alert.id, level: alert.level }];
      }),
    );
    const now = JSON.stringify(points);
    if (now === drawn) return;
    drawn = now;
    replace(
      marks,
      ...points.map((point) => {
        const mark = h("i", { "data-word": point.word, title: `${shortId(point.id)} ${clockWords(point.word)} ${clockTime(point.at, store.timezone())}` });
        mark.style.left = `${((point.at - start) / (end - start)) * 100}%`;
        return mark;
      }),
    );
  };
  return { element, refresh, toggle, faster, tick };
}
