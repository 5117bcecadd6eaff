"""The sun, against times that almanacs print."""

from datetime import UTC, datetime

import numpy as np
import pytest

from dronewall.geo.sun import elevation_rad, is_day
from dronewall.units import utc_ns

RIGA = np.radians(56.95), np.radians(24.11)


def at(*when):
    return np.array([utc_ns(datetime(*when, tzinfo=UTC))])


def test_noon_at_midsummer_in_riga():
    # local noon at about 10:25 UTC; elevation 90 - 56.95 + 23.44
    assert np.degrees(elevation_rad(at(2026, 6, 21, 10, 25), *RIGA))[0] == pytest.approx(56.49, abs=0.1)


@pytest.mark.parametrize(
    ("when", "day"),
    # Riga, 7 May 2026: sunrise 02:20 UTC, sunset 18:27 UTC (timeanddate.com, to the minute)
    [((2, 10), False), ((2, 30), True), ((18, 17), True), ((18, 37), False)],
)
def test_sunrise_and_sunset_in_riga(when, day):
    assert is_day(at(2026, 5, 7, *when), *RIGA)[0] == day
