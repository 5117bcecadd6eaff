"""The page of a run: self-contained, marked, and nothing that came in gets out of its place."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.scorecard import Verdict
from dronewall.rehearse.order import Order
from dronewall.rehearse.plots import distribution, number, ticks
from dronewall.rehearse.report import report
from dronewall.rehearse.scorecard import scorecard
from tests.rehearse.hamlet import hamlet_row, hamlet_stage


@pytest.fixture(scope="module")
def order(tmp_path_factory):
    folder = tmp_path_factory.mktemp("order")
    return Order(name=None, wall_path=folder / "w.toml", scenario_path=folder / "s.toml", nights=2, seed=1)


def page(order, stage=None, rows=None) -> str:
    stage, rows = stage or hamlet_stage(), rows or [hamlet_row(1), hamlet_row(2)]
    return report(scorecard(order, stage, rows, {}), stage, rows)


def test_the_page_asks_for_nothing(order):
    text = page(order)
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=|url\(|@import|https?://", text)


def test_the_verdict_stands_before_everything_else(order):
    text = page(order)
    assert text.index("Not shown yet: 1 of 2 lines kept") < text.index("How the nights went")
    assert "the value would do and its bound does not" in text


@pytest.mark.parametrize(("invented", "mark"), [(True, "EXERCISE: every site"), (False, "RESTRICTED: shows where")])
def test_a_wall_that_stands_makes_a_restricted_page(order, invented, mark):
    stage = hamlet_stage()
    table = stage.wall.wall.model_copy(update={"invented_sites": invented})
    text = page(order, replace(stage, wall=stage.wall.model_copy(update={"wall": table})))
    assert mark in text
    assert text.count("EXERCISE: every site") + text.count("RESTRICTED: shows where") == 1


def test_a_name_cannot_write_into_the_page(order):
    stage = hamlet_stage()
    table = stage.wall.wall.model_copy(update={"name": "<script>alert(1)</script>"})
    assert "<script" not in page(order, replace(stage, wall=stage.wall.model_copy(update={"wall": table})))


def test_what_was_missed_is_told_with_its_hole(order):
    miss = {
        "target": "target-0001",
        "label": "fixed_wing_piston",
        "stretch": "east",
        "height_agl_m": [150.0, 250.0],
        "hole": "north hole",
        "kind": "undetected",
        "because": "no sensor heard or saw it",
    }
    text = page(order, rows=[hamlet_row(1) | {"missed": [miss]}, hamlet_row(2)])
    assert "150 to 250 m above ground): no sensor heard or saw it; hole: north hole" in text
    assert "--seed 1</code>" in text


def test_a_night_is_a_bar_of_its_own_where_all_differ():
    assert distribution([1.0, 2.0, 5.0], unit="s").count('class="bar"') == 3


def test_nights_that_are_all_alike_are_said_in_words():
    assert "<b>0 people</b> in each of 4 nights" in distribution([0.0] * 4, unit="people")


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.0, 7_431.0), (-3.0, 0.02), (981.2, 981.9)])
def test_ticks_are_round_few_and_inside(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 7
    assert (found >= low - 1e-9).all()
    assert (found <= high + 1e-9).all()


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (np.nan, "–"), (-0.0, "0"), (12_345.6, "12\u202f346"), (0.12345, "0.123"), (3.0, "3")],
)
def test_a_number_reads_as_people_write_it(value, said):
    assert number(value) == said


def test_a_line_that_more_nights_may_show_is_undecided_and_one_whose_value_misses_fails():
    asked = {"line": "in time", "metric": "warned_in_time", "at_least": 0.9, "low": 0.6, "high": 1.0, "pass": False}
    assert [Verdict(**asked, value=value).word for value in (1.0, 0.9, 0.89, None)] == ["undecided"] * 2 + ["fail"] * 2
    nights = asked | {"at_least": None, "at_most": 4.0, "share_of_nights": 0.95}
    assert [Verdict(**nights, value=value).word for value in (0.95, 0.94)] == ["undecided", "fail"]
    assert Verdict(**asked | {"pass": True}, value=0.95).word == "pass"
