"""A simulated night as a recording, the same as one from the field plus truth."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dronewall.archive import Looks, RecordedRows
from dronewall.archive.stream import recording_writer
from dronewall.rehearse.pieces import Pieces
from dronewall.rehearse.simulated import Night

MOVES_LOOKS = frozenset({"outage", "link_cut", "latency", "clock_skew"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was written."""

    looks: int
    detections: int


def record(
    night: Night | Pieces, path: Path, *, wall_toml: str, progress: Callable[[float], None] | None = None
) -> Recorded:
    """Write a night to the folder `path`, whole or not at all; in pieces, no more than one of them is in memory.

    A night of more than one piece lists its looks only where a fault moved any: otherwise the wall's schedule says
    them all. The metadata of every file say the scenario, the seed, and where its load comes from.

    Raises
    ------
    BadInput
        `path` is a file, holds something other than a recording, or cannot be written.
    """
    scenario = night.scenario
    pieces = [night] if isinstance(night, Night) else night
    listed = len(pieces) == 1 or any(fault.kind in MOVES_LOOKS for fault in scenario.fault)
    metadata = {"scenario": scenario.scenario.name, "seed": str(night.seed)}
    if night.load is not None:
        cited = [citation.model_dump() for citation in night.load.citations]
        metadata |= {"load": night.load.level, "anchor": night.load.anchor}
        metadata |= {"rate_per_day": f"{night.load.rate_per_day:g}", "citations": json.dumps(cited)}
    looks = detections = 0
    with recording_writer(path, metadata) as writer:
        writer.wall_toml = wall_toml
        for piece in pieces:
            of_look = np.array(piece.sensor_ids, object)[piece.sensor_of]
            rows = RecordedRows(
                detections=piece.detections,
                sensor=np.repeat(of_look, piece.rows_of),
                scan=np.repeat(piece.scan, piece.rows_of),
            )
            every = Looks(sensor=of_look, scan=piece.scan, time_ns=piece.time_ns, end_ns=piece.time_ns)
            writer.add(rows, every if listed else None)
            writer.tell(piece.truth())
            looks, detections = looks + len(piece.scan), detections + len(piece.detections)
            if progress is not None:
                progress((piece.end_ns - scenario.start_ns) / (scenario.end_ns - scenario.start_ns))
    return Recorded(looks=looks, detections=detections)
