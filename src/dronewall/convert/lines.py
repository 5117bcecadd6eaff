"""From a recording to JSON lines."""

from pathlib import Path

from dronewall.archive import read_recording
from dronewall.archive.files import beside
from dronewall.convert.summary import Summary
from dronewall.errors import BadInput
from dronewall.formats import jsonl


def to_jsonl(source: Path, target: Path) -> Summary:
    """A recording's looks as JSON lines, in order of reception."""
    if target.is_dir():
        raise BadInput(f"{target} is a folder; JSON lines are one file: give its name", file=str(target))
    recording = read_recording(source)
    rows = recording.rows.detections
    looks = 0
    with beside(target) as file, file.open("wb") as out:
        for scan in recording.scans():
            out.write(jsonl.encode(scan.sensor, scan.scan, scan.time_ns, scan.end_ns, scan.detections))
            looks += 1
    return Summary(
        source_format="recording",
        target_format="jsonl",
        messages=looks,
        detections=len(rows),
        identities=len({identity for identity in rows.identity if identity is not None}),
        first_ns=int(rows.time_ns.min()) if len(rows) else 0,
        last_ns=int(rows.time_ns.max()) if len(rows) else 0,
    )
