"""The benchmark's judge says no where a figure falls short, and the page holds the figures of its run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.bench_tracking import judge, pages
from benchmarks.bench_tracking.consistency import nis
from benchmarks.family import write


def figures(gospa_m: float, **more: float) -> dict[str, Any]:
    zero = dict.fromkeys(("missed", "false", "rmse_3d_m", "siap_spuriousness", "id_switches", "ospa2_m"), 0.0)
    return zero | {"gospa_mean_m": gospa_m, "siap_completeness": 0.995, "nees_per_dof": 1.0} | more


def result(ours_m: float) -> dict[str, Any]:
    everybody = {"dronewall": figures(ours_m), "stonesoup_gnn": figures(1_000.0), "floor": figures(700.0)}
    return {"run": {}, "recordings": {"own/wall-1000": {"1": everybody}}}


@pytest.mark.parametrize(("ours_m", "holds"), [(859.0, True), (861.0, False)])
def test_gospa_is_judged_as_a_share_of_the_peers_on_the_same_recording(ours_m: float, holds: bool) -> None:
    (row,) = [row for row in judge.rows(result(ours_m)) if row.what == "GOSPA wall-1000"]
    assert row.holds is holds


def test_one_seed_that_falls_short_is_enough_to_say_no() -> None:
    of = result(700.0)
    of["recordings"]["own/wall-1000"]["2"] = result(900.0)["recordings"]["own/wall-1000"]["1"]
    (row,) = [row for row in judge.rows(of) if row.what == "GOSPA wall-1000"]
    assert row.holds is False
    assert "0.800 (0.700 to 0.900, 2)" in row.measured


def test_what_was_not_run_has_no_row() -> None:
    assert not [row for row in judge.rows(result(700.0)) if "wallS" in row.what or "start" in row.what]


def test_a_floor_that_states_no_covariance_has_a_dash_for_its_consistency() -> None:
    of = result(700.0)
    of["recordings"]["own/wall-1000"]["1"]["floor"]["nees_per_dof"] = None
    (row,) = [row for row in judge.rows(of) if row.what == "NEES/6, wall-1000"]
    assert (row.floor, row.holds) == ("-", True)


def test_the_page_holds_the_tables_of_the_kept_run(root: Path) -> None:
    page, kept = root / "docs" / "benchmarks.md", root / "docs" / "benchmarks.json"
    text = page.read_text("utf-8")
    assert pages.filled(text, json.loads(kept.read_text("utf-8"))) == text
    assert "| GOSPA wall-1000" in text


def test_innovations_of_calm_targets_are_as_large_as_stated(tmp_path: Path) -> None:
    write("wall-60", 7, tmp_path / "r")
    of = nis(tmp_path / "r")
    assert of["nis_detections"] > 500
    assert np.isfinite(of["nis_per_dof"])
    assert 0.6 < of["nis_per_dof"] < 1.4
