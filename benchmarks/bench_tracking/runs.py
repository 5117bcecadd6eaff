"""Track a recording with dronewall, Stone Soup and the floor, and score all three."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from benchmarks.bench_tracking.recordings import Recording
from benchmarks.peer.environment import stone_soup
from benchmarks.peer.tuned import settings_of
from dronewall.scoring import Options, score

PEER_MOST: Final = 2_000
"""Recordings of more targets are not given to Stone Soup: it falls behind the clock at about a thousand."""


def tracked(recording: Recording, *, wall: Path | None = None) -> Path:
    """The track file that `dronewall track --at-truth` writes."""
    file = recording.folder.with_suffix(".dronewall.parquet")
    command = [sys.executable, "-m", "dronewall", "track", str(recording.folder), "--at-truth", "-o", str(file)]
    command += [] if wall is None else ["--wall", str(wall)]
    subprocess.run(command, check=True, capture_output=True)
    return file


def figures(recording: Recording, *, peers: tuple[str, ...], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Scores of everybody on one recording: dronewall, floor, and each peer (`gnn`, `jpda`) that can.

    With `known`, an earlier run's scores of the same recording, those of everybody but dronewall are taken from there.
    """
    options = Options(burn_s=recording.burn_s)
    found: dict[str, Any] = {"dronewall": score(tracked(recording), recording.folder, options)}
    if known is not None:
        return found | {who: scores for who, scores in known.items() if who not in found}
    found["floor"] = score(recording.floor(), recording.folder, options)
    family, _, n = recording.name.partition("-")
    for peer in peers if int(n) <= PEER_MOST else ():
        run = stone_soup(recording.folder, settings_of(family, peer))
        found[f"stonesoup_{peer}"] = score(run.tracks, recording.folder, options) | {"cost": dict(run.cost)}
    return found


def same_tables(one: Path, other: Path) -> bool:
    """Whether two track files hold the same rows, to the bit."""
    return bool(pq.read_table(one).equals(pq.read_table(other)))
