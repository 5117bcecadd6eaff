"""Who knows what was what: the judge looks over the desk's shoulder and remembers what stood behind each draft."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dronewall.picture.desk import Desk
from dronewall.records.alert import Alert
from dronewall.records.event import Event
from dronewall.rehearse.outcome import Drafted
from dronewall.rehearse.simulate import Night
from dronewall.units import SECOND_NS

RECENT_NS = 60 * SECOND_NS
"""A presence was heard from what its sensors heard within this time before."""


class Judge:
    """Follows the desk through one night; only reads."""

    def __init__(self, night: Night, desk: Desk) -> None:
        self._night, self._desk = night, desk
        self._alerts: dict[tuple[str, int], Alert] = {}
        self._behind: dict[tuple[str, int], dict[int, int]] = {}
        self._seen: dict[tuple[str, int], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._drafted_ns: dict[tuple[str, int], int] = {}
        self._believed: dict[int, int] = {}
        rows = np.repeat(np.arange(len(night.scan)), night.rows_of)
        self._sensor_of_row = night.sensor_of[rows]

    def saw(self, events: Iterable[Event], now_ns: int) -> None:
        """The desk said this; look what stands behind it."""
        kinds = [event.kind for event in events]
        for event in events:
            if event.kind == "track.confirmed":
                self._believe(self.of_track(str(event.payload["track"])), now_ns)
        if any(kind.startswith("alert.") for kind in kinds):
            self._look(now_ns)

    def drafted(self) -> list[Drafted]:
        """Every revision of every alert, in the order in which they were drafted."""
        return [
            Drafted(
                alert=alert,
                drafted_ns=self._drafted_ns[key],
                behind=self._behind[key],
                believed=dict(self._believed),
            )
            for key, alert in sorted(self._alerts.items(), key=lambda item: (self._drafted_ns[item[0]], item[0]))
        ]

    def of_track(self, track: str) -> frozenset[int]:
        """What most of a track's detections are of."""
        rows = np.array([row.row for row in self._desk.evidence(track)], np.int64)
        return _most(self._night.origin[rows]) if len(rows) else frozenset()

    def _look(self, now_ns: int) -> None:
        for alert in self._desk.alerts:
            key = (alert.alert, alert.revision)
            if key not in self._behind:
                self._drafted_ns[key] = now_ns
                self._behind[key] = {}
            if self._seen.get(key) != (alert.tracks, alert.presences):
                self._seen[key] = (alert.tracks, alert.presences)
                for index in self._evidence(alert, now_ns):
                    self._behind[key].setdefault(index, now_ns)
            self._alerts[key] = alert

    def _evidence(self, alert: Alert, now_ns: int) -> frozenset[int]:
        behind: set[int] = set()
        for track in alert.tracks:
            behind |= self.of_track(track)
        heard = {p.presence: p.sensors for p in self._desk.presences(now_ns)}
        for presence in alert.presences:
            of = self._of_sensors(heard.get(presence, ()), now_ns)
            self._believe(of, now_ns)
            behind |= of
        return frozenset(behind)

    def _of_sensors(self, sensors: Sequence[str], now_ns: int) -> frozenset[int]:
        night = self._night
        index = [night.sensor_ids.index(name) for name in sensors]
        received = night.detections.received_ns
        recent = np.isin(self._sensor_of_row, index) & (received <= now_ns) & (received > now_ns - RECENT_NS)
        return _most(night.origin[recent])

    def _believe(self, of: Iterable[int], now_ns: int) -> None:
        for index in of:
            self._believed.setdefault(index, now_ns)


def _most(origins: np.ndarray) -> frozenset[int]:
    """The commonest origin, as a set; empty of nothing."""
    return frozenset({Counter(origins.tolist()).most_common(1)[0][0]}) if len(origins) else frozenset()
