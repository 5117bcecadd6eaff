"""GOSPA and SIAP beside Stone Soup 1.9.1's `GOSPAMetric` and `SIAPMetrics`, run here on the same small scenes.

Its `TrackToTruth` confirms after one pair and ends after one miss, which makes it SIAP's assignment frame by frame. It
refuses an assignment that lasts a single instant; the scenes have none.
"""

from datetime import datetime, timedelta

import numpy as np
import pytest
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.manager import MultiManager
from stonesoup.metricgenerator.ospametric import GOSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
from stonesoup.types.groundtruth import GroundTruthPath
from stonesoup.types.state import State
from stonesoup.types.track import Track

from dronewall.scoring.frames import CUTOFF_M, Frames, Points
from dronewall.scoring.gospa import gospa
from dronewall.scoring.siap import siap
from tests.scoring.small import scene

BEGIN = datetime(2026, 1, 15)
POSITION = Euclidean(mapping=[0, 1, 2])
VELOCITY = Euclidean(mapping=[3, 4, 5])


def crowd(seed: int) -> Frames:
    """A dozen truths in a box of 2.5 km, most with a track, some with two, some tracks of nothing."""
    rng = np.random.default_rng(seed)
    frames, truth, tracks = 12, {}, {}
    for i in range(12):
        path = rng.uniform(0.0, 2_500.0, 3) + np.outer(np.arange(frames), rng.normal(0.0, 15.0, 3))
        born, gone = rng.integers(0, 4), rng.integers(8, frames + 1)
        truth[f"a{i}"] = [tuple(at) if born <= f < gone else None for f, at in enumerate(path)]
        for k in range(int(rng.choice([0, 1, 1, 1, 2]))):
            late = rng.integers(0, 5)
            seen = path + rng.normal(0.0, 90.0, 3) + np.outer(np.arange(frames), rng.normal(0.0, 4.0, 3))
            tracks[f"x{i}-{k}"] = [tuple(at) if late <= f < gone else None for f, at in enumerate(seen)]
    for k in range(3):
        tracks[f"y{k}"] = [tuple(at) for at in rng.uniform(0.0, 6_000.0, 3) + np.zeros((frames, 3))]
    return scene(truth, tracks, frames=frames)


def stonesoup_figures(frames: Frames) -> dict[str, float]:
    generators = [
        GOSPAMetric(p=2, c=CUTOFF_M, measure=POSITION, generator_name="gospa"),
        SIAPMetrics(position_measure=POSITION, velocity_measure=VELOCITY, generator_name="siap"),
    ]
    manager = MultiManager(generators, TrackToTruth(CUTOFF_M, 1, 1, measure=POSITION))
    manager.add_data(
        {"groundtruth_paths": _paths(frames.truth, GroundTruthPath), "tracks": _paths(frames.track, Track)}
    )
    made = manager.generate_metrics()
    gospas = [metric.value for metric in made["gospa"]["GOSPA Metrics"].value]
    assert len(gospas) == len(frames)
    root = {part: np.sqrt(np.mean([g[part] for g in gospas])) for part in ("localisation", "missed", "false")}
    return {
        "gospa_mean_m": float(np.mean([g["distance"] for g in gospas])),
        "gospa_rms_m": float(np.sqrt(np.mean([g["distance"] ** 2 for g in gospas]))),
        **{f"gospa_{part}_m": float(value) for part, value in root.items()},
        "siap_completeness": made["siap"]["SIAP Completeness"].value,
        "siap_ambiguity": made["siap"]["SIAP Ambiguity"].value,
        "siap_spuriousness": made["siap"]["SIAP Spuriousness"].value,
        "siap_position_m": made["siap"]["SIAP Position Accuracy"].value,
        "siap_velocity_mps": made["siap"]["SIAP Velocity Accuracy"].value,
    }


def _paths(points: Points, kind: type) -> set[object]:
    vectors = np.column_stack([points.ecef_m, points.velocity_enu_mps])
    return {
        kind(
            [
                State(vectors[row], timestamp=BEGIN + timedelta(seconds=int(points.frame[row])))
                for row in np.flatnonzero(points.who == who)
            ]
        )
        for who in np.unique(points.who)
    }


@pytest.mark.parametrize("seed", [1, 3, 5, 9, 12, 14, 25, 26])
def test_gospa_and_siap_are_those_of_stone_soup(seed: int) -> None:
    frames = crowd(seed)
    ours = {**gospa(frames), **siap(frames)}
    theirs = stonesoup_figures(frames)
    assert {name: float(ours[name]) for name in theirs} == pytest.approx(theirs, rel=1e-9)
