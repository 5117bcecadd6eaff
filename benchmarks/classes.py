"""Are class probabilities as true as they say: reliability and calibration error on nights of mixed traffic.

    python -m benchmarks.classes [--seeds 1-6] [--mix even] [--json FILE]

Each night has its own mix of things, wind and day: piston drones, multirotors, birds, flocks, balloons, aircraft, cars
and what fits no class (fast, low), in front of three radars, a line of microphones, Remote ID and ADS-B receivers.
Individuals differ: every one has an echo and a tone of its own, drawn from the interval that the signature's source
gives. Where a confirmed track is within 500 m of a truth, its probabilities are held against the truth's label.

The expected calibration error is that of Guo et al., "On calibration of modern neural networks", ICML 2017, with ten
bins: the mean, over rows, of how far the share of right answers of a bin is from its mean stated probability. `mixes`
are in what shares the labels come: none of them was used to choose a number in `tracking/classes.py` but `tuning`.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.detection import Column, Detections
from dronewall.records.scenario import Scenario
from dronewall.records.wall import Wall
from dronewall.records.words import DRONE_LABELS, LABELS
from dronewall.rehearse.simulate import Night, simulate
from dronewall.scoring.frames import Points, side_by_side
from dronewall.sensors import build_sensors
from dronewall.sensors.signatures import RCS_DBSM, SOUNDS
from dronewall.settings import check
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order
from dronewall.units import SECOND_NS, Floats, Ints

BINS: Final = 10
DURATION_S: Final = 480.0
EVERY_S: Final = 10.0
PLACE: Final = (56.3, 27.6)
THINGS: Final = 60

# label: route, speed from a triangle (m/s), height from an interval on a log scale (m)
FLIGHTS: Final[dict[str, tuple[tuple[str, ...], tuple[float, float, float], tuple[float, float]]]] = {
    "fixed_wing_piston": (("straight", "terrain-following", "loiter"), (38.0, 49.0, 56.0), (60.0, 1_500.0)),
    "fixed_wing_small": (("straight", "loiter"), (13.0, 21.0, 34.0), (40.0, 600.0)),
    "multirotor": (("straight", "loiter"), (2.0, 9.0, 20.0), (20.0, 120.0)),
    "fpv": (("terrain-following", "straight"), (8.0, 18.0, 36.0), (5.0, 100.0)),
    "agricultural_drone": (("field",), (4.0, 6.0, 9.0), (2.0, 4.0)),
    "balloon": (("drift",), (1.0, 1.0, 1.0), (100.0, 4_000.0)),
    "bird": (("migration", "loiter"), (8.0, 13.0, 19.0), (20.0, 700.0)),
    "flock": (("migration",), (11.0, 16.0, 27.0), (100.0, 1_200.0)),
    "aircraft": (("straight", "loiter"), (45.0, 62.0, 95.0), (200.0, 2_500.0)),
    "helicopter": (("straight", "terrain-following"), (20.0, 45.0, 68.0), (60.0, 800.0)),
    "ground": (("terrain-following",), (5.0, 16.0, 33.0), (1.0, 3.0)),
    "unknown": (("straight",), (120.0, 190.0, 260.0), (60.0, 3_000.0)),
}
MIXES: Final[dict[str, dict[str, float]]] = {
    "tuning": dict.fromkeys(FLIGHTS, 1.0) | {"bird": 3.0, "flock": 3.0, "aircraft": 2.0},
    "even": dict.fromkeys(FLIGHTS, 1.0),
    "autumn": dict.fromkeys(FLIGHTS, 0.4) | {"flock": 5.0, "bird": 3.0, "aircraft": 1.0},
    "balloons": dict.fromkeys(FLIGHTS, 0.3) | {"balloon": 4.0, "aircraft": 1.5, "bird": 1.0},
    "raid": dict.fromkeys(FLIGHTS, 0.3) | {"fixed_wing_piston": 4.0, "fixed_wing_small": 2.0, "helicopter": 1.0},
    "farmland": dict.fromkeys(FLIGHTS, 0.3)
    | {"agricultural_drone": 3.0, "multirotor": 3.0, "bird": 2.0, "ground": 2.0},
}


def wall() -> Wall:
    """Three radars, sixteen microphone arrays, receivers of Remote ID and ADS-B."""
    latitude, longitude = PLACE
    sensors: list[dict[str, Any]] = []
    for number in range(3):
        at = {"latitude_deg": latitude + 0.16 * (number - 1), "longitude_deg": longitude, "height_agl_m": 30.0}
        sensors.append({"id": f"radar-{number}", "kind": "radar", "model": "xband-3d"} | at)
    for number in range(16):
        at = {"latitude_deg": latitude - 0.12 + 0.016 * number, "longitude_deg": longitude + 0.06 * (number % 2)}
        sensors.append({"id": f"mic-{number:02d}", "kind": "acoustic", "height_agl_m": 4.0} | at)
    middle = {"latitude_deg": latitude, "longitude_deg": longitude, "height_agl_m": 20.0}
    sensors += [{"id": kind, "kind": kind} | middle for kind in ("remote_id", "adsb")]
    data = {"schema_version": 1, "wall": {"name": "mixed traffic", "exercise": True}, "sensor": sensors}
    return check(Wall, data, "wall")


def scenario(mix: str, seed: int) -> Scenario:
    """A night of that mix: every thing a population of its own, so that speeds and heights are drawn as they should."""
    rng = np.random.default_rng([seed, list(MIXES).index(mix)])
    shares = rng.dirichlet(4.0 * np.array(list(MIXES[mix].values())))
    things = rng.choice(list(MIXES[mix]), size=THINGS, p=shares).tolist()
    half = (0.22, 0.3)
    box = [
        [PLACE[1] + east * half[1], PLACE[0] + north * half[0]] for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    populations = []
    for number, label in enumerate(things):
        routes, speed, height = FLIGHTS[label]
        mps = float(rng.triangular(*speed)) if speed[0] < speed[2] else speed[0]
        agl_m = float(np.exp(rng.uniform(*np.log(height))))
        route = str(rng.choice(list(routes)))
        populations.append(
            {
                "name": f"{label.replace('_', '-')}-{number}",
                "label": label,
                "count": 1,
                "entry": box,
                "route": route,
                "enter_s": [0.0, 240.0],
                **({} if route == "drift" else {"speed_mps": [0.95 * mps, 1.05 * mps]}),
                "height_agl_m": [0.9 * agl_m, 1.1 * agl_m],
                "remote_id": "on" if label in ("multirotor", "agricultural_drone") and rng.uniform() < 0.4 else "off",
                "adsb": bool(label == "aircraft" and rng.uniform() < 0.6),
            }
        )
    weather = {"wind_from_deg": float(rng.uniform(0.0, 360.0)), "wind_mps": float(rng.uniform(1.0, 14.0))}
    about = {"name": f"{mix}-{seed}", "start": "2026-09-20T10:00:00Z", "duration_s": DURATION_S}
    return check(
        Scenario, {"schema_version": 1, "scenario": about, "weather": weather, "population": populations}, "scenario"
    )


def individual(night: Night, seed: int) -> Detections:
    """The night's detections, each target's echo and tone shifted by what it differs from its label's middle."""
    rng = np.random.default_rng([seed, 99])
    echo_db, tone = np.zeros(len(night.targets) + 1), np.ones(len(night.targets) + 1)
    for number, target in enumerate(night.targets):
        rcs, sound = RCS_DBSM[target.label], SOUNDS[target.label]
        echo_db[number] = _between(rng, rcs.low, rcs.high) - rcs.value
        if sound is not None:
            low, high = np.log([sound.tone_hz.low, sound.tone_hz.high])
            tone[number] = np.exp(_between(rng, low, high)) / sound.tone_hz.value
    values = night.detections.values.copy()
    values[:, Column.RCS_DBSM] += echo_db[night.origin]
    values[:, Column.TONE_HZ] *= tone[night.origin]
    return replace(night.detections, values=values)


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Normal, nine in ten between low and high."""
    return float(rng.normal((low + high) / 2.0, (high - low) / 3.29))


def rows(mix: str, seed: int) -> tuple[Floats, Ints]:
    """Stated probabilities of matched tracks [shape=(n, labels)] and the true label's number, every ten seconds."""
    ground = SmoothEarth()
    made = wall()
    sensors = build_sensors(made, ground, file="wall")
    night = simulate(made, sensors, scenario(mix, seed), seed, terrain=ground)
    night = replace(night, detections=individual(night, seed))
    tracker = Tracker(sensors, weather=night.weather)
    truth = night.truth()
    times_ns = np.unique(truth.time_ns)
    times_ns = times_ns[(times_ns - night.start_ns) % int(EVERY_S * SECOND_NS) == 0]
    tables, waiting = [], times_ns.tolist()
    for scan in in_order(night.scans(), tracker.callers):
        while waiting and scan.time_ns > waiting[0]:
            tables.append(tracker.tracks(waiting.pop(0)))
        tracker.step(scan)
    frame_of = {int(ns): frame for frame, ns in enumerate(times_ns.tolist())}
    there = np.isin(truth.time_ns, times_ns)
    names, number = np.unique(truth.target.astype(str), return_inverse=True)
    label_of = dict(zip(truth.target.tolist(), truth.label.tolist(), strict=True))
    truths = _points(
        np.array([frame_of[int(ns)] for ns in truth.time_ns[there]], np.int64),
        number[there].astype(np.int64),
        geodetic_to_ecef(truth.latitude_rad, truth.longitude_rad, truth.altitude_hae_m)[there],
    )
    sure = [np.isin(t.status.astype(str), ("confirmed", "coasting")) for t in tables]
    place = [
        geodetic_to_ecef(t.latitude_rad, t.longitude_rad, t.altitude_hae_m)[s]
        for t, s in zip(tables, sure, strict=True)
    ]
    frames = np.repeat(np.arange(len(tables)), [int(s.sum()) for s in sure])
    tracks = _points(frames, np.concatenate([np.arange(s.sum()) for s in sure]), np.concatenate(place))
    stated = np.concatenate([t.class_probability[s] for t, s in zip(tables, sure, strict=True)])
    matched = side_by_side(times_ns, truths, tracks)
    true = [label_of[names[who]] for who in matched.truth.who[matched.near_truth[matched.matched]]]
    return stated[matched.near_track[matched.matched]], np.array([LABELS.index(label) for label in true], np.int64)


def _points(frame: Ints, who: Ints, ecef_m: Floats) -> Points:
    n = len(frame)
    return Points(
        frame=frame, who=who, ecef_m=ecef_m, velocity_enu_mps=np.zeros((n, 3)), label=np.full(n, None, object)
    )


def calibration(p: Floats, right: Floats) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error of stated probabilities, and its diagram: mean stated, share right, rows."""
    of = np.minimum((p * BINS).astype(int), BINS - 1)
    diagram = [(float(p[of == b].mean()), float(right[of == b].mean()), int((of == b).sum())) for b in np.unique(of)]
    return float(sum(abs(said - was) * n for said, was, n in diagram) / max(len(p), 1)), diagram


def figures(p: Floats, true: Ints) -> dict[str, Any]:
    """Everything that is said of a set of rows."""
    best = p.argmax(axis=1)
    error, diagram = calibration(p.max(axis=1), (best == true).astype(float))
    drones = [number for number, label in enumerate(LABELS) if label in DRONE_LABELS]
    of_drone, drone_diagram = calibration(p[:, drones].sum(axis=1), np.isin(true, drones).astype(float))
    one = np.zeros_like(p)
    one[np.arange(len(true)), true] = 1.0
    shares = {
        label: {
            LABELS[answer]: round(float((best[true == number] == answer).mean()), 3)
            for answer in np.unique(best[true == number]).tolist()
        }
        | {"rows": int((true == number).sum())}
        for number, label in enumerate(LABELS)
        if (true == number).any()
    }
    return {
        "rows": len(true),
        "expected_calibration_error": round(error, 4),
        "diagram": diagram,
        "drone_calibration_error": round(of_drone, 4),
        "drone_diagram": drone_diagram,
        "accuracy": round(float((best == true).mean()), 4),
        "mean_stated": round(float(p.max(axis=1).mean()), 4),
        "brier": round(float(((p - one) ** 2).sum(axis=1).mean()), 4),
        "log_loss": round(float(-np.log(np.maximum(p[np.arange(len(true)), true], 1e-9)).mean()), 4),
        "answers": shares,
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--mix", nargs="*", choices=list(MIXES), default=list(MIXES))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    low, _, high = options.seeds.partition("-")
    seeds = range(int(low), int(high or low) + 1)
    found = {}
    for mix in options.mix:
        parts = [rows(mix, seed) for seed in seeds]
        found[mix] = figures(np.concatenate([p for p, _ in parts]), np.concatenate([true for _, true in parts]))
        said = {k: v for k, v in found[mix].items() if k not in ("answers", "diagram", "drone_diagram")}
        print(f"{mix:10}", json.dumps(said), flush=True)
        for label, answers in found[mix]["answers"].items():
            print(f"    {label:20}", answers)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
