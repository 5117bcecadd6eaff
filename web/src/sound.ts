// The alert sound: two soft tones for a new draft, again while it waits for somebody. No file, no surprise, mute is seen.

import { ending } from "./attention";
import type { Alert } from "./contract";
import type { Store } from "./store";

const REMIND_S = 20;

export class Sound {
  private context: AudioContext | null = null;
  private readonly heard = new Set<string>();
  private last = 0;
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    const wake = () => void this.wake();
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { passive: true });
    store.on("picture", () => this.listen());
  }

  private async wake(): Promise<void> {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") await this.context.resume();
  }

  state(): "on" | "muted" | "blocked" {
    if (this.store.view.muted) return "muted";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  words(): string {
    return { on: "Sound on", muted: "Sound off", blocked: "Sound waits" }[this.state()];
  }

  private listen(): void {
    const waiting = (this.store.picture?.alerts ?? []).filter((a) => a.state === "draft" && a.clock["acknowledged"] === undefined);
    const fresh = waiting.filter((alert) => !this.heard.has(key(alert)));
    for (const alert of fresh) this.heard.add(key(alert));
    const now = performance.now() / 1000;
    if (waiting.length > 0 && (fresh.length > 0 || now - this.last > REMIND_S)) {
      this.last = now;
      this.chime(Math.max(...waiting.map((alert) => (ending(alert) ? 1 : alert.level))));
    }
  }

  private chime(level: number): void {
    const context = this.context;
    if (this.state() !== "on" || !context) return;
    const tones = level >= 3 ? [660, 880, 660, 880] : level === 2 ? [660, 880] : [660];
    tones.forEach((hertz, i) => {
      const start = context.currentTime + i * 0.24;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(0.16, start + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.22);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.24);
    });
  }
}

/** A stronger level of the same alert is heard anew; another revision of the same is not. */
const key = (alert: Alert): string => `${alert.id} ${alert.level} ${ending(alert)}`;
