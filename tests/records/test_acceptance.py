"""`[[accept]]`: what a line of acceptance may ask."""

import re
from pathlib import Path

import pytest

from dronewall.errors import BadInput
from dronewall.records.metrics import METRICS, metric
from dronewall.records.scenario import load_scenario
from tests.records.test_scenario import GOOD

LINE = """
[[accept]]
line = "Warned in time in nine of ten nights"
metric = "warned_in_time"
at_least = 1.0
share_of_nights = 0.9
"""


def load(tmp_path: Path, accept: str):
    file = tmp_path / "scenario.toml"
    file.write_text(GOOD + accept)
    return load_scenario(file)


def test_a_scenario_says_what_its_nights_must_show(tmp_path):
    (spec,) = load(tmp_path, LINE).accept
    assert (spec.metric, spec.at_least, spec.share_of_nights) == ("warned_in_time", 1.0, 0.9)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("warned_in_time", "warned", "there is no such metric; it is one of: warned_in_time, area_contains"),
        ("warned_in_time", "p_detect:decoy", "there is no such metric"),
        ("warned_in_time", "p_detect:LABEL", "there is no such metric"),
        ("at_least = 1.0", "", "give at_least, at_most, or both"),
        ("at_least = 1.0", "at_least = 1.0\nat_most = 0.5", "at_least may not lie above at_most"),
        ("share_of_nights = 0.9", "share_of_nights = 90", "less than or equal to 1"),
        ("share_of_nights = 0.9", "nights = 0.9", "there is no such key here; it takes: line, metric"),
    ],
)
def test_what_a_line_cannot_ask_is_one_sentence(tmp_path, was, becomes, said):
    assert was in LINE
    with pytest.raises(BadInput, match=re.escape(said)):
        load(tmp_path, LINE.replace(was, becomes))


@pytest.mark.parametrize("name", ["p_detect:multirotor", "confusion:balloon:bird", "alerts_on:nothing", "gospa_mean_m"])
def test_a_metric_is_found_by_its_name_and_labels(name):
    found = metric(name)
    assert found is not None
    assert name.startswith(found.name.split(":")[0])


def test_no_two_metrics_have_one_name():
    assert len({m.name for m in METRICS}) == len(METRICS)
