"""Places: towns of the long table count only where a place stands; the country of what is told."""

import pytest

from dronewall.assess.language.places import by_name, places


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
