// The end of the night: our warning clock above the one that was reported, each report with its source and marked as a report.

import { api } from "../api";
import type { ClockEntry, Timeline } from "../contract";
import { h, replace, s } from "../dom";
import { clockMinutes, clockTime, clockWords } from "../format";
import type { Store } from "../store";

const W = 960;
const LANE = 74;

export function timelinePanel(store: Store): { element: HTMLDialogElement; open: () => void } {
  const body = h("div", { class: "timeline-body" });
  const element = h(
    "dialog",
    { class: "sheet timeline", "aria-label": "Our clock beside the reported one" },
    h("header", {}, h("h2", {}, "Our clock beside the reported one"), h("button", { class: "plain", onclick: () => element.close() }, "Close")),
    body,
  );
  const open = () => {
    replace(body, h("p", { class: "quiet" }, "Asking …"));
    element.showModal();
    void fill();
  };
  const fill = async () => {
    try {
      const timeline = await api.timeline();
      if (timeline.ours.length + timeline.reported.length === 0) replace(body, h("p", {}, timeline.words || "There is nothing to compare with here."));
      else replace(body, ...drawn(timeline, store.timezone()));
    } catch (error) {
      replace(body, h("p", { class: "trouble" }, error instanceof Error ? error.message : "It could not be read."));
    }
  };
  return { element, open };
}

function drawn(timeline: Timeline, zone: string): Node[] {
  return [
    h("p", { class: "words" }, timeline.words),
    chart(timeline, zone),
    h(
      "div",
      { class: "columns" },
      h("section", {}, h("h3", {}, "This night, on our clock"), entries(timeline.ours, zone, false)),
      h("section", {}, h("h3", {}, "As it was reported"), entries(timeline.reported, zone, true)),
    ),
  ];
}

const wording = (entry: ClockEntry): string => entry.text || clockWords(entry.word);

function entries(list: readonly ClockEntry[], zone: string, reported: boolean): HTMLElement {
  if (list.length === 0) return h("p", { class: "quiet" }, "Nothing yet.");
  return h(
    "ol",
    { class: "entries" },
    ...list.map((entry) =>
      h(
        "li",
        {},
        h("time", {}, reported ? clockMinutes(entry.t, zone) : clockTime(entry.t, zone)),
        h("div", {}, h("span", {}, wording(entry)), reported ? h("small", { class: "source" }, `Report: ${source(entry)}`) : null),
      ),
    ),
  );
}

/** Who said it. The address is shown as text: this page opens nothing outside. */
function source(entry: ClockEntry): string {
  return [entry.source ?? "source not given", entry.url, entry.grade ? `graded ${entry.grade}` : null].filter(Boolean).join(" · ");
}

function chart(timeline: Timeline, zone: string): SVGSVGElement {
  const pad = 40;
  const width = Math.max(1, timeline.end - timeline.start);
  const x = (t: number) => pad + ((t - timeline.start) / width) * (W - 2 * pad);
  const picture = s("svg", { class: "lanes", viewBox: `0 0 ${W} ${LANE * 2 + 22}`, role: "img", "aria-label": "Both clocks on one axis; the lists below say the same" });
  const step = [300, 600, 900, 1800, 3600].find((one) => width / one <= 12) ?? 7200;
  for (let t = Math.ceil(timeline.start / step) * step; t <= timeline.end; t += step) {
    picture.append(
      s("line", { class: "grid", x1: x(t), x2: x(t), y1: 0, y2: LANE * 2 }),
      s("text", { class: "tick", x: x(t), y: LANE * 2 + 16, "text-anchor": "middle" }, clockMinutes(t, zone)),
    );
  }
  const lane = (list: readonly ClockEntry[], name: string, y: number, kind: string) => {
    picture.append(s("text", { class: "lane-name", x: 0, y: y - 24 }, name), s("line", { class: `lane ${kind}`, x1: pad, x2: W - pad, y1: y, y2: y }));
    let free = -1e9;
    for (const entry of list) {
      const at = x(entry.t);
      picture.append(s("circle", { class: `dot ${kind}`, cx: at, cy: y, r: 5 }, s("title", {}, `${clockTime(entry.t, zone)} ${wording(entry)}`)));
      if (at - free > 52) {
        picture.append(s("text", { class: "tick", x: at, y: y + 18, "text-anchor": "middle" }, clockMinutes(entry.t, zone)));
        free = at;
      }
    }
  };
  lane(timeline.ours, "ours", 40, "ours");
  lane(timeline.reported, "reported", 40 + LANE, "reported");
  return picture;
}
