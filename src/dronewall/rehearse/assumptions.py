"""What a rehearsal hangs on that nobody has measured: sensors, people, delivery, and how it is scored."""

from collections import defaultdict
from typing import Any, Final

from dronewall.rehearse.approver import Delivery, approver
from dronewall.rehearse.night import Stage
from dronewall.rehearse.outcome import ENTERS_WITHIN_NS, LARGEST_KM2
from dronewall.units import seconds

BY_DESIGN: Final = (
    "The simulator, the tracker and the picture share one model of each sensor: a rehearsal shows that the parts agree "
    "and what follows if the model holds, not that it holds.",
    "Sensors and looks are independent of one another; real fading lasts for seconds and strikes neighbours together.",
    "One weather a night; no temperature inversion; terrain hides things from sight, not from hearing.",
    "Things fly as the scenario's intervals say, drawn anew each night; nobody here reacts to what the wall does.",
)


def assumptions(standing: Stage, approver_name: str) -> list[tuple[str, str]]:
    """What is assumed, and why, in pairs of sentences; sensors by kind and model, with how many there are."""
    people, delivery = approver(approver_name), Delivery()
    told = [(sentence, "") for sentence in BY_DESIGN]
    told += [(_people(people), people.why), (_delivery(delivery), delivery.source)]
    told.append(
        (
            f"An alert counts for an intruder if its area holds the place where it came down and is at most "
            f"{LARGEST_KM2:,.0f} km2; an alert is a nuisance if no intruder enters its area within "
            f"{seconds(ENTERS_WITHIN_NS) / 60:.0f} minutes of the draft.",
            "the reading of this project; docs/rehearse.md",
        )
    )
    return told + _sensors(standing)


def _sensors(standing: Stage) -> list[tuple[str, str]]:
    """Values of the catalogue that the wall did not state and nobody has measured."""
    alike: dict[tuple[str, str, tuple[str, ...]], int] = defaultdict(int)
    values: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = {}
    for spec in standing.wall.sensor:
        row = getattr(standing.sensors[spec.id], "row", None)
        if row is None or spec.p_detect is not None:
            continue
        assumed = {
            name: value
            for name, value in row.values.items()
            if value.kind == "assumption" and getattr(spec, name, None) is None
        }
        key = (spec.kind, row.model, tuple(assumed))
        alike[key] += 1
        values[key] = assumed
    return [
        (
            f"{count} x {kind} ({model}): {name} = {value.value:g}, believed between {value.low:g} and {value.high:g}",
            value.source,
        )
        for (kind, model, key), count in alike.items()
        for name, value in values[kind, model, key].items()
    ]


def _people(people: Any) -> str:
    if people.decides_s is None:
        return f"Nobody is at the desk; the deputy approves {people.deputy_s:.0f} s after the escalation."
    return f"The person on duty ({people.name}) approves {people.decides_s:.0f} s after a draft."


def _delivery(delivery: Delivery) -> str:
    accepted, received = delivery.accepted_s, delivery.received_s
    return (
        f"From approval to the gateway's answer {accepted[0]:g} s (median; factor {accepted[1]:g}), from there to the "
        f"first phones {received[0]:g} s more (factor {received[1]:g})."
    )
