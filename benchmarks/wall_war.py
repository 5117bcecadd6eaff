"""The wall's real war: few targets, poor sensors. Three rows, asked beside measured.

    python benchmarks/wall_war.py [--seeds 1000-1199] [--hours 24] [--rows delay,arrays,claims] [-o war.json]

`delay` one 50 m/s target through a line of acoustic nodes 4.4 km apart (range 4 km, 0.3 to 0.7 per look, 1 or 3 deg,
13 % of the nodes missing, 0.05 false bearings a look): seconds from the first look that could hear it to a confirmed
track within 1.5 km of it or a presence whose sector holds it. `--hours` of the same line of 100 km with nothing in the
air give the false confirmed tracks. `arrays` 15 to 60 m/s over a grid and a line of such arrays, scored as SIAP within
500 m where any node may hear. `claims` Remote ID that lies by 12 km, and honest ones, while a radar sees.
The scenes are `wall_scenes.py`'s, which knows no tracker.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path as File
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(File(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import wall_scenes as scenes
from dronewall.geo.frames import geodetic_to_ecef, range_azimuth_elevation
from dronewall.records.track import Tracks
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats

LINE_M = 100_000.0
NEAR_M = 1500.0
SIAP_M = 500.0
FAR_M = 1000.0


def sure(tracks: Tracks) -> Any:
    """Rows of tracks that are shown as such."""
    return np.flatnonzero((tracks.status == "confirmed") | (tracks.status == "coasting"))


def places(tracks: Tracks, rows: Any) -> Floats:
    """Earth-centred positions of those rows."""
    return geodetic_to_ecef(tracks.latitude_rad[rows], tracks.longitude_rad[rows], tracks.altitude_hae_m[rows])


def line_scene(seed: int, *, target: bool, seconds: float, burst: bool = False, gap_m: float = scenes.GAP_M) -> Any:
    """A line of 100 km and what flies through it; even seeds have arrays of 1 deg, odd ones of 3."""
    rng = np.random.default_rng([seed, 77])
    specs = scenes.nodes(
        rng, 1, round(LINE_M / gap_m), (1.0, 3.0)[seed % 2], scenes.FALSE_PER_LOOK, holes=0.13, gap_m=gap_m
    )
    targets = [scenes.through_the_line(rng)] if target else []
    return scenes.Scene(sensors=scenes.built(specs), targets=targets, seconds=seconds, burst=burst)


def delay_run(seed: int, burst: bool = False, gap_m: float = scenes.GAP_M, confirm_p: float = 0.98) -> dict[str, Any]:
    """One passage: seconds from first audible to a presence, and to a confirmed track."""
    scene = line_scene(seed, target=True, seconds=240.0, burst=burst, gap_m=gap_m)
    target = scene.targets[0]
    began_ns = scenes.first_audible_ns(scene, target)
    tracker = Tracker(scene.sensors, weather=scene.weather, settings=TrackerSettings(confirm_p=confirm_p))
    presence_s, confirmed_s = math.inf, math.inf
    for scan in scenes.looks(scene, seed):
        tracker.step(scan)
        if scan.time_ns < began_ns or not len(scan.detections):
            continue
        after_s = (scan.time_ns - began_ns) / SECOND_NS
        place = target.path(np.array([scan.time_ns]))[0]
        if presence_s == math.inf and any(
            holds(scene, presence, target, scan.time_ns) for presence in tracker.presences(scan.time_ns)
        ):
            presence_s = after_s
        tracks = tracker.tracks(scan.time_ns)
        if len(tracks):
            near = np.sqrt(((places(tracks, slice(None)) - place) ** 2).sum(axis=1)) < NEAR_M
            if confirmed_s == math.inf and near[sure(tracks)].any():
                confirmed_s = after_s
        if confirmed_s < math.inf and presence_s < math.inf:
            break
    return {"seed": seed, "presence_s": presence_s, "confirmed_s": confirmed_s}


def holds(scene: scenes.Scene, presence: Any, target: scenes.Target, time_ns: int) -> bool:
    """Whether an area holds the direction in which its node hears the target."""
    sensor: Sensor = scene.sensors[presence.sensors[0]]
    place, _ = sensor.heard_from(np.array([time_ns]), target.path, scene.weather)  # type: ignore[attr-defined]
    if not np.isfinite(place).all():
        return False
    away, azimuth, _ = range_azimuth_elevation(sensor.frame.to_local(place))
    width = (presence.azimuth_to_rad - presence.azimuth_from_rad) % (2.0 * np.pi)
    inside = width == 0.0 or (azimuth[0] - presence.azimuth_from_rad) % (2.0 * np.pi) <= width
    return bool(inside and away[0] <= presence.radius_m)


def quiet_run(
    seed: int, hours: float, burst: bool = False, gap_m: float = scenes.GAP_M, confirm_p: float = 0.98
) -> dict[str, Any]:
    """Nothing in the air: tracks that were ever shown as sure, presences begun."""
    began = time.process_time()
    scene = line_scene(seed, target=False, seconds=hours * 3600.0, burst=burst, gap_m=gap_m)
    tracker = Tracker(scene.sensors, weather=scene.weather, settings=TrackerSettings(confirm_p=confirm_p))
    sure_ids: set[str] = set()
    areas: set[str] = set()
    for scan in scenes.looks(scene, seed):
        tracker.step(scan)
        if not len(scan.detections):
            continue
        tracks = tracker.tracks(scan.time_ns)
        sure_ids |= set(tracks.track[sure(tracks)].tolist())
        areas |= {presence.presence for presence in tracker.presences(scan.time_ns)}
    return {
        "seed": seed, "hours": hours, "nodes": len(scene.sensors), "false_confirmed": len(sure_ids),
        "presences": len(areas),
        "cpu_s": time.process_time() - began,
    }  # fmt: skip


def arrays_run(seed: int, grid: bool, targets: int = 4, seconds: float = 300.0) -> dict[str, Any]:
    """One scene of arrays alone: sums behind SIAP completeness and spuriousness, and false crossings."""
    rng = np.random.default_rng([seed, 78])
    columns, rows = (5, 5) if grid else (1, 8)
    sd = (1.0, 3.0)[seed % 2]
    half_east, half_north = (columns - 1) / 2.0 * scenes.GAP_M + 2000.0, (rows - 1) / 2.0 * scenes.GAP_M
    specs = scenes.nodes(rng, columns, rows, sd, scenes.FALSE_PER_LOOK)
    flying = [scenes.roaming(rng, half_east, half_north, seconds) for _ in range(targets)]
    scene = scenes.Scene(sensors=scenes.built(specs), targets=flying, seconds=seconds)
    ears = np.array([sensor.ecef_m for sensor in scene.sensors.values()])
    tracker = Tracker(scene.sensors, weather=scene.weather)
    frame_ns = scenes.START_NS + 10 * SECOND_NS
    sums = {"truths": 0, "covered": 0, "tracks": 0, "spurious": 0}
    delays: list[float] = []
    strange: dict[str, list[tuple[int, bool]]] = {}
    for scan in scenes.looks(scene, seed):
        while scan.time_ns > frame_ns:
            _score(tracker, scene, ears, frame_ns, sums, strange, delays)
            frame_ns += 2 * SECOND_NS
        tracker.step(scan)
    crossings = sum(_false_crossing(seen) for seen in strange.values())
    return {"seed": seed, "grid": grid, **sums, "false_crossings": crossings, "delay_s": float(np.mean(delays or [0]))}


def _score(tracker: Tracker, scene: Any, ears: Floats, now_ns: int, sums: Any, strange: Any, delays: Any) -> None:
    truth = np.concatenate([target.path(np.array([now_ns]))[0] for target in scene.targets])
    truth = truth[np.isfinite(truth).all(axis=1)]
    audible = (_apart(truth, ears) < scenes.RANGE_M).any(axis=1)
    delays += (np.sort(_apart(truth[audible], ears), axis=1)[:, :1] / 340.0).ravel().tolist()
    tracks = tracker.tracks(now_ns)
    rows = sure(tracks)
    there = places(tracks, rows)
    counted = (_apart(there, ears) < scenes.RANGE_M).any(axis=1)
    to_truth = _apart(there, truth)
    near = (to_truth < SIAP_M).any(axis=1)
    sums["truths"] += int(audible.sum())
    sums["covered"] += int((_apart(truth[audible], there) < SIAP_M).any(axis=1).sum())
    sums["tracks"] += int(counted.sum())
    sums["spurious"] += int((counted & ~near).sum())
    for row, distances in zip(rows.tolist(), to_truth, strict=True):
        far = bool(distances.min(initial=math.inf) > FAR_M)
        strange.setdefault(str(tracks.track[row]), []).append((now_ns, far))


def _apart(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2)))


def _false_crossing(seen: list[tuple[int, bool]]) -> bool:
    """Whether a sure track was far from every target from its first row on, for more than 30 s."""
    lasted = 0
    for time_ns, far in seen:
        if not far:
            break
        lasted = time_ns - seen[0][0]
    return lasted > 30 * SECOND_NS


def claims_run(seed: int, lies: bool) -> dict[str, Any]:
    """One scene of a lie or of two honest ones: when it conflicts, whether the real and the false place are tracked."""
    scene = scenes.claim_scene(seed, lies=lies)
    tracker, claimed = Tracker(scene.sensors), scene.targets[0]
    offset = np.array(claimed.claim.displaced_m if claimed.claim else (0.0, 0.0, 0.0))
    conflict_s: dict[str, float] = {}
    real = false = asked = 0
    next_ns = scenes.START_NS + SECOND_NS
    for scan in scenes.worsened(list(scenes.looks(scene, seed)), seed):
        while scan.time_ns > next_ns:
            after_s = (next_ns - scenes.START_NS) / SECOND_NS
            tracks, truth = tracker.tracks(next_ns), claimed.path(np.array([next_ns]))[0]
            for name in tracks.identity[tracks.identity_status == "conflicting"].tolist():
                conflict_s.setdefault(name, after_s)
            if after_s > 30.0:
                there, asked = places(tracks, sure(tracks)), asked + 1
                home = scenes.HOME.to_local(truth) + offset
                real += bool((_apart(there, truth) < SIAP_M).any())
                others = np.concatenate([target.path(np.array([next_ns]))[0] for target in scene.targets])
                strange = ~(_apart(there, others) < NEAR_M).any(axis=1)
                false += bool((np.hypot(*(scenes.HOME.to_local(there) - home)[:, :2].T) < 2000.0)[strange].any())
            next_ns += SECOND_NS
        tracker.step(scan)
    return {
        "seed": seed, "lies": lies, "conflict_s": min(conflict_s.values(), default=math.inf),
        "real": real / max(asked, 1), "false_s": false,
    }  # fmt: skip


def median(values: Iterable[float]) -> float:
    """The middle, infinities included."""
    return float(np.median(np.array(list(values), float)))


def delay_row(pool: Any, seeds: range, hours: float, quiet_seeds: range, burst: bool, gap_m: float) -> dict[str, Any]:
    """The first row."""
    runs = list(pool.map(partial(delay_run, burst=burst, gap_m=gap_m), seeds))
    quiet = list(pool.map(partial(quiet_run, hours=hours, burst=burst, gap_m=gap_m), quiet_seeds))
    days = sum(run["hours"] for run in quiet) / 24.0
    false = sum(run["false_confirmed"] for run in quiet)
    first = [min(run["presence_s"], run["confirmed_s"]) for run in runs]
    low, high = poisson_interval(false)
    return {
        "runs": len(runs),
        "median_first_s": median(first),
        "p90_first_s": float(np.quantile(np.array(first), 0.9, method="higher")),
        "median_presence_s": median(run["presence_s"] for run in runs),
        "median_confirmed_s": median(run["confirmed_s"] for run in runs),
        "confirmed_share": float(np.mean([run["confirmed_s"] < math.inf for run in runs])),
        "hours_of_100_km": days * 24.0,
        "node_hours": sum(run["hours"] * run["nodes"] for run in quiet),
        "false_confirmed": false,
        "false_confirmed_per_100_km_day": false / days if days else math.nan,
        "false_confirmed_95": [low / days, high / days] if days else [],
        "presences_per_100_km_day": sum(run["presences"] for run in quiet) / days if days else math.nan,
        "quiet_cpu_s": sum(run["cpu_s"] for run in quiet),
    }


def poisson_interval(k: int) -> tuple[float, float]:
    """Exact 95 % interval of a Poisson mean of which k events were seen (Garwood 1936)."""
    from scipy.stats import chi2

    low = 0.0 if k == 0 else float(chi2.ppf(0.025, 2 * k)) / 2.0
    return low, float(chi2.ppf(0.975, 2 * k + 2)) / 2.0


def arrays_row(pool: Any, seeds: range) -> dict[str, Any]:
    """The second row, for a grid and for a line."""
    row = {}
    for name, grid in (("grid", True), ("line", False)):
        runs = list(pool.map(partial(arrays_run, grid=grid), seeds))
        total = {key: sum(run[key] for run in runs) for key in ("truths", "covered", "tracks", "spurious")}
        row[name] = {
            "runs": len(runs),
            "completeness": total["covered"] / max(total["truths"], 1),
            "spuriousness": total["spurious"] / max(total["tracks"], 1),
            "false_crossings_over_30_s": sum(run["false_crossings"] for run in runs),
            "nearest_node_delay_s": float(np.mean([run["delay_s"] for run in runs])),
        }
    return row


def claims_row(pool: Any, seeds: range) -> dict[str, Any]:
    """The third row."""
    lies = list(pool.map(partial(claims_run, lies=True), seeds))
    honest = list(pool.map(partial(claims_run, lies=False), seeds))
    return {
        "lies": len(lies),
        "conflicting_within_30_s": sum(run["conflict_s"] <= 30.0 for run in lies),
        "slowest_conflict_s": max(run["conflict_s"] for run in lies),
        "real_place_tracked": float(np.mean([run["real"] for run in lies])),
        "runs_with_a_track_at_the_false_place": sum(run["false_s"] > 0 for run in lies),
        "honest_scenes": len(honest),
        "honest_ever_conflicting": sum(run["conflict_s"] < math.inf for run in honest),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1000-1199", help="of the runs; the quiet hours use the first of them")
    parser.add_argument("--hours", type=float, default=24.0, help="of 100 km with nothing in the air, in all")
    parser.add_argument("--rows", default="delay,arrays,claims")
    parser.add_argument("--burst", action="store_true", help="false bearings come in bursts, as the model has them")
    parser.add_argument("--gap-km", type=float, default=scenes.GAP_M / 1000.0, help="between the nodes of the line")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("-o", type=File, help="write the figures as JSON")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    spells = max(1, round(given.hours / 3.0))
    rows: dict[str, Any] = {}
    with ProcessPoolExecutor(given.workers) as pool:
        for name in given.rows.split(","):
            if name == "delay":
                quiet = range(seeds[0], seeds[0] + spells)
                rows[name] = delay_row(pool, seeds, given.hours / spells, quiet, given.burst, given.gap_km * 1000.0)
            elif name == "arrays":
                rows[name] = arrays_row(pool, seeds)
            elif name == "claims":
                rows[name] = claims_row(pool, seeds)
            print(json.dumps({name: rows[name]}, indent=1), flush=True)
    if given.o:
        given.o.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
