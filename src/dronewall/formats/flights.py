"""Authorised flights, read and written: ASTM F3548-21 operational intents, and flight plans that name their drone.

    F3548    OperationalIntent: reference.id, reference.state (Accepted, Activated, Nonconforming, Contingent),
             details.volumes[]; alone, or as `operational_intent` of a details response or of a peer's notification
             (`operational_intent_id`; without `operational_intent` the flight is no more)
    plan     FlightPlan: basic_information.usage_state (Planned, InUse, Closed), .uas_state (Nominal or not), .area[];
             the drone in uspace_flight_authorisation.uas_serial_number or uas.serial_number; alone, or as
             `flight_plan` with `flight_plan_id`
    volume   Volume4D: volume.outline_polygon.vertices[] or .outline_circle (center, radius.value in M), altitude_lower
             and altitude_upper (value in M over W84), time_start and time_end (RFC3339, UTC)
    file     one of them, a list, or {"flights": [...]}

An operational intent says who manages it and nothing of the drone; a plan carries what Annex IV of Regulation (EU)
2021/664 asks of a request for authorisation, so the serial number is known (paragraph 1). It becomes the pseudonym that
Remote ID detections of the same drone carry, and itself goes to the vault, with the operator's number (paragraph 10).
Everything else that is personal (names, contacts, places of operators, descriptions, telemetry) is not read at all.

Not read: off-nominal volumes, which are where a flight strays and not what it was given; priority. Refused and counted:
a volume without times or heights (F3548 wants both), heights over anything but W84, a flight without a volume. A flight
is read whole or not at all: half of its volumes would call an honest drone astray. Circles become 64 corners.

Sources: ASTM F3548-21 and the OpenAPI that goes with it (github.com/astm-utm/Protocol, utm.yaml 1.0.0); InterUSS'
Flight Planning Automated Testing Interface 0.7.0 (github.com/interuss/automated_testing_interfaces); Regulation (EU)
2021/664, Annex IV.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shapely.geometry import Polygon

from dronewall.errors import BadInput
from dronewall.formats.lexical import json_number
from dronewall.formats.personal import PersonalData, pseudonym
from dronewall.formats.times import time_of
from dronewall.geo.frames import destination
from dronewall.records.airspace import Ring
from dronewall.records.flight import Flight, FlightsChange, FlightState, FlightVolume
from dronewall.units import utc_text

LARGEST: Final = 64 << 20
MOST_FLIGHTS: Final = 20_000
MOST_VOLUMES: Final = 1_000
MOST_CORNERS: Final = 1_000
CORNERS: Final = 64
LONGEST_SERIAL: Final = 64
LEAST_DEG2: Final = 1e-12
"""An outline of less (a hundredth of a square metre) is a line."""
LOWEST_M: Final = -8_000.0
HIGHEST_M: Final = 100_000.0
"""The bounds of an altitude in F3548's own OpenAPI."""
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INTENTS: Final[Mapping[str, FlightState]] = {
    "Accepted": FlightState.ACCEPTED,
    "Activated": FlightState.ACTIVATED,
    "Nonconforming": FlightState.OFF_PLAN,
    "Contingent": FlightState.OFF_PLAN,
}
USES: Final[Mapping[str, FlightState]] = {"Planned": FlightState.ACCEPTED, "InUse": FlightState.ACTIVATED}
CLOSED: Final = "Closed"
WRITTEN: Final[Mapping[FlightState, str]] = {
    FlightState.ACCEPTED: "Accepted",
    FlightState.ACTIVATED: "Activated",
    FlightState.OFF_PLAN: "Nonconforming",
}


@dataclass(slots=True, kw_only=True)
class ReadFlights:
    """What a file or a message said: the change, what is personal in it, and what was left out, by reason."""

    change: FlightsChange = field(default_factory=FlightsChange)
    personal: list[PersonalData] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)


class _Unfit(Exception):
    """Why a flight cannot be used."""


def read_flights(data: bytes, file: str, *, salt: bytes, received_ns: int) -> ReadFlights:
    """The flights of a file or of a message.

    Parameters
    ----------
    salt : bytes
        Under which serial numbers become pseudonyms: that of the decoders whose tracks are to be compared.
    received_ns : int
        When it came, for the vault.

    Raises
    ------
    BadInput
        It is not JSON of such a shape, or too much.
    """
    if len(data) > LARGEST:
        raise BadInput(f"{file} has {len(data)} bytes; authorised flights take at most {LARGEST}", file=file)
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput(f"{file} is not JSON; give operational intents (F3548) or flight plans", file=file) from None
    items = said.get("flights", [said]) if isinstance(said, dict) else said
    if not isinstance(items, list) or len(items) > MOST_FLIGHTS:
        raise BadInput(f"{file} is no list of at most {MOST_FLIGHTS} flights, nor one flight", file=file)
    found = ReadFlights()
    put: dict[str, Flight] = {}
    drop: dict[str, None] = {}
    for item in items:
        try:
            flight, gone = _one(item, found, salt, received_ns)
        except _Unfit as why:
            found.lost[str(why)] += 1
            continue
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
            found.lost["flights that cannot be read"] += 1
            continue
        if flight is not None:
            put[flight.flight] = flight
            drop.pop(flight.flight, None)
        elif gone:
            drop[gone] = None
            put.pop(gone, None)
    found.change = FlightsChange(put=tuple(put.values()), drop=tuple(drop))
    return found


def write_flights(flights: Iterable[Flight]) -> bytes:
    """The flights as a list of F3548 operational intents: id, state, volumes. Which drone flies them is not written."""
    return json.dumps(
        [
            {
                "reference": {
                    "id": flight.flight,
                    "state": WRITTEN[flight.state],
                    "time_start": _time(flight.begins_ns),
                    "time_end": _time(flight.ends_ns),
                },
                "details": {"volumes": [_volume_said(volume) for volume in flight.volumes]},
            }
            for flight in flights
        ],
        indent=1,
    ).encode()


# ------------------------------------------------------------------ one flight


def _one(item: Any, found: ReadFlights, salt: bytes, received_ns: int) -> tuple[Flight | None, str]:
    """A flight, or the id of one that is no more."""
    if not isinstance(item, dict):
        raise _Unfit("flights that cannot be read")
    if "operational_intent_id" in item and item.get("operational_intent") is None:
        return None, _identifier(item["operational_intent_id"])
    intent = item.get("operational_intent", item)
    if "reference" in intent:
        return _intent(intent), ""
    plan = item.get("flight_plan", item)
    if "basic_information" in plan:
        return _plan(plan, item.get("flight_plan_id"), found, salt, received_ns)
    raise _Unfit("neither an operational intent nor a flight plan")


def _intent(said: dict[str, Any]) -> Flight:
    reference = said["reference"]
    state = INTENTS.get(str(reference["state"]))
    if state is None:
        raise _Unfit("a state that there is not")
    return Flight(
        flight=_identifier(reference["id"]), state=state, volumes=_volumes(said.get("details", {}).get("volumes"))
    )


def _plan(
    said: dict[str, Any], name: Any, found: ReadFlights, salt: bytes, received_ns: int
) -> tuple[Flight | None, str]:
    basic = said["basic_information"]
    use = str(basic["usage_state"])
    if use == CLOSED and name is not None:
        return None, _identifier(name)
    if use not in USES:
        raise _Unfit("closed flights without an id" if use == CLOSED else "a state that there is not")
    state = USES[use] if str(basic.get("uas_state") or "Nominal") == "Nominal" else FlightState.OFF_PLAN
    volumes = _volumes(basic.get("area"))
    serial = _serial(said)
    identity = None if serial is None else pseudonym("rid", serial, salt)
    flight = Flight(
        flight=_digest(volumes, identity) if name is None else _identifier(name),
        state=state,
        volumes=volumes,
        identity=identity,
    )
    if serial is not None and identity is not None:
        kept = {"serial": serial, "flight": flight.flight}
        operator = (said.get("uspace_flight_authorisation") or {}).get("operator_id")
        if isinstance(operator, str) and operator:
            _encodable(operator)
            kept["operator_id"] = operator[:256]
        found.personal.append(PersonalData(time_ns=received_ns, kind="flight.drone", identity=identity, data=kept))
    return flight, ""


def _serial(said: dict[str, Any]) -> str | None:
    """The drone's serial number as its Remote ID says it; two that differ are none that could be believed."""
    places = (said.get("uspace_flight_authorisation"), "uas_serial_number"), (said.get("uas"), "serial_number")
    given = {str(place[key]).strip() for place, key in places if place and place.get(key)} - {""}
    if len(given) > 1 or any(len(serial) > LONGEST_SERIAL for serial in given):
        raise _Unfit("more than one serial number, or one that is too long")
    for serial in given:
        _encodable(serial)
    return given.pop() if given else None


def _encodable(text: str) -> None:
    """JSON may say half of a character (`\\ud800`), which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Unfit("a number that is no text") from None


def _identifier(said: Any) -> str:
    text = str(said).lower()
    if not UUID.fullmatch(text) and not re.fullmatch(r"plan-[0-9a-f]{12}", text):
        raise _Unfit("an id that is no UUID")
    return text


def _digest(volumes: tuple[FlightVolume, ...], identity: str | None) -> str:
    return "plan-" + hashlib.sha256(repr((volumes, identity)).encode()).hexdigest()[:12]


# ------------------------------------------------------------------ volumes


def _volumes(said: Any) -> tuple[FlightVolume, ...]:
    if not isinstance(said, list) or not said:
        raise _Unfit("no volume")
    if len(said) > MOST_VOLUMES:
        raise _Unfit(f"more than {MOST_VOLUMES} volumes")
    return tuple(_volume(one) for one in said)


def _volume(said: dict[str, Any]) -> FlightVolume:
    shape = said["volume"]
    polygon, circle = shape.get("outline_polygon"), shape.get("outline_circle")
    if (polygon is None) == (circle is None):
        raise _Unfit("a volume with no outline or two")
    begins_ns, ends_ns = _moment(said.get("time_start")), _moment(said.get("time_end"))
    floor_m, ceiling_m = _height(shape.get("altitude_lower")), _height(shape.get("altitude_upper"))
    if begins_ns >= ends_ns or floor_m >= ceiling_m:
        raise _Unfit("a volume that ends before it begins")
    return FlightVolume(
        ring=tuple(_corners(polygon["vertices"])) if polygon is not None else _circle(circle),
        floor_hae_m=floor_m,
        ceiling_hae_m=ceiling_m,
        begins_ns=begins_ns,
        ends_ns=ends_ns,
    )


def _corners(said: list[Any]) -> Iterator[tuple[float, float]]:
    corners = [_corner(corner) for corner in said]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3 or len(corners) > MOST_CORNERS:
        raise _Unfit("an outline without an area, or with too many corners")
    longitudes = [corner[0] for corner in corners]
    if max(longitudes) - min(longitudes) > 180.0:
        raise _Unfit("an outline across the date line")
    outline = Polygon(corners)
    if outline.convex_hull.area < LEAST_DEG2:
        raise _Unfit("an outline without an area, or with too many corners")
    if not outline.is_valid:
        raise _Unfit("an outline that crosses itself")
    yield from corners


def _corner(said: dict[str, Any]) -> tuple[float, float]:
    longitude, latitude = json_number(said["lng"]), json_number(said["lat"])
    if not (-180.0 <= longitude <= 180.0 and -90.0 <= latitude <= 90.0):
        raise _Unfit("a place that there is not")
    return longitude, latitude


def _circle(said: dict[str, Any]) -> Ring:
    radius = said["radius"]
    metres = json_number(radius["value"])
    if str(radius.get("units", "M")) != "M" or not 0.0 < metres <= 100_000.0:
        raise _Unfit("a radius that is none in metres")
    longitude, latitude = (math.radians(angle) for angle in _corner(said["center"]))
    ring = []
    for corner in range(CORNERS):
        there = destination(latitude, longitude, 2.0 * math.pi * corner / CORNERS, metres)
        ring.append((round(math.degrees(float(there[1])), 7), round(math.degrees(float(there[0])), 7)))
    return tuple(_corners([{"lng": corner[0], "lat": corner[1]} for corner in ring]))


def _height(said: Any) -> float:
    if not isinstance(said, dict):
        raise _Unfit("a volume without times or heights")
    metres = json_number(said["value"])
    if str(said.get("reference", "W84")) != "W84" or str(said.get("units", "M")) != "M":
        raise _Unfit("heights that are not in metres over WGS-84")
    if not LOWEST_M <= metres <= HIGHEST_M:
        raise _Unfit("heights that are none")
    return metres


def _moment(said: Any) -> int:
    if not isinstance(said, dict):
        raise _Unfit("a volume without times or heights")
    try:
        time_ns = time_of({"time": said.get("value")})
    except ValueError:
        time_ns = None
    if time_ns is None:
        raise _Unfit("times that are none")
    return time_ns


def _time(time_ns: int) -> dict[str, str]:
    return {"value": utc_text(time_ns), "format": "RFC3339"}


def _volume_said(volume: FlightVolume) -> dict[str, Any]:
    def height(metres: float) -> dict[str, Any]:
        return {"value": metres, "reference": "W84", "units": "M"}

    return {
        "volume": {
            "outline_polygon": {"vertices": [{"lng": lng, "lat": lat} for lng, lat in volume.ring]},
            "altitude_lower": height(volume.floor_hae_m),
            "altitude_upper": height(volume.ceiling_hae_m),
        },
        "time_start": _time(volume.begins_ns),
        "time_end": _time(volume.ends_ns),
    }
