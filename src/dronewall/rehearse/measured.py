"""One night, simulated, followed, acted upon and measured: the row of it that a scorecard is made of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dronewall import SCHEMA_VERSION
from dronewall.records.event import Event
from dronewall.rehearse import things as of_things
from dronewall.rehearse import unbroken
from dronewall.rehearse.figures import Figure, to_json
from dronewall.rehearse.night import Played, Stage, outcome_of, played
from dronewall.rehearse.outcome import MISSED
from dronewall.rehearse.pictured import pictured
from dronewall.rehearse.populations import Target
from dronewall.rehearse.screen import Screen
from dronewall.rehearse.simulate import Night
from dronewall.rehearse.things import Thing
from dronewall.rehearse.warned import operator, people
from dronewall.scoring.count import count
from dronewall.scoring.frames import Frames
from dronewall.scoring.gospa import gospa
from dronewall.scoring.ospa2 import ospa2
from dronewall.scoring.siap import siap
from dronewall.scoring.switches import switches
from dronewall.tracking.tracker import Tracker

PICTURE: Final = (gospa, ospa2, siap, switches, count)
PICTURE_KEYS: Final = (
    "gospa_mean_m",
    "ospa2_m",
    "siap_completeness",
    "siap_ambiguity",
    "siap_spuriousness",
    "id_switches",
    "count_error_size",
)


def measured(
    standing: Stage,
    seed: int,
    *,
    approver_name: str = "present",
    detail: bool = False,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """The row of one night: `seed`, `metrics`, `intruders`, `missed`; JSON only, the same bits wherever it is played.

    Without `detail` a miss is told by its kind, its stretch of border and its height band alone. Where a line of
    acceptance asks what the faults cost, the night is played twice (`unbroken`).
    """
    asked = unbroken.is_asked(standing.scenario)
    share = 0.5 if asked else 1.0

    def part(done: float) -> Callable[[float], None]:
        return lambda over: None if progress is None else progress(done + share * over)

    night, screen, events = _followed(standing, seed, approver_name, part(0.0))
    row = row_of(standing, night, screen, events, detail=detail)
    if asked:
        whole, whole_screen, _ = _followed(unbroken.unbroken(standing), seed, approver_name, part(share))
        broken, sound = pictured(night.night, screen), pictured(whole.night, whole_screen)
        falls = unbroken.falls(night.night, broken, whole.night, sound)
        row["metrics"] |= {name: to_json(figure) for name, figure in falls.items()}
    return row


def _followed(
    standing: Stage, seed: int, approver_name: str, progress: Callable[[float], None]
) -> tuple[Played, Screen, list[Event]]:
    """A night with what stood on its screen and the events of its desk that are measured."""
    screens: list[Screen] = []
    events: list[Event] = []

    def screen(night: Night) -> Screen:
        tracker = Tracker(standing.sensors, weather=night.weather)
        screens.append(Screen(tracker, start_ns=night.start_ns))
        return screens[0]

    def heed(found: Sequence[Event], now_ns: int) -> None:
        events.extend(e for e in found if e.kind.startswith(("track.confirmed", "track.lost", "silence.")))

    night = played(standing, seed, approver_name=approver_name, progress=progress, tracker=screen, heed=heed)
    return night, screens[0], events


def row_of(
    standing: Stage, done: Played, screen: Screen, events: list[Event], *, detail: bool = False
) -> dict[str, Any]:
    """The row of a night that was played, with what stood on its screen and the events of its desk."""
    night, drafted = done.night, done.drafted
    told = outcome_of(standing, done)
    picture = pictured(night, screen)
    listed = of_things.things(night, picture, drafted)
    figures: dict[str, Figure] = {
        **people(night, drafted, told["intruders"], told["people_warned_in_vain"]),
        **operator(night, drafted, events, told["false_alerts"]),
        **of_things.detection(night, listed, picture),
        **of_things.labels(night, listed),
        **of_things.honesty(night, listed, picture),
        **of_things.lost(night, listed, picture, events),
        **of_things.quarantine(night, screen.quarantined),
        **_picture(picture.frames),
        **unbroken.nothing_asked(),
    }
    down = [row for row, thing in zip(told["intruders"], _intruders(night), strict=True) if thing.ends_in_impact]
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": night.seed,
        "metrics": {name: to_json(figure) for name, figure in sorted(figures.items())},
        "intruders": [_told(row) for row in down],
        "missed": [
            *(_miss(night, row, detail) for row in down if row["lead_time_received_s"] is None),
            *_unfound(night, listed, detail),
        ],
        "detections": told["health"]["detections"],
        "looks": told["health"]["looks"],
        "silent": len(told["health"]["silent"]),
    }


def _picture(frames: Frames) -> dict[str, Figure]:
    if not len(frames):
        return dict.fromkeys(PICTURE_KEYS)
    said: dict[str, Any] = {}
    for measure in PICTURE:
        said |= measure(frames)
    return {name: said[name] for name in PICTURE_KEYS}


def _intruders(night: Night) -> list[Target]:
    return [target for target in night.targets if target.intruder]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Of an intruder what the page plots: when things were known, how large the area was."""
    keys = (
        "target",
        "label",
        "impact_s",
        "first_evidence_s",
        "confirmed_s",
        "drafted_s",
        "sent_s",
        "received_s",
        "lead_time_to_impact_s",
        "lead_time_received_s",
        "area_km2",
        "people_there_warned_s",
    )
    return {key: row[key] for key in keys}


def _miss(night: Night, row: Mapping[str, Any], detail: bool) -> dict[str, Any]:
    """One intruder that nobody was warned of in time."""
    told = _where(night, str(row["target"]))
    told |= {"hole": row["hole"], "kind": row["missed"], "because": MISSED[row["missed"]]}
    return told | ({"because": row["missed_because"]} if detail else {})


def _unfound(night: Night, listed: Sequence[Thing], detail: bool) -> list[dict[str, Any]]:
    """Intruders that came within reach, do not come down in the night, and were never found."""
    found = []
    for thing in listed:
        target = night.targets[thing.index]
        if target.intruder and not target.ends_in_impact and thing.in_reach_ns is not None and thing.found_ns is None:
            told = _where(night, target.target)
            seen = int((night.origin == thing.index).sum())
            because = "it was detected, and no track was confirmed" if seen else "no sensor heard or saw it"
            because += f" ({seen} detections)" if detail and seen else ""
            found.append(told | {"hole": None, "kind": "unconfirmed" if seen else "undetected", "because": because})
    return found


def _where(night: Night, name: str) -> dict[str, Any]:
    """Label, stretch and height band of a target, and no more."""
    target = next(target for target in night.targets if target.target == name)
    specs = {s.name or f"population-{n}": s for n, s in enumerate(night.scenario.population, start=1)}
    spec = specs.get(target.population)
    return {
        "target": name,
        "label": target.label,
        "stretch": spec.entry if spec is not None and isinstance(spec.entry, str) else None,
        "height_agl_m": list(spec.height_agl_m) if spec is not None else None,
    }
