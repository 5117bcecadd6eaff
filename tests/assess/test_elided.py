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
        ("The police say twelve, and nobody doubts it.", 12, 12),
        ("In May it was more like seven or eight.", 7, 8),
        ("He has eleven himself.", 11, 11),
        ("The plan said sixty, then came the budget.", 60, 60),
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
        "They stayed until a quarter to ten.",
        "Losses: personnel 1 130; tanks 4; artillery systems 41.",
        "Sensors in use: 140.",
        "Call 640 0012.",
        "Call 640-0012.",
        "The lottery drew 7, 12, 19, 33.",
        "Patrol boats destroyed five unmanned surface vessels.",
        "Prosecutors charged four, and a court sentenced three.",
        "Turnout: 62.",
        "The bill passed with 71 in favour.",
        "The two sides meet at six, an hour late.",
        "She is 54, and of good cheer.",
        "The airspace was shut for 1 h 40.",
        "The number of incursions stood at 19. In the year before there had been eleven.",
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


def test_an_answer_counts_what_was_asked_for() -> None:
    told = claims(
        "Tea with a colonel\n\nColonel Ole Dahl commands the lake. I met him there.\n\n"
        "How many balloons did you see?\n\nWe saw 60 balloons.\n\n"
        "And drones?\n\nFewer. Eleven since the first of March. I have a list.\n\nWhat do you do?"
    )
    assert [(claim.low, claim.unit) for claim in told][:2] == [(60, "balloons"), (11, "drones")]


def test_an_answer_may_leave_out_the_verb_of_its_question() -> None:
    told = claims("Four drones came in.\n\nWere they shot down?\n\nOne was, by a crew from Aarhus.")
    assert [(claim.low, claim.measure) for claim in told][-1] == (1, "shot_down")


@pytest.mark.parametrize(
    "words",
    [
        "Of the ships that wait, 6 out of 22 tankers turned back.",
        "The page writes 70 times a day.",
        "Now 22 countries have such a command. In 2022 it was 3.",
    ],
)
def test_what_a_figure_counts_may_stand_further_on(words: str) -> None:
    assert [claim.low for claim in claims(BEFORE + words) if claim.volume] == [40]


def test_never_more_than_is_a_ceiling() -> None:
    _, found = claims(BEFORE + "They never shot down more than three.")
    assert (found.low, found.high, found.bound) == (None, 3, "at_most")


def test_a_month_earlier_is_a_time_and_no_rate() -> None:
    _, found = claims(BEFORE + "In January 5,100 drones were launched, against 4,400 a month earlier.")[1:]
    assert found.per is None


@pytest.mark.parametrize(
    ("words", "modality"),
    [
        ("Were China to shut its ports, output would fall to some 20,000 drones a year.", "conditional"),
        ("In 2019 its head told the council that the works could turn out 20 drones a month.", "can"),
        ("Nor is it true that 20 drones hit the mill.", "denied"),
    ],
)
def test_modality_hangs_on_the_whole_sentence(words: str, modality: str) -> None:
    assert claims(words)[0].modality == modality


def test_a_fact_check_denies_what_it_judges_false() -> None:
    told = claims(
        "Did it happen?\n\nCLAIM: Ninety drones flew over the castle.\n\nRATING: Fake.\n\nThere were two drones."
    )
    assert [claim.modality for claim in told] == ["denied", "did"]


def test_a_column_of_ships_counts_no_drones() -> None:
    told = claims(
        "Drones at sea\n\nQuarter | Drones launched | Ships hit\nQ1 2025 | 33 | 2\nQ2 2025 | 9 | 1\n\nCompiled by hand."
    )
    assert [claim.low for claim in told] == [33, 9]


READ = [
    ("The works are believed to make 300 drones a month.", "output", "alleged"),
    ("The works are designed for 300 drones a month.", "capacity", "can"),
    ("The navy has asked for 400 drones.", "goal", "wants"),
    ("The navy is waiting for 400 drones.", "plan", "plans"),
    ("Nobody saw 40 drones.", "other", "denied"),
    ("Sailors forced down 40 drones.", "shot_down", "did"),
    ("The drones had no luck: 40 drones failed to reach their targets.", "lost", "did"),
    ("Every night 40 drones would have to be shot down.", "shot_down", "conditional"),
    ("Iran sent 600 drones to Sudan.", "delivered", "did"),
]


@pytest.mark.parametrize(("words", "measure", "modality"), READ, ids=[words for words, _, _ in READ])
def test_what_is_measured_hangs_on_the_words_around_the_verb(words: str, measure: str, modality: str) -> None:
    (found,) = claims(words)
    assert (found.measure, found.modality) == (measure, modality)


def test_what_was_promised_is_planned_and_what_came_of_it_delivered() -> None:
    came, promised = claims("The navy received only 40 of the 400 drones it was promised.")
    assert (came.measure, promised.measure) == ("delivered", "plan")


def test_growth_starts_from_what_there_is() -> None:
    now, then = claims("Capacity is to grow from 300 to 1,000 drones a month.")
    assert (now.low, now.measure, then.low, then.measure) == (300, "capacity", 1000, "plan")


def test_a_time_before_the_next_figure_is_that_one_s() -> None:
    now, then = claims("The works can build 300 drones a month, and from May 1,000.")
    assert now.time_edtf is None
    assert then.time_edtf is not None


def test_figures_at_the_head_of_a_list_s_entries_are_told_by_what_follows() -> None:
    told = claims(
        "Numbers of the spring\n\n1. 412\nThat is how many drones the navy lost in April.\n\n"
        "2. 9 ports\nThey were shut for a week.\n\n"
        "3. Six drones\nThey fell on Danish soil in March, according to the coast-guard."
    )
    assert [(claim.low, claim.measure, claim.time_edtf) for claim in told] == [
        (412, "lost", "2025-04"),
        (6, "lost", "2026-03"),
    ]


def test_an_option_counts_what_the_contract_counts() -> None:
    _, more = claims("The navy buys 400 drones. The contract is worth 90 million euros, with an option for 150.")
    assert (more.low, more.measure) == (150, "plan")


@pytest.mark.parametrize(
    ("words", "low"),
    [
        ('"Seven," says the mayor.', 7),
        ('He answered: "Six so far."', 6),
        ('"Five we can explain," said Major Ida Holm.', 5),
        ("Police had earlier spoken of 50.", 50),
        ("He said 30.", 30),
        ("Output, the army adds, will be 9,000 this year.", 9000),
        ("The raid involved 90 drones; sixty, say the Danes.", 60),
    ],
)
def test_whoever_is_asked_answers_with_a_number_alone(words: str, low: float) -> None:
    assert claims(BEFORE + words)[-1].low == low


def test_a_figure_in_brackets_after_its_year_is_that_year_s() -> None:
    told = claims("The firm expects to ship 18,000 drones this year (2024: 11,500).")
    assert [(claim.low, claim.time_edtf, claim.modality) for claim in told] == [
        (18000, "2026", "plans"),
        (11500, "2024", "did"),
    ]


def test_each_figure_of_a_series_has_the_year_behind_it() -> None:
    told = claims("The firm built 2,000 drones in 2023, 6,500 in 2024 and 9,000 in 2025.")
    assert [claim.time_edtf for claim in told] == ["2023", "2024", "2025"]


def test_the_whole_of_which_a_part_was_downed_was_not_downed_itself() -> None:
    whole, part = claims("The navy put the number of drones at 90, of which it had downed 76.")
    assert (whole.measure == "shot_down", part.measure) == (False, "shot_down")


def test_somebody_who_asks_is_no_drone() -> None:
    assert claims("It is what one asks when drones fall: were there fences?") == []


def test_an_article_of_yesterday_is_set_right_by_a_bare_number() -> None:
    told = claims("Yesterday's article on the works gave its output as 12,000 drones a year. It is 1,200.")
    assert [(claim.low, claim.status) for claim in told] == [(12000, "retracted"), (1200, None)]


def test_down_counts_only_the_figure_before_it() -> None:
    told = claims("Alarm over the coast, drones in the sky\n\nTula: 12 drones, 9 down.")
    assert [(claim.low, claim.measure, claim.place) for claim in told] == [
        (12, "other", "Tula"),
        (9, "shot_down", "Tula"),
    ]


def test_the_head_of_a_list_of_figures_gives_it_its_period() -> None:
    told = claims(
        "April in figures\n\nDrones launched: 3,214\nShot down: 2,871\nLargest raid: 216 (on 14 April)\nMissiles: 77"
    )
    assert [(claim.low, claim.time_edtf) for claim in told] == [
        (3214, "2025-04"),
        (2871, "2025-04"),
        (216, "2025-04-14"),
    ]


@pytest.mark.parametrize(
    "words",
    ["The coast-guard counted 39 sightings of drones, 12 of them over Aalborg, against 9 in the winter."],
)
def test_sightings_are_no_drones_and_neither_is_a_part_of_them(words: str) -> None:
    assert claims(words) == []


@pytest.mark.parametrize(
    ("words", "low"),
    [
        ("This year it may be 500.", 500),
        ("In January his boss had named 60.", 60),
        ("Today a single brigade fires 50 a night.", 50),
        ("Of those, 20 fly.", 20),
        ("The plan for 2026 is 25,000.", 25000),
    ],
)
def test_a_figure_without_its_noun_is_still_of_drones(words: str, low: float) -> None:
    assert [claim.low for claim in claims(BEFORE + words)] == [40, low]


def test_it_would_take_is_conditional() -> None:
    assert claims("It would take 2,000 drones a night to shut the harbour.")[0].modality == "conditional"


def test_a_year_before_a_count_in_thousands_makes_no_range_of_years() -> None:
    (raised,) = claims("We raise our forecast of drone output in 2026 to 62,000 drones.")
    assert (raised.low, raised.time_edtf) == (62000, "2026")


def test_balloons_that_halt_flights_are_not_halted() -> None:
    (found,) = claims("The port was shut after at least 71 balloons halted all flights over the town.")
    assert (found.measure == "shot_down", found.modality) == (False, "did")


def test_what_was_promised_and_what_was_delivered_are_two() -> None:
    told = claims("The state, which promised 3,500 drones and delivered 1,900 drones, pays late.")
    assert [claim.measure for claim in told] == ["plan", "delivered"]


def test_what_is_still_to_come_is_counted() -> None:
    assert claims(BEFORE + "Twelve are still to come.")[-1].low == 12


def test_the_year_of_a_purchase_is_not_that_of_its_deliveries() -> None:
    came, bought = claims("The navy has received 36 of the 60 drones it bought in 2023.")
    assert (came.time_edtf, bought.time_edtf) == (None, "2023")


@pytest.mark.parametrize(
    "words",
    [
        "They came on Tuesday evening between seven and nine.",
        "With more guns, two drones in five could be stopped.",
        "At six thousand euros apiece that makes twelve million.",
    ],
)
def test_hours_odds_and_sums_are_no_drones(words: str) -> None:
    assert [claim.low for claim in claims(BEFORE + words) if claim.volume] == [40]


def test_a_question_s_month_is_its_answer_s() -> None:
    told = claims("We talk of drones.\n\nAnd this month? Four drones came over the border, says the coast-guard.")
    assert [(claim.low, claim.measure, claim.time_edtf) for claim in told] == [(4, "crossed", "2026-03")]


def test_a_chart_of_monday_is_set_right() -> None:
    told = claims("Monday's chart put the output of drones at 2,700 drones a week. It is 2,700 a month.")
    assert [(claim.per, claim.status) for claim in told] == [("week", "retracted"), ("month", None)]


def test_what_they_used_to_send_was_delivered() -> None:
    assert claims("We used to send 400 drones a week to the north.")[0].measure == "delivered"
