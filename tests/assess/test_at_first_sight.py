"""Shapes that blind sets and strangers' articles showed, each told by other words than there."""

import pytest

from tests.assess.test_corrections import claims

SAID = [
    ("People familiar with the purchase said that 40 drones were ordered.", "People familiar with the purchase"),
    ("According to the auditors, 40 drones were missing.", "auditors"),
    ("According to the plan, 40 drones were missing.", None),
    ("By data that the county's police shared with us, 40 drones came.", "county's police"),
    ('"Olena", a nurse, said that 40 drones came.', "Olena"),
    ("A nurse described how 40 drones had come.", "nurse"),
    ("Minister Karin Berg said 9 drones came. Minister Berg pointed out that 40 drones had come.", "Karin Berg"),
    ("Ida Holm, 34, counted eight drones from her window.", "Ida Holm"),
    ("🔻Kyiv complains: 40 drones came.", "Kyiv"),
]


@pytest.mark.parametrize(("text", "who"), SAID, ids=[text for text, _ in SAID])
def test_who_says_it(text: str, who: str | None) -> None:
    assert claims(f"A week of drones\n\n{text}")[-1].speaker == who


def test_he_is_the_official_whom_nobody_names() -> None:
    told = claims(
        "The air force counted 90 drones.\n\n"
        "A senior official of the regional administration said 9 drones hit a depot. He added that 2 drones lay nearby."
    )
    assert told[-1].speaker == "senior official of the regional administration"


def test_two_people_of_one_surname_stay_apart() -> None:
    told = claims("Oleh Petrenko said 9 drones came. Ivan Petrenko said 8 drones came. Mr Petrenko said 7 drones came.")
    assert told[-1].speaker == "Mr Petrenko"


def test_answers_behind_an_a_are_the_interviewed_person_s() -> None:
    told = claims(
        "Numbers and drones\n\nDr. Ieva Stern of the university studies drones.\n\nQ: What do you trust?\n\n"
        "A: What I have counted. I know of 14 drones.\n\nQ: Do you fear more?\n\nA: I do."
    )
    assert [claim.speaker for claim in told] == ["Ieva Stern"]


FOUND = [
    ("At present the plant manages 1,150 drones a month.", 1150),
    ("It sold 3,000 drones, well short of the 4,000 that it had promised.", 4000),
    ("The army ordered 40 drones. Originally 36 were to have been in service.", 36),
    ("Police saw drones: eleven flying objects crossed the lake.", 11),
    ('Police saw drones: eleven "flying objects" crossed the lake.', 11),
    ("Poland will buy 24 more Bayraktars.", 24),
    ("It lost 9 drones. Nearly 600 have gone to Ukraine since May.", 600),
]


@pytest.mark.parametrize(("text", "value"), FOUND, ids=[text for text, _ in FOUND])
def test_a_figure_is_found(text: str, value: float) -> None:
    assert claims(f"A week of drones\n\n{text}")[-1].high == value


def test_items_of_a_list_count_what_its_head_counts() -> None:
    told = claims(
        "As of today, 4 drones have come in March:\n– on 3 March one from Belarus;\n– yesterday two, both shot down."
    )
    assert [(claim.high, claim.time_edtf) for claim in told] == [(4, "2026-03"), (1, "2026-03-03"), (2, "2026-03-11")]


@pytest.mark.parametrize(
    "text", ["By noon 2,000 waited at the bridge.", "Downing Street has 60 rooms.", "More than 24 more people came."]
)
def test_other_counts_are_none_of_ours(text: str) -> None:
    assert claims(f"A week of drones\n\nDrones came. {text}") == []


TOLD = [
    ("Without the fire we'd have reached 3,900 drones.", "conditional"),
    ("The firm was asked about reports that 40 drones had ended up in Russia.", "alleged"),
    ("Two of the balloons reportedly flew directly over the airport.", "alleged"),
    ("Up to 25 drones, some confirmed to be carrying goods, entered Lithuania.", "did"),
    ("Downing Street said 60 drones will be delivered by Christmas.", "plans"),
]


@pytest.mark.parametrize(("text", "modality"), TOLD, ids=[text for text, _ in TOLD])
def test_how_sure_it_is_told(text: str, modality: str) -> None:
    assert claims(f"A week of drones\n\n{text}")[0].modality == modality


def test_a_stock_is_not_what_was_lost_before() -> None:
    lost, owned = claims("The army lost 52 drones in 2025. The army owns around 2,000 drones.")
    assert (lost.measure, owned.measure, owned.modality, owned.time_edtf) == ("lost", "other", "does", None)


def test_a_sentence_s_own_drones_are_counted_not_the_balloons_before() -> None:
    *_, last = claims("The army saw 12 balloons. It buys interceptors, of which 700 are to arrive next year.")
    assert last.unit == "drones"


def test_the_raid_of_the_night_goes_on_in_the_paragraphs_after_it() -> None:
    told = claims(
        "A raid\n\nRussia sent drones into Ukraine overnight into Thursday.\n\n"
        "The air force said it shot down 131 drones.\n\nIt has lost 40 drones since May."
    )
    assert [claim.time_edtf for claim in told] == ["2026-03-11/2026-03-12", "2025-05/.."]


def test_a_day_told_by_the_way_is_not_lent() -> None:
    told = claims("A raid\n\nOn Monday the minister spoke of drones.\n\nThe air force said it shot down 131 drones.")
    assert [claim.time_edtf for claim in told] == [None]


def test_a_time_closes_the_part_before_it() -> None:
    told = claims("In short: 413 drones and 37 missiles overnight, seven dead.")
    assert told[0].time_edtf == "2026-03-11/2026-03-12"


def test_may_heads_a_row() -> None:
    told = claims("Drones by month\n\nMonth | Drones shot down\nApril | 31\nMay | 28\n")
    assert [claim.time_edtf for claim in told] == ["2025-04", "2025-05"]


LATER = [
    ("According to preliminary information, 12 drones fell, the mayor said.", "mayor"),
    ("A source who asked not to be named because he may not speak said 12 drones fell.", "source"),
    ("The Panel documented the seizure of 12 drones.", "Panel"),
    ("The rebels claim to have launched 12 drones.", "rebels"),
    ("Intelligence officials expect Russia to build 12 drones a month.", "Intelligence officials"),
    ("On Operation Dawn: 12 drones fell.", None),
    ("From the air force: 12 drones fell.", "air force"),
]


@pytest.mark.parametrize(("text", "who"), LATER, ids=[text for text, _ in LATER])
def test_who_says_it_in_other_shapes(text: str, who: str | None) -> None:
    assert claims(f"A week of drones\n\n{text}")[-1].speaker == who


def test_a_number_that_rose_is_found_at_each_step() -> None:
    told = claims(
        "Radars saw 90 balloons. The number rose from 20 in the first year to 30 in the second and 40 in the third."
    )
    assert [claim.high for claim in told] == [90, 20, 30, 40]


def test_with_so_many_one_could_do_something() -> None:
    told = claims("The coast has 9 drones. With 24 we could cover three airfields; with 60, all of them.")
    assert [claim.high for claim in told[1:]] == [24, 60]
    assert told[1].modality == "conditional"


def test_two_maybe_three_is_a_range() -> None:
    (told,) = claims("He heard four, maybe five drones.")
    assert (told.low, told.high, told.bound) == (4, 5, "range")


def test_firms_of_which_some_do_something_are_no_drones() -> None:
    assert claims("More than 200 Polish firms develop drones, of which almost 60 have received orders.") == []


def test_what_a_figure_is_held_against_is_not_its_time() -> None:
    (told,) = claims("At least 60 drones were seen, twice as many as in January.")
    assert told.time_edtf is None


def test_entries_are_of_the_period_in_the_title() -> None:
    told = claims("February in numbers\n\n→ Drones launched: 900\n→ Worst night: 90 (5-6 February)\n→ Shot down: 700\n")
    assert [claim.time_edtf for claim in told] == ["2026-02", "2026-02-05/2026-02-06", "2026-02"]


def test_a_local_story_is_told_where_it_is_dated_and_the_title_says_where() -> None:
    assert claims("A flight\n\nEmden (ots) - Guards noticed 3 drones over the terminal.")[0].place == "Emden"
    assert claims("Drone alert in southern Estonia\n\nSummary: 2 drones were seen.")[0].place == "Estonia"
    assert claims("Drone alert in southern Estonia\n\nRussia launched 200 drones.")[0].place is None


def test_they_asked_for_it() -> None:
    (told,) = claims("Kyiv asked its allies for 8,000 drones.")
    assert told.modality == "wants"


PUBLISHED = [
    ("Jan Berg spoke. Quote: 12 drones fell.", None),
    ("Kask confirmed the words of Olha Berg, who announced plans for 900 drones.", "Olha Berg"),
    ("Context: 22 drones fell in 2025 (Interior Ministry).", "Interior Ministry"),
]


@pytest.mark.parametrize(("text", "who"), PUBLISHED, ids=[text for text, _ in PUBLISHED])
def test_labels_of_a_page_do_not_speak_and_relative_clauses_do(text: str, who: str | None) -> None:
    assert claims(f"A week of drones\n\n{text}")[-1].speaker == who


def test_since_the_start_of_a_war_is_open() -> None:
    (told,) = claims("Since the start of the war on 7 February the army has shot down over 150 drones.")
    assert told.time_edtf == "2026-02-07/.."


def test_out_of_so_many_that_came() -> None:
    told = claims("The army shot down 186 drones out of 194 attack drones fired overnight.")
    assert [claim.measure for claim in told] == ["shot_down", "launched"]


def test_a_request_is_a_wish() -> None:
    assert claims("Our request is for 1,000 drones a day.")[0].modality == "wants"
