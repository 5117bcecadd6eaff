"""Figures whose noun is left out, and numbers that only look like such figures; nights named by two days."""

import pytest

from tests.assess.test_corrections import claims

BEFORE = "Radars followed 40 drones over the lake. "


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("I would say between 25 and 30.", 25, 30),
        ("In reality it will be fewer than 60.", None, 60),
        ("The ministry confirmed only two.", 2, 2),
        ("It puts the number at about 50.", 50, 50),
        ("For next year the maker expects 5,000.", 5000, 5000),
        ("Thirty is quite enough.", 30, 30),
    ],
)
def test_a_figure_without_its_noun_counts_what_was_counted_last(
    words: str, low: float | None, high: float | None
) -> None:
    _, found = claims(BEFORE + words)
    assert (found.low, found.high, found.unit) == (low, high, "drones")


@pytest.mark.parametrize(
    "words",
    [
        "The raid killed 4.",
        "The governor asked for 10 more mobile fire groups.",
        "It hit two warehouses, one in Odesa.",
        "Page 12 has the map.",
        "The price rose to about 500.",
    ],
)
def test_a_number_of_something_else_counts_no_drones(words: str) -> None:
    assert len(claims(BEFORE + words)) == 1


def test_a_verb_left_out_is_that_of_the_figure_before() -> None:
    found = claims("Thirty-four drones were brought down by jamming, two by other means.")
    assert [claim.value for claim in found] == [34, 2]


def test_a_models_number_is_no_count() -> None:
    (found,) = claims("The largest order is for 7,500 Tärna 3 quadcopters.")
    assert found.value == 7500


@pytest.mark.parametrize(
    "night",
    [
        "in the night of March 10 to 11",
        "on the night of 10-11 March",
        "in the night from Tuesday to Wednesday",
        "overnight into Wednesday",
        "on the night of 10 March",
    ],
)
def test_a_night_is_the_one_between_its_two_days(night: str) -> None:
    (found,) = claims(f"Russia launched 208 drones at Ukraine {night}, the air force said.")
    assert found.time_edtf == "2026-03-10/2026-03-11"
