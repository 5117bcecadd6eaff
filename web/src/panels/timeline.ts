// The end of the night: our warning clock above the one that was reported, each report with its source and marked as a report.

import { api } from "../api";
import type { ClockEntry, Timeline } from "../contract";
import { h, replace, s } from "../dom";
import { clockMinutes, clockTime, clockWords, sentence, shortId } from "../format";
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
      const none = timeline.ours.length + timeline.reported.length === 0;
      if (none) replace(body, h("p", {}, timeline.note || "There is nothing to compare with yet."));
      else show(timeline, mostTold(timeline.ours));
    } catch (error) {
      replace(body, h("p", { class: "trouble" }, error instanceof Error ? error.message : "It could not be read."));
    }
  };
  const show = (timeline: Timeline, alert: string | null) => {
    const ids = [...new Set(timeline.ours.flatMap((entry) => entry.alert ?? []))];
    const ours = timeline.ours.filter((entry) => entry.alert === null || entry.alert === alert);
    const chips = ids.map((id) =>
      h("button", { class: "chip", "aria-pressed": String(id === alert), onclick: () => show(timeline, id) }, shortId(id)),
    );
    replace(
      body,
      timeline.words ? h("p", { class: "claim" }, h("span", {}, `${kindOf(timeline)}: `), timeline.words) : null,
      h("p", { class: "words quiet" }, timeline.note),
      chart({ ...timeline, ours }, store.timezone()),
      h(
        "div",
        { class: "columns" },
        h("section", {}, h("h3", {}, "This night, on our clock"), h("div", { class: "links" }, ...(ids.length > 1 ? chips : [])), entries(ours, store.timezone())),
        h("section", {}, h("h3", {}, "As it was reported"), entries(timeline.reported, store.timezone(), sources(timeline)), claims(timeline)),
      ),
      h("ol", { class: "sources" }, ...sources(timeline).map((one, i) => h("li", {}, `[${i + 1}] ${one}`))),
    );
  };
  return { element, open };
}

/** Whether the sentence above the chart was reported by somebody or computed from what was. */
function kindOf(timeline: Timeline): string {
  const claim = timeline.claims.find((one) => one.said && timeline.words.startsWith(one.said));
  return claim?.kind === "computed" ? "Computed from the reports" : "As reported";
}

/** The alert that came farthest: its clock has most stages. */
function mostTold(ours: readonly ClockEntry[]): string | null {
  const stages = new Map<string, number>();
  for (const entry of ours) if (entry.alert) stages.set(entry.alert, (stages.get(entry.alert) ?? 0) + 1);
  return [...stages].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

/** Who said it, each once. The address is shown as text: this page opens nothing outside. */
const sourceOf = (entry: ClockEntry): string =>
  [entry.source ?? "source not given", entry.url, entry.grade ? `graded ${entry.grade}` : null].filter(Boolean).join(" · ");
const sources = (timeline: Timeline): string[] => [...new Set(timeline.reported.map(sourceOf))];

function wording(entry: ClockEntry): string {
  const told = entry.alert ? entry.text.replace(`${entry.alert}: `, "") : entry.text;
  return sentence(told || clockWords(entry.word));
}

function claims(timeline: Timeline): HTMLElement {
  const others = timeline.claims.filter((claim) => !timeline.words.startsWith(claim.said));
  return h("ul", { class: "claims" }, ...others.map((claim) => h("li", { class: "quiet" }, sentence(claim.said))));
}

function entries(list: readonly ClockEntry[], zone: string, cited: readonly string[] = []): HTMLElement {
  if (list.length === 0) return h("p", { class: "quiet" }, "Nothing yet.");
  const reported = cited.length > 0;
  const time = (entry: ClockEntry) =>
    reported ? `${entry.approximate ? "≈ " : ""}${clockMinutes(entry.t, zone)}` : clockTime(entry.t, zone);
  return h(
    "ol",
    { class: "entries" },
    ...list.map((entry) =>
      h(
        "li",
        {},
        h("time", {}, time(entry)),
        h("div", {}, wording(entry), reported ? h("small", {}, ` [${cited.indexOf(sourceOf(entry)) + 1}]`) : null),
      ),
    ),
  );
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
