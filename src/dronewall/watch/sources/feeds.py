"""Sensors on the air: one thread for each `[[feed]]`, bytes in, scans out, nothing fatal.

    tcp://HOST:PORT     we connect; lost, we try again after 0.5, 1, 2 ... 30 s
    listen://HOST:PORT  we are the server, for one at a time; for SAPIENT, a fusion node for many (`sapient_node.py`)
    udp://HOST:PORT     we listen there; each datagram is a piece of the stream; a multicast group is joined
    file:///PATH        read to its end, then as it grows

A malformed message is counted, kept with its bytes in `DATA/bad/SENSOR.jsonl` (personal data never), and shown on the
health page. Personal data go into the vault, and the detections carry pseudonyms.
"""

import json
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from dronewall.formats import Decoded, PersonalData, decoder
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.wall import FeedSpec, Wall
from dronewall.units import SECOND_NS
from dronewall.watch.sources import Item
from dronewall.watch.sources.nodes import Nodes, address, is_node

POLL_S = 0.2
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
PIECE = 65_536
WAITING = 200_000
LARGEST_BAD_FILE = 10_000_000
SAY_EVERY_NS = 60 * SECOND_NS

Tell = Callable[[Event], None]
Keep = Callable[[PersonalData], None]


def check_feeds(wall: Wall, file: str) -> None:
    """Raise `BadInput` for the first feed with an address, a format or an option that there is not."""
    for feed in wall.feed:
        address(feed, file)
        decoder(feed.format, feed.options, where=f"{file}: [[feed]] {feed.sensor}")


class Feed:
    """One feed in its thread."""

    def __init__(
        self,
        spec: FeedSpec,
        *,
        file: str,
        base: Path,
        bad: Path,
        salt: bytes,
        put: Callable[[Scan], bool],
        keep: Keep,
        tell: Tell,
    ) -> None:
        self.spec = spec
        self._scheme, self._host, self._port = address(spec, file)
        self._path = base / self._host
        options = {**spec.options, "salt": salt, "first_scan": time.time_ns() // 1_000}
        if spec.format == "asterix" and self._scheme == "udp":
            options["datagrams"] = True
        self._decoder = decoder(spec.format, options, where=f"{file}: [[feed]] {spec.sensor}")
        self._bad, self._put, self._keep, self._tell = bad, put, keep, tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"feed-{spec.sensor}", daemon=True)
        self._state, self._why = "starting", ""
        self._bytes = self._scans = self._rows = self._set_aside = 0
        self._last_ns = self._said_ns = 0
        self._written = 0

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(timeout=5.0)

    def health(self, now_ns: int) -> dict[str, Any]:
        """For the health page."""
        faults = self._decoder.faults
        return {
            "sensor": self.spec.sensor,
            "uri": self.spec.uri,
            "format": self.spec.format,
            "state": self._state,
            "why": self._why,
            "bytes": self._bytes,
            "scans": self._scans,
            "detections": self._rows,
            "malformed": faults.count,
            "reasons": dict(faults.reasons),
            "unread": dict(faults.unread),
            "set_aside": self._set_aside,
            "last_t": round(self._last_ns / SECOND_NS, 3) if self._last_ns else None,
            "age_s": round((time.time_ns() - self._last_ns) / SECOND_NS, 1) if self._last_ns else None,
        }

    # ------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            before = self._bytes
            try:
                for piece in self._pieces():
                    self._take(piece)
                    wait_s = FIRST_WAIT_S
                why = "closed by the other side"
            except OSError as error:
                why = error.strerror or str(error)
            if self._stop.is_set():
                break
            if self._state != "lost" or self._bytes > before:
                self._event("feed.lost", why=why)
            self._state, self._why = "lost", why
            self._stop.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._give(self._decoder.end(time.time_ns()))
        self._state = "stopped"

    def _connected(self) -> None:
        self._state, self._why = "ok", ""
        self._event("feed.connected")

    def _event(self, kind: str, **payload: Any) -> None:
        where = {"sensor": self.spec.sensor, "uri": self.spec.uri, **payload}
        self._tell(Event(time_ns=time.time_ns(), kind=kind, actor="system", payload=where))

    def _pieces(self) -> Iterator[bytes]:
        if self._scheme == "file":
            yield from self._from_file()
        else:
            yield from self._from_socket()

    def _from_socket(self) -> Iterator[bytes]:
        tcp = self._scheme != "udp"
        if self._scheme == "tcp":
            line = socket.create_connection((self._host, self._port), timeout=5.0)
        elif tcp:
            accepted = self._accepted()
            if accepted is None:
                return
            line = accepted
        else:
            line = _datagrams(self._host, self._port)
        with closing(line):
            line.settimeout(POLL_S)
            self._connected()
            while not self._stop.is_set():
                try:
                    piece = line.recv(PIECE)
                except TimeoutError:
                    continue
                if not piece and tcp:
                    return
                yield piece

    def _accepted(self) -> socket.socket | None:
        """The next that connects to us; None when the feed ends before."""
        with socket.create_server((self._host, self._port)) as server:
            server.settimeout(POLL_S)
            while not self._stop.is_set():
                try:
                    return server.accept()[0]
                except TimeoutError:
                    continue
        return None

    def _from_file(self) -> Iterator[bytes]:
        with self._path.open("rb") as stream:
            self._connected()
            while not self._stop.is_set():
                piece = stream.read(PIECE)
                if piece:
                    yield piece
                elif self._stop.wait(POLL_S):
                    return

    def _take(self, piece: bytes) -> None:
        now = time.time_ns()
        self._bytes += len(piece)
        self._last_ns = now
        self._give(self._decoder.feed(piece, now))
        self._write_bad(now)

    def _give(self, decoded: Decoded) -> None:
        for item in decoded.personal:
            self._keep(item)
        for scan in decoded.scans(self.spec.sensor):
            if self._put(scan):
                self._scans += 1
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


def _datagrams(host: str, port: int) -> socket.socket:
    """A socket for datagrams to an address of ours, or to a multicast group."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group = ip_address(host).is_multicast if host.replace(".", "").isdigit() else False
    try:
        if group:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((host, port))
        if group:
            member = socket.inet_aton(host) + socket.inet_aton("0.0.0.0")
            line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    except OSError:
        line.close()
        raise
    return line


class Feeds:
    """All feeds of a wall as one source.

    Parameters
    ----------
    base : Path
        What relative paths in the wall are relative to.
    bad : Path
        Folder for malformed messages.
    salt : bytes
        Under which personal ids become pseudonyms.
    keep : callable
        Puts personal data into the vault.
    tell : callable
        Takes events of the feeds (connected, lost, malformed).
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
        bad: Path,
        salt: bytes,
        keep: Keep,
        tell: Tell,
        room: int = WAITING,
    ) -> None:
        self._waiting: queue.Queue[Scan] = queue.Queue(maxsize=room)
        own = [spec for spec in wall.feed if not is_node(spec)]
        self._feeds = [
            Feed(spec, file=file, base=base, bad=bad, salt=salt, put=self._put, keep=keep, tell=tell) for spec in own
        ]
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

    def stop(self) -> None:
        """Stop receiving."""
        for feed in self._feeds:
            feed.stop()
        self._nodes.stop()
