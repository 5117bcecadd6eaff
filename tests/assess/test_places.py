"""Places: towns of the long table count only where a place stands; the country of what is told."""

import pytest

from dronewall.assess.language.places import by_name, places
from tests.assess.test_corrections import claims


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fired at the port of Jeddah", "Jeddah"),
        ("the works in Zwickau", "Zwickau"),
        ("near Ivalo and over the Barents Sea", "Barents Sea"),
        ("a plant in Petrozavodsk", "Petrozavodsk"),
        ("drones over Bahraini waters", "Bahrain"),
    ],
)
def test_a_place_is_known(text: str, name: str) -> None:
    assert name in [mention.place.name for mention in places(text)]


@pytest.mark.parametrize("text", ["Zwickau said that 40 came", "Captain Narvik saw it", "in Narvik Petersen's view"])
def test_a_town_of_the_long_table_needs_its_preposition(text: str) -> None:
    assert [mention for mention in places(text) if mention.place.name in ("Zwickau", "Narvik")] == []


def test_a_list_shares_its_preposition() -> None:
    assert [mention.place.name for mention in places("in Zwickau and Erfurt")] == ["Zwickau", "Erfurt"]


def test_other_transliterations_are_one_place() -> None:
    assert by_name("Babruisk") == by_name("Bobruisk")
    assert by_name("Navahrudak") == by_name("Novogrudok") or by_name("Navagrudak") == by_name("Novogrudok")


SHARED_OUT = [
    ("In Latvia the army found 3 drones, in Estonia 2 and in Lithuania four.", ["Latvia", "Estonia", "Lithuania"]),
    ("Air defence shot down 12 drones: seven over Tula and five over Oryol.", [None, "Tula", "Oryol"]),
    (
        "Of the 50 drones, 20 were shot down over Kyiv, 15 over Poltava and the rest near Lubny.",
        [None, "Kyiv", "Poltava"],
    ),
    ("14 drones - Tula region; 9 - Oryol; 4 - Crimea.", ["Tula", "Oryol", "Crimea"]),
    ("Tula 14 drones, Oryol 9, Crimea 4.", ["Tula", "Oryol", "Crimea"]),
]


@pytest.mark.parametrize(("text", "where"), SHARED_OUT, ids=[text[:30] for text, _ in SHARED_OUT])
def test_a_count_shared_out_by_place_gives_each_its_own(text: str, where: list[str | None]) -> None:
    assert [claim.place for claim in claims(text)] == where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('Poltava governor Ole Dahl: "Our gunners destroyed 34 drones over the region."', "Poltava"),
        ("The governor of the Poltava region said that 34 drones had come down there.", "Poltava"),
        ("The Tula-based maker has built 40 drones in Oulu.", "Oulu"),
        ("The Tula plant makes 700 drones a month.", "Tula"),
    ],
)
def test_a_place_told_another_way_is_that_place(text: str, where: str) -> None:
    assert [claim.place for claim in claims(text)] == [where]


def test_a_seller_s_town_is_not_where_the_drones_go() -> None:
    assert [claim.place for claim in claims("The navy will buy 600 drones from a maker in Tallinn.")] == [None]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Overnight it launched 88 drones from Kursk, Oryol and Bryansk.", None),
        ("Norway will send 10,000 drones, the premier said in Kyiv on Tuesday.", "Norway"),
        ("The army lost 7 drones, says a monitor based in Britain.", None),
        ("He spoke of 2 drones; in Vilnius they know of none.", None),
        ("A clerk at the Izhevsk plant said that the plant had made 20 drones a day.", "Izhevsk"),
    ],
)
def test_where_drones_start_or_words_are_said_is_not_their_place(text: str, where: str | None) -> None:
    assert claims(text)[0].place == where
