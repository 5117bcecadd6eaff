// The warning panel: each draft with its clock, its countdown, who must decide, what it says, and the buttons of a person.

import { api, type Act, Refused } from "../api";
import { alertKey, byUrgency, ending, openAlert, unheard } from "../attention";
import { type Alert, CLOCK_WORDS, decides } from "../contract";
import { h, keyed, replace, setAttribute, setText } from "../dom";
import { clockTime, clockWords, count, LEVEL_WORDS, percent, sentence, shortId, span } from "../format";
import { fit, PAGES } from "../gsm";
import type { Store } from "../store";
import { factsOf } from "./evidence";
import { holdButton } from "./hold";

/** A draft whose things were not heard or seen for so long says so before anybody sends it. */
const UNHEARD_S = 120;

const LEVEL_SHAPES: Record<number, string> = { 1: "●", 2: "◆", 3: "▲" };
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });

/** How far an alert has come, in words that a person under pressure reads once. */
const STATE_WORDS: Record<string, string> = {
  draft: "DRAFT · not sent",
  approved: "APPROVED · being sent",
  sent: "SENT · gateway has not answered",
  accepted: "ACCEPTED by the gateway",
  received: "RECEIVED",
  cancelled: "DISCARDED",
  all_clear: "ALL-CLEAR",
  expired: "EXPIRED",
};

function titleWords(alert: Alert): string {
  if (ending(alert)) return `○ ${alert.message === "cancel" ? "Withdrawal" : "All-clear"}`;
  return `${LEVEL_SHAPES[alert.level] ?? ""} ${LEVEL_WORDS[alert.level] ?? `Level ${alert.level}`}`;
}

function stateWords(alert: Alert): string {
  if (alert.superseded) return "REPLACED";
  const withdrawn = alert.state === "cancelled" && alert.clock["sent"] !== undefined;
  const state = withdrawn ? "WITHDRAWN" : (STATE_WORDS[alert.state] ?? sentence(alert.state));
  return alert.message === "update" && alert.state === "draft" ? `UPDATE · ${state}` : state;
}

/** What approving it sends. */
function sentWords(alert: Alert): string {
  const what = alert.exercise ? "EXERCISE" : "REAL";
  if (alert.message === "all_clear") return `This sends the ${what} all-clear`;
  if (alert.message === "cancel") return `This sends the ${what} withdrawal of the warning`;
  if (alert.message === "update") return `This sends an update of the ${what} warning`;
  return alert.exercise ? "This sends an EXERCISE warning" : "This sends a REAL warning";
}

export interface WarningActions {
  show: (alert: Alert) => void;
  spoken: (words: string) => void;
}

export function warningPanel(store: Store, actions: WarningActions): { element: HTMLElement; refresh: () => void; tick: () => void; newest: () => void } {
  const head = h("h2", {}, "Warnings");
  const list = h("div", { class: "alerts" });
  const none = h("p", { class: "none" }, "No drafts and no warnings.");
  const element = h("section", { class: "warnings" }, head, list, none);
  const views = new Map<string, AlertView>();
  const announced = new Map<string, string>();

  const refresh = () => {
    const alerts = [...(store.picture?.alerts ?? [])].sort(byUrgency);
    keyed(
      list,
      alerts,
      alertKey,
      (alert) => {
        const view = new AlertView(store, actions, alert);
        views.set(alertKey(alert), view);
        return view.element;
      },
      (_, alert) => views.get(alertKey(alert))?.take(alert),
    );
    const keys = new Set(alerts.map(alertKey));
    for (const key of views.keys()) if (!keys.has(key)) views.delete(key);
    const first = alerts[0];
    const open = first && openAlert(first) ? alertKey(first) : null;
    for (const [key, view] of views) view.unfold(key === open);
    none.hidden = alerts.length > 0;
    const drafts = alerts.filter((alert) => alert.state === "draft");
    setText(head, drafts.length > 0 ? `Warnings · ${drafts.length} to decide` : "Warnings");
    announce(drafts);
    tick();
  };

  const announce = (drafts: Alert[]) => {
    for (const alert of drafts) {
      const words = `${alert.level} ${ending(alert)}`;
      if (announced.get(alert.id) === words) continue;
      announced.set(alert.id, words);
      if (ending(alert)) {
        actions.spoken(`Draft ${titleWords(alert).slice(2)} of ${shortId(alert.id)} to ${count(alert.people)} people.`);
        continue;
      }
      actions.spoken(`Draft ${shortId(alert.id)}, ${LEVEL_WORDS[alert.level] ?? ""}, ${count(alert.people)} people, ${count(alert.area_km2)} square kilometres. ${span((alert.last_useful_t ?? store.now()) - store.now())} left to decide.`);
    }
  };

  const tick = () => {
    for (const view of views.values()) view.tick();
    const draft = [...(store.picture?.alerts ?? [])].sort(byUrgency).find((alert) => alert.state === "draft");
    const left = draft && !ending(draft) ? draft.last_useful_t : null;
    document.title = draft ? `${left ? span(left - store.now()) : ""} DRAFT · dronewall` : `${store.wall?.name ?? ""} · dronewall`;
  };
  const newest = () => {
    const alert = [...(store.picture?.alerts ?? [])].sort(byUrgency)[0];
    const first = alert && views.get(alertKey(alert));
    if (!first) return;
    first.element.open = true;
    first.element.scrollIntoView({ block: "nearest" });
    first.element.querySelector<HTMLElement>("summary")?.focus();
    actions.show(first.alert);
  };
  return { element, refresh, tick, newest };
}

class AlertView {
  readonly element: HTMLDetailsElement;
  alert: Alert;
  private readonly store: Store;
  private readonly actions: WarningActions;
  private readonly level = h("span", { class: "level" });
  private readonly brief = h("span", { class: "brief" });
  private readonly state = h("span", { class: "state" });
  private readonly headline = h("p", { class: "headline" });
  private readonly left = h("b", { class: "left" });
  private readonly leftWords = h("span", { class: "left-words" });
  private readonly meter = h("i", { class: "meter-fill" });
  private readonly numbers = h("dl", { class: "numbers" });
  private readonly owner = h("p", { class: "owner" });
  private readonly tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Text by language" });
  private readonly text = h("div", { class: "text", role: "tabpanel", tabindex: 0 });
  private readonly fits = h("p", { class: "fits quiet" });
  private readonly clock = h("ol", { class: "stages" });
  private readonly why = h("div", { class: "why" });
  private readonly acts = h("div", { class: "acts" });
  private readonly gone = h("p", { class: "trouble", role: "status", hidden: true });
  private readonly trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  private language = "";
  private asking: Act | null = null;
  private drawn = "";
  private shownActs = "";
  private touched = false;

  constructor(store: Store, actions: WarningActions, alert: Alert) {
    this.store = store;
    this.actions = actions;
    this.alert = alert;
    this.element = h(
      "details",
      { class: "alert", ontoggle: () => this.toggled() },
      h(
        "summary",
        { onclick: () => { this.touched = true; } },
        this.level,
        h("span", { class: "id" }, alert.revision > 1 ? `${shortId(alert.id)} rev ${alert.revision}` : shortId(alert.id)),
        this.brief,
        this.state,
      ),
      h("div", { class: "countdown" }, h("div", {}, this.left, this.leftWords), h("div", { class: "meter" }, this.meter)),
      this.numbers,
      this.owner,
      this.gone,
      this.acts,
      this.trouble,
      this.tabs,
      this.headline,
      this.text,
      this.fits,
      h("h3", {}, "The warning clock"),
      this.clock,
      h("h3", {}, "Why"),
      this.why,
    );
  }

  /** Open for the most urgent, folded for the rest, until a person has opened or folded it. */
  unfold(first: boolean): void {
    if (!this.touched && this.element.open !== first) this.element.open = first;
  }

  private toggled(): void {
    const key = alertKey(this.alert);
    if (this.element.open) this.store.focused = key;
    else if (this.store.focused === key) this.store.focused = null;
    this.store.tell("evidence");
  }

  take(alert: Alert): void {
    const before = this.alert;
    this.alert = alert;
    const now = JSON.stringify(alert);
    if (now === this.drawn) return;
    if (this.drawn && before.state !== alert.state) this.touched = !openAlert(alert) ? false : this.touched;
    this.drawn = now;
    setAttribute(this.element, "data-level", ending(alert) ? "1" : String(alert.level));
    setAttribute(this.element, "data-state", alert.superseded ? "superseded" : alert.state);
    setText(this.level, titleWords(alert));
    setText(this.state, stateWords(alert));
    replace(
      this.numbers,
      big("People", count(alert.people)),
      big("Area", `${count(alert.area_km2)} km²`),
      big("Zones", alert.zones.map(sentence).join(", ") || "none"),
    );
    this.drawText();
    this.drawClock();
    this.drawWhy();
    if (before.revision !== alert.revision || before.state !== alert.state) this.asking = null;
    this.drawActs();
  }

  private drawText(): void {
    const languages = Object.keys(this.alert.texts);
    if (!languages.includes(this.language)) this.language = languages.find((one) => navigator.language.startsWith(one)) ?? languages[0] ?? "";
    const pick = (language: string) => {
      this.language = language;
      this.drawText();
    };
    replace(
      this.tabs,
      ...languages.map((language) =>
        h(
          "button",
          { role: "tab", "aria-selected": String(language === this.language), onclick: () => pick(language), title: LANGUAGES.of(language) ?? language },
          language,
        ),
      ),
    );
    const words = this.alert.texts[this.language] ?? "";
    this.text.lang = this.language;
    this.headline.lang = this.language;
    setText(this.headline, this.alert.headlines[this.language] ?? "");
    setText(this.text, words);
    const size = fit(words);
    setText(this.fits, words ? `${LANGUAGES.of(this.language) ?? this.language} · ${size.letters} letters, ${size.coding}, ${size.pages} of ${PAGES} pages${size.fits ? "" : " · TOO LONG"}` : "");
  }

  private drawClock(): void {
    const { clock } = this.alert;
    const zone = this.store.timezone();
    const start = Math.min(...Object.values(clock));
    const draft = this.alert.state === "draft";
    const stages = CLOCK_WORDS.map((word) => {
      const at = clock[word];
      const done = at !== undefined;
      return h(
        "li",
        { "data-done": done ? "" : null },
        h("span", { class: "stage-mark", "aria-hidden": "true" }, done ? "●" : "○"),
        h("span", {}, clockWords(word)),
        h("time", {}, done ? clockTime(at, zone) : ""),
        h("span", { class: "since" }, done ? `+${span(at - start)}` : draft ? "" : "–"),
      );
    });
    replace(this.clock, ...stages);
  }

  private drawWhy(): void {
    const { alert, store } = this;
    const links = alert.tracks.map((id) => {
      const track = store.track(id);
      return h("button", { class: "chip", onclick: () => store.select(id) }, shortId(id) + (track ? ` exists ${percent(track.p_exists)}` : ""));
    });
    const areas = alert.presences.map((id) => h("span", { class: "chip still" }, `${shortId(id)} heard by one node`));
    replace(this.why, h("div", { class: "links" }, ...links, ...areas, h("button", { class: "chip", onclick: () => this.actions.show(alert) }, "Show the area")), factsOf(alert.evidence));
  }

  /** Drawn anew only where it changes: a button that is being held stays under the hand. */
  private drawActs(): void {
    const { alert, store } = this;
    const { state, people, area_km2: area } = alert;
    const shown = JSON.stringify([store.role, this.asking, state, alert.level, alert.message, people, area, alert.clock["acknowledged"] !== undefined]);
    if (shown === this.shownActs) return;
    this.shownActs = shown;
    if (!decides(store.role)) {
      replace(this.acts, h("p", { class: "quiet" }, openAlert(alert) ? `Your role is ${store.role}: you see this, an operator decides.` : ""));
      return;
    }
    if (this.asking) {
      this.drawQuestion(this.asking);
      return;
    }
    const button = (act: Act, words: string, kind: string, two: boolean) =>
      h("button", { class: kind, "data-act": act, onclick: () => (two ? this.question(act) : void this.act(act)) }, words);
    const draft = alert.state === "draft";
    const sent = openAlert(alert) && !draft;
    replace(
      this.acts,
      draft ? button("approve", "Approve …", "main", true) : null,
      draft && alert.clock["acknowledged"] === undefined ? button("acknowledge", "Acknowledge", "second", false) : null,
      draft || sent ? button("cancel", draft ? "Discard …" : "Withdraw …", "second", true) : null,
      sent ? button("all-clear", "All-clear …", "second", true) : null,
    );
  }

  private question(act: Act): void {
    this.asking = act;
    this.touched = true;
    this.drawActs();
    this.acts.querySelector<HTMLElement>(".hold")?.focus();
  }

  private drawQuestion(act: Act): void {
    const { alert } = this;
    const who = `${count(alert.people)} people in ${count(alert.area_km2)} km²`;
    const words: Record<Act, [string, string]> = {
      approve: [`${sentWords(alert)} to ${who}, by ${alert.authority || "the authority"}.`, "Hold to send"],
      cancel: [alert.state === "draft" ? "This discards the draft. Nobody is warned." : `This tells ${who} that the warning is withdrawn.`, alert.state === "draft" ? "Hold to discard" : "Hold to withdraw"],
      "all-clear": [`This tells ${who} that the danger has passed.`, "Hold to send all-clear"],
      acknowledge: ["", "Acknowledge"],
    };
    const [sentenceOfIt, hold] = words[act];
    const back = () => {
      this.asking = null;
      this.drawActs();
    };
    replace(
      this.acts,
      h("p", { class: "question" }, sentenceOfIt),
      holdButton(hold, () => void this.act(act)),
      h("button", { class: "second", onclick: back }, "Back"),
    );
  }

  private async act(act: Act): Promise<void> {
    this.asking = null;
    this.trouble.hidden = true;
    this.shownActs = "";
    replace(this.acts, h("p", { class: "quiet" }, "Sending to the service …"));
    try {
      await api.act(this.alert.id, act, this.alert.revision);
    } catch (error) {
      this.trouble.hidden = false;
      setText(this.trouble, error instanceof Refused ? error.message : "It could not be sent.");
    }
    this.drawActs();
  }

  tick(): void {
    const { alert, store } = this;
    const now = store.now();
    const until = alert.last_useful_t;
    const draft = alert.state === "draft";
    const people = `${count(alert.people)} people`;
    setText(this.brief, this.element.open ? "" : draft && until !== null && !ending(alert) ? `${people} · ${span(until - now)}` : people);
    const box = this.left.closest<HTMLElement>(".countdown");
    const counts = draft && until !== null && !ending(alert);
    if (box) box.hidden = !counts;
    if (counts) {
      const left = until - now;
      setText(this.left, span(left));
      setText(this.leftWords, left >= 0 ? "left to warn in time" : "too late for the first of them; still warn the rest");
      const whole = until - (alert.clock["drafted"] ?? until - 600);
      this.meter.style.width = `${Math.max(0, Math.min(100, (left / Math.max(1, whole)) * 100))}%`;
      setAttribute(this.element, "data-urgent", left < 120 ? "" : null);
    }
    setText(this.owner, this.ownerWords(now));
    const quiet = draft && !ending(alert) ? unheard(alert, store.picture?.tracks ?? [], now) : null;
    this.gone.hidden = quiet === null || quiet < UNHEARD_S;
    if (quiet !== null && quiet >= UNHEARD_S) setText(this.gone, `Nothing of it was heard or seen for ${span(quiet)}. It may be down already; the area still stands.`);
  }

  private ownerWords(now: number): string {
    const { alert, store } = this;
    if (alert.approved_by) return `Approved by ${alert.approved_by} for ${alert.authority}.`;
    const owner = `Decides: ${alert.owner || alert.authority}`;
    if (alert.escalated_t) return `${owner}, the deputy, since ${clockTime(alert.escalated_t, store.timezone())}: nobody had acted.`;
    const authority = store.wall?.authorities.find((one) => one.id === alert.authority);
    const drafted = alert.clock["drafted"];
    if (alert.state !== "draft" || !authority?.deputy || !authority.escalate_after_s || drafted === undefined) return `${owner}.`;
    if (alert.clock["acknowledged"] !== undefined) return `${owner}, acknowledged.`;
    return `${owner}. Goes to ${authority.deputy} in ${span(drafted + authority.escalate_after_s - now)} if nobody acts.`;
  }
}

const big = (name: string, value: string): HTMLElement => h("div", {}, h("dt", {}, name), h("dd", {}, value));
