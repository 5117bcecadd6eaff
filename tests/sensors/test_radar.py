"""The radar: explicit probabilities as the wall says, physics where it says nothing, gates, noise, false detections."""

import numpy as np
import pytest
from scipy import stats

from dronewall.geo.frames import wrapped_difference
from dronewall.records.detection import Column, empty
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors import Sensor
from dronewall.sensors.radar import Radar
from tests.sensors.walls import flying, seconds_of, sensor, still

# The entry of a radar in the walls of bench/wall_n.py.
BENCH = {
    "model": "xband-3d",
    "min_range_m": 500.0,
    "max_range_m": 25_000.0,
    "scan_period_s": 2.0,
    "scan_offset_s": 0.4,
    "p_detect": 0.9,
    "range_sd_m": 15.0,
    "azimuth_sd_deg": 0.4,
    "elevation_sd_deg": 0.8,
    "clutter_per_scan": 5.0,
    "azimuth_from_deg": 0.0,
    "azimuth_to_deg": 360.0,
    "reference_rcs_dbsm": 0.0,
    "latency_s": 0.0,
}
MEASURED = (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD)


def p_at(one: Sensor, east_m: float, north_m: float, up_m: float, label: str = "fixed_wing_piston") -> float:
    place = one.frame.to_ecef(np.array([[east_m, north_m, up_m]]))
    return float(one.p_detect(place, np.full((1, 3), 30.0), label, Weather())[0])


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("range_m", [510.0, 9_000.0, 24_990.0])
def test_an_explicit_probability_holds_for_every_label_at_every_range(label: str, range_m: float) -> None:
    up = 0.03 * range_m
    assert p_at(sensor("radar", **BENCH), np.sqrt(range_m**2 - up**2), 0.0, up, label) == 0.9


@pytest.mark.parametrize("range_m", [490.0, 25_010.0])
def test_nothing_is_seen_outside_the_ranges(range_m: float) -> None:
    up = 0.03 * range_m
    assert p_at(sensor("radar", **BENCH), np.sqrt(range_m**2 - up**2), 0.0, up) == 0.0


@pytest.mark.parametrize(
    ("start_deg", "end_deg", "azimuth_deg", "seen"),
    [
        (0.0, 360.0, 200.0, True),
        (90.0, 90.0, 10.0, True),
        (350.0, 20.0, 5.0, True),
        (350.0, 20.0, 25.0, False),
        (20.0, 350.0, 355.0, False),
        (90.0, 180.0, 89.9, False),
        (90.0, 180.0, 90.1, True),
    ],
)
def test_sectors_run_clockwise(start_deg: float, end_deg: float, azimuth_deg: float, seen: bool) -> None:
    one = sensor("radar", **(BENCH | {"azimuth_from_deg": start_deg, "azimuth_to_deg": end_deg}))
    a = np.radians(azimuth_deg)
    assert (p_at(one, 8000.0 * np.sin(a), 8000.0 * np.cos(a), 300.0) > 0.0) is seen


def test_residuals_of_simulated_plots_are_chi_square_under_the_stated_noise() -> None:
    one = sensor("radar", **BENCH)
    times = seconds_of(6000, 2.0)
    path = flying(one, (-6000.0, 4000.0, 800.0), (1.0, 0.2, 0.0))
    hit, found = one.simulate(np.random.default_rng(1), times, path, "bird", Weather())
    enu = one.frame.to_local(path(times[hit])[0])
    range_m = np.sqrt((enu**2).sum(axis=1))
    exact = (range_m, np.arctan2(enu[:, 0], enu[:, 1]), np.arcsin(enu[:, 2] / range_m))
    nis = np.zeros(len(found))
    for column, true in zip(MEASURED, exact, strict=True):
        off = found.values[:, column] - true
        if column != Column.RANGE_M:
            off = wrapped_difference(off)
        nis += (off / one.noise(column)) ** 2
    assert stats.kstest(nis, stats.chi2(3).cdf).pvalue > 1e-3


def test_range_rate_is_the_rate_of_the_range_and_as_exact_as_stated() -> None:
    one = sensor("radar", model="xband-3d-doppler", p_detect=1.0)
    times = seconds_of(2000, 0.01)
    path = flying(one, (-5000.0, 3000.0, 500.0), (40.0, -10.0, 0.0))
    _, found = one.simulate(np.random.default_rng(2), times, path, "aircraft", Weather())

    def range_m(times_ns: np.ndarray) -> np.ndarray:
        return np.asarray(np.sqrt(((path(times_ns)[0] - one.ecef_m) ** 2).sum(axis=1)))

    true = (range_m(times + 50_000_000) - range_m(times - 50_000_000)) / 0.1
    off = (found.values[:, Column.RANGE_RATE_MPS] - true) / one.noise(Column.RANGE_RATE_MPS)
    assert stats.kstest(off, stats.norm.cdf).pvalue > 1e-3


def test_the_reference_target_is_seen_in_half_the_looks_at_the_maximum_range() -> None:
    one = sensor("radar", model="xband-3d", reference_rcs_dbsm=-10.0)  # a fixed_wing_piston has -10 dBsm
    assert p_at(one, 24_999.0, 0.0, 200.0) == pytest.approx(0.5, abs=0.001)


def test_ten_decibels_less_cross_section_cost_the_fourth_root_in_range() -> None:
    one = sensor("radar", model="xband-3d", reference_rcs_dbsm=0.0)
    assert p_at(one, 25_000.0 / 10.0**0.25, 0.0, 200.0) == pytest.approx(0.5, abs=0.001)


def test_detection_is_that_of_swerling_1() -> None:
    # Swerling 1 with noise: a look is seen when an exponential of mean 1 + snr passes -ln(Pfa); drawn here directly.
    one = sensor("radar", model="xband-3d")
    assert isinstance(one, Radar)
    snr = float(one.snr(np.array([15_000.0]), "fixed_wing_piston", Weather())[0])
    rng = np.random.default_rng(3)
    amplitude = rng.normal(size=(200_000, 2)) * np.sqrt((snr + 1.0) / 2.0)
    seen = ((amplitude**2).sum(axis=1) > -np.log(1e-6)).mean()
    up = 300.0
    assert p_at(one, np.sqrt(15_000.0**2 - up**2), 0.0, up) == pytest.approx(seen, abs=0.005)


def test_measured_cross_sections_of_near_targets_average_to_the_labels_own() -> None:
    one = sensor("radar", model="xband-3d")
    path = still(one, 2500.0, 0.0, 300.0)
    _, found = one.simulate(np.random.default_rng(4), seconds_of(4000), path, "flock", Weather())
    mean_dbsm = 10.0 * np.log10((10.0 ** (found.values[:, Column.RCS_DBSM] / 10.0)).mean())
    assert mean_dbsm == pytest.approx(-8.0, abs=0.3)


def test_birds_and_flocks_are_seen_too_and_less_far() -> None:
    one = sensor("radar", model="xband-3d")
    bird, flock, aircraft = (p_at(one, 7000.0, 0.0, 300.0, label) for label in ("bird", "flock", "aircraft"))
    assert 0.2 < bird < flock < aircraft


def test_rain_shortens_the_range() -> None:
    one = sensor("radar", model="xband-3d")
    place = one.frame.to_ecef(np.array([[15_000.0, 0.0, 300.0]]))
    dry, wet = (
        one.p_detect(place, np.zeros((1, 3)), "fixed_wing_piston", Weather(rain_mm_h=rain))[0] for rain in (0.0, 20.0)
    )
    assert wet < 0.5 * dry


def test_slow_radial_motion_hides_in_the_filter_of_a_doppler_radar() -> None:
    one = sensor("radar", model="xband-3d-doppler")
    place = one.frame.to_ecef(np.array([[6000.0, 0.0, 300.0]] * 2))
    along, across = one.p_detect(place, np.array([[30.0, 0.0, 0.0], [0.0, 30.0, 0.0]]), "aircraft", Weather())
    assert across < 0.1 < along


def test_a_quantity_without_a_standard_deviation_is_not_measured() -> None:
    one = sensor("radar", range_sd_m=20.0, azimuth_sd_deg=1.0)
    assert one.measures == {Column.RANGE_M, Column.AZIMUTH_RAD}


def test_the_mean_density_of_false_detections_is_the_mean_of_the_local_one() -> None:
    one = sensor("radar", **BENCH)
    rng = np.random.default_rng(5)
    n = 200_000
    rows = empty(n).values
    rows[:, Column.RANGE_M] = rng.uniform(500.0, 25_000.0, n)
    top = np.arcsin(np.minimum(2000.0 / rows[:, Column.RANGE_M], 1.0))
    rows[:, Column.ELEVATION_RAD] = rng.uniform(size=n) * top
    rows[:, Column.AZIMUTH_RAD] = 0.0
    total = (one.clutter_intensity(rows) * top).mean() * 24_500.0 * 2.0 * np.pi  # Monte Carlo of the whole integral
    assert total == pytest.approx(5.0, rel=0.01)
    volume = top.mean() * 24_500.0 * 2.0 * np.pi
    assert one.clutter_density() == pytest.approx(5.0 / volume, rel=0.01)


def test_false_detections_lie_where_their_density_says() -> None:
    one = sensor("radar", **BENCH)
    _, found = one.simulate_clutter(np.random.default_rng(6), seconds_of(4000, 2.0), Weather())
    share = (found.values[:, Column.RANGE_M] ** 2 - 500.0**2) / (25_000.0**2 - 500.0**2)
    assert stats.kstest(share, stats.uniform.cdf).pvalue > 1e-3


def test_looks_fall_on_the_offset_modulo_the_period() -> None:
    _, time_ns = sensor("radar", **BENCH).looks(0, 6_000_000_000)
    assert list(time_ns) == [400_000_000, 2_400_000_000, 4_400_000_000]


def test_a_number_of_a_look_does_not_depend_on_where_one_begins_to_count() -> None:
    one = sensor("radar", **BENCH)
    later = one.looks(10_000_000_000, 14_000_000_000)
    whole = one.looks(0, 14_000_000_000)
    np.testing.assert_array_equal(later[0], whole[0][-2:])
