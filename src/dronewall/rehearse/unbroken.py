"""What a night's faults cost beyond the coverage that they took, by the same night played again with nothing broken.

Everything else of that night is the same to the bit: paths, weather, and what each sensor would have detected. What the
faults took of the coverage is counted on its detections, so it follows from the sensors' own models and from nothing
that the tracker did: a thing is covered while, in the last half minute, something that gives a place detected it, or
two of the sensors that give a bearing alone did. Sensors that are out, and those that make ghosts and are to be set
aside for it, cover nothing meanwhile; a clock that is wrong or a message that is late takes no coverage.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from dronewall.records.scenario import Scenario
from dronewall.rehearse.faults import strikes
from dronewall.rehearse.figures import Figure
from dronewall.rehearse.night import Stage
from dronewall.rehearse.pictured import Pictured
from dronewall.rehearse.simulate import Night
from dronewall.scoring.siap import siap
from dronewall.units import SECOND_NS, Bools, Ints, nanoseconds

ASKED: Final = ("completeness_fall", "coverage_fall", "completeness_fall_beyond_coverage")
LOST_WITH: Final = ("outage", "ghosts")
PLACING: Final = frozenset({"radar", "remote_id", "adsb"})
COVERS_NS: Final = 30 * SECOND_NS
"""So long a track is carried on without a detection, in round numbers."""


def is_asked(scenario: Scenario) -> bool:
    """Whether a line of acceptance asks for what the faults cost: only then a night is played twice."""
    return any(spec.metric in ASKED for spec in scenario.accept)


def unbroken(standing: Stage) -> Stage:
    """The stage with no faults."""
    return replace(standing, scenario=standing.scenario.model_copy(update={"fault": []}))


def nothing_asked() -> dict[str, Figure]:
    """The figures of a night that was not played twice."""
    return dict.fromkeys(ASKED)


def falls(broken: Night, picture: Pictured, whole: Night, whole_picture: Pictured) -> dict[str, Figure]:
    """By how much completeness and coverage fall from the whole night to the broken one (shares, 0.05 is 5 points)."""
    before, after = (siap(one.frames)["siap_completeness"] for one in (whole_picture, picture))
    if not np.isfinite([before, after]).all():
        return nothing_asked()
    lost = lost_rows(whole, broken.scenario)
    times_ns, who = _truths(whole_picture)
    covered = [covered_share(whole, times_ns, who, rows) for rows in (np.zeros(len(lost), bool), lost)]
    fall, coverage_fall = float(before) - float(after), covered[0] - covered[1]
    return {
        "completeness_fall": fall,
        "coverage_fall": coverage_fall,
        "completeness_fall_beyond_coverage": fall - coverage_fall,
    }


def lost_rows(whole: Night, scenario: Scenario) -> Bools:
    """Which detections of the whole night the scenario's faults take away [shape=(rows,)]."""
    sensor, time_ns = np.repeat(whole.sensor_of, whole.rows_of), whole.detections.time_ns
    lost = np.zeros(len(time_ns), bool)
    for number, fault in enumerate(scenario.fault):
        if fault.kind not in LOST_WITH:
            continue
        struck = [strikes(fault, number, whole.seed, name) for name in whole.sensor_ids]
        from_ns, to_ns = (scenario.start_ns + nanoseconds(at) for at in (fault.from_s, fault.to_s))
        lost |= np.array(struck, bool)[sensor] & (time_ns >= from_ns) & (time_ns < to_ns)
    return lost


def covered_share(whole: Night, times_ns: Ints, who: Ints, lost: Bools) -> float:
    """The share of truths (a time and a target each) that are covered by detections that are not lost."""
    sensor = np.repeat(whole.sensor_of, whole.rows_of)
    placing = np.array([whole.sensors[name].kind in PLACING for name in whole.sensor_ids], bool)
    covered = np.zeros(len(who), bool)
    for target in np.unique(who).tolist():
        mine = np.flatnonzero(who == target)
        rows = np.flatnonzero((whole.origin == target) & ~lost)
        placed, bearings = np.zeros(len(mine), bool), np.zeros(len(mine), np.int64)
        for one in np.unique(sensor[rows]).tolist():
            found = lately(np.sort(whole.detections.time_ns[rows[sensor[rows] == one]]), times_ns[mine])
            if placing[one]:
                placed |= found
            else:
                bearings += found
        covered[mine] = placed | (bearings >= 2)
    return float(covered.mean()) if len(who) else 0.0


def lately(found_ns: Ints, times_ns: Ints) -> Bools:
    """At which times the newest of the sorted `found_ns` up to then is at most `COVERS_NS` old."""
    last = np.searchsorted(found_ns, times_ns, side="right") - 1
    return np.asarray((last >= 0) & (times_ns - found_ns[np.maximum(last, 0)] <= COVERS_NS))


def _truths(picture: Pictured) -> tuple[Ints, Ints]:
    """Time and target of every truth in reach."""
    truth = picture.frames.truth
    return picture.frames.time_ns[truth.frame], truth.who
