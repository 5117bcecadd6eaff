"""From wire formats to a recording, and from a recording to JSON lines: `dronewall convert`.

It stands above `formats` and `archive`, which do not know one another. `capture` reads a file of a wire format, `kept`
what a watch has received, `lines` writes a recording as JSON lines.
"""

from datetime import date
from pathlib import Path

from dronewall.archive.recording import check_target
from dronewall.convert.capture import Conversion, sniffed
from dronewall.convert.kept import kept_to_recording
from dronewall.convert.lines import to_jsonl
from dronewall.convert.summary import Summary
from dronewall.errors import BadInput
from dronewall.formats import PARTS, TABLE

__all__ = ["Summary", "convert"]


def convert(
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    date: date | None = None,
    wall: Path | None = None,
) -> Summary:
    """Convert a file of a wire format to a recording, or a recording to JSON lines. Nothing is half-written.

    Parameters
    ----------
    source_format : str, optional
        A name of `dronewall.formats.PARTS`, or `recording`; left out, the bytes tell.
    target_format : str, optional
        `recording` or `jsonl`; left out, a recording becomes `jsonl` and everything else a recording.
    date : date, optional
        The UTC day of a file whose messages carry a counter or a time of day only. A counter of 12 MHz has no epoch:
        its first value counts as 00:00:00 of that day.
    wall : Path, optional
        The wall that the sensor is of; needed where the format does not say what kind of sensor it is (`jsonl`).

    Raises
    ------
    BadInput
        One sentence that says what is missing or wrong.
    """
    if (source / "vault").is_dir():
        _only(source_format, "kept", source)
        _only(target_format, "recording", target)
        return kept_to_recording(source, target, wall)
    if source.is_dir():
        _only(source_format, "recording", source)
        _only(target_format, "jsonl", target)
        return to_jsonl(source, target)
    _only(target_format, "recording", target)
    if not source.exists():
        raise BadInput(f"{source} is not there; give a file of: {', '.join(sorted(PARTS))}", file=str(source))
    check_target(target)
    name = source_format or sniffed(source)
    if name not in TABLE.names():
        known = ", ".join((*TABLE.names(), "recording"))
        raise BadInput(f"--from {name}: there is no such format; there are: {known}", key="from")
    return Conversion(source, target, name, date, wall).run()


def _only(given: str | None, wanted: str, path: Path) -> None:
    if given is not None and given != wanted:
        raise BadInput(
            f"{path}: '{given}' cannot be had here; this conversion is from a wire format to 'recording', "
            f"or from 'recording' to 'jsonl'"
        )
