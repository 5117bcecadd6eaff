"""What acoustic nodes heard that no track explains, and the presence areas made of it and of human calls.

One node that hears says that something is within its footprint, in a sector of directions; it never gives a position.
The sector holds the bearing, its error, and how far a source may have flown while its sound was on the way. Bearings of
two nodes make a track (`crossing.py`); then the areas behind it end.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dronewall.records.detection import Column
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.words import DRONE_LABELS, LABELS
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.classes import AUDIBLE, PRIOR
from dronewall.units import SECOND_NS, Floats, Ints

if TYPE_CHECKING:
    from dronewall.tracking.core import Core

HEARING = np.dtype(
    [
        ("time_ns", np.int64),
        ("sensor", np.int64),
        ("scan", np.int64),
        ("row", np.int64),
        ("azimuth", float),
        ("azimuth_sd", float),
        ("elevation", float),
        ("elevation_sd", float),
        ("log_tone", float),
        ("label", np.int64),  # index into LABELS, -1 none
        ("weight", float),  # probability that no track explains it
    ]
)
PRESENT = np.dtype(
    [
        ("number", np.int64),
        ("sensor", np.int64),
        ("latitude", float),
        ("longitude", float),
        ("radius_m", float),
        ("azimuth", float),  # NaN: the whole circle
        ("half_width", float),
        ("first_ns", np.int64),
        ("last_ns", np.int64),
        ("until_ns", np.int64),
        ("detections", np.int64),
        ("hints", float, (len(LABELS),)),
    ]
)

WINDOW_S = 60.0  # hearings are kept so long, for crossings
TOGETHER_S = 20.0  # and make an area within so long
UNEXPLAINED = 0.5
QUANTILE = 0.95
FEWEST = 2  # hearings of one node from one side that make an area, or as many more as keep this bound:
FALSE_AREAS_PER_DAY = 1.0  # begun at one node by false hearings that have nothing to do with each other
FALSE_HOLD = 0.25  # chance that such a hearing keeps an area alive for HOLD_S more
SAME_SIDE_SD = 4.0
SWEEP_PER_S = 0.4  # rad/s: 60 m/s past a node at 150 m
FOLLOW = 0.6  # share of a new bearing in the area's direction
HOLD_S = 30.0  # an area outlives its last hearing by so much
CALL_HOLD_S = 1800.0
FASTEST_SOURCE = 60.0 / 340.0  # by how much of an angle a source may have gone on while its sound came
PASSAGES_PER_DAY = (
    1.0  # of real things past one node: assumed, nobody has published it; false bursts come as catalogued
)
BURST_S = 28.0  # hearings in a burst, 40 s at 0.7 (sensors/catalogue.py)
BURSTS_PER_DAY = 40.0  # of machines near one node, the catalogue's upper bound: what is more, is single looks
HEARING_LABEL = "fixed_wing_piston"  # what an unexplained hearing is taken to be
CORROBORATION_M, CORROBORATION_S = 8000.0, 120.0
CORROBORATED = 8.0  # odds gained by an area of another node nearby lately, for each of at most two
CALL_P = 0.5
HINT_SHARE = 0.5


def hear(core: "Core", index: int, scan: Scan, rows: Ints, weight: Floats) -> NDArray[np.void]:
    """Keep the rows of a look that no track explains; those kept."""
    memory, kept = core.memory, rows[weight >= UNEXPLAINED]
    new = as_hearings(core, index, scan, kept)
    new["weight"] = weight[weight >= UNEXPLAINED]
    recent = memory.hearings["time_ns"] >= scan.time_ns - round(WINDOW_S * SECOND_NS)
    memory.hearings = np.concatenate([memory.hearings[recent], new])
    return new


def as_hearings(core: "Core", index: int, scan: Scan, rows: Ints) -> NDArray[np.void]:
    """The rows of a look as hearings."""
    values, sensor = scan.detections.values[rows], core.sensors[index]
    new = np.zeros(len(rows), HEARING)
    new["time_ns"], new["sensor"], new["scan"] = scan.detections.time_ns[rows], index, scan.scan
    new["row"] = scan.first_row + rows
    for name, column, own in (
        ("azimuth", Column.AZIMUTH_RAD, Column.AZIMUTH_SD_RAD),
        ("elevation", Column.ELEVATION_RAD, Column.ELEVATION_SD_RAD),
    ):
        sd = np.where(values[:, own] > 0.0, values[:, own], sensor.noise(column))
        new[name], new[f"{name}_sd"] = np.where(sd > 0.0, values[:, column], np.nan), sd
    new["log_tone"] = np.log(np.maximum(values[:, Column.TONE_HZ], 1e-3))
    new["label"] = [LABELS.index(label) if label in LABELS else -1 for label in scan.detections.label[rows].tolist()]
    return new


def bursts_per_day(sensor: Sensor) -> float:
    """Bursts of false hearings of one node in a day, if all of them came in bursts."""
    period_s = (sensor.period_ns or SECOND_NS) / SECOND_NS
    return max(sensor.clutter_per_scan, 1e-9) * 86_400.0 / period_s / BURST_S


@lru_cache(maxsize=4096)
def fewest(per_look: float, period_s: float, sd: float) -> int:
    """Hearings from one side within TOGETHER_S that single false ones make up at most FALSE_AREAS_PER_DAY times."""
    side = min(1.0, 2.0 * SAME_SIDE_SD * 1.5 * sd / (2.0 * np.pi))
    mean = per_look * TOGETHER_S / period_s * side
    begun_per_day, needed, term, below = per_look * 86_400.0 / period_s, 1, np.exp(-mean), 0.0
    # Each false hearing completes an area if as many others as are needed besides it came before it.
    while begun_per_day * (1.0 - below) > FALSE_AREAS_PER_DAY and needed < 20:
        below += term
        term *= mean / needed
        needed += 1
    return max(needed, FEWEST)


def show(core: "Core", index: int, new: NDArray[np.void], time_ns: int) -> list[int]:
    """Begin or carry on the areas of a node that has just heard; the number of each hearing's area, 0 none."""
    memory = core.memory
    presents = memory.presents[memory.presents["until_ns"] > time_ns].copy()
    sensor, numbers = core.sensors[index], []
    period_s = (sensor.period_ns or SECOND_NS) / SECOND_NS
    widest = np.pi * FALSE_HOLD / max(sensor.clutter_per_scan * HOLD_S / period_s, 1e-9)
    for heard in new:
        mine = np.flatnonzero(presents["sensor"] == index)
        gap_s = (heard["time_ns"] - presents["last_ns"]) / SECOND_NS
        side = [
            at
            for at in mine.tolist()
            if _same_side(
                presents[at]["azimuth"], heard["azimuth"], heard["azimuth_sd"], min(SWEEP_PER_S * gap_s[at], widest)
            )
        ]
        if side:
            at = side[0]
        else:
            before = memory.hearings[
                (memory.hearings["sensor"] == index)
                & (memory.hearings["time_ns"] > heard["time_ns"] - round(TOGETHER_S * SECOND_NS))
            ]
            near = [_same_side(h["azimuth"], heard["azimuth"], heard["azimuth_sd"]) for h in before]
            sd = heard["azimuth_sd"] if heard["azimuth_sd"] > 0.0 else np.pi
            if sum(near) < fewest(sensor.clutter_per_scan, period_s, round(float(sd), 3)):
                numbers.append(0)
                continue
            memory.last_presence += 1
            presents = np.append(presents, _begun(core, index, memory.last_presence, before[np.array(near)]))
            at = len(presents) - 1
        _carry_on(core, presents, at, heard)
        numbers.append(int(presents[at]["number"]))
    memory.presents = presents
    return numbers


def end_behind(core: "Core", hearings: NDArray[np.void]) -> None:
    """Areas that stand on these hearings end: a track took them over."""
    presents = core.memory.presents.copy()
    for heard in hearings:
        for at in np.flatnonzero(presents["sensor"] == heard["sensor"]).tolist():
            if _same_side(presents[at]["azimuth"], heard["azimuth"], heard["azimuth_sd"]):
                presents[at]["until_ns"] = min(presents[at]["until_ns"], int(heard["time_ns"]))
    core.memory.presents = presents


def take_call(core: "Core", index: int, scan: Scan) -> list[int]:
    """Human calls as areas for half an hour: circles that hold the place with probability QUANTILE. Their numbers."""
    memory, numbers = core.memory, []
    rows = np.zeros(len(scan.detections), PRESENT)
    for at, value in enumerate(scan.detections.values):
        memory.last_presence += 1
        sd = value[Column.POSITION_SD_M]
        sd = sd if sd > 0.0 else core.sensors[index].noise(Column.POSITION_SD_M)
        row = rows[at]
        row["number"], row["sensor"] = memory.last_presence, index
        row["latitude"], row["longitude"] = value[Column.LATITUDE_RAD], value[Column.LONGITUDE_RAD]
        row["radius_m"] = sd * np.sqrt(-2.0 * np.log(1.0 - QUANTILE))
        row["azimuth"], row["half_width"] = np.nan, np.pi
        row["first_ns"] = row["last_ns"] = scan.detections.time_ns[at]
        row["until_ns"] = scan.received_ns + round(CALL_HOLD_S * SECOND_NS)
        row["detections"] = 1
        numbers.append(memory.last_presence)
    good = np.isfinite(rows["latitude"]) & np.isfinite(rows["radius_m"])
    memory.presents = np.concatenate([memory.presents, rows[good]])
    return numbers


def name_of(number: int) -> str:
    """An area's id."""
    return f"p-{number:06d}"


def areas(core: "Core", time_ns: int) -> tuple[Presence, ...]:
    """The areas that hold at a time, in order of birth."""
    presents = core.memory.presents
    live = presents[(presents["until_ns"] > time_ns) & (presents["first_ns"] <= time_ns)]
    found = []
    for row in live:
        whole = bool(np.isnan(row["azimuth"])) or row["half_width"] >= np.pi
        start = 0.0 if whole else float((row["azimuth"] - row["half_width"]) % (2.0 * np.pi))
        end = 0.0 if whole else float((row["azimuth"] + row["half_width"]) % (2.0 * np.pi))
        label, share = _label(row)
        found.append(
            Presence(
                presence=name_of(int(row["number"])),
                sensors=(core.names[int(row["sensor"])],),
                latitude_rad=float(row["latitude"]),
                longitude_rad=float(row["longitude"]),
                radius_m=float(row["radius_m"]),
                azimuth_from_rad=start,
                azimuth_to_rad=end,
                quantile=QUANTILE,
                first_ns=int(row["first_ns"]),
                last_ns=int(row["last_ns"]),
                detections=int(row["detections"]),
                p_exists=_p_exists(core, row, live, share),
                label=label,
            )
        )
    return tuple(found)


def _same_side(a: float, b: float, sd: float, swept: float = 0.0) -> bool:
    """Whether two bearings of one node may be of one source that swept so far between them (or say nothing)."""
    if np.isnan(a) or np.isnan(b):
        return True
    return bool(abs((a - b + np.pi) % (2.0 * np.pi) - np.pi) < SAME_SIDE_SD * 1.5 * sd + swept)


def _begun(core: "Core", index: int, number: int, first: NDArray[np.void]) -> NDArray[np.void]:
    row, sensor = np.zeros(1, PRESENT), core.sensors[index]
    row["number"], row["sensor"] = number, index
    row["latitude"], row["longitude"] = sensor.latitude_rad, sensor.longitude_rad
    row["radius_m"] = sensor.footprint_m(QUANTILE, "fixed_wing_piston", core.weather)
    row["first_ns"] = first["time_ns"].min()
    row["azimuth"] = first[-1]["azimuth"]
    row["detections"] = len(first) - 1
    return row


def _carry_on(core: "Core", presents: NDArray[np.void], at: int, heard: np.void) -> None:
    row = presents[at]
    row["last_ns"] = heard["time_ns"]
    row["until_ns"] = heard["time_ns"] + round(HOLD_S * SECOND_NS)
    row["detections"] += 1
    if np.isnan(heard["azimuth"]):
        row["azimuth"], row["half_width"] = np.nan, np.pi
    else:
        turn = (heard["azimuth"] - row["azimuth"] + np.pi) % (2.0 * np.pi) - np.pi
        row["azimuth"] += FOLLOW * turn
        row["half_width"] = min(np.pi, 2.5 * heard["azimuth_sd"] + FASTEST_SOURCE + (1.0 - FOLLOW) * abs(turn))
    if heard["label"] >= 0:
        log = np.log(core.sensors[int(row["sensor"])].hint_likelihood(LABELS[int(heard["label"])]))
        row["hints"] += log / 10.0  # a classifier holds to one opinion for ten looks or so
    presents[at] = row


def _label(row: np.void) -> tuple[str, float]:
    """The label that the classifier's hints favour, and the share of drones among what is heard."""
    log = np.log(PRIOR) + HINT_SHARE * row["hints"] + np.where(AUDIBLE, 0.0, -8.0)
    p = np.exp(log - log.max())
    p /= p.sum()
    drones = float(sum(p[LABELS.index(label)] for label in sorted(DRONE_LABELS)))
    best = int(p.argmax())
    return (LABELS[best] if p[best] >= 0.5 else "unknown"), drones


def _p_exists(core: "Core", row: np.void, live: NDArray[np.void], drones: float) -> float:
    """Probability that something flies there: real passages against false bursts, more if others heard too."""
    sensor = core.sensors[int(row["sensor"])]
    if sensor.kind == "observer":
        return CALL_P
    odds = PASSAGES_PER_DAY / min(bursts_per_day(sensor), BURSTS_PER_DAY) * (0.5 + drones)
    others = live[
        (live["sensor"] != row["sensor"]) & (abs(live["last_ns"] - row["last_ns"]) < CORROBORATION_S * SECOND_NS)
    ]
    place = core.coverage.places
    near = {
        int(other["sensor"])
        for other in others
        if ((place[int(other["sensor"])] - place[int(row["sensor"])]) ** 2).sum() < CORROBORATION_M**2
    }
    odds *= CORROBORATED ** min(len(near), 2)
    return float(odds / (1.0 + odds))
