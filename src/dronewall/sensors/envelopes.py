"""How each label flies: the envelope of speed, height and climb that a rehearsal keeps to, with where it is from.

What a scenario asks for beyond it is refused, so that no result rests on a thing that nobody has seen fly like that.
Speeds are those over the ground, wind included; what drifts is bounded by the wind alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dronewall.errors import BadInput
from dronewall.records.words import Label
from dronewall.sensors.catalogue import SourceKind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Usual value, lowest and highest, and why: over the ground (m/s), above the ground (m), up or down (m/s)."""

    speed_mps: Value
    height_agl_m: Value
    climb_mps: Value


def _value(value: float, low: float, high: float, source: str, kind: SourceKind = "assumption") -> Value:
    return Value(value=value, low=low, high=high, kind=kind, source=source)


_SIGHTINGS = "public sightings at 100 to 1,000 m (euronews.ro, balticsentinel), later raids higher"
_CRANES = "40 to 133 km/h, 50 usual (looduskalender, kraniche); single birds slower and faster"
_LIGHT = "CS-23 and ICAO practice: light aircraft near stall to airliners in cruise"

ENVELOPES: Final[Mapping[str, Envelope]] = {
    Label.FIXED_WING_PISTON: Envelope(
        speed_mps=_value(51.0, 35.0, 62.0, "185 km/h, 200 estimated (euronews.ro, evz.ro); with the wind", "press"),
        height_agl_m=_value(150.0, 30.0, 4_000.0, _SIGHTINGS, "press"),
        climb_mps=_value(2.0, 0.0, 15.0, "40-50 hp at 200 kg climbs some 3 m/s and comes down faster"),
    ),
    Label.FIXED_WING_SMALL: Envelope(
        speed_mps=_value(25.0, 12.0, 50.0, "50 to 60 km/h seen (babel.ua, unn); cruise to 180 km/h assumed", "press"),
        height_agl_m=_value(150.0, 30.0, 3_500.0, "about 100 m seen, 100 to 200 m told (babel.ua, unn)", "press"),
        climb_mps=_value(2.0, 0.0, 12.0, "foam and plywood, some 10 to 20 kg"),
    ),
    Label.MULTIROTOR: Envelope(
        speed_mps=_value(10.0, 0.0, 23.0, "19 m/s is the limit of classes C1 to C3 (EU 2019/945); some go faster"),
        height_agl_m=_value(80.0, 0.0, 500.0, "120 m is the legal height (EU 2019/947); makers' own limit 500 m"),
        climb_mps=_value(3.0, 0.0, 8.0, "makers' pages of camera drones"),
    ),
    Label.FPV: Envelope(
        speed_mps=_value(20.0, 0.0, 45.0, "makers' pages: up to some 160 km/h"),
        height_agl_m=_value(60.0, 0.0, 500.0, "as other small multirotors"),
        climb_mps=_value(5.0, 0.0, 25.0, "makers' pages"),
    ),
    Label.AGRICULTURAL_DRONE: Envelope(
        speed_mps=_value(6.0, 0.0, 14.0, "5 to 10 m/s spraying (sridrone, codingmall); 14 in transit by makers' pages"),
        height_agl_m=_value(2.5, 0.0, 60.0, "2 to 3 m above the crop (sridrone, codingmall), higher in transit"),
        climb_mps=_value(2.0, 0.0, 6.0, "makers' pages"),
    ),
    Label.BALLOON: Envelope(
        speed_mps=_value(10.0, 0.0, 70.0, "the wind's, jet streams included", "press"),
        height_agl_m=_value(3_000.0, 0.0, 12_000.0, "to 9,000 m, near-vertical climb (liga.net, 24ur)", "press"),
        climb_mps=_value(4.0, 0.0, 8.0, "sounding balloons rise at some 5 m/s (WMO-No. 8)"),
    ),
    Label.BIRD: Envelope(
        speed_mps=_value(14.0, 0.0, 37.0, _CRANES, "press"),
        height_agl_m=_value(500.0, 0.0, 2_000.0, "300 to 1,000 m, at most 2,000 (kraniche); feeding lower", "press"),
        climb_mps=_value(1.0, 0.0, 6.0, "thermals of some m/s; gliding down faster"),
    ),
    Label.FLOCK: Envelope(
        speed_mps=_value(14.0, 8.0, 37.0, _CRANES, "press"),
        height_agl_m=_value(500.0, 10.0, 2_000.0, "300 to 1,000 m, at most 2,000 (looduskalender, kraniche)", "press"),
        climb_mps=_value(1.0, 0.0, 6.0, "thermals of some m/s; gliding down faster"),
    ),
    Label.AIRCRAFT: Envelope(
        speed_mps=_value(55.0, 22.0, 270.0, _LIGHT),
        height_agl_m=_value(600.0, 0.0, 13_500.0, _LIGHT),
        climb_mps=_value(3.0, 0.0, 25.0, _LIGHT),
    ),
    Label.HELICOPTER: Envelope(
        speed_mps=_value(60.0, 0.0, 90.0, "CS-27 types: hover to some 300 km/h"),
        height_agl_m=_value(300.0, 0.0, 6_000.0, "CS-27 types; service ceilings of light helicopters"),
        climb_mps=_value(4.0, 0.0, 12.0, "CS-27 types"),
    ),
    Label.GROUND: Envelope(
        speed_mps=_value(15.0, 0.0, 60.0, "road vehicles"),
        height_agl_m=_value(1.0, 0.0, 6.0, "road vehicles"),
        climb_mps=_value(0.5, 0.0, 8.0, "the road's slope"),
    ),
    Label.UNKNOWN: Envelope(
        speed_mps=_value(30.0, 0.0, 270.0, "the widest of the others"),
        height_agl_m=_value(200.0, 0.0, 13_500.0, "the widest of the others"),
        climb_mps=_value(2.0, 0.0, 25.0, "the widest of the others"),
    ),
}


def check_flight(label: str, key: str, interval: tuple[float, float], *, where: str) -> None:
    """Nothing, where that label is known to fly so.

    Parameters
    ----------
    key : {'speed_mps', 'height_agl_m', 'climb_mps'}

    Raises
    ------
    BadInput
        The interval leaves the envelope; says what it is and where it is from.
    """
    known: Value = getattr(ENVELOPES[label], key)
    if interval[0] < known.low or interval[1] > known.high:
        raise BadInput(
            f"{where}: {key} = [{interval[0]:g}, {interval[1]:g}] is not how a {label} flies: from {known.low:g} to "
            f"{known.high:g} ({known.source}); stay within that, or give another label",
            key=key,
        )
