"""Dates as EDTF from an anchor; without one, relative dates are unknown."""

import pytest

from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import anchor_of, is_edtf
from dronewall.assess.reports import head_date

ON_FRIDAY = [  # published Friday 7 March 2025
    ("on Thursday", "2025-03-06"),
    ("said on Friday", "2025-03-07"),
    ("in September", "2024-09"),
    ("would consult them in April and May", "2025-04/2025-05"),
    ("yesterday", "2025-03-06"),
    ("overnight", "2025-03-06/2025-03-07"),
    ("last week", "2025-02-24/2025-03-02"),
    ("last month", "2025-02"),
    ("last year", "2024"),
    ("in the first quarter of this year", "2025-01/2025-03"),
    ("on 3 March", "2025-03-03"),
    ("on December 28", "2024-12-28"),
    ("on the night of 5-6 March", "2025-03-05/2025-03-06"),
    ("two days ago", "2025-03-05"),
    ("since January", "2025-01/.."),
    ("by summer 2026", "2026-22"),
    ("in 2024", "2024"),
    ("September 2024", "2024-09"),
    ("between 2022 and 2024", "2022/2024"),
]


@pytest.mark.parametrize(("text", "edtf"), ON_FRIDAY, ids=[text for text, _ in ON_FRIDAY])
def test_a_date_is_anchored(text: str, edtf: str) -> None:
    (found,) = dates(text, anchor_of("2025-03-07"))[0]
    assert found.edtf == edtf
    assert is_edtf(edtf)


@pytest.mark.parametrize(
    "text", ["on Thursday", "in September", "last year", "yesterday", "on 3 March", "two weeks ago"]
)
def test_without_an_anchor_a_relative_date_is_unknown(text: str) -> None:
    assert [found.edtf for found in dates(text, None)[0]] == [None]


def test_a_month_of_publication_is_no_anchor_for_a_weekday() -> None:
    assert dates("on Thursday", anchor_of("2025-03"))[0][0].edtf is None
    assert dates("in September", anchor_of("2025-03"))[0][0].edtf == "2024-09"


@pytest.mark.parametrize("text", ["we may build more", "they march on", "2,000 drones", "at 09:30"])
def test_other_words_and_numbers_are_no_dates(text: str) -> None:
    assert dates(text, anchor_of("2025-03-07"))[0] == []


@pytest.mark.parametrize(
    "line",
    [
        "MINSK, March 7, 2025 (BelWire) - Belarus said on Thursday that it is ready to host a plant.",
        "MINSK, Belarus, March 7, 2025 — Belarus said on Thursday that it is ready to host a plant.",
        "VILNIUS (March 7, 2025) — Lithuania said on Thursday that it is not ready.",
    ],
)
def test_a_dateline_with_its_day_is_the_day_of_publication(line: str) -> None:
    assert head_date(line, first=True) == "2025-03-07"
