// How long a step that is counted may still take, from how fast it went so far.

import type { Progress } from "./contract";
import { age } from "./format";

const LEAST_S = 2;

/** Takes each progress as it comes, with the time (s); gives words like `, about 12 s left`, or none while unknown. */
export function timeLeft(): (progress: Progress, now_s: number) => string {
  let begun: { step: string; done: number; now_s: number } | null = null;
  return (progress, now_s) => {
    if (begun?.step !== progress.step || progress.done < begun.done) begun = { step: progress.step, done: progress.done, now_s };
    const done = progress.done - begun.done;
    const took_s = now_s - begun.now_s;
    if (done === 0 || took_s < LEAST_S || progress.done >= progress.total) return "";
    return `, about ${age((took_s / done) * (progress.total - progress.done))} left`;
  };
}
