"""Sensors on the air: one thread for each `[[feed]]`, bytes in, scans out, nothing fatal.

    tcp://HOST:PORT     we connect (tls:// over TLS); lost, we try again after 0.5, 1, 2 ... 30 s
    listen://HOST:PORT  we are the server, for one at a time; for SAPIENT, a fusion node for many (`sapient_node.py`)
    udp://HOST:PORT     we listen there; each datagram holds whole messages; a multicast group is joined
    mqtt://HOST/TOPIC   we subscribe (mqtts:// over TLS); each message holds whole messages
    push:               the sensor posts to /api/feeds/SENSOR; each request holds whole messages
    serial:///DEVICE    a serial line at ?baud=
    file:///PATH        read to its end, then as it grows

What comes in is kept with its time of reception, sealed (`raw.py`). A malformed message is counted, kept with its bytes
in `DATA/bad/SENSOR.jsonl` (personal data never), and shown on the health page. Personal data go into the vault, and the
detections carry pseudonyms.
"""

import json
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dronewall.errors import BadInput
from dronewall.formats import Decoded, PersonalData, decoder
from dronewall.formats.decoding import hint_of
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.wall import FeedSpec, Wall
from dronewall.units import SECOND_NS
from dronewall.vault import Vault
from dronewall.watch.sources import Item
from dronewall.watch.sources.addresses import address
from dronewall.watch.sources.condition import Come, condition
from dronewall.watch.sources.meter import Meter
from dronewall.watch.sources.nodes import Nodes, is_node
from dronewall.watch.sources.raw import FrameKeeper
from dronewall.watch.sources.ways import Line, pieces

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
WAITING = 200_000
LARGEST_BAD_FILE = 10_000_000
SAY_EVERY_NS = 60 * SECOND_NS
FLUSH_S = 1.0
CONNECTED = "connected"  # the line is there; what it is worth, `condition` says

Tell = Callable[[Event], None]
Keep = Callable[[PersonalData], None]


def check_feeds(wall: Wall, file: str) -> None:
    """Raise `BadInput` for the first feed with an address, a format or an option that there is not."""
    for feed in wall.feed:
        address(feed, file)
        decoder(feed.format, feed.options, where=f"{file}: [[feed]] {feed.sensor}")


class Feed:
    """One feed in its thread. Of `push:` there is none: whoever calls `push` brings its own."""

    def __init__(
        self,
        spec: FeedSpec,
        *,
        file: str,
        base: Path,
        data: Path,
        salt: bytes,
        put: Callable[[Scan], bool],
        keep: Keep,
        tell: Tell,
        raw: FrameKeeper | None = None,
    ) -> None:
        self.spec, self.raw = spec, raw
        self.at = address(spec, file)
        options = {**spec.options, "salt": salt, "first_scan": time.time_ns() // 1_000, "datagrams": self.at.whole}
        self._decoder = decoder(spec.format, options, where=f"{file}: [[feed]] {spec.sensor}")
        self._bad, self._put, self._keep, self._tell = data / "bad", put, keep, tell
        self._stop = threading.Event()
        self._line = Line(
            at=self.at,
            sensor=spec.sensor,
            base=base,
            keys=data / "keys",
            stop=self._stop,
            connected=self._connected,
            aside=self._aside,
        )
        self._decoding = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"feed-{spec.sensor}", daemon=True)
        self._state, self._why = "starting", ""
        self._bytes = self._scans = self._rows = self._set_aside = 0
        self._meter = Meter()
        self._since_ns = self._look_ns = 0  # the first bytes on this line; the last look
        self._said_ns = 0
        self._written = 0

    def start(self) -> None:
        """Begin to receive."""
        if self.at.scheme == "push":
            self._state, self._why = "waiting", "nothing was posted yet"
        else:
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)
        elif self._state != "stopped":
            self._ended()
        if self.raw is not None:
            self.raw.flush()

    def health(self, now_ns: int) -> dict[str, Any]:
        """For the health page."""
        faults, meter, raw, now = self._decoder.faults, self._meter, self.raw, time.time_ns()
        last_ns, offset_s = meter.last_ns, meter.clock_offset_s(now)
        state, why = self._state, self._why
        if state == CONNECTED:
            state, why = condition(self._come(), now)
        return {
            "sensor": self.spec.sensor,
            "uri": self.spec.uri,
            "format": self.spec.format,
            "state": state,
            "why": why,
            "bytes": self._bytes,
            "messages": faults.messages,
            "rate_hz": round(meter.rate_hz(now), 2),
            "scans": self._scans,
            "detections": self._rows,
            "malformed": faults.count,
            "reasons": dict(faults.reasons),
            "unread": dict(faults.unread),
            "last_refused": faults.refused(now),
            "set_aside": self._set_aside,
            "raw_kept": raw.kept if raw is not None else 0,
            "raw_left_out": raw.left_out if raw is not None else 0,
            "clock_offset_s": None if offset_s is None else round(offset_s, 3),
            "last_t": round(last_ns / SECOND_NS, 3) if last_ns else None,
            "age_s": round((now - last_ns) / SECOND_NS, 1) if last_ns else None,
        }

    def _come(self) -> Come:
        faults, since_ns = self._decoder.faults, self._since_ns
        return Come(
            since_ns=since_ns,
            last_ns=self._meter.last_ns if since_ns else 0,
            look_ns=self._look_ns,
            pause_ns=self._meter.pause_ns(),
            messages=faults.messages,
            reasons=Counter(dict(faults.reasons)) + Counter(dict(faults.unread)),
            hint=hint_of(self._decoder),
        )

    def push(self, data: bytes) -> dict[str, Any]:
        """Take what a sensor posted; what became of it, for the one who posted.

        Raises
        ------
        BadInput
            The feed is not `push:`.
        """
        if self.at.scheme != "push":
            raise BadInput(f"the feed of '{self.spec.sensor}' comes from {self.spec.uri}; nothing can be posted to it")
        if self._state != CONNECTED:
            self._connected()
        faults = self._decoder.faults
        with self._decoding:
            before = Counter(faults.reasons)
            counts = faults.messages, self._scans, self._rows, self._set_aside
            self._taken(data)
            now = faults.messages, self._scans, self._rows, self._set_aside
            reasons = dict(faults.reasons - before)
        messages, looks, rows, aside = (after - was for after, was in zip(now, counts, strict=True))
        said = {"messages": messages, "looks": looks, "detections": rows, "set_aside": aside}
        return {**said, "malformed": sum(reasons.values()), "reasons": reasons}

    # ------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            before = self._bytes
            try:
                for piece in pieces(self._line):
                    self._take(piece)
                    wait_s = FIRST_WAIT_S
                why = "closed by the other side"
            except OSError as error:
                why = error.strerror or str(error)
            if self._stop.is_set():
                break
            if self._state != "lost" or self._bytes > before:
                self._event("feed.lost", why=why)
            self._why, self._state = why, "lost"  # whoever reads the state reads its reason afterwards
            self._stop.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._ended()

    def _ended(self) -> None:
        self._give(self._decoder.end(time.time_ns()))
        self._state = "stopped"

    def _connected(self) -> None:
        self._event("feed.connected")
        self._since_ns = 0
        self._state, self._why = CONNECTED, ""

    def _aside(self, reason: str) -> None:
        self._decoder.faults.unread[reason] += 1

    def _event(self, kind: str, **payload: Any) -> None:
        where = {"sensor": self.spec.sensor, "uri": self.spec.uri, **payload}
        self._tell(Event(time_ns=time.time_ns(), kind=kind, actor="system", payload=where))

    def _take(self, piece: bytes) -> None:
        with self._decoding:
            self._taken(piece)

    def _taken(self, piece: bytes) -> None:
        now = time.time_ns()
        self._since_ns = self._since_ns or now
        self._bytes += len(piece)
        if self.raw is not None:
            self.raw.add(now, piece)
        before = self._decoder.faults.messages
        self._give(self._decoder.feed(piece, now))
        self._meter.count(now, self._decoder.faults.messages - before)
        self._write_bad(now)

    def _give(self, decoded: Decoded) -> None:
        for item in decoded.personal:
            self._keep(item)
        for scan in decoded.scans(self.spec.sensor):
            self._meter.lag(scan.received_ns, scan.received_ns - scan.end_ns)
            if self._put(scan):
                self._scans += 1
                self._look_ns = time.time_ns()
                self._rows += len(scan.detections)
            else:
                self._set_aside += 1

    def _write_bad(self, now_ns: int) -> None:
        """Keep the bytes of what was malformed, and say so once a minute."""
        faults = self._decoder.faults
        new = faults.count - self._written
        if not new:
            return
        self._written = faults.count
        self._bad.mkdir(parents=True, exist_ok=True)
        file = self._bad / f"{self.spec.sensor}.jsonl"
        if not file.exists() or file.stat().st_size < LARGEST_BAD_FILE:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
                for received_ns, reason, data in list(faults.last)[-new:]:
                    row = {"received_ns": received_ns, "reason": reason, "bytes": data.hex()}
                    out.write(json.dumps(row) + "\n")
        if now_ns - self._said_ns >= SAY_EVERY_NS:
            self._said_ns = now_ns
            self._event("feed.malformed", malformed=faults.count, reasons=dict(faults.reasons))


class Feeds:
    """All feeds of a wall as one source.

    Parameters
    ----------
    base : Path
        What relative paths in the wall are relative to.
    data : Path
        The service's folder: malformed messages go into `bad`, keys of lines lie in `keys`.
    salt : bytes
        Under which personal ids become pseudonyms.
    keep : callable
        Puts personal data into the vault.
    tell : callable
        Takes events of the feeds (connected, lost, malformed).
    vault : Vault or None
        Keeps what comes in, as it came.
    room : int
        How many scans may wait for the desk.
    """

    name = "feeds"

    def __init__(
        self,
        wall: Wall,
        *,
        file: str,
        base: Path,
        data: Path,
        salt: bytes,
        keep: Keep,
        tell: Tell,
        vault: Vault | None = None,
        room: int = WAITING,
    ) -> None:
        self._waiting: queue.Queue[Scan] = queue.Queue(maxsize=room)
        own = [spec for spec in wall.feed if not is_node(spec)]
        self._feeds = [
            Feed(
                spec,
                file=file,
                base=base,
                data=data,
                salt=salt,
                put=self._put,
                keep=keep,
                tell=tell,
                raw=None if vault is None else FrameKeeper(vault, spec.sensor),
            )
            for spec in own
        ]
        self._stop = threading.Event()
        self._flusher = threading.Thread(target=self._flush, name="feeds-raw", daemon=True)
        self._nodes = Nodes(wall, file=file, salt=salt, put=self._put, keep=keep, tell=tell)

    def _put(self, scan: Scan) -> bool:
        """Whether there was room; overload sets scans aside and says how many."""
        try:
            self._waiting.put_nowait(scan)
        except queue.Full:
            return False
        return True

    def due(self, now_ns: int, limit: int) -> Sequence[Item]:
        """What has come in."""
        found: list[Item] = []
        while len(found) < limit:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def set(self, given: int) -> None:
        """What is past does not come again."""

    def health(self, now_ns: int) -> list[dict[str, Any]]:
        """One row per feed."""
        return [*(feed.health(now_ns) for feed in self._feeds), *self._nodes.health()]

    def start(self) -> None:
        """Begin to receive."""
        for feed in self._feeds:
            feed.start()
        self._nodes.start()
        self._flusher.start()

    def stop(self) -> None:
        """Stop receiving."""
        self._stop.set()
        for feed in self._feeds:
            feed.stop()
        self._nodes.stop()
        if self._flusher.ident is not None:
            self._flusher.join(timeout=5.0)

    def push(self, sensor: str, data: bytes) -> dict[str, Any]:
        """Take what the sensor posted; what became of it.

        Raises
        ------
        BadInput
            It has no feed that can be posted to.
        """
        for feed in self._feeds:
            if feed.spec.sensor == sensor:
                return feed.push(data)
        raise BadInput(f"the wall has no [[feed]] of '{sensor}'; give it one with uri = 'push:'")

    def _flush(self) -> None:
        while not self._stop.wait(FLUSH_S):
            for feed in self._feeds:
                if feed.raw is not None:
                    feed.raw.flush()
