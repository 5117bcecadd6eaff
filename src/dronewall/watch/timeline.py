"""Two warning clocks side by side: this night's own, and the one reported of a real night, with its sources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dronewall.records.alert import CLOCK, Alert
from dronewall.units import utc_ns
from dronewall.watch.pictures import Json, unix_s

NOTE = (
    "Reported times are what public reports say of the real night, with their sources; this night is a rehearsal in "
    "front of an invented wall and says nothing about what the real one could have done."
)


def clocks(
    alerts: Sequence[Alert],
    reported: Mapping[str, Any] | None = None,
    *,
    title: str = "The warning clock",
    start_ns: int = 0,
    end_ns: int = 0,
) -> Json:
    """`ours`: each word of the clock as it first happened for each alert; `reported`: the events with their sources.

    Parameters
    ----------
    reported : mapping, optional
        A scenario's `reported.toml`.
    """
    told = reported or {}
    theirs = list(_reported(told))
    ours = list(_ours(alerts))
    times = [row["t"] for row in (*ours, *theirs)]
    low = min([*times, *([unix_s(start_ns)] if start_ns else [])], default=0.0)
    high = max([*times, *([unix_s(end_ns)] if end_ns else [])], default=0.0)
    return {
        "start": low,
        "end": high,
        "title": title,
        "words": " ".join(claim["said"] + "." for claim in told.get("claim", []) if claim.get("id") == "minutes"),
        "note": NOTE if told else "",
        "ours": ours,
        "reported": theirs,
        "claims": [
            {"said": c["said"], "kind": c.get("kind"), "sources": c.get("sources", [])} for c in told.get("claim", [])
        ],
        "sources": told.get("source", []),
    }


def _ours(alerts: Sequence[Alert]) -> Iterable[Json]:
    seen: set[tuple[str, str]] = set()
    for alert in alerts:
        for word in CLOCK:
            if word in alert.clock and (alert.alert, word) not in seen:
                seen.add((alert.alert, word))
                said = word.replace("_", " ")
                yield {
                    "t": unix_s(alert.clock[word]),
                    "word": word,
                    "text": f"{alert.alert}: {said}",
                    "alert": alert.alert,
                    "revision": alert.revision,
                    "source": "this rehearsal" if alert.exercise else "this watch",
                }


def _reported(told: Mapping[str, Any]) -> Iterable[Json]:
    sources = {source["id"]: source for source in told.get("source", [])}
    for event in told.get("event", []):
        moment = event["time"]
        if not isinstance(moment, datetime):
            continue
        first = sources.get((event.get("sources") or [""])[0], {})
        where = f" ({event['where']})" if event.get("where") else ""
        yield {
            "t": unix_s(utc_ns(moment)),
            "word": event["stage"],
            "text": event["said"] + where,
            "approximate": bool(event.get("approximate")),
            "source": ", ".join(text for text in (first.get("publisher"), first.get("published")) if text) or None,
            "url": first.get("url"),
            "source_grade": first.get("source_grade"),
        }
