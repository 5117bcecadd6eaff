"""What our own picture offers for sharing: plain values in degrees and metres, one object per track or alert."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dronewall.picture.identity import public_identity
from dronewall.records.alert import IN_FORCE, Alert, AlertState
from dronewall.records.track import Tracks
from dronewall.records.words import TrackStatus

Rows = tuple[tuple[str, int, int, int], ...]
"""Detection rows: sensor, look, row, time (ns)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFacts:
    """One confirmed track of our own sensors at one time. `covariance` is 36 numbers in the order of `State`."""

    track: str
    time_ns: int
    status: str
    latitude_deg: float
    longitude_deg: float
    altitude_hae_m: float | None
    velocity_mps: tuple[float, float, float]
    covariance: tuple[float, ...]
    p_exists: float
    label: str
    label_probability: float | None
    identity: str | None
    identity_status: str
    sensors: tuple[str, ...]
    sensor_places: tuple[tuple[float, float], ...]
    detections: int
    rows: Rows
    first_ns: int
    last_ns: int
    confirmed_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """One alert that a person approved, or the approved end of one."""

    alert: str
    revision: int
    message: str
    exercise: bool
    level: int
    area: tuple[tuple[tuple[float, float], ...], ...]
    headlines: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    people: int
    tracks: tuple[str, ...]
    drafted_ns: int
    approved_ns: int
    expires_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Our picture at one time."""

    tracks: Sequence[TrackFacts]
    alerts: Sequence[AlertFacts]
    time_ns: int


def track_facts(
    tracks: Tracks,
    places: dict[str, tuple[float, float]],
    rows: Callable[[str], Rows],
) -> Iterator[TrackFacts]:
    """Every confirmed or coasting track. Tentative ones are nobody's business yet.

    Parameters
    ----------
    places : mapping of sensor id -> (longitude_deg, latitude_deg)
    rows : callable
        The latest detection rows behind a track.
    """
    latitude, longitude = np.degrees(tracks.latitude_rad), np.degrees(tracks.longitude_rad)
    for i in range(len(tracks)):
        if tracks.status[i] not in (TrackStatus.CONFIRMED, TrackStatus.COASTING):
            continue
        if not (np.isfinite(tracks.covariance[i]).all() and np.isfinite(tracks.velocity_enu_mps[i]).all()):
            continue
        sensors = tuple(str(name) for name in tracks.sensors[i])
        identity = tracks.identity[i]
        east, north, up = tracks.velocity_enu_mps[i].tolist()
        yield TrackFacts(
            track=str(tracks.track[i]),
            time_ns=int(tracks.time_ns[i]),
            status=str(tracks.status[i]),
            latitude_deg=float(latitude[i]),
            longitude_deg=float(longitude[i]),
            altitude_hae_m=_finite(tracks.altitude_hae_m[i]),
            velocity_mps=(east, north, up),
            covariance=tuple(tracks.covariance[i].ravel().tolist()),
            p_exists=float(tracks.p_exists[i]),
            label=str(tracks.label[i]),
            label_probability=_finite(tracks.label_probability[i]),
            identity=public_identity(None if identity is None else str(identity)),
            identity_status=str(tracks.identity_status[i]),
            sensors=sensors,
            sensor_places=tuple(places[name] for name in sensors if name in places),
            detections=int(tracks.detections[i]),
            rows=rows(str(tracks.track[i])),
            first_ns=int(tracks.first_ns[i]),
            last_ns=int(tracks.last_ns[i]),
            confirmed_ns=int(tracks.confirmed_ns[i]),
        )


def alert_facts(alerts: tuple[Alert, ...]) -> Iterator[AlertFacts]:
    """Every revision that a person approved. A draft never leaves, to no partner."""
    for alert in alerts:
        approved = alert.approved_by not in (None, "", "system") and "approved" in alert.clock
        if not approved or not (alert.state in IN_FORCE or alert.state is AlertState.ALL_CLEAR):
            continue
        yield AlertFacts(
            alert=alert.alert,
            revision=alert.revision,
            message=str(alert.message),
            exercise=alert.exercise,
            level=int(alert.level),
            area=alert.area,
            headlines=tuple(sorted(alert.headlines.items())),
            texts=tuple(sorted(alert.texts.items())),
            people=alert.people,
            tracks=alert.tracks,
            drafted_ns=alert.clock.get("drafted", 0),
            approved_ns=alert.clock["approved"],
            expires_ns=alert.expires_ns,
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
