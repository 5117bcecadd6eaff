// The company of nations: which lines are down, whose tracks there are and how old, what was not given, who has which alert.

import { api } from "../api";
import { decides } from "../contract";
import { h, replace } from "../dom";
import { age, count } from "../format";
import type { Certificate, GivenAlert, Nations, PartnerLine, TakenAlert, Thing } from "../read_nations";
import type { Store } from "../store";

const REDRAW_MS = 900;
const MESSAGES: Record<string, string> = { alert: "Alert", update: "Update", cancel: "Withdrawal", all_clear: "All-clear" };
const STATES: Record<string, string> = { sent: "on its way", received: "their program has it", acknowledged: "in hand" };

export function nationsPanel(store: Store): { element: HTMLElement; refresh: () => void } {
  const element = h("section", { class: "list nations", "aria-label": "Nations" });
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  let drawn = 0;

  const asked = async (what: Promise<unknown>) => {
    trouble.hidden = true;
    try {
      await what;
    } catch (error) {
      trouble.hidden = false;
      replace(trouble, error instanceof Error ? error.message : "It was refused.");
    }
    drawn = 0;
  };

  const refresh = () => {
    const nations = store.nations;
    if (!nations || performance.now() - drawn < REDRAW_MS) return;
    // What a person is about to press stays where it is.
    if (drawn > 0 && element.matches(":hover") && element.querySelector("button:hover")) return;
    drawn = performance.now();
    replace(
      element,
      trouble,
      nations.failed ? h("p", { class: "trouble" }, `The node stopped: ${nations.failed}`) : null,
      h("h3", {}, `Lines of ${nations.nation}`),
      ...nations.certificates.filter((one) => one.state !== "ok").map((one) => h("p", { class: "trouble" }, certificateSays(one, nations.nation))),
      ...nations.partners.map((line) => lineRow(line, decides(store.role), asked)),
      ...nations.refused_at_the_door.map(([why, times]) => h("p", { class: "quiet" }, `Refused at the door ${count(times)} times: ${why}`)),
      ...alerts(nations, store, asked),
      h("h3", {}, `Seen by partners · ${nations.things.length}`),
      ...nations.things.map((thing) => thingRow(thing, nations.nation)),
    );
  };
  return { element, refresh };
}

/** In time: from 14 days before its end. */
export function certificateSays(one: Certificate, nation: string): string {
  const whose = one.of === nation ? "Our certificate" : `The certificate of ${one.of}`;
  const day = one.until.slice(0, 10);
  return one.state === "ended" ? `${whose} ended on ${day}: the line is closed` : `${whose} ends on ${day}, in ${one.days} days`;
}

type Asked = (what: Promise<unknown>) => void;

function lineRow(line: PartnerLine, operator: boolean, asked: Asked): HTMLElement {
  const heard = line.heard_s === null ? "never heard" : `heard ${age(line.heard_s)} ago`;
  const facts = [
    heard,
    line.waiting > 0 ? `${count(line.waiting)} waiting to go` : "",
    line.lapsed > 0 ? `${count(line.lapsed)} lapsed` : "",
    line.refused > 0 ? `${count(line.refused)} refused` : "",
    line.limited > 0 ? `limited ${count(line.limited)} times` : "",
    line.unbelieved > 0 ? `${count(line.unbelieved)} not believed` : "",
    line.clock_offset_s !== 0 ? `clock ${line.clock_offset_s > 0 ? "+" : ""}${line.clock_offset_s} s` : "",
  ].filter(Boolean);
  const cut =
    line.cut === null || !operator
      ? null
      : h("button", { class: "plain", onclick: () => asked(api.line(line.partner, !line.cut)) }, line.cut ? "Mend the line" : "Cut the line");
  return h(
    "div",
    { class: "nation-line", "data-up": String(line.up) },
    h("b", {}, `${line.up ? "●" : "○"} ${line.partner}`),
    h("span", {}, line.up ? "line up" : `line down: ${line.why}`),
    cut,
    h("small", {}, facts.join(" · ")),
    h("small", {}, `they see of ours: ${[...line.tracks, ...line.alerts.map((word) => `alert ${word}`)].join(", ").replaceAll("_", " ") || "nothing"}`),
  );
}

function alerts(nations: Nations, store: Store, asked: Asked): HTMLElement[] {
  const rows: HTMLElement[] = [];
  if (nations.taken.length > 0) rows.push(h("h3", {}, "Alerts from partners"), ...nations.taken.map((one) => takenRow(one, store, asked)));
  if (nations.given.length > 0) rows.push(h("h3", {}, "Alerts with partners"), ...nations.given.map(givenRow));
  return rows;
}

function takenRow(one: TakenAlert, store: Store, asked: Asked): HTMLElement {
  const authorities = store.wall?.authorities ?? [];
  const who = h("select", { "aria-label": "Which authority has it" }, ...authorities.map((authority) => h("option", { value: authority.id }, authority.id)));
  const take = h("button", { class: "main", onclick: () => asked(api.takeOver(one.id, one.revision, who.value)) }, "We have it");
  const open = !one.acknowledged && decides(store.role) && authorities.length > 0;
  const state = one.acknowledged ? `${one.authority ?? "somebody"} has it` : one.escalated ? "nobody has it: escalated" : "nobody has it yet";
  return h(
    "div",
    { class: "nation-alert", "data-over": String(one.over), "data-late": String(one.escalated) },
    h("b", {}, `${one.partner}: ${MESSAGES[one.message] ?? one.message}${one.level === null ? "" : `, level ${one.level}`}`),
    h("span", {}, `${state} · ${age(one.age_s)} ago`),
    one.people === null ? null : h("small", {}, `${count(one.people)} people`),
    one.texts[0] ? h("small", {}, one.texts[0]) : null,
    ...(open ? [who, take] : []),
  );
}

function givenRow(one: GivenAlert): HTMLElement {
  const state = one.state === "acknowledged" ? `${one.authority ?? "an authority"} has it` : (STATES[one.state] ?? one.state);
  return h(
    "div",
    { class: "nation-alert", "data-late": String(one.overdue) },
    h("b", {}, `${one.alert} revision ${one.revision} to ${one.partner}`),
    h("span", {}, `${MESSAGES[one.message] ?? one.message}: ${state}${one.overdue ? " · overdue" : ""}`),
  );
}

function thingRow(thing: Thing, nation: string): HTMLElement {
  const whose = thing.owners.map((owner) => (owner === nation ? "ours" : owner)).join(" and ");
  return h(
    "div",
    { class: "nation-thing" },
    h("b", {}, thing.id),
    h("span", {}, `${whose} · ${age(Math.max(0, thing.age_s))} old${thing.disagrees.length > 0 ? ` · ${thing.disagrees.join(", ")} disagrees with our sensors` : ""}`),
    ...thing.tracks.map((track) =>
      h("small", {}, `${track.owner}${track.stretch ? ` over ${track.stretch}` : ""}${track.grid_m ? ` within ${count(track.grid_m)} m` : ""}; not given: ${track.not_given.join(", ") || "nothing"}`),
    ),
  );
}
