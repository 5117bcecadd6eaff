// What is on the page now: the assessment, the filter, what is chosen, and decisions on their way.

import { Refused } from "../api";
import { type Act, type Assessment, type Decision, service } from "./contract";
import { type Claim, type Filter, emptyFilter, fits, grouped, nextOpen, type Verdict } from "./logic";

type Told = "assessment" | "claims" | "chosen" | "state" | "filter";
const POLL_MS = 700;
const IDLE_MS = 4000;
const VERDICTS: Record<string, Verdict> = { accept: "accepted", reject: "rejected", correct: "corrected" };

export class Desk {
  assessment: Assessment | null = null;
  claims: Claim[] = [];
  filter: Filter = emptyFilter();
  chosen: string | null = null;
  mention: string | null = null;
  running = false;
  trouble: string | null = null;
  seen = "";
  acts: Act[] = [];
  user = "";
  role = "";
  private heard = new Map<Told, (() => void)[]>();
  private deciding = false;
  private timer = 0;

  on(what: Told, listener: () => void): void {
    this.heard.set(what, [...(this.heard.get(what) ?? []), listener]);
  }

  tell(...what: Told[]): void {
    for (const one of what) for (const listener of this.heard.get(one) ?? []) listener();
  }

  /** The claims that the filter lets through, in the order of the reports. */
  listed(): Claim[] {
    return this.claims.filter((claim) => fits(claim, this.filter));
  }

  current(): Claim | null {
    return this.claims.find((claim) => claim.key === this.chosen) ?? null;
  }

  choose(key: string | null, mention: string | null = null): void {
    this.chosen = key;
    this.mention = mention ?? this.current()?.head.id ?? null;
    this.tell("chosen");
  }

  /** Chooses the claim so many places on in the list. */
  step(by: number): void {
    const list = this.listed();
    if (list.length === 0) return;
    const at = list.findIndex((claim) => claim.key === this.chosen);
    const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) this.choose(next.key);
  }

  openNext(): void {
    const next = nextOpen(this.listed(), this.chosen);
    if (next) this.choose(next.key);
  }

  narrow(change: Partial<Filter>): void {
    Object.assign(this.filter, change);
    this.tell("filter", "claims");
  }

  may(): boolean {
    return this.role === "operator";
  }

  async load(): Promise<void> {
    const whole = await service.whole();
    this.assessment = whole;
    this.claims = grouped(whole.claims, whole.conflicts);
    this.seen = whole.version;
    this.acts = whole.acts;
    this.running = whole.running || whole.behind;
    this.user = whole.user;
    this.role = whole.role;
    document.documentElement.dataset["role"] = whole.role;
    if (!this.current()) this.choose((nextOpen(this.listed(), null) ?? this.claims[0])?.key ?? null);
    this.tell("assessment", "claims", "chosen", "state");
  }

  /** Sends a decision. True once it is in the review file; else `trouble` says why not. */
  async decide(decision: Decision): Promise<boolean> {
    if (this.deciding || !this.may()) return false;
    this.deciding = true;
    this.trouble = null;
    try {
      const done = await service.decide(decision, this.seen);
      this.seen = done.version;
      this.acts = done.acts;
      this.running = true;
      const verdict = VERDICTS[decision.kind];
      const claim = this.claims.find((one) => one.key === decision.claim);
      if (claim && verdict) claim.verdict = verdict;
      this.tell("claims", "state");
      this.watch(POLL_MS);
      return true;
    } catch (error) {
      const stale = error instanceof Refused && (error.status === 409 || error.status === 404);
      if (stale) await this.load();
      this.trouble = error instanceof Error ? error.message : String(error);
      this.tell("state");
      return false;
    } finally {
      this.deciding = false;
    }
  }

  /** Asks where the service stands, and reads all anew once it has caught up with the review file. */
  watch(after = IDLE_MS): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.look(), after);
  }

  private async look(): Promise<void> {
    try {
      const state = await service.state();
      const busy = state.running || state.behind;
      const lost = this.trouble?.startsWith("The service does not answer");
      if (lost) this.trouble = null;
      if (state.failure) this.trouble = state.failure;
      if (!busy && state.runs !== this.assessment?.runs && !this.deciding) await this.load();
      else if (busy !== this.running || lost || state.failure) {
        this.running = busy;
        this.tell("state");
      }
      this.watch(busy ? POLL_MS : IDLE_MS);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message.replace(" Nothing was sent.", " What was decided is in the review file.") : String(error);
      this.tell("state");
      this.watch(IDLE_MS);
    }
  }
}
