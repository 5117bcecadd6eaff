"""The fusion node: a TCP server that SAPIENT edge nodes connect to; their detections become scans.

    [[feed]]
    sensor = "lv-radar-1"
    uri = "listen://127.0.0.1:5020"
    format = "sapient"
    options = { node = "6f582b41-6c88-481c-bb0f-6021a1739f57" }

Feeds with one address share one server, and the option `node` says which node is which sensor; a feed without it takes
any node that no other feed names, one at a time. What is said between the two is in `sapient_session.py`.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from dronewall.errors import BadInput
from dronewall.formats import Decoded
from dronewall.formats.decoding import Options
from dronewall.formats.sapient import SapientDecoder, parsed
from dronewall.formats.sapient.ids import node_id
from dronewall.formats.sapient.messages import LARGEST, framed
from dronewall.formats.sapient.quick import Frames, frames
from dronewall.records.event import Event
from dronewall.units import SECOND_NS
from dronewall.watch.sources.sapient_session import Session

POLL_S: Final = 0.1
PIECE: Final = 65_536
MOST_LINES: Final = 256
MOST_WAITING: Final = 1 << 22  # bytes that a node does not read
SEND_S: Final = 2.0

Give = Callable[[str, Decoded], None]
Tell = Callable[[Event], None]


class _Line:
    """One connection."""

    def __init__(self, line: socket.socket, session: Session) -> None:
        self.line, self.session = line, session
        self.rest = b""
        self.sensor: str | None = None
        self.decoder: SapientDecoder | None = None
        self.held_s = 0.0


class FusionNode:
    """Accepts edge nodes at one address.

    Parameters
    ----------
    sensors : mapping of sensor to options of its feed
    give : callable
        Takes a sensor's id and what came of its node.
    tell : callable
        Takes events: registered, refused, alert, task refused, goodbye.
    """

    def __init__(
        self, host: str, port: int, sensors: Mapping[str, Mapping[str, Any]], *, name: str, give: Give, tell: Tell
    ) -> None:
        self.own = node_id(f"dronewall fusion node {name}")
        self._host, self._port = host, port
        self._options = {sensor: Options.of(options, sensor) for sensor, options in sensors.items()}
        self._give, self._tell = give, tell
        self._lines: dict[socket.socket, _Line] = {}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"sapient-{port}", daemon=True)
        self._server: socket.socket | None = None
        self._next: dict[str, int] = {}
        self._counts: dict[str, dict[str, Any]] = {}
        self.why = ""

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        return self._server.getsockname()[1] if self._server is not None else self._port

    def start(self) -> None:
        """Listen.

        Raises
        ------
        OSError
            The address is taken or not ours.
        """
        self._server = socket.create_server((self._host, self._port))
        self._server.setblocking(False)
        self._thread.start()

    def stop(self) -> None:
        """Close every line."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)

    def nodes(self) -> list[dict[str, Any]]:
        """Every connected node, for the health page."""
        now = time.time_ns()
        with self._lock:
            lines = list(self._lines.values())
        return [
            {
                "node": one.session.node,
                "sensor": one.sensor,
                "types": sorted(one.session.types),
                "state": "silent" if one.session.silent(now) else one.session.state,
                "detections": one.session.detections,
                "errors": one.session.errors,
                "alerts": one.session.alerts,
                "tasks": dict(one.session.sent),
                "clock_offset_s": round(one.session.offset_ns / SECOND_NS, 3),
                "malformed": one.decoder.faults.count if one.decoder else 0,
                "reasons": dict(one.decoder.faults.reasons) if one.decoder else {},
                "unread": dict(one.decoder.faults.unread) if one.decoder else {},
                "last_refused": one.decoder.faults.refused(time.time_ns()) if one.decoder else None,
            }
            for one in lines
        ]

    def task(self, node: str, command: str, value: Any, *, by: str) -> str:
        """Send a setting to a node, or a camera's look_at; the task's id. See `Session.task` for what is refused."""
        with self._lock:
            found = next((one for one in self._lines.values() if one.session.node == node), None)
        if found is None:
            raise BadInput(f"node {node} is not connected; a task needs a node that is")
        message = found.session.task(command, value, time.time_ns(), by=by)
        found.line.sendall(framed(message))
        return str(message.task.task_id)

    # ------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        assert self._server is not None
        with selectors.DefaultSelector() as waiting, self._server:
            waiting.register(self._server, selectors.EVENT_READ)
            while not self._stop.is_set():
                ready = waiting.select(POLL_S)
                for key, _ in ready:
                    if key.fileobj is self._server:
                        self._accept(waiting)
                    elif isinstance(key.fileobj, socket.socket):
                        self._read(waiting, self._lines[key.fileobj])
                self._let_go()
            for one in list(self._lines.values()):
                self._close(waiting, one)

    def _accept(self, waiting: selectors.BaseSelector) -> None:
        assert self._server is not None
        try:
            line, _ = self._server.accept()
        except OSError:
            return
        if len(self._lines) >= MOST_LINES:
            line.close()
            return
        line.settimeout(SEND_S)
        one = _Line(line, Session(self.own, self._admit, self._note))
        with self._lock:
            self._lines[line] = one
        waiting.register(line, selectors.EVENT_READ)

    def _admit(self, node: str) -> str:
        """Why a node may not register; nothing if it may."""
        taken = {one.session.node for one in self._lines.values()}
        if node in taken:
            return f"{node} is connected already"
        return "" if self._sensor_of(node) else f"{node} is no sensor of this wall"

    def _sensor_of(self, node: str) -> str | None:
        busy = {one.sensor for one in self._lines.values()}
        named = {options.node: sensor for sensor, options in self._options.items() if options.node}
        if node in named:
            return named[node] if named[node] not in busy else None
        free = [sensor for sensor, options in self._options.items() if not options.node and sensor not in busy]
        return free[0] if free else None

    def _note(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._tell(Event(time_ns=time.time_ns(), kind=kind, actor="system", payload=dict(payload)))

    def _read(self, waiting: selectors.BaseSelector, one: _Line) -> None:
        try:
            piece = one.line.recv(PIECE)
        except OSError:
            piece = b""
        if not piece:
            self._close(waiting, one)
            return
        now = time.time_ns()
        length = 0
        for found, rest, impossible in frames(one.rest + piece, LARGEST):
            if self._frames(one, found, now):
                self._close(waiting, one)
                return
            one.rest, length = rest, impossible
        if one.decoder is not None:
            self._hand(one, one.decoder.feed(b"", now))
        if length:  # nothing behind it can be found
            self._note("sapient.lost", {"node": one.session.node, "reason": f"a length of {length} bytes"})
            self._close(waiting, one)

    def _frames(self, one: _Line, found: Frames, now: int) -> bool:
        """Take frames in order, runs of sound reports at once; whether the line is to be closed."""
        at = 0
        while at < len(found.sound) and one.decoder is None:  # until the node is known
            if self._packet(one, found.message(at), now):
                return True
            at += 1
        for first, stop, sound in found.runs(one.session.node) if at < len(found.sound) else ():
            begins = max(first, at)
            if sound and stop > begins and one.decoder is not None:
                one.session.reported(stop - begins, int(found.time_ns[stop - 1]), now)
                one.decoder.take_reports(found, begins, stop, now)
                one.held_s = one.held_s or time.monotonic()
                continue
            for message in range(begins, stop):
                if self._packet(one, found.message(message), now):
                    return True
        return False

    def _packet(self, one: _Line, packet: bytes, now: int) -> bool:
        """Answer one packet; whether the line is to be closed."""
        message, broken = parsed(packet)
        answers = one.session.take(message, broken, packet, now)
        if one.decoder is None and one.session.node is not None:
            one.sensor = self._sensor_of(one.session.node)
            if one.sensor is not None:
                first = self._next.get(one.sensor, now // 1_000)
                known = self._options[one.sensor]
                one.decoder = SapientDecoder(
                    Options(
                        salt=known.salt,
                        north_offset_deg=known.north_offset_deg,
                        node=one.session.node,
                        first_scan=first,
                    )
                )
        if one.decoder is not None and (answers.take or broken or message is None):
            one.decoder.take(message, broken, packet, now)
            one.held_s = one.held_s or time.monotonic()
        for reply in answers.messages:
            try:
                one.line.sendall(framed(reply))
            except OSError:
                return True
        return answers.close

    def _let_go(self) -> None:
        """A look that has waited long enough for more reports of its timestamp ends."""
        now = time.monotonic()
        for one in list(self._lines.values()):
            if one.held_s and now - one.held_s >= POLL_S and one.decoder is not None:
                one.held_s = 0.0
                self._hand(one, one.decoder.flush())

    def _hand(self, one: _Line, decoded: Decoded) -> None:
        if one.sensor is not None and (decoded.looks or decoded.personal):
            if decoded.looks:
                self._next[one.sensor] = decoded.looks[-1][0] + 1
            self._give(one.sensor, decoded)

    def _close(self, waiting: selectors.BaseSelector, one: _Line) -> None:
        waiting.unregister(one.line)
        with self._lock:
            self._lines.pop(one.line, None)
        if one.decoder is not None:
            self._hand(one, one.decoder.flush())
        if one.session.node is not None and one.session.state != "goodbye":
            self._note("sapient.disconnected", {"node": one.session.node, "goodbye": False})
        one.line.close()
