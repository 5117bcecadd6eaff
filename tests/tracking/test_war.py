"""The wall's real war, small: `benchmarks/wall_war.py` prints the whole of it. Seeds here are none it was tuned on."""

import math

import numpy as np
import pytest

from benchmarks import wall_war
from dronewall.tracking.hearing import fewest


def test_a_passage_through_the_line_is_a_presence_or_a_track_within_20_s_in_the_middle() -> None:
    runs = [wall_war.delay_run(seed) for seed in range(301, 309)]
    assert np.median([min(run["presence_s"], run["confirmed_s"]) for run in runs]) <= 20.0


def test_an_empty_half_hour_of_the_line_confirms_nothing_and_shows_few_areas() -> None:
    quiet = wall_war.quiet_run(301, 0.5)
    assert quiet["false_confirmed"] == 0
    assert quiet["presences"] <= 5


@pytest.mark.parametrize("grid", [True, False])
def test_arrays_alone_hold_what_they_hear(grid: bool) -> None:
    runs = [wall_war.arrays_run(seed, grid, seconds=200.0) for seed in (301, 302)]
    total = {key: sum(run[key] for run in runs) for key in ("truths", "covered", "tracks", "spurious")}
    assert total["covered"] >= (0.6 if grid else 0.4) * total["truths"]
    assert total["spurious"] <= 0.25 * max(total["tracks"], 1)


@pytest.mark.parametrize("seed", [301, 302, 303])
def test_a_lie_by_12_km_is_found_within_30_s_and_nothing_is_tracked_there(seed: int) -> None:
    run = wall_war.claims_run(seed, lies=True)
    assert run["conflict_s"] <= 30.0
    assert run["real"] > 0.9
    assert run["false_s"] <= 2


@pytest.mark.parametrize("seed", range(301, 307))
def test_an_honest_claim_is_never_in_conflict_with_gaps_split_frames_and_a_radar_that_points_wrong(seed: int) -> None:
    assert wall_war.claims_run(seed, lies=False)["conflict_s"] == math.inf


def test_more_false_bearings_ask_for_more_hearings_before_there_is_an_area() -> None:
    needed = [fewest(per_look, 1.0, np.radians(3.0)) for per_look in (0.0016, 0.01, 0.05, 0.2)]
    assert needed == sorted(needed)
    assert needed[0] == 2
    assert needed[2] >= 3


def test_the_generator_of_scenes_knows_no_tracker() -> None:
    text = (wall_war.File(wall_war.__file__).parent / "wall_scenes.py").read_text(encoding="utf-8")
    assert "dronewall.tracking" not in text
