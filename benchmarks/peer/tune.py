"""Choose Stone Soup's settings for each family, on seeds that no figure is reported on.

    python -m benchmarks.peer.tune [--family wall ...] [--seeds 101,102]

One setting at a time from what was published, then the best of each together; the set-up with the least mean GOSPA over
the seeds is what `tuned.py` holds. Recordings are smaller than those reported on, with the same density of false
detections and of swarms.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.family import write
from benchmarks.peer.environment import stone_soup
from benchmarks.peer.tuned import PUBLISHED, Settings
from dronewall.scoring import Options, score

RECORDINGS = {"wall": "wall-200", "wallH": "wallH-100", "wallS": "wallS-200", "wallB": "wallB-200"}
BURN_S = {"wallB": 30.0}
ALONE: dict[str, Sequence[Any]] = {
    "q": (0.5, 1.0, 4.0),
    "lose_s": (4.0, 5.0, 6.0),
    "hits": (2,),
    "gate": (3.5,),
}


def gospa_m(family: str, seeds: Sequence[int], settings: Settings, folder: Path) -> float:
    """Mean GOSPA over the seeds."""
    figures = []
    for seed in seeds:
        recording = folder / f"{RECORDINGS[family]}-{seed}"
        if not recording.exists():
            write(RECORDINGS[family], seed, recording)
        tracks = stone_soup(recording, settings).tracks
        figures.append(score(tracks, recording, Options(burn_s=BURN_S.get(family, 10.0)))["gospa_mean_m"])
    return float(np.mean(figures))


def tried(family: str, seeds: Sequence[int], folder: Path) -> Iterator[tuple[float, Settings]]:
    """Every set-up that was tried, with its GOSPA."""
    base_m = gospa_m(family, seeds, PUBLISHED, folder)
    yield base_m, PUBLISHED
    best = PUBLISHED
    for name, values in ALONE.items():
        alone = [replace(PUBLISHED, **{name: value}) for value in values]
        scored = [(gospa_m(family, seeds, settings, folder), settings) for settings in alone]
        yield from scored
        least_m, settings = min(scored, key=lambda row: row[0])
        if least_m < base_m:
            best = replace(best, **{name: getattr(settings, name)})
    if best not in (PUBLISHED, *(replace(PUBLISHED, **{n: v}) for n, vs in ALONE.items() for v in vs)):
        yield gospa_m(family, seeds, best, folder), best


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", nargs="*", choices=list(RECORDINGS), default=list(RECORDINGS))
    parser.add_argument("--seeds", default="101,102")
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        for family in options.family:
            rows = list(tried(family, seeds, Path(folder)))
            for figure_m, settings in sorted(rows, key=lambda row: row[0]):
                print(f"{family:6} {figure_m:9.1f}  {asdict(settings)}", flush=True)


if __name__ == "__main__":
    main()
