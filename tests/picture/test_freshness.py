"""Every field says whether it is fresh, stale or expired."""

import pytest

from dronewall.picture.freshness import LIMITS_S, Freshness, fields, of_age
from tests.picture.scenes import at_s, track


@pytest.mark.parametrize("field", sorted(LIMITS_S))
def test_a_field_turns_stale_and_then_expires(field: str) -> None:
    fresh_s, stale_s = LIMITS_S[field]
    assert [of_age(field, a) for a in (fresh_s, fresh_s + 0.1, stale_s + 0.1)] == [
        Freshness.FRESH,
        Freshness.STALE,
        Freshness.EXPIRED,
    ]


def test_a_position_of_twenty_seconds_ago_is_stale_and_its_label_still_fresh() -> None:
    found = fields(track(last_s=0.0), 0, at_s(20.0))
    assert (found["position"], found["velocity"], found["label"]) == ("stale", "stale", "fresh")


def test_an_identity_that_was_never_received_is_expired_and_one_received_now_is_fresh() -> None:
    known = track(identity="icao:4ca1fa", identity_status="cooperative")
    assert fields(track(), 0, at_s(10.0))["identity"] == "expired"
    assert fields(known, 0, at_s(10.0), identity_ns=at_s(9.0))["identity"] == "fresh"
    assert fields(known, 0, at_s(40.0), identity_ns=at_s(9.0))["identity"] == "stale"


def test_a_height_that_nothing_measured_is_expired() -> None:
    row = track()
    row.covariance[0, 2, 2] = 250.0**2
    assert fields(row, 0, at_s(10.0))["height"] == "expired"
