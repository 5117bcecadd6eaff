// The feeds: what comes in from each sensor's line, how fast, how old, how far its clock is off, and what was refused and why.

import { api } from "../api";
import { h, keyed, replace, setAttribute } from "../dom";
import { age, count, sentence } from "../format";
import { clockOff, down, type Feed, type FlightsHealth, type Health, refusing, type SectorHealth, unwell } from "../read_health";
import type { Store } from "../store";

const WATCHED_MS = 2_000;
const UNWATCHED_MS = 15_000;
/** Bytes of a refused message are kept up to here: from then on it may have been longer. */
const KEPT_BYTES = 256;

export interface FeedsPanel {
  element: HTMLElement;
  refresh: (shown: boolean) => void;
  /** How many feeds and sectors there are, and how many of them a person should look at. */
  known: () => { feeds: number; unwell: number };
}

export function feedsPanel(store: Store, changed: () => void): FeedsPanel {
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  const flights = h("p", { class: "quiet flights" });
  const rows = h("div", { class: "rows" });
  const sectors = h("p", { class: "quiet sectors" });
  const element = h("section", { class: "list feeds", "aria-label": "Feeds" }, trouble, rows, flights, sectors);
  let health: Health = { feeds: [], flights: null, sectors: [] };
  let asked = Number.NEGATIVE_INFINITY;

  const ask = async () => {
    asked = performance.now();
    try {
      health = await api.health();
      trouble.hidden = true;
    } catch (error) {
      trouble.hidden = false;
      replace(trouble, error instanceof Error ? error.message : "It could not be read.");
    }
    const first = [...health.feeds].sort((a, b) => rank(a) - rank(b) || (a.sensor < b.sensor ? -1 : 1));
    keyed(rows, first, (feed) => `${feed.sensor} ${feed.uri}`, () => h("div", { class: "feed" }), (row, feed) => drawn(row, feed, store));
    replace(flights, health.flights ? flightWords(health.flights) : "");
    flights.hidden = health.flights === null || (health.flights.known === 0 && health.flights.why === "" && health.flights.left_out.length === 0);
    replace(sectors, ...health.sectors.map((sector) => h("span", { "data-off": sector.state === "ok" ? null : "" }, sectorWords(sector))));
    sectors.hidden = health.sectors.length === 0;
    changed();
  };

  return {
    element,
    refresh: (shown) => {
      if (performance.now() - asked > (shown ? WATCHED_MS : UNWATCHED_MS)) void ask();
    },
    known: () => ({
      feeds: health.feeds.length + health.sectors.length,
      unwell: health.feeds.filter(unwell).length + health.sectors.filter((sector) => sector.state !== "ok").length,
    }),
  };
}

const rank = (feed: Feed): number => (down(feed) ? 0 : unwell(feed) ? 1 : feed.state === "ok" ? 3 : 2);

function drawn(row: HTMLElement, feed: Feed, store: Store): void {
  setAttribute(row, "data-state", down(feed) ? "down" : unwell(feed) ? "unwell" : feed.state === "ok" ? "ok" : "waiting");
  if (row.contains(document.activeElement)) return; // somebody reads it out or is about to press
  const shape = down(feed) ? "✕" : unwell(feed) ? "△" : feed.state === "ok" ? "●" : "○";
  replace(
    row,
    h("span", { class: "shape", "aria-hidden": "true" }, shape),
    h("button", { class: "link", onclick: () => store.select(feed.sensor), title: "Show the sensor" }, feed.sensor),
    h("span", { class: "state" }, sentence(feed.state)),
    h("small", { class: "from" }, `${feed.format} · ${feed.uri}`),
    feed.why ? h("small", { class: "why" }, feed.why) : null,
    h("small", { class: "facts-of-feed" }, ...numbers(feed)),
    ...refusals(feed),
  );
}

function numbers(feed: Feed): HTMLElement[] {
  const rate = feed.rate_hz === null ? "rate not known" : `${feed.rate_hz.toFixed(feed.rate_hz < 10 ? 1 : 0)} /s`;
  const old = feed.age_s === null ? "nothing came yet" : `last ${age(feed.age_s)} ago`;
  const facts = [
    h("span", {}, rate),
    h("span", {}, old),
    h("span", { "data-off": clockOff(feed) ? "" : null }, clockWords(feed.clock_offset_s)),
    h("span", {}, `${count(feed.detections)} detections`),
  ];
  if (feed.set_aside > 0) facts.push(h("span", { "data-off": "" }, `${count(feed.set_aside)} looks set aside: too many at once`));
  return facts;
}

/** The sensor's clock and its line share it: below zero the clock is ahead. */
function clockWords(offset_s: number | null): string {
  if (offset_s === null) return "clock not known";
  const words = `${Math.abs(offset_s).toFixed(Math.abs(offset_s) < 10 ? 2 : 0)} s`;
  return offset_s < 0 ? `clock ${words} ahead` : `clock and line ${words} behind`;
}

function refusals(feed: Feed): HTMLElement[] {
  if (feed.malformed === 0 || feed.refused === null) return [];
  const of = feed.messages === null ? "" : ` of ${count(feed.messages)}`;
  const why = feed.reasons.slice(0, 4).map(([reason, times]) => `${reason} ×${count(times)}`);
  if (feed.reasons.length > 4) why.push(`${feed.reasons.length - 4} other reasons`);
  const { bytes, head, reason } = feed.refused;
  const long = bytes === null ? "bytes not kept: they may be personal" : bytes >= KEPT_BYTES ? `${KEPT_BYTES} bytes or more` : `${bytes} bytes`;
  return [
    h("small", { class: "refused", "data-off": refusing(feed) ? "" : null }, `${count(feed.malformed)}${of} refused: ${why.join(", ")}`),
    h("small", { class: "refused" }, `Last refused ${age(feed.refused.age_s)} ago: ${reason} · ${long}`),
    ...(head ? [h("code", { title: "How it began" }, head)] : []),
  ];
}

function flightWords(flights: FlightsHealth): string {
  const lost = flights.left_out.map(([reason, times]) => `${reason} ×${count(times)}`).join(", ");
  const parts = [`Authorised flights: ${count(flights.known)} known, ${count(flights.open_now)} open now`, lost ? `left out: ${lost}` : "", flights.why];
  return parts.filter(Boolean).join(" · ");
}

/** One worker of a border that is divided. */
function sectorWords(sector: SectorHealth): string {
  const known = sector.tracks === null ? "" : `, ${count(sector.tracks)} tracks`;
  const often = sector.taken_over === 0 ? "" : `, taken over ${sector.taken_over === 1 ? "once" : `${sector.taken_over} times`}`;
  return `Sector ${sector.sector}: ${sector.state}, ${sector.sensors} sensors${known}${often}. `;
}
