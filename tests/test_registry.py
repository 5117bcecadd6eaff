"""Parts are found by name; what dronewall has no interface to is refused, whoever registers it."""

import pytest

from dronewall.errors import BadInput, Refused, UnknownPart
from dronewall.registry import Table

TABLE = Table("formats", {"beast": "dronewall.units:KNOT_MPS", "avr": "dronewall.units:FOOT_M"})


def test_a_part_is_found_by_its_name() -> None:
    assert TABLE.part("avr") == 0.3048


def test_an_unknown_part_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownPart, match=r"^dronewall\.formats has no 'asterx'; it has: avr, beast$") as caught:
        TABLE.part("asterx")
    assert caught.value.known == ("avr", "beast")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["jammer", "my-Jammer-2", "kinetic", "interceptor", "weapon_cue", "effector"])
def test_an_effector_is_refused_by_any_name(name: str) -> None:
    with pytest.raises(Refused, match="dronewall senses and warns"):
        TABLE.part(name)


def test_an_effector_is_refused_even_when_it_stands_in_the_table() -> None:
    with pytest.raises(BadInput):
        Table("outputs", {"jammer": "dronewall.units:KNOT_MPS"}).part("jammer")
