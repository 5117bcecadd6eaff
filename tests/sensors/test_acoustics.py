"""Sound: absorption against ISO 9613-1, and what range, wind and label do to a hearing."""

import numpy as np
import pytest

from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.acoustics import Hearing, absorption_db_per_km, shadow_starts_m
from dronewall.sensors.signatures import SOUNDS, hint_likelihood, hint_probabilities
from dronewall.units import Floats

PISTON = "fixed_wing_piston"
HEARING = Hearing(
    nominal_range_m=1500.0,
    fading_db=2.5,
    wind_noise_even_mps=5.0,
    wind_noise_exponent=4.0,
    upwind_shadow_db=15.0,
    downwind_gain_db=2.0,
    roughness_m=0.5,
    ambient_slope_db_per_octave=5.0,
)


def margin_db(distance_m: float, bearing_rad: float, label: str, weather: Weather, up_m: float = 0.0) -> float:
    def one(x: float) -> Floats:
        return np.array([x])

    east, north = distance_m * np.sin(bearing_rad), distance_m * np.cos(bearing_rad)
    return float(HEARING.margin_db(one(east), one(north), one(up_m), label, weather)[0])


@pytest.mark.parametrize(
    ("frequency_hz", "db_per_km"), [(63, 0.12), (125, 0.41), (250, 1.04), (500, 1.92), (1000, 3.66), (2000, 9.70)]
)
def test_absorption_at_10_c_and_70_percent_is_that_of_iso_9613_1_to_the_printed_digit(
    frequency_hz: float, db_per_km: float
) -> None:
    assert absorption_db_per_km(frequency_hz, 10.0, 70.0) == pytest.approx(db_per_km, abs=0.005)


def test_absorption_at_20_c_10_percent_and_1_khz_is_that_of_the_standards_table() -> None:
    # ISO 9613-1:1993, table 1: 20 C, 10 %, 1 kHz (exact midband 1000 Hz): 14.0 dB/km.
    assert absorption_db_per_km(1000.0, 20.0, 10.0) == pytest.approx(14.0, abs=0.1)


def test_margin_is_zero_at_the_nominal_range_in_calm_air() -> None:
    assert margin_db(1500.0, 0.3, PISTON, Weather()) == pytest.approx(0.0, abs=1e-9)


def test_half_the_range_is_six_decibels_and_the_absorption_louder() -> None:
    gained = margin_db(750.0, 0.0, PISTON, Weather()) - margin_db(1500.0, 0.0, PISTON, Weather())
    assert gained == pytest.approx(20.0 * np.log10(2.0) + 1.038 * 0.75, abs=0.01)


def test_hearing_falls_smoothly_from_near_to_far() -> None:
    p = [float(HEARING.p_heard(np.array(margin_db(d, 0.0, PISTON, Weather())))) for d in (300, 750, 1500, 3000, 6000)]
    assert p[0] > 0.99
    assert 0.90 < p[1] < 0.97
    assert p[2] == pytest.approx(0.5)
    assert 0.02 < p[3] < 0.08
    assert p[4] < 0.005


def test_crosswind_takes_just_the_noise_it_makes() -> None:
    wind = Weather(wind_mps=6.0, wind_from_rad=0.0)
    lost = margin_db(1000.0, np.pi / 2.0, PISTON, Weather()) - margin_db(1000.0, np.pi / 2.0, PISTON, wind)
    assert lost == pytest.approx(HEARING.wind_noise_db(6.0), abs=1e-6)


def test_a_source_upwind_of_the_node_is_heard_better_than_one_downwind() -> None:
    wind = Weather(wind_mps=6.0, wind_from_rad=0.0)
    upwind, downwind = (margin_db(1500.0, b, PISTON, wind, 150.0) for b in (0.0, np.pi))
    assert upwind - downwind > 6.0


def test_margin_has_no_step_with_bearing_in_wind() -> None:
    wind = Weather(wind_mps=6.0, wind_from_rad=1.0)
    levels = np.array([margin_db(1500.0, b, PISTON, wind, 150.0) for b in np.linspace(0.0, 2.0 * np.pi, 721)])
    assert np.abs(np.diff(levels)).max() < 0.5


def test_shadow_starts_where_a_ray_traced_in_small_steps_grazes_the_ground() -> None:
    headwind, z0, height = 6.0, 0.5, 150.0
    # March the grazing ray upwards by Snell's law with the exact cosine, not the small-angle form.
    c, z, x = 341.0, 0.0, 0.0
    step = 0.005
    while z < height:
        middle = z + step / 2.0
        slowed = c - headwind * np.log1p(middle / z0) / np.log1p(10.0 / z0)
        cosine = slowed / c
        x += step * cosine / np.sqrt(1.0 - cosine * cosine)
        z += step
    assert float(shadow_starts_m(np.array(height), np.array(headwind), z0)) == pytest.approx(x, rel=0.03)


def test_a_higher_source_is_heard_further_upwind() -> None:
    low, high = shadow_starts_m(np.array([100.0, 400.0]), np.array([6.0, 6.0]), 0.5)
    assert high > 2.0 * low


@pytest.mark.parametrize("label", ["bird", "flock", "balloon"])
def test_what_has_no_engine_is_never_heard(label: str) -> None:
    assert margin_db(10.0, 0.0, label, Weather()) == -np.inf


def test_multirotors_are_heard_over_the_published_200_to_500_m() -> None:
    assert margin_db(200.0, 0.0, "multirotor", Weather()) > 0.0 > margin_db(500.0, 0.0, "multirotor", Weather())


def test_a_light_aircraft_is_heard_further_than_a_piston_drone() -> None:
    assert margin_db(2000.0, 0.0, "aircraft", Weather()) > 0.0 > margin_db(2000.0, 0.0, PISTON, Weather())


def test_every_label_has_its_line_in_the_table_of_sounds() -> None:
    assert set(SOUNDS) == set(LABELS)


@pytest.mark.parametrize("label", [*LABELS, "false"])
def test_answers_of_the_classifier_are_probabilities(label: str) -> None:
    assert sum(hint_probabilities(label)) == pytest.approx(1.0)


def test_hearing_a_piston_engine_favours_it_but_leaves_the_aircraft_possible() -> None:
    found = dict(zip(LABELS, hint_likelihood(PISTON), strict=True))
    assert found[PISTON] > 4.0 * found["aircraft"] > 0.2 * found[PISTON]
