"""The screen beside the truth: frames for the scorers, in reach of the wall only.

A thing counts while it is within the furthest reach, for its label and in any weather, of a sensor that may see it;
receivers of claims count for what claims. A track counts unless what it follows has left that reach.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.rehearse.heard import CLAIMS
from dronewall.rehearse.populations import Target
from dronewall.rehearse.screen import Screen, Shown
from dronewall.rehearse.simulate import Night
from dronewall.scoring.frames import Frames, Points, side_by_side
from dronewall.sensors import Sensor
from dronewall.units import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """A night's screen beside its truth.

    Attributes
    ----------
    frames : Frames
        A truth's number is its index in the night's targets, a track's the number in its name.
    shown : Shown
        Row for row the tracks of `frames`.
    in_reach_ns : mapping of target to the first of its times in reach; who never was is not in it
    """

    frames: Frames
    shown: Shown
    in_reach_ns: dict[int, int]

    @property
    def matches(self) -> tuple[Ints, Ints]:
        """Target and row of `shown` of each match, in order of time."""
        frames = self.frames
        order = np.argsort(frames.matched_frame, kind="stable")
        matched = frames.matched[order]
        return frames.truth.who[frames.near_truth[matched]], frames.near_track[matched]


def pictured(night: Night, screen: Screen) -> Pictured:
    """The frames of a night that was played."""
    times_ns, shown = screen.frames_ns, screen.shown()
    truth, reach = _truth(night, times_ns)
    track = _points(np.searchsorted(times_ns, shown.time_ns), shown)
    every = side_by_side(times_ns, truth, track)
    kept = np.flatnonzero(~_of_the_gone(every, reach))
    frames = side_by_side(times_ns, truth.rows(np.flatnonzero(reach)), track.rows(kept))
    first: dict[int, int] = {}
    for who, frame in zip(frames.truth.who.tolist(), frames.truth.frame.tolist(), strict=True):
        first.setdefault(who, int(times_ns[frame]))
    return Pictured(frames=frames, shown=_chosen(shown, kept), in_reach_ns=first)


def _truth(night: Night, times_ns: Ints) -> tuple[Points, Bools]:
    """Everything that flew at the times of the frames, and which rows are in reach."""
    truth = night.truth()
    frame = np.searchsorted(times_ns, truth.time_ns).clip(0, max(len(times_ns) - 1, 0))
    rows = np.flatnonzero(times_ns[frame] == truth.time_ns) if len(times_ns) else np.zeros(0, np.int64)
    number = {target.target: index for index, target in enumerate(night.targets)}
    ecef_m = geodetic_to_ecef(truth.latitude_rad[rows], truth.longitude_rad[rows], truth.altitude_hae_m[rows])
    who = np.array([number[name] for name in truth.target[rows]], np.int64)
    points = Points(
        frame=frame[rows],
        who=who,
        ecef_m=ecef_m,
        velocity_enu_mps=truth.velocity_enu_mps[rows],
        label=truth.label[rows],
    )
    return points, in_reach(night.sensors.values(), night.targets, who, ecef_m)


def in_reach(sensors: Iterable[Sensor], targets: tuple[Target, ...], who: Ints, ecef_m: Floats) -> Bools:
    """Which rows (target, position) are within the furthest reach of a sensor that may see that target."""
    standing = [sensor for sensor in sensors if sensor.kind != "observer"]
    within = np.zeros(len(who), bool)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, target in enumerate(targets):
        alike[target.label, (target.identity or "").partition(":")[0]].append(index)
    for (label, claim), members in alike.items():
        by_reach: dict[float, list[Floats]] = defaultdict(list)
        for sensor in standing:
            if not sensor.claims_only or CLAIMS.get(sensor.kind) == f"{claim}:":
                by_reach[float(sensor.reach_of(label))].append(sensor.ecef_m)
        rows = np.flatnonzero(np.isin(who, members))
        for reach_m, places in by_reach.items():
            if len(rows) and reach_m > 0.0:
                away_m, _ = cKDTree(np.array(places)).query(ecef_m[rows], distance_upper_bound=reach_m)
                within[rows] |= np.isfinite(away_m)
    return within


def _of_the_gone(every: Frames, reach: Bools) -> Bools:
    """Which track rows follow only what is out of reach."""
    there = np.zeros(len(every.track), bool)
    gone = np.zeros(len(every.track), bool)
    inside = reach[every.near_truth]
    there[every.near_track[inside]] = True
    gone[every.near_track[~inside]] = True
    return np.asarray(gone & ~there)


def _points(frame: Ints, shown: Shown) -> Points:
    return Points(
        frame=frame.astype(np.int64),
        who=shown.who,
        ecef_m=shown.ecef_m,
        velocity_enu_mps=shown.velocity_enu_mps,
        label=shown.label,
    )


def _chosen(shown: Shown, rows: Ints) -> Shown:
    return Shown(**{name: getattr(shown, name)[rows] for name in Shown.__slots__})
