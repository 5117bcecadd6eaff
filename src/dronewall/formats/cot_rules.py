"""The rules that one Cursor on Target event keeps or breaks, each with the attribute that it is about.

    mandatory    event: version, uid, type, time, start, stale, how; a point with lat, lon, hae, ce, le
    value        version a number of 2.0 or more; type and how of their pattern; a number where one belongs
    time         ISO 8601 with its offset from UTC; stale not before start
    range        latitude and longitude on the earth; ce and le 0 or more
    xml, root    well-formed XML whose root is an event

Whether an event is of use here is another question (`cot.py`). Source: MITRE MP090284, CoT event 2.0 and its schema.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final

from lxml import etree

ATTRIBUTES: Final = ("version", "uid", "type", "time", "start", "stale", "how")
POINT: Final = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "hae": (-1e9, 1e9), "ce": (0.0, 1e9), "le": (0.0, 1e9)}
TYPE: Final = re.compile(r"\w+(-\w+)*(;[^;]*)*|[a-z]-[.a-zA-Z](-[\w.]+)*")
HOW: Final = re.compile(r"\w(-\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One rule that an event breaks."""

    field: str
    rule: str
    said: str


def judge(text: bytes) -> list[Broken]:
    """Every rule that an event breaks; empty where it is right."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        event = etree.fromstring(text.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = str(getattr(error, "msg", error)).splitlines()[0][:120]
        return [Broken(field="", rule="xml", said=f"it is no XML: {why}")]
    if event.tag != "event":
        return [Broken(field="", rule="root", said=f"its root is {str(event.tag)[:64]!r} and not 'event'")]
    broken = [
        Broken(field=f"event.{name}", rule="mandatory", said="it is mandatory and not there")
        for name in ATTRIBUTES
        if event.get(name) is None
    ]
    _values(event, broken)
    _times(event, broken)
    _point(event, broken)
    return broken


def _values(event: etree._Element, broken: list[Broken]) -> None:
    version, uid, kind, how = (event.get(name) for name in ("version", "uid", "type", "how"))
    number = _number(version)
    if version is not None and (number is None or number < 2.0):
        broken.append(Broken(field="event.version", rule="value", said=f"{version[:64]!r} is not 2.0 or newer"))
    if uid is not None and not uid.strip():
        broken.append(Broken(field="event.uid", rule="value", said="it is empty"))
    if kind is not None and not TYPE.fullmatch(kind):
        broken.append(Broken(field="event.type", rule="value", said=f"{kind[:64]!r} is no type such as a-u-A"))
    if how is not None and not HOW.fullmatch(how):
        broken.append(Broken(field="event.how", rule="value", said=f"{how[:64]!r} is no how such as m-g"))


def _times(event: etree._Element, broken: list[Broken]) -> None:
    found = {}
    for name in ("time", "start", "stale"):
        text = event.get(name)
        if text is None:
            continue
        try:
            found[name] = datetime.fromisoformat(text)
        except ValueError:
            broken.append(Broken(field=f"event.{name}", rule="time", said=f"{text[:64]!r} is no time"))
            continue
        if found[name].tzinfo is None:
            said = f"{text[:64]!r} does not say its offset from UTC"
            broken.append(Broken(field=f"event.{name}", rule="time", said=said))
            del found[name]
    if "start" in found and "stale" in found and found["stale"] < found["start"]:
        broken.append(Broken(field="event.stale", rule="time", said="it is before start"))


def _point(event: etree._Element, broken: list[Broken]) -> None:
    points = event.findall("point")
    if len(points) != 1:
        said = "it is mandatory and not there" if not points else "it comes more than once"
        broken.append(Broken(field="point", rule="twice" if points else "mandatory", said=said))
        return
    for name, (low, high) in POINT.items():
        text = points[0].get(name)
        if text is None:
            broken.append(Broken(field=f"point.{name}", rule="mandatory", said="it is mandatory and not there"))
            continue
        value = _number(text)
        if value is None:
            broken.append(Broken(field=f"point.{name}", rule="value", said=f"{text[:64]!r} is no number"))
        elif not low <= value <= high:
            said = f"{value:g} is not between {low:g} and {high:g}"
            broken.append(Broken(field=f"point.{name}", rule="range", said=said))


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) else None
