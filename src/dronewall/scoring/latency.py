"""How long from the first evidence of a thing until it is a confirmed track."""

import numpy as np

from dronewall.scoring.frames import NEVER, Figures, Frames
from dronewall.units import SECOND_NS, Ints


def latency(frames: Frames) -> Figures:
    """Median and 90th percentile of the delay over the truths that were confirmed, and how many never were.

    First evidence is the first plot (a detection that alone fixes a position) within the cutoff of the truth, or, in a
    recording without plots, the first frame in which the truth counts; `latency_from` says which. Confirmed is the
    first frame from then on in which a track that counts is matched to it. Frames before the burn-in count here, so
    that what was there from the start is not taken for born late. The delay is no finer than the truth's frames.
    """
    parts = [part for part in (frames.before, frames) if part is not None]
    seen_by = np.concatenate([part.truth.who for part in parts])
    seen_ns = np.concatenate([part.time_ns[part.truth.frame] for part in parts])
    held_by = np.concatenate([part.truth.who[part.near_truth[part.matched]] for part in parts])
    held_ns = np.concatenate([part.time_ns[part.matched_frame] for part in parts])
    many = int(seen_by.max(initial=-1)) + 1
    first_seen_ns = _earliest(seen_by, seen_ns, many)
    evidence_ns = first_seen_ns if frames.evidence_ns is None else frames.evidence_ns[:many]
    after = held_ns >= evidence_ns[held_by]
    confirmed_ns = _earliest(held_by[after], held_ns[after], many)
    known = (evidence_ns < NEVER) & (first_seen_ns < NEVER)
    done = known & (confirmed_ns < NEVER)
    delay_s = (confirmed_ns[done] - evidence_ns[done]) / SECOND_NS
    return {
        "latency_median_s": np.median(delay_s) if len(delay_s) else float("nan"),
        "latency_p90_s": np.quantile(delay_s, 0.9) if len(delay_s) else float("nan"),
        "never_confirmed": int((known & ~done).sum()),
        "latency_from": "view" if frames.evidence_ns is None else "plot",
    }


def _earliest(who: Ints, time_ns: Ints, many: int) -> Ints:
    earliest = np.full(many, NEVER)
    np.minimum.at(earliest, who, time_ns)
    return earliest
