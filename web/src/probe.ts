// What a benchmark reads: which picture is on the screen, when its newest detection was made, when its pixels were drawn.

interface Sample {
  seq: number;
  t: number;
  /** Wall clock, Unix seconds: newest detection made, picture sent, message received, overlay painted. */
  made: number | null;
  sent: number;
  received: number;
  drawn: number;
  tracks: number;
  draw_ms: number;
}

interface Probe {
  last: Sample | null;
  samples: Sample[];
  refusedSymbols: number;
  /** Where each track stands on the screen, for tests that look at pixels. */
  tracks: Record<string, { x: number; y: number }>;
  ready: boolean;
  /** The layer of a coverage that is chosen, and whether all of it is drawn. */
  coverage: string | null;
  coverageDrawn: () => boolean;
}

declare global {
  interface Window {
    dronewallProbe: Probe;
  }
}

const KEEP = 4000;

export const probe: Probe = { last: null, samples: [], refusedSymbols: 0, tracks: {}, ready: false, coverage: null, coverageDrawn: () => false };
window.dronewallProbe = probe;

const waiting: Omit<Sample, "drawn">[] = [];

/**
 * Called when a picture has been drawn within an animation frame. It counts as drawn when the next frame begins: by then
 * the compositor has taken the one that shows it. (What the screen itself adds, a page cannot know.)
 */
export function painted(sample: Omit<Sample, "drawn">): void {
  waiting.push(sample);
  if (waiting.length === 1) requestAnimationFrame(taken);
}

function taken(): void {
  const drawn = (performance.timeOrigin + performance.now()) / 1000;
  for (const sample of waiting.splice(0)) {
    probe.last = { ...sample, drawn };
    probe.samples.push(probe.last);
    if (probe.samples.length > KEEP) probe.samples.splice(0, KEEP / 2);
  }
}
