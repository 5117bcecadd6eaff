"""What a track may be: cranes on radar are never called a drone, a piston drone is, and the odd is unknown."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.weather import Weather
from dronewall.records.words import DRONE_LABELS, LABELS
from dronewall.tracking.classes import COUNT, RCS_SUM, TONE_SUM, TONES, air_speed, posterior, wind_at, winds
from dronewall.units import Floats


def of(
    speed: float, height: float, *, rcs: float | None = None, tone: float | None = None, wind: float = 6.0
) -> Floats:
    """Class posterior of one well-tracked thing."""
    feature = np.zeros((1, 4))
    if rcs is not None:
        feature[0, [COUNT, RCS_SUM]] = 20.0, 20.0 * rcs
    if tone is not None:
        feature[0, [TONES, TONE_SUM]] = 20.0, 20.0 * np.log(tone)
    one = np.ones(1)
    through_air = np.array([abs(speed - wind)])
    return posterior(speed * one, one, through_air, height * one, 60.0 * one, feature, np.zeros((1, len(LABELS))))[0]


def best(p: Floats) -> str:
    return LABELS[int(p.argmax())]


@pytest.mark.parametrize("speed", [11.0, 15.0, 20.0, 25.0, 30.0, 37.0])
@pytest.mark.parametrize("height", [300.0, 600.0, 1000.0])
def test_cranes_on_radar_are_not_called_a_drone(speed: float, height: float) -> None:
    assert best(of(speed, height, rcs=-10.0)) not in DRONE_LABELS


@pytest.mark.parametrize("speed", [48.0, 50.0, 52.0])
@pytest.mark.parametrize("height", [100.0, 200.0])
def test_a_piston_drone_is_likely_by_speed_height_and_tone(speed: float, height: float) -> None:
    p = of(speed, height, tone=130.0)
    assert best(p) == "fixed_wing_piston"
    assert p.max() > 0.9


def test_a_piston_drone_is_the_best_guess_on_radar_alone() -> None:
    assert best(of(50.0, 150.0, rcs=-12.0)) == "fixed_wing_piston"


def test_something_fast_and_high_is_an_aircraft() -> None:
    assert best(of(120.0, 3000.0)) == "aircraft"


@pytest.mark.parametrize(("speed", "height"), [(110.0, 2500.0), (150.0, 5000.0), (200.0, 9000.0), (230.0, 11_500.0)])
def test_an_airliner_is_an_aircraft_from_its_approach_to_its_cruise(speed: float, height: float) -> None:
    assert best(of(speed, height)) == "aircraft"


def test_something_far_outside_every_envelope_is_unknown() -> None:
    assert best(of(400.0, 15000.0)) == "unknown"


def test_posteriors_sum_to_one() -> None:
    assert of(20.0, 200.0, rcs=-20.0).sum() == pytest.approx(1.0)


def test_what_drifts_with_the_wind_has_no_air_speed() -> None:
    weather = Weather(wind_from_rad=np.radians(250.0), wind_mps=6.0)
    towards = np.radians(70.0)
    velocity = np.array([[6.0 * np.sin(towards), 6.0 * np.cos(towards), 0.0]])
    blows = wind_at(winds(weather), np.array([150.0]))
    assert air_speed(velocity, blows)[0] == pytest.approx(0.0, abs=1e-9)


def test_what_drifts_with_the_wind_of_its_height_is_a_balloon() -> None:
    weather = Weather(wind_from_rad=np.radians(110.0), wind_mps=4.0, aloft=((3000.0, np.radians(150.0), 14.0),))
    velocity = 14.0 * np.array([[np.sin(np.radians(330.0)), np.cos(np.radians(330.0)), 0.0]])
    height, one = np.array([3000.0]), np.array([1.0])
    found = {}
    for name, there in (("aloft", weather), ("ground", replace(weather, aloft=()))):
        blows = wind_at(winds(there), height)
        air = air_speed(velocity, blows)
        speed, drift = np.array([14.0]), np.hypot(*blows.T)
        nothing = np.zeros((1, len(LABELS)))
        p = posterior(speed, one, air, height, 50.0 * one, np.zeros((1, 4)), nothing, drift)
        found[name] = float(p[0, LABELS.index("balloon")])
    assert found["aloft"] > 0.9 > 0.1 > found["ground"]
