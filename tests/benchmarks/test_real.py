"""Flights that took place as targets: what lies between their reports, and where they are set down again."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.family import real
from benchmarks.family.flight import STEP_S, along_line
from dronewall.geo.frames import LocalFrame, ecef_to_geodetic
from dronewall.units import Floats

HOME = LocalFrame.at(np.radians(47.0), np.radians(11.0), 0.0)
RADIUS_M, RATE_RADPS, CLIMB_MPS = 150.0, 0.2, 2.0


def circling(t_s: Floats) -> Floats:
    """A glider in a thermal: east, north, up."""
    return np.column_stack(
        [RADIUS_M * np.sin(RATE_RADPS * t_s), RADIUS_M * np.cos(RATE_RADPS * t_s), 900.0 + CLIMB_MPS * t_s]
    )


def reports(t_s: Floats) -> list[dict[str, object]]:
    """As received: four decimals of a degree, altitude in steps of 25 ft."""
    path = circling(t_s)
    latitude, longitude, _ = HOME.local_to_geodetic(path * [1.0, 1.0, 0.0])
    return [
        {
            "timestamp": 1_558_000_000_000 + round(1000 * t),
            "icao24": "dd0001",
            "latitude": round(float(np.degrees(north)), 4),
            "longitude": round(float(np.degrees(east)), 4),
            "altitude": 25 * round(up / real.FOOT_M / 25),
        }
        for t, north, east, up in zip(t_s.tolist(), latitude.tolist(), longitude.tolist(), path[:, 2], strict=True)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Samples in the package's layout: ten minutes with a gap of a minute, and one that stands on the ground."""
    first, second = np.arange(0.0, 300.0, 3.0), np.arange(360.0, 660.0, 3.0)
    parked = [row | {"icao24": "dd0002", "latitude": 47.0 + 1e-4 * (n % 2)} for n, row in enumerate(reports(first))]
    parked = [row | {"longitude": 11.0, "altitude": 900} for row in parked]
    for kind in real.KINDS:
        (tmp_path / kind).mkdir()
        rows = reports(np.concatenate([first, second])) + parked
        (tmp_path / kind / "one.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    return tmp_path


def test_a_flight_is_cut_at_its_gap_and_what_stands_is_none(folder: Path) -> None:
    found = real.pieces("gliders", 100.0, folder)
    assert [round(piece.lasts_s) for piece in found] == [297, 297]


def test_the_spline_goes_where_the_flight_went_better_than_its_rounded_reports(folder: Path) -> None:
    piece = real.pieces("gliders", 100.0, folder)[0]
    t_s = np.arange(10.0, 280.0, 0.7)
    off = piece.at(t_s) - (circling(t_s) - circling(np.zeros(1)) * [1.0, 1.0, 0.0])
    off -= off.mean(axis=0)  # the first report is rounded too
    assert np.sqrt((off**2).mean(axis=0)).max() < 1.5 * real.ROUNDED_M
    speed = np.linalg.norm(np.diff(piece.at(t_s)[:, :2], axis=0), axis=1) / 0.7
    assert speed.mean() == pytest.approx(RADIUS_M * RATE_RADPS, rel=0.1)


def test_flights_are_set_down_where_they_are_asked_for_and_fly_as_they_flew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real, "samples", lambda: folder)
    places = along_line(np.array([20e3, 90e3]), np.array([5e3, -8e3]))
    flight = real.recorded(*places, 60.0, STEP_S, np.random.default_rng(1))
    latitude, longitude, height = ecef_to_geodetic(flight.ecef_m)
    np.testing.assert_allclose([latitude, longitude], places, atol=1e-9)
    assert ((height >= real.LOWEST_M - 1.0) & (height <= real.HIGHEST_M + 200.0)).all()
    enu_mps, ecef_mps = flight.velocity(0.0)
    assert np.hypot(enu_mps[:, 0], enu_mps[:, 1]) == pytest.approx([RADIUS_M * RATE_RADPS] * 2, rel=0.35)
    before = flight.ecef_m
    flight.step(0.0, ecef_mps, np.random.default_rng(2))
    np.testing.assert_allclose(flight.ecef_m, before + ecef_mps * STEP_S, atol=1e-6)
    assert flight.alive(0.0).all()
