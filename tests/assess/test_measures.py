"""What a figure measures and where: one verb for several things, a verb in a clause of its own, whose sky it was."""

import pytest

from tests.assess.test_corrections import claims

MEASURED = [  # the value looked for, its measure
    ("Air defences shot down all 14 drones fired overnight.", 14, "shot_down"),
    ("They destroyed 33 missiles, some ballistic, and 311 drones in the skies over Ukraine.", 311, "shot_down"),
    ("Russia fired 40 missiles, among them Kalibrs, and 311 drones at Ukraine.", 311, "launched"),
    ("They flew 24 drones over Suwalki, and two drones crashed.", 2, "lost"),
    ("Another 136 drones did not achieve their goals.", 136, "lost"),
    ("500 drones went into service.", 500, "delivered"),
    ("Lithuania reported the arrival of 25 balloons.", 25, "crossed"),
]  # fmt: skip
PLACED = [
    ("Two drones entered its airspace, Romania's defence ministry said.", "Romania"),
    ("Romania's ministry said two drones entered its airspace during a Russian attack on Ukraine.", "Romania"),
    ('"Two drones exploded on our territory," Moldovan President Maia Sandu wrote.', "Moldova"),
    ("Two drones that Russia launched at Odesa crashed in Romania.", "Romania"),
    ("Lithuania reported the arrival of two drones from the Belarusian side.", "Lithuania"),
    ("Two drones were sighted over Danish military bases.", "Denmark"),
    ("Two drones came in from Russian territory.", None),
    ("They destroyed two drones in Houthi-controlled areas of Yemen.", "Yemen"),
    ("Two drones hung over Aalborg's air base.", "Aalborg"),
    ("Two drones entered its airspace near Kaunas, Lithuania's army said.", "Kaunas"),
]


@pytest.mark.parametrize(("text", "value", "measure"), MEASURED, ids=[text for text, _, _ in MEASURED])
def test_the_verb_that_governs_a_figure_measures_it(text: str, value: int, measure: str) -> None:
    (claim,) = [claim for claim in claims(text) if claim.low == value]
    assert claim.measure == measure


@pytest.mark.parametrize(("text", "place"), PLACED, ids=[text for text, _ in PLACED])
def test_a_figure_is_of_the_sky_in_which_it_was(text: str, place: str | None) -> None:
    (claim,) = claims(text)
    assert claim.place == place


def test_regions_that_a_nation_is_named_with_are_no_drones() -> None:
    assert claims("The air force said that the drones were downed over six Ukrainian regions.") == []


def test_a_day_behind_one_drone_leaves_it_a_drone() -> None:
    assert [
        claim.low for claim in claims("A ship shot down one drone Friday morning, and jets downed seven later.")
    ] == [1, 7]


def test_a_rate_may_end_its_sentence() -> None:
    (claim,) = claims("Reports say that more than 100 drones are being manufactured daily.")
    assert claim.per == "day"
