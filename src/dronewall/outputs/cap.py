"""CAP 1.2: an alert's revision as the document that an authority's gateway takes.

OASIS Common Alerting Protocol Version 1.2 (1 July 2010), section 3.2, in the schema's element order:

    alert       identifier sender sent status msgType source scope note references incidents info...
    info        language category event responseType urgency severity certainty effective expires senderName headline
                description instruction parameter... area
    area        areaDesc polygon

status      Actual only for a live wall and a revision that a person has approved; Exercise for an approved one of an
            exercise wall; Draft for all that nobody has approved
msgType     Alert; Update for an update and for an all-clear (responseType AllClear); Cancel for a cancellation
sent        when it was approved, so that the same revision is always the same document
polygon     latitude,longitude pairs, the first repeated at the end; one polygon, no holes

The text that people read stands whole in `description`: it already says what to do first. `instruction` repeats it for
receivers that show only that. Nothing says who or whose.
"""

import re
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from dronewall.errors import Refused
from dronewall.records.alert import IN_FORCE, Alert, AlertState, Level, Message
from dronewall.records.wall import Wall
from dronewall.units import SECOND_NS

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"

_URGENCY: Final = {
    Level.INFORMATION: "Expected",
    Level.PRECAUTION: "Immediate",
    Level.WARNING: "Immediate",
}
_SEVERITY: Final = {Level.INFORMATION: "Moderate", Level.PRECAUTION: "Severe", Level.WARNING: "Extreme"}
_CERTAINTY: Final = {Level.INFORMATION: "Possible", Level.PRECAUTION: "Likely", Level.WARNING: "Observed"}
_RESPONSE: Final = {Level.INFORMATION: "Monitor", Level.PRECAUTION: "Shelter", Level.WARNING: "Shelter"}
_MESSAGE: Final = {
    Message.ALERT: "Alert",
    Message.UPDATE: "Update",
    Message.ALL_CLEAR: "Update",
    Message.CANCEL: "Cancel",
}


def document(alert: Alert, wall: Wall) -> tuple[str, bytes]:
    """The identifier and the CAP document of one revision; the same revision gives the same bytes.

    Raises
    ------
    Refused
        The alert and the wall disagree on being an exercise.
    """
    if alert.exercise is not wall.exercise:
        raise Refused(
            f"{alert.alert} is {'an exercise' if alert.exercise else 'live'} and the wall is not: no document is made"
        )
    name = identifier(alert, wall)
    root = etree.Element(_tag("alert"), nsmap={None: NAMESPACE})
    _add(root, "identifier", name)
    _add(root, "sender", sender(alert, wall))
    _add(root, "sent", _instant(_sent_ns(alert)))
    _add(root, "status", status(alert))
    _add(root, "msgType", _MESSAGE[alert.message])
    _add(root, "scope", "Public")
    if alert.exercise:
        _add(root, "note", "EXERCISE EXERCISE EXERCISE")
    if alert.supersedes:
        _add(root, "references", " ".join(references(alert, wall)))
    _add(root, "incidents", _token(alert.alert))
    for language, text in alert.texts.items():
        _info(root, alert, wall, language, text)
    return name, etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def status(alert: Alert) -> str:
    """CAP's status. A person's name on an approved revision is what makes it more than a draft."""
    ended = (AlertState.ALL_CLEAR, AlertState.CANCELLED, AlertState.EXPIRED)
    approved = alert.approved_by is not None and "approved" in alert.clock
    if not approved or (alert.state not in IN_FORCE and alert.state not in ended):
        return "Draft"
    return "Exercise" if alert.exercise else "Actual"


def identifier(alert: Alert, wall: Wall) -> str:
    """Unique over walls, restarts and revisions: wall, moment, alert, revision."""
    return _identifier(wall, _sent_ns(alert), alert.alert, alert.revision)


def sender(alert: Alert, wall: Wall) -> str:
    """Who sends: the authority, at this wall."""
    return f"{_token(alert.authority)}@{_token(wall.wall.name)}"


def references(alert: Alert, wall: Wall) -> list[str]:
    """`sender,identifier,sent` of every approved revision that this one replaces, as CAP asks."""
    found = []
    for replaced in alert.evidence.get("replaces", []):
        sent_ns = int(replaced["approved_ns"])
        name = _identifier(wall, sent_ns, alert.alert, int(replaced["revision"]))
        found.append(f"{sender(alert, wall)},{name},{_instant(sent_ns)}")
    return found


def _info(root: etree._Element, alert: Alert, wall: Wall, language: str, text: str) -> None:
    over = alert.message in (Message.ALL_CLEAR, Message.CANCEL)
    info = etree.SubElement(root, _tag("info"))
    _add(info, "language", language)
    _add(info, "category", "Safety")
    title = alert.headlines.get(language) or text.partition(". ")[0]
    _add(info, "event", title)
    _add(info, "responseType", "AllClear" if over else _RESPONSE[alert.level])
    _add(info, "urgency", "Past" if over else _URGENCY[alert.level])
    _add(info, "severity", "Minor" if over else _SEVERITY[alert.level])
    _add(info, "certainty", "Observed" if alert.message is Message.ALL_CLEAR else _certainty(alert))
    _add(info, "effective", _instant(_sent_ns(alert)))
    _add(info, "expires", _instant(alert.expires_ns))
    _add(info, "senderName", alert.authority)
    _add(info, "headline", title)
    _add(info, "description", text)
    _add(info, "instruction", text)
    for name, value in (("level", alert.level.name.lower()), ("wall", wall.wall.name)):
        parameter = etree.SubElement(info, _tag("parameter"))
        _add(parameter, "valueName", f"dronewall:{name}")
        _add(parameter, "value", value)
    for ring in alert.area:
        area = etree.SubElement(info, _tag("area"))
        _add(area, "areaDesc", ", ".join(zone.title() for zone in alert.zones) or f"{alert.area_km2:.0f} km2")
        corners = [*ring, ring[0]] if ring[0] != ring[-1] else list(ring)
        _add(area, "polygon", " ".join(f"{latitude:.5f},{longitude:.5f}" for longitude, latitude in corners))


def _certainty(alert: Alert) -> str:
    return "Unlikely" if alert.message is Message.CANCEL else _CERTAINTY[alert.level]


def _sent_ns(alert: Alert) -> int:
    return alert.clock.get("approved", alert.clock["drafted"])


def _identifier(wall: Wall, sent_ns: int, alert: str, revision: int) -> str:
    stamp = datetime.fromtimestamp(sent_ns // SECOND_NS, UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{_token(wall.wall.name)}.{stamp}.{alert}.{revision}"


def _instant(time_ns: int) -> str:
    """CAP's dateTime: whole seconds and a numeric offset; UTC is -00:00, and Z is not allowed (section 3.3.2)."""
    return datetime.fromtimestamp(time_ns // SECOND_NS, UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _token(text: str) -> str:
    """Without the blanks, commas and marks that CAP forbids in an identifier."""
    return re.sub(r"[^a-z0-9.-]+", "-", text.lower()).strip("-") or "wall"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _tag(name)).text = text
