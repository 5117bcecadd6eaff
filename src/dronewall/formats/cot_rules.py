"""The rules that one Cursor on Target event keeps or breaks, each with the attribute that it is about.

    mandatory    event: version, uid, type, time, start, stale, how; a point with lat, lon, hae, ce, le
    twice        one point, at most one detail
    value        version a number of 2.0 or more; type, how, qos and opex of their pattern; a number (xs:decimal: no
                 exponent, no INF) where one belongs
    time         xs:dateTime with its offset from UTC; stale not before start
    range        latitude and longitude on the earth; ce and le 0 or more
    xml, root    well-formed XML whose root is an event
    doctype      no document type (DTD)
    between      nothing between events but blanks, comments, byte order marks and declarations of XML: each event is a
                 document of its own

Whether an event is of use here is another question (`cot.py`). Source: MITRE MP090284, CoT event 2.0 and its schema.
"""

import re
import unicodedata
from typing import Final

from lxml import etree

from dronewall.formats.broken import Broken
from dronewall.formats.lexical import BLANKS, Moment, date_time, decimal

ATTRIBUTES: Final = ("version", "uid", "type", "time", "start", "stale", "how")
POINT: Final = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "hae": (-1e9, 1e9), "ce": (0.0, 1e9), "le": (0.0, 1e9)}
EVENT: Final = re.compile(rb"(?i)\s*(<\?xml[^>]*\?>)?\s*<event[\s>]")
DOCTYPE: Final = re.compile(rb"\s*(<\?xml[^>]*\?>)?\s*<!DOCTYPE")
NO_DOCTYPE: Final = (
    "it has a document type (DTD); CoT has none, and none is read, since it may name files or grow without end: leave "
    "it out"
)
NO_EVENT: Final = (
    "it is no event; events stand one behind another, each a document of its own (<event ...>...</event>), with "
    "nothing around them or between them but blanks, comments, byte order marks and declarations of XML"
)
OPEX: Final = re.compile(r"[oes](-.+)?", re.DOTALL)


def judge(text: bytes) -> list[Broken]:
    """Every rule that an event breaks; empty where it is right."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        event = etree.fromstring(text.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if DOCTYPE.match(text):
            return [Broken(field="", rule="doctype", said=NO_DOCTYPE)]
        if not EVENT.match(text):
            return [Broken(field="", rule="between", said=NO_EVENT)]
        why = str(getattr(error, "msg", error)).splitlines()[0][:120]
        return [Broken(field="", rule="xml", said=f"it is no XML: {why}")]
    if event.getroottree().docinfo.doctype:
        return [Broken(field="", rule="doctype", said=NO_DOCTYPE)]
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
    version, uid, kind, how, qos, opex = map(event.get, ("version", "uid", "type", "how", "qos", "opex"))
    number = decimal(version or "")
    if version is not None and (number is None or number < 2.0):
        broken.append(Broken(field="event.version", rule="value", said=f"{version[:64]!r} is not 2.0 or newer"))
    if uid is not None and not uid.strip(BLANKS):
        broken.append(Broken(field="event.uid", rule="value", said="it is empty"))
    if kind is not None and not _is_type(kind):
        broken.append(Broken(field="event.type", rule="value", said=f"{kind[:64]!r} is no type such as a-u-A"))
    if how is not None and not (_are_words(how) and len(how.partition("-")[0]) == 1):
        broken.append(Broken(field="event.how", rule="value", said=f"{how[:64]!r} is no how such as m-g"))
    if qos is not None and not (
        _are_words(qos) and [len(word) for word in qos.split("-")] == [1, 1, 1] and _digit(qos)
    ):
        broken.append(Broken(field="event.qos", rule="value", said=f"{qos[:64]!r} is no qos such as 5-r-g"))
    if opex is not None and not OPEX.fullmatch(opex):
        broken.append(Broken(field="event.opex", rule="value", said=f"{opex[:64]!r} is none of o, e, s with a name"))


def _is_type(text: str) -> bool:
    r"""`\w+(-\w+)*(;[^;]*)?` of the schema."""
    return _are_words(text.partition(";")[0]) and text.count(";") <= 1


def _are_words(text: str) -> bool:
    r"""`\w+(-\w+)*` as XML Schema means it: everything but punctuation (the underscore too), blanks and controls."""
    return all(word and all(unicodedata.category(sign)[0] not in "PZC" for sign in word) for word in text.split("-"))


def _digit(text: str) -> bool:
    return unicodedata.category(text[0]) == "Nd"


def _times(event: etree._Element, broken: list[Broken]) -> None:
    found: dict[str, Moment] = {}
    for name in ("time", "start", "stale"):
        text = event.get(name)
        if text is None:
            continue
        moment = date_time(text)
        if moment is None:
            said = f"{text[:64]!r} is no time such as 2026-05-07T00:12:03.25Z"
        elif not moment.zone:
            said = f"{text[:64]!r} does not say its offset from UTC"
        else:
            found[name] = moment
            continue
        broken.append(Broken(field=f"event.{name}", rule="time", said=said))
    if "start" in found and "stale" in found and found["stale"].time_ns < found["start"].time_ns:
        broken.append(Broken(field="event.stale", rule="time", said="it is before start"))


def _point(event: etree._Element, broken: list[Broken]) -> None:
    if len(event.findall("detail")) > 1:
        broken.append(Broken(field="detail", rule="twice", said="it comes more than once"))
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
        value = decimal(text)
        if value is None:
            broken.append(Broken(field=f"point.{name}", rule="value", said=f"{text[:64]!r} is no number"))
        elif not low <= value <= high:
            said = f"{value:g} is not between {low:g} and {high:g}"
            broken.append(Broken(field=f"point.{name}", rule="range", said=said))
