"""How often something new is in view is learnt: a quiet sky confirms less of what is noise, and still what comes."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.kernels.arrivals import births, looked
from dronewall.tracking import Tracker
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import START_NS, Target, along, play

RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9, "clutter_per_scan": 10.0}
SETTINGS = TrackerSettings(births_per_look=1.0, births_prior_looks=60.0, births_memory_looks=2000.0)
AS_SET = replace(SETTINGS, births_prior_looks=1e12)  # so sure of the setting that no look changes it


def after(looks: list[int], settings: TrackerSettings = SETTINGS) -> float:
    """What is expected of the next look, after looks in which so many arrived."""
    arrivals = np.zeros((2, 2))
    for arrived in looks:
        looked(arrivals, 1, arrived, settings.knobs())
    assert not arrivals[0].any(), "another sensor learns nothing from it"
    return births(arrivals, 1, settings.knobs())


def test_the_rate_is_the_mean_of_a_gamma_posterior_and_never_above_the_setting() -> None:
    assert after([]) == 1.0
    lasting = replace(SETTINGS, births_memory_looks=1e9)
    assert after([0] * 240, lasting) == pytest.approx(60.0 / 300.0)
    assert after([0] * 235 + [3, 0, 0, 0, 0], lasting) == pytest.approx(63.0 / 300.0)
    assert after([9] * 240, lasting) == 1.0


def test_old_looks_fade() -> None:
    assert after([0] * 20_000) == pytest.approx(60.0 / 2060.0, rel=1e-3)
    raid, long_ago = [0] * 2000 + [100], [100] + [0] * 8000
    assert after(raid) > 2.0 * after([0] * 2001)
    assert after(long_ago) == pytest.approx(after([0] * 8001), rel=0.2)


def confirmed(settings: TrackerSettings, seed: int) -> int:
    """Tracks that were ever confirmed in 25 minutes of clutter alone."""
    wall, numbers = sensors([RADAR]), set()
    tracker = Tracker(wall, settings=settings)
    for scan in play(wall, [], 1500.0, seed=seed):
        tracker.step(scan)
        tracks = tracker.tracks(scan.time_ns)
        numbers |= set(tracks.track[np.isin(tracks.status, ("confirmed", "coasting"))].tolist())
    return len(numbers)


def test_a_quiet_sky_confirms_a_half_at_most_of_the_noise_that_the_setting_would() -> None:
    quiet, as_set = (sum(confirmed(settings, seed) for seed in (1, 2, 3)) for settings in (SETTINGS, AS_SET))
    assert as_set >= 6, "enough noise to tell"
    assert quiet <= as_set / 2


def test_what_comes_after_a_quiet_hour_is_confirmed_within_four_looks_of_its_first() -> None:
    wall = sensors([RADAR | {"clutter_per_scan": 5.0}])
    tracker, came_ns = Tracker(wall), START_NS + 3600 * SECOND_NS
    for scan in play(wall, [], 3600.0):
        tracker.step(scan)
    flying = play(wall, [Target(path=along([(2000.0, 9000.0, 200.0), (2000.0, 3000.0, 200.0)], 50.0))], 30.0)
    for scan in flying:
        later = replace(scan.detections, time_ns=scan.detections.time_ns + 3600 * SECOND_NS)
        at_ns = scan.time_ns + 3600 * SECOND_NS
        tracker.step(
            replace(scan, scan=scan.scan + 10_000, time_ns=at_ns, end_ns=at_ns, received_ns=at_ns, detections=later)
        )
    tracks = tracker.tracks(came_ns + 29 * SECOND_NS)
    sure = (tracks.status == "confirmed") & (tracks.detections >= 8)
    assert sure.sum() == 1
    assert tracks.confirmed_ns[sure][0] - tracks.first_ns[sure][0] <= 8 * SECOND_NS
