"""Each measure on scenes whose figures can be worked out on paper."""

from collections.abc import Callable

import numpy as np
import pytest

from dronewall.scoring import PARTS, TABLE, measured
from dronewall.scoring.accuracy import accuracy
from dronewall.scoring.consistency import nees
from dronewall.scoring.count import count
from dronewall.scoring.gospa import gospa
from dronewall.scoring.latency import latency
from dronewall.scoring.siap import siap
from dronewall.scoring.switches import switches
from dronewall.units import SECOND_NS
from tests.scoring.small import along, scene


def test_gospa_is_the_distance_of_the_best_matching_and_half_the_cutoff_squared_for_whom_it_leaves_out() -> None:
    truth = {"seen": along(0.0, 1), "missed": along(5_000.0, 1)}
    figures = gospa(scene(truth, {"near": along(100.0, 1), "false": along(-5_000.0, 1)}, frames=1))
    assert figures["gospa_mean_m"] == pytest.approx(np.sqrt(100.0**2 + 2 * 500.0**2 / 2))
    assert figures["gospa_localisation_m"] == pytest.approx(100.0)
    assert figures["gospa_missed_m"] == pytest.approx(500.0 / np.sqrt(2))
    assert figures["gospa_false_m"] == pytest.approx(500.0 / np.sqrt(2))


def test_gospa_takes_the_matching_that_is_best_for_all_and_not_the_nearest_pair_first() -> None:
    truth = {"a": along(0.0, 1), "b": along(100.0, 1)}
    figures = gospa(scene(truth, {"x": along(90.0, 1), "y": along(350.0, 1)}, frames=1))
    assert figures["gospa_mean_m"] == pytest.approx(np.sqrt(90.0**2 + 250.0**2))


def test_gospa_gives_mean_and_root_mean_square_over_frames() -> None:
    figures = gospa(scene({"a": along(0.0, 2)}, {"x": [(30.0, 0.0, 0.0), (40.0, 0.0, 0.0)]}, frames=2))
    assert figures["gospa_mean_m"] == pytest.approx(35.0)
    assert figures["gospa_rms_m"] == pytest.approx(np.sqrt((900.0 + 1600.0) / 2))


def test_the_squares_of_the_parts_of_gospa_add_up() -> None:
    rng = np.random.default_rng(1)
    paths = [{f"{i}": list(rng.uniform(0.0, 2_000.0, (6, 3))) for i in range(5)} for _ in range(2)]
    figures = gospa(scene(*paths, frames=6))
    parts = [figures[f"gospa_{part}_m"] ** 2 for part in ("localisation", "missed", "false")]
    assert sum(parts) == pytest.approx(figures["gospa_rms_m"] ** 2)


def test_a_pair_at_the_very_cutoff_is_none() -> None:
    assert count(scene({"a": along(0.0, 1)}, {"x": along(500.0, 1)}, frames=1))["missed"] == 1.0


def test_errors_are_split_along_east_north_and_up() -> None:
    figures = accuracy(scene({"a": along(0.0, 1)}, {"x": [(12.0, 3.0, 4.0)]}, frames=1))
    assert figures["rmse_3d_m"] == pytest.approx(13.0)
    assert figures["rmse_horizontal_m"] == pytest.approx(5.0, abs=1e-6)
    assert figures["rmse_vertical_m"] == pytest.approx(12.0, abs=1e-6)


def test_the_error_of_the_count_is_signed_in_the_mean_and_not_in_its_size() -> None:
    tracks = {"x": along(0.0, 2), "y": [(9_000.0, 0.0, 0.0), None], "z": [None, None]}
    truth = {"a": along(0.0, 2), "b": [None, (20_000.0, 0.0, 0.0)]}
    figures = count(scene(truth, tracks, frames=2))
    assert (figures["count_error"], figures["count_error_size"]) == (0.0, 1.0)
    assert (figures["missed"], figures["false"]) == (0.5, 0.5)


def test_siap_assigns_each_track_to_its_nearest_truth() -> None:
    truth = {"a": along(0.0, 1), "b": along(300.0, 1), "c": along(9_000.0, 1)}
    tracks = {"x": along(10.0, 1), "y": along(-20.0, 1), "z": along(4_000.0, 1)}
    figures = siap(scene(truth, tracks, frames=1))
    assert figures["siap_completeness"] == pytest.approx(1 / 3)
    assert figures["siap_ambiguity"] == pytest.approx(2.0)
    assert figures["siap_spuriousness"] == pytest.approx(1 / 3)
    assert figures["siap_position_m"] == pytest.approx(15.0)


def test_completeness_is_given_by_label_where_there_are_several() -> None:
    truth = {"a": along(0.0, 2), "b": along(9_000.0, 2)}
    scored = siap(scene(truth, {"x": along(0.0, 2)}, frames=2, labels={"a": "bird", "b": "fpv"}))
    assert scored["completeness_by_label"] == {"bird": 1.0, "fpv": 0.0}
    assert "completeness_by_label" not in siap(scene(truth, {}, frames=2))


def test_a_truth_that_is_matched_to_another_track_is_a_switch_also_after_a_gap() -> None:
    here, gone = (0.0, 0.0, 0.0), None
    tracks = {"x": [here, here, gone, gone, gone], "y": [gone, gone, gone, here, here]}
    figures = switches(scene({"a": along(0.0, 5)}, tracks, frames=5))
    assert figures == {"id_switches": 1, "interruptions": 1}


def test_a_truth_that_leaves_coverage_and_comes_back_to_its_track_is_no_interruption() -> None:
    here = (0.0, 0.0, 0.0)
    paths = [here, None, here]
    assert switches(scene({"a": paths}, {"x": paths}, frames=3)) == {"id_switches": 0, "interruptions": 0}


def test_latency_counts_from_the_first_frame_in_view_to_the_first_matched_one() -> None:
    tracks = {"x": [None, None, None, (5.0, 0.0, 0.0)], "y": [None, (9_000.0, 0.0, 0.0), None, None]}
    truth = {"a": along(0.0, 4), "b": along(9_000.0, 4), "c": along(50_000.0, 4)}
    figures = latency(scene(truth, tracks, frames=4))
    assert figures["latency_median_s"] == pytest.approx(2.0)
    assert figures["never_confirmed"] == 1
    assert figures["latency_from"] == "view"


def test_latency_counts_frames_before_the_burn_in() -> None:
    frames = scene({"a": along(0.0, 6)}, {"x": [None, *along(0.0, 5)]}, frames=6).split(3)
    assert len(frames) == 3
    assert latency(frames)["latency_median_s"] == pytest.approx(1.0)


def test_what_was_tracked_before_the_burn_in_does_not_count_elsewhere() -> None:
    whole = scene({"a": along(0.0, 4)}, {"x": [None, None, (30.0, 0.0, 0.0), (40.0, 0.0, 0.0)]}, frames=4)
    alone = scene({"a": along(0.0, 2)}, {"x": [(30.0, 0.0, 0.0), (40.0, 0.0, 0.0)]}, frames=2)
    for measure in (gospa, accuracy, count, siap, switches):
        assert measure(whole.split(2)) == measure(alone)


def test_nees_of_errors_drawn_from_the_covariance_is_the_number_of_dimensions() -> None:
    rng = np.random.default_rng(2)
    root = rng.normal(size=(6, 6))
    squared = nees(rng.normal(size=(20_000, 6)) @ root.T, np.broadcast_to(root @ root.T, (20_000, 6, 6)))
    assert squared.mean() == pytest.approx(6.0, abs=4.0 * np.sqrt(12.0 / 20_000))


def test_a_singular_covariance_is_infinitely_too_sure() -> None:
    assert nees(np.ones((1, 2)), np.zeros((1, 2, 2))).tolist() == [np.inf]


@pytest.mark.parametrize("name", PARTS)
def test_every_measure_has_something_to_say_of_nothing(name: str) -> None:
    measure: Callable[..., object] = TABLE.part(name)
    assert measure(scene({}, {}, frames=3))
    assert measure(scene({"a": along(0.0, 3)}, {}, frames=3))
    assert measure(scene({}, {"x": along(0.0, 3)}, frames=3))


def test_what_has_no_value_is_none_in_the_figures() -> None:
    figures = measured(scene({"a": along(0.0, 1)}, {}, frames=1))
    assert figures["rmse_3d_m"] is None
    assert figures["gospa_mean_m"] == pytest.approx(500.0 / np.sqrt(2), abs=1e-4)


def test_time_is_that_of_the_frames() -> None:
    assert scene({}, {}, frames=3).split(1).time_ns.tolist() == [SECOND_NS, 2 * SECOND_NS]
