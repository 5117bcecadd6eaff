"""From what a watch has received, as it came, to a recording: decoded once more, for a wall that may be another.

The vault of the watch's data folder holds the frames of every feed with their times of reception, as long as their
day's key is there (72 h). They go through the decoders as they did then. Pseudonyms are made under the vault's salt of
the first day, so that they are those of the watch's log for that day.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.archive import Looks, RecordedRows, recording_writer
from dronewall.archive.frames import unpacked
from dronewall.archive.recording import check_target
from dronewall.convert.capture import moved
from dronewall.convert.summary import Summary, untaken
from dronewall.errors import BadInput
from dronewall.formats import Decoded, decoder
from dronewall.records.wall import FeedSpec, load_wall
from dronewall.vault import Vault

WHOLE = ("udp:", "mqtt:", "mqtts:", "push:")


def kept_to_recording(data: Path, target: Path, wall_path: Path | None) -> Summary:
    """Decode what the feeds of the wall received, by the formats and options that the wall gives them now.

    Raises
    ------
    BadInput
        No wall is given, or nothing is kept of any of its feeds.
    """
    if wall_path is None:
        raise BadInput(
            f"{data} is the data folder of a watch; say --wall FILE, whose feeds say how to decode it", key="wall"
        )
    check_target(target)
    wall, vault = load_wall(wall_path), Vault(data / "vault")
    there = [feed for feed in wall.feed if feed.sensor in vault.named()]
    salt = _salt(vault, there)
    if salt is None:
        kept = ", ".join(vault.named()) or "nothing"
        raise BadInput(f"{data} keeps nothing that can still be read of the feeds of {wall_path} (it keeps: {kept})")
    total = _Total()
    with recording_writer(target, {"converted_from": "kept frames"}) as writer:
        for sensor, decoded in _decoded(there, vault, salt, str(wall_path), total):
            writer.add(*_recorded(decoded, sensor, total))
        writer.wall_toml = moved(wall_path, wall, target)
    said = tuple(note for name in sorted(set(total.formats)) for note in untaken(name))
    return replace(total.summary(), notes=said, exercise=wall.wall.exercise)


def _salt(vault: Vault, feeds: list[FeedSpec]) -> bytes | None:
    """The salt of the first day of which something is left; None where nothing is."""
    firsts = (next((unpacked(block) for block in vault.blocks(feed.sensor)), None) for feed in feeds)
    times = [received_ns for found in firsts if found is not None for received_ns, _ in found]
    return vault.put(min(times), {"use": "pseudonyms"}).encode() if times else None


class _Total:
    """Counts over all feeds."""

    def __init__(self) -> None:
        self.messages = self.rows = self.personal = 0
        self.faults: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.identities: set[str] = set()
        self.first_ns, self.last_ns = 2**63 - 1, 0
        self.formats: list[str] = []

    def summary(self) -> Summary:
        """What was decoded."""
        return Summary(
            source_format=", ".join(sorted(set(self.formats))),
            target_format="recording",
            messages=self.messages,
            detections=self.rows,
            identities=len(self.identities),
            first_ns=self.first_ns if self.rows else 0,
            last_ns=self.last_ns,
            personal_left_out=self.personal,
            faults=dict(self.faults),
            unread=dict(self.unread),
        )


def _decoded(
    feeds: list[FeedSpec], vault: Vault, salt: bytes, where: str, total: _Total
) -> Iterator[tuple[str, Decoded]]:
    """What each feed gave, in the order of reception over all of them."""
    decoders = {
        feed.sensor: decoder(feed.format, _options(feed, salt), where=f"{where}: {feed.sensor}") for feed in feeds
    }
    frames = heapq.merge(*(_frames(vault, feed.sensor) for feed in feeds), key=lambda frame: frame[0])
    received_ns = 0
    for received_ns, sensor, frame in frames:
        yield sensor, decoders[sensor].feed(frame, received_ns)
    for feed in feeds:
        one = decoders[feed.sensor]
        yield feed.sensor, one.end(received_ns)
        total.formats.append(feed.format)
        total.messages += one.faults.messages
        total.faults += one.faults.reasons
        total.unread += one.faults.unread


def _options(feed: FeedSpec, salt: bytes) -> dict[str, Any]:
    return {**feed.options, "salt": salt, "datagrams": feed.uri.startswith(WHOLE)}


def _frames(vault: Vault, sensor: str) -> Iterator[tuple[int, str, bytes]]:
    return ((received_ns, sensor, frame) for block in vault.blocks(sensor) for received_ns, frame in unpacked(block))


def _recorded(decoded: Decoded, sensor: str, total: _Total) -> tuple[RecordedRows, Looks]:
    found, looks = decoded.detections, np.array(decoded.looks, np.int64).reshape(-1, 4)
    total.rows += len(found)
    total.personal += len(decoded.personal)
    total.identities.update(identity for identity in found.identity if identity is not None)
    if len(found):
        total.first_ns = min(total.first_ns, int(found.time_ns.min()))
        total.last_ns = max(total.last_ns, int(found.time_ns.max()))
    rows = RecordedRows(detections=found, sensor=np.full(len(found), sensor, object), scan=decoded.scan)
    names = np.full(len(looks), sensor, object)
    return rows, Looks(sensor=names, scan=looks[:, 0], time_ns=looks[:, 1], end_ns=looks[:, 2])
