"""Tracks against truth: how far off, missed, false, swapped, late. Knows no tracker: any `tracks.parquet` will do.

`files` reads a recording with truth and a track file; `frames` holds them instant by instant with every pair closer
than the cutoff and the best matching; each measure is one file with one function, `Frames` in, named figures out, and
one line in `PARTS`. `intervals` says how far figures of several nights are to be believed. Everything is
exact and sparse: pairs beyond the cutoff cost nothing, and matchings are solved one connected component at a time, over
all instants at once (`matching`).

To add a measure: a file here, a line in `PARTS`, a section in `docs/scoring.md`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dronewall.registry import Table
from dronewall.scoring.files import Options, read
from dronewall.scoring.frames import Figures, Frames

PARTS: Mapping[str, str] = {
    "gospa": "dronewall.scoring.gospa:gospa",
    "accuracy": "dronewall.scoring.accuracy:accuracy",
    "count": "dronewall.scoring.count:count",
    "siap": "dronewall.scoring.siap:siap",
    "switches": "dronewall.scoring.switches:switches",
    "ospa2": "dronewall.scoring.ospa2:ospa2",
    "confusion": "dronewall.scoring.confusion:confusion",
    "latency": "dronewall.scoring.latency:latency",
    "consistency": "dronewall.scoring.consistency:consistency",
}

TABLE = Table("scoring", PARTS)

__all__ = ["PARTS", "TABLE", "Figures", "Frames", "Options", "measured", "read", "score"]


def measured(frames: Frames) -> dict[str, Any]:
    """Every measure's figures of these instants, rounded to four digits; None where there is nothing to say."""
    figures: dict[str, Any] = {}
    for name in PARTS:
        measure: Callable[[Frames], Figures] = TABLE.part(name)
        figures |= measure(frames)
    return {name: _plain(value) for name, value in figures.items()}


def score(tracks: Path, recording: Path, options: Options | None = None) -> dict[str, Any]:
    """The figures of a track file against a recording's truth.

    Raises
    ------
    BadInput
        The files do not allow a score; the sentence says why.
    """
    return measured(read(tracks, recording, options or Options()))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if value is None or isinstance(value, int | str):
        return value
    return None if value != value else round(float(value), 4)
