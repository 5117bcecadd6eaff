"""Dates as EDTF from an anchor; without one, relative dates are unknown."""

import pytest

from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import anchor_of, is_edtf
from dronewall.assess.reports import head_date
from tests.assess.test_corrections import claims

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
    ("the day before yesterday", "2025-03-05"),
    ("over the past day", "2025-03-06/2025-03-07"),
    ("a fortnight ago", "2025-02-21~"),
    ("over the weekend", "2025-03-01/2025-03-02"),
    ("on the 5th", "2025-03-05"),
    ("on the 25th", "2025-02-25"),
    ("on the 3rd of this month", "2025-03-03"),
    ("in the first half of February", "2025-02-01/2025-02-15"),
    ("since the start of the year", "2025-01-01/.."),
    ("by mid-2027", "2027"),
    ("is due by autumn", "2025-23"),
    ("in the autumn", "2024-23"),
    ("in the winter", "2024-24"),
    ("in the week of 26 February", "2025-02-24/2025-03-02"),
    ("the year before last", "2023"),
    ("in the 12 months to January", "2024-02/2025-01"),
    ("on New Year's Eve", "2024-12-31"),
    ("on 05.03.", "2025-03-05"),
    ("this November", "2025-11"),
    ("September 2024", "2024-09"),
    ("between 2022 and 2024", "2022/2024"),
]


@pytest.mark.parametrize(("text", "edtf"), ON_FRIDAY, ids=[text for text, _ in ON_FRIDAY])
def test_a_date_is_anchored(text: str, edtf: str) -> None:
    (found,) = dates(text, anchor_of("2025-03-07"))[0]
    assert found.edtf == edtf
    assert is_edtf(edtf)


TOGETHER = [  # two expressions that make one time; published Friday 7 March 2025
    ("overnight into Thursday", "2025-03-05/2025-03-06"),
    ("in the night on 5 March", "2025-03-04/2025-03-05"),
    ("on the night of Tuesday, 4 March", "2025-03-04/2025-03-05"),
    ("on the night of 9 to 10 September last year", "2024-09-09/2024-09-10"),
    ("in the night from Tuesday to Wednesday", "2025-03-04/2025-03-05"),
    ("on the night of 7 March", "2025-03-06/2025-03-07"),
    ("in the week to 2 March", "2025-02-24/2025-03-02"),
    ("in the week beginning 24 February", "2025-02-24/2025-03-02"),
    ("in the 24 hours to 08:00 on Thursday", "2025-03-05/2025-03-06"),
    ("between Monday and Thursday", "2025-03-03/2025-03-06"),
    ("for seven months of 2024", "2024-01/2024-07"),
    ("over two months of the current year", "2025-01/2025-02"),
    ("12 March last year", "2024-03-12"),
    ("on the third of March", "2025-03-03"),
    ("in mid-February", "2025-02"),
    ("in the fourth quarter", "2024-10/2024-12"),
    ("is due to be ready in the second half", "2025-07/2025-12"),
]


@pytest.mark.parametrize(("text", "edtf"), TOGETHER, ids=[text for text, _ in TOGETHER])
def test_words_that_together_name_a_time_are_one_time(text: str, edtf: str) -> None:
    assert [found.edtf for found in dates(text, anchor_of("2025-03-07"))[0]] == [edtf]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("in 2023 it built more than the year before", "2023", "2022"),
        ("in January 2025 there were more than a month earlier", "2025-01", "2024-12"),
        ("from October to December 2024, and in the same months of 2023", "2024-10/2024-12", "2023-10/2023-12"),
        ("on 4 March, and on the day before", "2025-03-04", "2025-03-03"),
    ],
)
def test_a_time_counts_from_the_one_told_before_it_in_the_sentence(text: str, first: str, second: str) -> None:
    assert [found.edtf for found in dates(text, anchor_of("2025-03-07"))[0]] == [first, second]


@pytest.mark.parametrize(
    ("text", "count", "edtf"),
    [
        ("On 3 March 40 drones came over the lake.", 40, "2025-03-03"),
        ("In February 12 drones came over the lake.", 12, "2025-02"),
        ("At the end of January 70 drones lay in the woods.", 70, "2025-01"),
    ],
)
def test_a_count_right_after_a_month_is_no_day_and_no_model(text: str, count: int, edtf: str) -> None:
    (found,) = claims(text, published="2025-03-07")
    assert (found.low, found.time_edtf) == (count, edtf)


def test_since_a_day_when_something_happened_is_that_day() -> None:
    (found,) = claims("It was the worst raid since 12 February, when 450 drones came.", published="2025-03-07")
    assert found.time_edtf == "2025-02-12"


def test_now_is_not_the_year_told_before() -> None:
    then, now = claims("Two years ago the works built 90 drones a day; now it builds 190.", published="2025-03-07")
    assert (then.time_edtf, now.time_edtf) == ("2023~", None)


def test_a_part_without_its_noun_goes_on_from_the_paragraph_before() -> None:
    told = claims(
        "Radars saw 60 drones fly in over the lake overnight.\n\nForty were shot down, the army said.",
        published="2025-03-07",
    )
    assert [claim.time_edtf for claim in told] == ["2025-03-06/2025-03-07"] * 2


def test_an_entry_of_a_live_blog_is_of_the_day_of_publication() -> None:
    told = claims("Alarm at the lake\n\n04:10 - 8 drones are in the air.", published="2025-03-07")
    assert [claim.time_edtf for claim in told] == ["2025-03-07"]


def test_what_is_told_of_a_time_to_come_is_planned() -> None:
    (found,) = claims("Deliveries begin with 200 drones in June 2026.", published="2025-03-07")
    assert (found.measure, found.modality) == ("plan", "plans")


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


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("By our count, 25 drones lay there in February.", "2025-02"),
        ("The firm signed for 30 drones; deliveries start next year.", None),
        ("This week 30 drones came. The week before it had been 40 drones.", "2025-03-03/2025-03-09"),
    ],
)
def test_a_time_of_other_words_is_not_the_figure_s(text: str, edtf: str | None) -> None:
    assert claims(text, published="2025-03-07")[0].time_edtf == edtf
