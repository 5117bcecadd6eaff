// Two small charts of a card: does it exist, and what is it; both over time, both also in words.

import type { CardPoint } from "../contract";
import { s } from "../dom";
import { clockMinutes, labelWords, percent } from "../format";

const W = 300;
const H = 64;

/** Hues that differ in lightness as well; the words beside the chart carry the meaning. */
const SHADES = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

function scale(points: readonly CardPoint[]): (t: number) => number {
  const from = points[0]?.t ?? 0;
  const to = Math.max(points.at(-1)?.t ?? 1, from + 1);
  return (t) => ((t - from) / (to - from)) * W;
}

function frame(points: readonly CardPoint[], zone: string, title: string): SVGSVGElement {
  const chart = s("svg", { class: "chart", viewBox: `0 0 ${W} ${H + 14}`, role: "img", "aria-label": title });
  for (const p of [0.5, 1]) {
    chart.append(s("line", { class: "grid", x1: 0, x2: W, y1: H * (1 - p) + 0.5, y2: H * (1 - p) + 0.5 }));
  }
  chart.append(s("line", { class: "axis", x1: 0, x2: W, y1: H, y2: H }));
  const first = points[0];
  const last = points.at(-1);
  if (first && last) {
    chart.append(s("text", { class: "tick", x: 0, y: H + 12 }, clockMinutes(first.t, zone)));
    chart.append(s("text", { class: "tick", x: W, y: H + 12, "text-anchor": "end" }, clockMinutes(last.t, zone)));
  }
  return chart;
}

export function existenceChart(points: readonly CardPoint[], zone: string): SVGSVGElement {
  const x = scale(points);
  const now = percent(points.at(-1)?.p_exists ?? 0);
  const chart = frame(points, zone, `Probability that it exists over time, now ${now}`);
  const path = points.map((point, i) => `${i === 0 ? "M" : "L"}${x(point.t).toFixed(1)} ${(H * (1 - point.p_exists)).toFixed(1)}`);
  chart.append(s("path", { class: "curve", d: path.join("") }));
  return chart;
}

/** The labels that ever mattered, the likeliest now first, at most five; the rest is the gap up to the top. */
export function leading(points: readonly CardPoint[]): string[] {
  const most = new Map<string, number>();
  for (const point of points) {
    for (const [label, p] of Object.entries(point.classes)) most.set(label, Math.max(most.get(label) ?? 0, p));
  }
  const now = points.at(-1)?.classes ?? {};
  return [...most.entries()]
    .filter(([, p]) => p > 0.08)
    .sort((a, b) => (now[b[0]] ?? 0) - (now[a[0]] ?? 0) || b[1] - a[1])
    .slice(0, SHADES.length)
    .map(([label]) => label);
}

export function classChart(points: readonly CardPoint[], zone: string): { chart: SVGSVGElement; legend: [string, string, string][] } {
  const labels = leading(points);
  const x = scale(points);
  const now = points.at(-1)?.classes ?? {};
  const words = labels.map((label) => `${labelWords(label)} ${percent(now[label] ?? 0)}`).join(", ");
  const chart = frame(points, zone, `What it seems to be over time, now ${words}`);
  const floor = points.map(() => 0);
  labels.forEach((label, k) => {
    const lower = points.map((point, i) => `${x(point.t).toFixed(1)} ${(H * (1 - (floor[i] ?? 0))).toFixed(1)}`);
    points.forEach((point, i) => {
      floor[i] = (floor[i] ?? 0) + (point.classes[label] ?? 0);
    });
    const upper = points.map((point, i) => `${x(point.t).toFixed(1)} ${(H * (1 - (floor[i] ?? 0))).toFixed(1)}`);
    chart.append(s("path", { d: `M${upper.join("L")}L${lower.reverse().join("L")}Z`, fill: SHADES[k] ?? "none", class: "band" }));
  });
  const legend = labels.map((label, k): [string, string, string] => [SHADES[k] ?? "", labelWords(label), percent(now[label] ?? 0)]);
  return { chart, legend };
}
