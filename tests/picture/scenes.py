"""Hand-made records: a wall with a town 40 km behind a border, tracks, presences, and a tracker that is told."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

import numpy as np

from dronewall.picture.desk import Desk, DeskSettings
from dronewall.picture.plane import Plane, Ring
from dronewall.records.event import Event
from dronewall.records.presence import Presence
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall
from dronewall.records.words import LABELS
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.ledger import EvidenceRow
from dronewall.units import SECOND_NS

START_NS = 1_778_112_000 * SECOND_NS
TOWN = (56.51, 27.33)
"""Latitude and longitude of the town's middle (deg)."""


def at_s(seconds: float) -> int:
    """A time of the scene."""
    return START_NS + round(seconds * SECOND_NS)


def circle(latitude_deg: float, longitude_deg: float, radius_m: float, corners: int = 24) -> Ring:
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    plane = Plane(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    return plane.ring(radius_m * np.column_stack([np.sin(angle), np.cos(angle)]))


def wall(*, exercise: bool = True, deputy: str | None = "deputy", **more: Any) -> Wall:
    """A town of 30,000 within 6 km, one authority that speaks Latvian and English, 40 km from the border."""
    return Wall.model_validate(
        {
            "schema_version": 1,
            "wall": {"name": "Test segment", "exercise": exercise, "invented_sites": True},
            "sensor": [
                {"id": name, "kind": name.split("-")[0], "latitude_deg": 56.5, "longitude_deg": 27.9}
                for name in ("acoustic-1", "acoustic-2", "radar-1")
            ],
            "zone": [
                {"id": "town", "kind": "protected", "people": 30_000, "polygon": list(circle(*TOWN, 6_000.0))},
                {"id": "field", "kind": "quiet", "polygon": list(circle(56.3, 27.0, 2_000.0))},
            ],
            "authority": [
                {
                    "id": "civil-protection",
                    "languages": ["lv", "en"],
                    "zones": ["town"],
                    "escalate_after_s": 120,
                    **({"deputy": deputy} if deputy else {}),
                }
            ],
            **more,
        }
    )


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Latitude and longitude (deg) of a point east and north of the town's middle."""
    longitude, latitude = Plane(latitude_deg=TOWN[0], longitude_deg=TOWN[1]).ring(np.array([[east_m, north_m]]))[0]
    return latitude, longitude


def track(
    name: str = "t-000001",
    *,
    east_m: float = 40_000.0,
    north_m: float = 0.0,
    course_deg: float = 270.0,
    speed_mps: float = 50.0,
    label: str = "fixed_wing_piston",
    p_label: float = 0.95,
    rest: str = "aircraft",
    p_exists: float = 0.99,
    status: str = "confirmed",
    identity: str | None = None,
    identity_status: str = "unknown",
    sensors: Sequence[str] = ("acoustic-1", "acoustic-2"),
    now_s: float = 10.0,
    first_s: float = 0.0,
    last_s: float | None = None,
    confirmed_s: float | None = 9.0,
    course_sd_deg: float = 4.0,
    speed_sd_mps: float = 3.5,
    place_sd_m: float = 150.0,
) -> Tracks:
    """One track's row; by default a piston drone at the border on its way to the town."""
    latitude, longitude = place(east_m, north_m)
    probabilities = np.zeros(len(LABELS))
    probabilities[LABELS.index(rest)] = 1.0 - p_label
    probabilities[LABELS.index(label)] += p_label
    course = math.radians(course_deg)
    ahead = np.array([math.sin(course), math.cos(course)])
    beside = np.array([-ahead[1], ahead[0]])
    across_mps = speed_mps * math.radians(course_sd_deg)
    covariance = np.diag([place_sd_m**2, place_sd_m**2, 50.0**2, 0.0, 0.0, 1.0])
    covariance[3:5, 3:5] = speed_sd_mps**2 * np.outer(ahead, ahead) + across_mps**2 * np.outer(beside, beside)
    objects = {
        "track": name,
        "status": status,
        "label": label,
        "identity": identity,
        "identity_status": identity_status,
    }
    numbers = {
        "latitude_rad": math.radians(latitude),
        "longitude_rad": math.radians(longitude),
        "altitude_hae_m": 300.0,
    }
    sensed = np.empty(1, object)
    sensed[0] = tuple(sensors)
    return Tracks(
        time_ns=np.array([at_s(now_s)]),
        velocity_enu_mps=np.array([[speed_mps * math.sin(course), speed_mps * math.cos(course), 0.0]]),
        covariance=covariance[None],
        p_exists=np.array([p_exists]),
        class_probability=probabilities[None],
        label_probability=np.array([p_label]),
        detections=np.array([20]),
        sensors=sensed,
        first_ns=np.array([at_s(first_s)]),
        last_ns=np.array([at_s(now_s if last_s is None else last_s)]),
        confirmed_ns=np.array([0 if confirmed_s is None else at_s(confirmed_s)]),
        **{key: np.array([value], object) for key, value in objects.items()},
        **{key: np.array([value]) for key, value in numbers.items()},
    )


def together(rows: Iterable[Tracks]) -> Tracks:
    """Several rows as one record."""
    found = list(rows)
    if not found:
        one = track()
        return Tracks(**{f.name: getattr(one, f.name)[:0] for f in fields(one)})
    return Tracks(**{f.name: np.concatenate([getattr(row, f.name) for row in found]) for f in fields(found[0])})


def presence(
    name: str = "p-000001",
    *,
    east_m: float = 40_000.0,
    north_m: float = 0.0,
    radius_m: float = 2_000.0,
    bearing_deg: float = 90.0,
    width_deg: float = 20.0,
    sensors: Sequence[str] = ("acoustic-1",),
    first_s: float = 0.0,
    last_s: float = 10.0,
    detections: int = 10,
    p_exists: float = 0.5,
    label: str = "fixed_wing_piston",
) -> Presence:
    latitude, longitude = place(east_m, north_m)
    return Presence(
        presence=name,
        sensors=tuple(sensors),
        latitude_rad=math.radians(latitude),
        longitude_rad=math.radians(longitude),
        radius_m=radius_m,
        azimuth_from_rad=math.radians((bearing_deg - 0.5 * width_deg) % 360.0),
        azimuth_to_rad=math.radians((bearing_deg + 0.5 * width_deg) % 360.0),
        quantile=0.95,
        first_ns=at_s(first_s),
        last_ns=at_s(last_s),
        detections=detections,
        p_exists=p_exists,
        label=label,
    )


@dataclass
class Told:
    """A tracker that shows what a test tells it; a test moves things by changing `rows` and `areas`."""

    rows: list[Tracks]
    areas: list[Presence]
    rows_each: int = 8
    rows_of: dict[str, int] = field(default_factory=dict)

    def step(self, scan: object) -> None:
        """Scans change nothing here."""

    def tracks(self, time_ns: int) -> Tracks:
        return together(replace(row, time_ns=np.full(1, time_ns)) for row in self.rows)

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        return tuple(self.areas)

    def evidence(self, name: str, last: int = 200) -> list[EvidenceRow]:
        """So many rows of each sensor that a track names: `rows_of` it, or `rows_each`."""
        sensors = [sensor for row in self.rows if row.track[0] == name for sensor in row.sensors[0]]
        return [
            EvidenceRow(sensor=sensor, scan=k, row=k, time_ns=0, weight=1.0)
            for sensor in sensors
            for k in range(self.rows_of.get(sensor, self.rows_each))
        ][-last:]

    def save(self) -> bytes:
        return b""


def desk(
    rows: Sequence[Tracks] = (),
    areas: Sequence[Presence] = (),
    *,
    on: Wall | None = None,
    settings: DeskSettings | None = None,
) -> tuple[Desk, Told]:
    """A desk over a told tracker."""
    told = Told(list(rows), list(areas))
    return Desk(on or wall(), {}, tracker=cast(InOrder, told), settings=settings), told


def kinds(events: Iterable[Event]) -> list[str]:
    """The events' kinds."""
    return [event.kind for event in events]
