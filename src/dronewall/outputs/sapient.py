"""SAPIENT upwards (BSI Flex 335 v2.0): an edge node that registers with a fusion node and reports our tracks.

    first on a line     registration: type fusion node, positions in WGS-84 degrees, speeds in m/s, one mode, no task
    accepted            status_report INFO_NEW, then one every 30 s (INFO_UNCHANGED)
    each second         a detection_report for every confirmed track: place, deviations, velocity, class, p_exists
    task                task_ack, rejected, and a row in the event log: nobody tasks this node
    at the end          status_report SYSTEM_GOODBYE

Object ids are derived from wall and track, so that a track keeps its id over a restart. No identity, no sensor's place
and nothing of an operator goes out; a class is one of the core taxonomy and names no intent. Exercises say so in
`additional_information` of every message.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from dronewall.formats.sapient import parsed
from dronewall.formats.sapient.encode import METRES_PER_DEGREE, MODE, classify, registered
from dronewall.formats.sapient.ids import node_id, ulid
from dronewall.formats.sapient.messages import framed, split
from dronewall.formats.sapient.replies import Note, addressed, refusal
from dronewall.records.track import State, Tracks

INTERVAL_S: Final = 30.0
LARGEST: Final = 1 << 21  # bytes of an answer that never ends


class SapientPicture:
    """One wall's picture as an edge node, for `dronewall.outputs.publish`."""

    def __init__(self, wall: str, *, exercise: bool, options: Mapping[str, str]) -> None:
        self._wall, self._exercise = wall, exercise
        self.node = node_id(f"dronewall edge node {wall} {'exercise' if exercise else 'live'}")
        self._parent: str | None = None
        self._accepted = self._told = False
        self._rest = b""
        self._count = 0

    def greeting(self, now_ns: int, *, first: bool) -> list[bytes]:
        """The registration, and later how we are."""
        if first:
            self._accepted, self._told, self._rest, self._parent = False, False, b"", None
            return [framed(self._registration(now_ns))]
        return [self._status(now_ns)] if self._accepted else []

    def opening(self, now_ns: int) -> list[bytes]:
        """What a file begins with, where nobody answers: the registration and a first status."""
        self._accepted = True
        return [framed(self._registration(now_ns)), self._status(now_ns)]

    def picture(self, tracks: Tracks, now_ns: int) -> list[bytes]:
        """A report for each confirmed track, once the other side has accepted us."""
        if not self._accepted:
            return []
        rows = [row for row in range(len(tracks)) if str(tracks.status[row]) != "tentative"]
        return [framed(self._report(tracks, row, now_ns)) for row in rows]

    def heard(self, data: bytes, now_ns: int, note: Note) -> list[bytes]:
        """Answers to what the fusion node says."""
        packets, self._rest, impossible = split(self._rest + data)
        if impossible or len(self._rest) > LARGEST:
            self._rest = b""
        return [reply for packet in packets for reply in self._answer(packet, now_ns, note)]

    def goodbye(self, now_ns: int) -> list[bytes]:
        """The last message before the line is closed."""
        return [self._status(now_ns, goodbye=True)] if self._accepted else []

    def _answer(self, packet: bytes, now_ns: int, note: Note) -> list[bytes]:
        message, broken = parsed(packet)
        if message is None or broken:
            return []
        kind = message.WhichOneof("content")
        if kind == "registration_ack":
            self._parent, self._accepted = message.node_id, message.registration_ack.acceptance
            reasons = [text[:200] for text in message.registration_ack.ack_response_reason[:5]]
            note("output.registered", {"node": self.node, "accepted": self._accepted, "reasons": reasons})
            return [self._status(now_ns)] if self._accepted else []
        if kind == "task":
            return [framed(refusal(message.task, self._message(now_ns), message.node_id, note))]
        if kind == "error":
            note("output.error", {"node": self.node, "reasons": [t[:200] for t in message.error.error_message[:5]]})
        return []

    def _message(self, now_ns: int) -> Any:
        message = addressed(self.node, self._parent, now_ns)
        if self._exercise:
            message.additional_information = "EXERCISE EXERCISE EXERCISE"
        return message

    def _registration(self, now_ns: int) -> Any:
        message = self._message(now_ns)
        registered(message.registration, f"dronewall {self._wall}", 20, "multi-sensor tracker", "fusion", INTERVAL_S)
        return message

    def _status(self, now_ns: int, *, goodbye: bool = False) -> bytes:
        message = self._message(now_ns)
        self._count += 1
        said = message.status_report
        said.report_id = ulid(now_ns, f"{self.node} status {self._count}")
        said.system, said.info, said.mode = (5 if goodbye else 1), (2 if self._told else 1), MODE
        self._told = True
        return framed(message)

    def _report(self, tracks: Tracks, row: int, now_ns: int) -> Any:
        message = self._message(now_ns)
        said, track = message.detection_report, str(tracks.track[row])
        self._count += 1
        said.report_id = ulid(now_ns, f"{self.node} report {self._count}")
        said.object_id = ulid(int(tracks.first_ns[row]), f"{self._wall} {track}")
        said.state = str(tracks.status[row])
        spread = np.sqrt(np.maximum(np.nan_to_num(np.diagonal(tracks.covariance[row]), nan=0.0), 0.0))
        latitude = float(np.degrees(tracks.latitude_rad[row]))
        place = said.location
        place.x, place.y = float(np.degrees(tracks.longitude_rad[row])), latitude
        place.x_error = float(spread[State.EAST]) / (METRES_PER_DEGREE * max(float(np.cos(np.radians(latitude))), 1e-3))
        place.y_error = float(spread[State.NORTH]) / METRES_PER_DEGREE
        place.coordinate_system, place.datum = 1, 1
        if np.isfinite(tracks.altitude_hae_m[row]):
            place.z, place.z_error = float(tracks.altitude_hae_m[row]), float(spread[State.UP])
        velocity = [float(v) for v in tracks.velocity_enu_mps[row]]
        if np.isfinite(velocity).all():
            said.enu_velocity.east_rate, said.enu_velocity.north_rate, said.enu_velocity.up_rate = velocity
        said.detection_confidence = float(np.clip(np.nan_to_num(tracks.p_exists[row]), 0.0, 1.0))
        classify(said, str(tracks.label[row]), float(np.clip(np.nan_to_num(tracks.label_probability[row]), 0.0, 1.0)))
        return message
