"""What a publisher printed and takes back in the next sentence."""

import pytest

from dronewall.assess.claims import Claim
from dronewall.assess.extract import read_document
from dronewall.assess.reports import Beside, from_bytes


def claims(text: str, name: str = "x.txt", *, published: str = "2026-03-12") -> list[Claim]:
    report, _ = from_bytes(text.encode(), name, name, Beside(publisher="The Post", published=published))
    assert report is not None
    return [claim for claim in read_document(report).claims if claim.volume]


@pytest.mark.parametrize(
    "after",
    [
        "The correct number is 24.",
        "It should have been 24.",
        "In fact, 24 were found.",
        "This was wrong.",
        "The source has since withdrawn his account.",
    ],
)
def test_a_figure_is_withdrawn_by_the_sentence_after_it(after: str) -> None:
    first, *rest = claims(f"An article on 9 March said that 42 drones had been found near Riga. {after}")
    assert (first.modality, first.status) == ("denied", "retracted")
    assert all(claim.status != "retracted" for claim in rest)


def test_a_figure_that_others_told_is_not_withdrawn_by_what_follows() -> None:
    first, *_ = claims("The army said that 42 drones had been found near Riga. In fact, nobody has seen more.")
    assert first.status != "retracted"


def test_a_report_told_on_without_a_correction_stands() -> None:
    first, *_ = claims("A report in the Mail said that 42 drones had been found near Riga. The army did not comment.")
    assert first.status != "retracted"


def test_what_a_paper_put_into_a_mouth_is_withdrawn() -> None:
    told = claims(
        "Colonel Kos did not say, as we quoted him, that 400 drones had come. The purchase is of 16 drones; we had 61."
    )
    assert [(claim.value, claim.status) for claim in told] == [(400, "retracted"), (16, None), (61, "retracted")]


def test_what_is_said_not_to_be_so_is_denied_and_not_retracted() -> None:
    (told,) = claims("The outlet published that the plant sold 2,000 drones. This does not correspond to reality.")
    assert (told.modality, told.status) == ("denied", None)


def test_no_plans_deny_what_they_are_for() -> None:
    (told,) = claims("There are no plans for 25,000 drones, the spokesman said.")
    assert told.modality == "denied"
