"""Cursor on Target events in XML, written: the event, its point, and the types that our labels have.

    event      version 2.0, uid, type, how, time = start, stale, opex = e-dronewall in an exercise
    point      latitude, longitude (deg), height above WGS-84, ce and le (m); 9999999 unknown

Source: MITRE MP090284, CoT event 2.0; types as `docs/formats/cot.md` says. No affiliation but pending,
neutral and unknown is ever written.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from dronewall.units import SECOND_NS

UNKNOWN_M: Final = "9999999.0"
FUNCTION: Final[Mapping[str, str]] = {
    "fixed_wing_piston": "A-M-F-Q",
    "fixed_wing_small": "A-M-F-Q",
    "multirotor": "A-M-H-Q",
    "fpv": "A-M-H-Q",
    "agricultural_drone": "A-M-H-Q",
    "balloon": "A-C-L",
    "aircraft": "A-C-F",
    "helicopter": "A-C-H",
    "ground": "G",
}


def root(name: str, what: str, how: str, time_ns: int, stale_s: int, exercise: bool) -> etree._Element:
    """An event without its point."""
    said = {"version": "2.0", "uid": name, "type": what, "how": how}
    said |= {"time": _instant(time_ns), "start": _instant(time_ns), "stale": _instant(time_ns + stale_s * SECOND_NS)}
    if exercise:
        said["opex"] = "e-dronewall"
    return etree.Element("event", said)


def point(event: etree._Element, latitude: float, longitude: float, hae: float, ce: str, le: str) -> None:
    """Where it is (degrees, metres), and how sure that is."""
    place = {"lat": f"{latitude:.6f}", "lon": f"{longitude:.6f}", "hae": f"{hae:.1f}", "ce": ce, "le": le}
    etree.SubElement(event, "point", place)


def text(event: etree._Element) -> bytes:
    """Nothing after the end: servers cut the stream at `</event>`, and a declaration has to begin what is left."""
    return b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n" + bytes(etree.tostring(event))


def _instant(time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns // SECOND_NS, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ns // 1_000_000 % 1000:03d}Z"
