"""Times and units convert exactly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.units import nanoseconds, seconds, speed_of_sound_mps, utc_ns, utc_text


def test_an_instant_is_written_with_milliseconds() -> None:
    assert utc_text(utc_ns(datetime(2026, 5, 7, 0, 29, 58, 250_000, UTC))) == "2026-05-07T00:29:58.250Z"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_datetime_loses_nothing(moment: datetime) -> None:
    ns = utc_ns(moment)
    assert ns % 1_000 == 0
    assert utc_text(ns)[:19] == moment.strftime("%Y-%m-%dT%H:%M:%S")


@given(st.integers(0, 86_400_000))
def test_milliseconds_survive_the_way_through_seconds(ms: int) -> None:
    assert nanoseconds(seconds(ms * 1_000_000)) == ms * 1_000_000


def test_sound_travels_at_343_metres_a_second_at_20_degrees() -> None:
    assert speed_of_sound_mps(20.0) == pytest.approx(343.2, abs=0.1)
