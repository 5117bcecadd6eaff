"""The picture as JSON: what the page draws five times a second. Degrees, metres, Unix seconds; unknown is null."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from dronewall.picture.flights import Standing
from dronewall.picture.health import SensorHealth
from dronewall.records.alert import Alert
from dronewall.records.columns import FILE_NAMES
from dronewall.records.detection import Column
from dronewall.records.event import Event
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import State, Tracks
from dronewall.tracking.ledger import EvidenceRow
from dronewall.units import SECOND_NS, Floats
from dronewall.watch.clock import ClockState

Json = dict[str, Any]
Heights = Callable[[Floats, Floats], Floats]
"""Ground heights above the ellipsoid (m) at latitudes and longitudes (rad)."""

ANGLES = frozenset(column for column in Column if column.name.endswith("_RAD"))
CHI2_95_2D = 5.991464547107979
"""95 % quantile of chi-square with two degrees of freedom: the ellipse that holds 95 %."""


def unix_s(time_ns: int) -> float:
    """Unix seconds, to the millisecond."""
    return round(time_ns / SECOND_NS, 3)


def optional_s(time_ns: int) -> float | None:
    """Unix seconds, null for 0, which means "not yet"."""
    return unix_s(time_ns) if time_ns else None


def ellipse(covariance_m2: Floats) -> Json:
    """The 95 % ellipse of an east-north covariance: half axes (m) and the azimuth of the long one (deg)."""
    values, vectors = np.linalg.eigh(covariance_m2)
    east, north = vectors[0, 1], vectors[1, 1]
    short, long = (math.sqrt(max(float(v), 0.0) * CHI2_95_2D) for v in values)
    azimuth = math.degrees(math.atan2(float(east), float(north))) % 180.0
    return {"a_m": round(long, 1), "b_m": round(short, 1), "azimuth_deg": round(azimuth, 1)}


def sidc(label: str, identity_status: str, status: str, *, exercise: bool) -> str:
    """The 20 digits of APP-6(D): context, pending, unknown or neutral only, air, and what the label allows.

    A tentative track is pending, a cooperative one neutral, every other unknown. No other standard identity is ever
    given, whatever a message claims.
    """
    stands = "0" if status == "tentative" else "4" if identity_status == "cooperative" else "1"
    entity = _ENTITIES.get(label, "000000")
    return f"10{'1' if exercise else '0'}{stands}01{'0000'}{entity}0000"


_ENTITIES: Mapping[str, str] = {
    "fixed_wing_piston": "120300",  # civilian unmanned aircraft: nothing measured tells a military one apart
    "fixed_wing_small": "120300",
    "multirotor": "120300",
    "fpv": "120300",
    "agricultural_drone": "120300",
    "balloon": "120400",  # lighter than air
    "aircraft": "120100",
    "helicopter": "120200",
}


def track_rows(
    tracks: Tracks,
    now_ns: int,
    *,
    freshness: Callable[[int], Mapping[str, str]],
    ground: Heights | None,
    exercise: bool,
    shared_id: Callable[[str], str] | None = None,
    flight_of: Callable[[int], Standing | None] = lambda i: None,
) -> list[Json]:
    """One object per live track. `freshness` gives, for a row, the word for each of its fields; `shared_id`, in a node
    among nations, the id that partners know it by; `flight_of` how it stands to the authorised flights."""
    if not len(tracks):
        return []
    heights = None if ground is None else tracks.altitude_hae_m - ground(tracks.latitude_rad, tracks.longitude_rad)
    latitude = np.degrees(tracks.latitude_rad).round(6).tolist()
    longitude = np.degrees(tracks.longitude_rad).round(6).tolist()
    velocity = tracks.velocity_enu_mps.round(2).tolist()
    plane = [State.EAST, State.NORTH]
    rows = []
    for i in range(len(tracks)):
        label, status = str(tracks.label[i]), str(tracks.status[i])
        rows.append(
            {
                "id": tracks.track[i],
                "status": status,
                "lat": latitude[i],
                "lon": longitude[i],
                "alt_hae_m": _number(tracks.altitude_hae_m[i], 1),
                "height_agl_m": None if heights is None else _number(heights[i], 1),
                "ve": velocity[i][0],
                "vn": velocity[i][1],
                "vu": velocity[i][2],
                "ellipse": ellipse(tracks.covariance[i][np.ix_(plane, plane)]),
                "p_exists": round(float(tracks.p_exists[i]), 4),
                "label": label,
                "label_probability": _number(tracks.label_probability[i], 3),
                "identity": tracks.identity[i],
                "identity_status": str(tracks.identity_status[i]),
                "detections": int(tracks.detections[i]),
                "sensors": list(tracks.sensors[i]),
                "age_s": round((now_ns - int(tracks.last_ns[i])) / SECOND_NS, 2),
                "first_t": unix_s(int(tracks.first_ns[i])),
                "last_t": unix_s(int(tracks.last_ns[i])),
                "confirmed_t": optional_s(int(tracks.confirmed_ns[i])),
                "sidc": sidc(label, str(tracks.identity_status[i]), status, exercise=exercise),
                "freshness": dict(freshness(i)),
            }
            | ({} if shared_id is None else {"shared_id": shared_id(str(tracks.track[i]))})
            | ({} if (standing := flight_of(i)) is None else {"flight": standing.row()})
        )
    return rows


def _number(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def presence_rows(presences: Iterable[Presence]) -> list[Json]:
    """One object per presence area."""
    return [
        {
            "id": p.presence,
            "sensors": list(p.sensors),
            "lat": round(math.degrees(p.latitude_rad), 6),
            "lon": round(math.degrees(p.longitude_rad), 6),
            "radius_m": round(p.radius_m, 1),
            "azimuth_from_deg": round(math.degrees(p.azimuth_from_rad), 1),
            "azimuth_to_deg": round(math.degrees(p.azimuth_to_rad), 1),
            "first_t": unix_s(p.first_ns),
            "last_t": unix_s(p.last_ns),
            "label": p.label,
            "quantile": p.quantile,
            "detections": p.detections,
            "p_exists": round(p.p_exists, 4),
        }
        for p in presences
    ]


def alert_row(alert: Alert, now_ns: int) -> Json:
    """One alert; rings are [longitude, latitude] in degrees, the clock is in Unix seconds."""
    return {
        "id": alert.alert,
        "revision": alert.revision,
        "level": int(alert.level),
        "level_name": alert.level.name.lower(),
        "message": str(alert.message),
        "supersedes": list(alert.supersedes),
        "state": str(alert.state),
        "exercise": alert.exercise,
        "authority": alert.authority,
        "owner": alert.owner,
        "zones": list(alert.zones),
        "area": [[[round(lon, 5), round(lat, 5)] for lon, lat in ring] for ring in alert.area],
        "area_km2": round(alert.area_km2, 1),
        "people": alert.people,
        "headlines": dict(alert.headlines),
        "texts": dict(alert.texts),
        "tracks": list(alert.tracks),
        "presences": list(alert.presences),
        "clock": {word: unix_s(time_ns) for word, time_ns in alert.clock.items()},
        "last_useful_t": unix_s(alert.last_useful_ns),
        "countdown_s": round((alert.last_useful_ns - now_ns) / SECOND_NS, 1),
        "expires_t": unix_s(alert.expires_ns),
        "escalated_t": optional_s(alert.escalated_ns),
        "approved_by": alert.approved_by,
        "evidence": dict(alert.evidence),
    }


def replay_row(state: ClockState) -> Json:
    """The replay bar; live it says so and has no ends."""
    return {
        "live": state.live,
        "speed": state.speed,
        "paused": state.paused,
        "t": unix_s(state.now_ns),
        "start": optional_s(state.start_ns),
        "end": optional_s(state.end_ns),
    }


def evidence_row(row: EvidenceRow) -> Json:
    """One detection row behind a track."""
    return {
        "sensor": row.sensor,
        "scan": int(row.scan),
        "row": int(row.row),
        "t": unix_s(int(row.time_ns)),
        "weight": round(float(row.weight), 4),
    }


def health_row(health: SensorHealth) -> Json:
    """One sensor: ok, silent, late or waiting, and when it looked last."""
    return {
        "id": health.sensor,
        "state": health.state,
        "last_t": optional_s(health.last_ns),
        "rate_hz": health.rate_hz,
        "delay_s": health.delay_s,
        "detections": health.detections,
    }


def event_row(number: int, event: Event) -> Json:
    """An event of the log as JSON."""
    return {
        "seq": number,
        "t": unix_s(event.time_ns),
        "kind": event.kind,
        "actor": event.actor,
        "payload": dict(event.payload),
    }


def scan_rows(scan: Scan) -> list[Json]:
    """The detections of a look under the names and units of a recording; what was not measured is left out."""
    rows = []
    detections = scan.detections
    for i in range(len(detections)):
        row: Json = {
            "row": scan.first_row + i,
            "t": unix_s(int(detections.time_ns[i])),
            "received_t": unix_s(int(detections.received_ns[i])),
        }
        for column, name in FILE_NAMES.items():
            value = float(detections.values[i, column])
            if not math.isnan(value):
                row[name] = round(math.degrees(value) if column in ANGLES else value, 9)
        for name in ("label", "identity", "reference_sensor"):
            if getattr(detections, name)[i] is not None:
                row[name] = str(getattr(detections, name)[i])
        rows.append(row)
    return rows
