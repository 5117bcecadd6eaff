"""Numerals, ranges, bounds and hedges."""

import pytest

from dronewall.assess.language.numbers import figures, masks
from dronewall.assess.language.sentences import LONGEST, sentences
from dronewall.assess.language.spans import Span

EXAMPLES = [
    ("3 to 4 million drones", 3e6, 4e6, "range"),
    ("between 3 to 4 million drones", 3e6, 4e6, "range"),
    ("from 20 to 30 drones", 20, 30, "range"),
    ("20–30 drones", 20, 30, "range"),
    ("600-800 drones", 600, 800, "range"),
    ("300-1200 drones", 300, 1200, "range"),
    ("two or three drones", 2, 3, "range"),
    ("two to three hundred drones", 200, 300, "range"),
    ("up to 100,000 drones", None, 100_000, "at_most"),
    ("up to about 500 drones", None, 500, "at_most"),
    ("as many as 40 drones", None, 40, "at_most"),
    ("no more than 12 drones", None, 12, "at_most"),
    ("fewer than 30 drones", None, 30, "at_most"),
    ("at least 14 drones", 14, None, "at_least"),
    ("more than 2,700 drones", 2700, None, "at_least"),
    ("no fewer than 8 drones", 8, None, "at_least"),
    ("500+ drones", 500, None, "at_least"),
    ("100 or more drones", 100, None, "at_least"),
    ("about 1,000 drones", 1000, 1000, "approximately"),
    ("nearly 700 drones", 700, 700, "approximately"),
    ("50 or so drones", 50, 50, "approximately"),
    ("1.4 million drones", 1.4e6, 1.4e6, "point"),
    ("1,5 million drones", 1.5e6, 1.5e6, "point"),
    ("2.000 drones", 2000, 2000, "point"),
    ("100 000 drones", 100_000, 100_000, "point"),
    ("10k drones", 10_000, 10_000, "point"),
    ("half a million drones", 500_000, 500_000, "point"),
    ("one hundred thousand drones", 100_000, 100_000, "point"),
    ("a hundred thousand drones", 100_000, 100_000, "point"),
    ("two million three hundred thousand drones", 2.3e6, 2.3e6, "point"),
    ("perhaps four hundred drones", 400, 400, "approximately"),
    ("not quite two hundred drones", 200, 200, "approximately"),
    ("two and a half million drones", 2.5e6, 2.5e6, "point"),
    ("three hundred and fifty drones", 350, 350, "point"),
    ("twenty-one drones", 21, 21, "point"),
    ("a dozen drones", 12, 12, "point"),
    ("two dozen drones", 24, 24, "point"),
    ("gearing up to build 100,000 drones", 100_000, 100_000, "point"),
    ("ramped up to 300 drones a month", 300, 300, "point"),
    ("handed over 1,200 drones", 1200, 1200, "point"),
    ("certain about two drones", 2, 2, "point"),
]


@pytest.mark.parametrize(("text", "low", "high", "bound"), EXAMPLES, ids=[text for text, *_ in EXAMPLES])
def test_a_figure_is_read_with_its_bound(text: str, low: float | None, high: float | None, bound: str) -> None:
    (found,) = figures(text)
    assert (found.low, found.high, found.bound) == (low, high, bound)


@pytest.mark.parametrize(
    "text",
    [
        "a Shahed-136 fell",
        "Resolution 2231 expires",
        "an F-16 took off",
        "the 155th Brigade",
        "a Su-35",
        "Article 5",
        "Mavic 3",
    ],
)
def test_a_name_with_digits_is_no_figure(text: str) -> None:
    assert figures(text, masks(text)) == []


def test_output_that_rose_from_one_number_to_another_is_two_figures() -> None:
    assert [figure.value for figure in figures("output rose from 300 to 1,000 a month")] == [300, 1000]


def test_a_list_without_an_end_is_read_in_parts_that_cut_no_figure():
    whole = "Launched: " + ", ".join(f"{k + 3} drones at Kyiv and 1,0{k:02} at Sumy" for k in range(90))
    found = sentences(whole, Span(0, len(whole)))
    assert max(part.end - part.start for part in found) <= LONGEST
    assert len(found) >= len(whole) // LONGEST
    parts = [whole[part.start : part.end] for part in found]
    assert " ".join(parts) == whole
    assert all(part.endswith(",") for part in parts[:-1])
