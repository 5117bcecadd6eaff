"""The scenario file: what it takes, and what it says to what it does not take."""

from pathlib import Path

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.records.scenario import load_scenario

GOOD = """
schema_version = 1
[scenario]
name = "quiet"
start = 2026-01-15T02:30:00Z
duration_s = 600
[weather]
wind_from_deg = 250
wind_mps = 6.0
[[population]]
label = "flock"
count = 2
entry = [[27.0, 56.0], [27.1, 56.0], [27.1, 56.1]]
route = "migration"
speed_mps = [11, 25]
height_agl_m = [300, 1000]
"""


def load(tmp_path: Path, text: str):
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    return load_scenario(file)


def test_a_scenario_begins_and_ends_when_it_says(tmp_path):
    scenario = load(tmp_path, GOOD)
    assert scenario.end_ns - scenario.start_ns == 600 * 10**9


def test_the_wind_comes_from_where_the_file_says(tmp_path):
    assert load(tmp_path, GOOD).weather_record().wind_from_rad == pytest.approx(np.radians(250.0))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('label = "flock"', 'label = "decoy"', "population[0].label = 'decoy': there is no such label"),
        (
            "count = 2",
            "count = 2\nrate_per_day = 3.0",
            "exactly one of count, rate_per_hour, rate_per_day,",
        ),
        ("count = 2", "", "rate_from; came none of them"),
        ('route = "migration"', 'route = "zigzag"', "there is no such route; it is one of: straight"),
        ("speed_mps = [11, 25]", "speed_mps = [25, 11]", "low not above high"),
        ("count = 2", "count = 2\ncolour = 3", "there is no such key here; it takes: label, name"),
        ("duration_s = 600", "duration_s = 0", "scenario.duration_s = 0"),
        ("2026-01-15T02:30:00Z", "2026-01-15T02:30:00", "timezone"),
        (
            "[[27.0, 56.0], [27.1, 56.0], [27.1, 56.1]]",
            "[[27.0, 56.0], [27.1, 56.1], [27.1, 56.0], [27.0, 56.1]]",
            "the polygon crosses itself",
        ),
    ],
)
def test_an_error_says_what_came_and_what_would_be_right(tmp_path, was, becomes, said):
    with pytest.raises(BadInput) as caught:
        load(tmp_path, GOOD.replace(was, becomes))
    assert said in str(caught.value)


def test_a_call_without_a_place_is_refused(tmp_path):
    with pytest.raises(BadInput, match="give latitude_deg and longitude_deg, or about = 'impact'"):
        load(tmp_path, GOOD + '[[call]]\nat_s = 5\ntext = "a bang"\n')


def test_a_fault_that_ends_before_it_begins_is_refused(tmp_path):
    with pytest.raises(BadInput, match="from_s must lie before to_s"):
        load(tmp_path, GOOD + '[[fault]]\nkind = "outage"\nsensor = "*"\nfrom_s = 9\nto_s = 3\n')
