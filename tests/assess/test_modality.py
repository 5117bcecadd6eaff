"""How sure a figure is told: done, able, planned, wanted, alleged, denied, or hanging on a condition."""

import pytest

from tests.assess.test_corrections import claims

TOLD = [  # one drone figure each
    ("The plant would build 300 drones a month if the ministry paid for a second shift.", "conditional"),
    ("If the ministry paid, the plant would build 300 drones a month.", "conditional"),
    ("Without Chinese motors, the plant would make 300 drones a month.", "conditional"),
    ("As long as the motors come, the plant will deliver 300 drones a month.", "conditional"),
    ("Subject to approval by parliament, the army will buy 300 drones.", "conditional"),
    ("In the worst case 500 drones would reach the city.", "conditional"),
    ("The plant will build 300 drones a month, but nobody asked if they were for the army.", "plans"),
    ("Claims of 300 drones crossing the border are unfounded.", "denied"),
    ("The ministry called reports of 300 drones nonsense.", "denied"),
    ("A month ago they would launch 300 drones and pause.", "did"),
    ("If the machines came, it would be able to make 300 drones a month.", "conditional"),
    ("He did not say that 300 drones had come.", "denied"),
    ("Nor did 300 drones cross the border, he said.", "denied"),
    ("There were never 300 drones.", "denied"),
    ("The allegation that Latvia had launched 300 drones is baseless.", "denied"),
    ("The budget provides for 300 drones.", "plans"),
    ("The army was supposed to get 300 drones.", "plans"),
    ("The mayor is calling for 300 drones.", "wants"),
    ("The army needs 300 drones.", "wants"),
    ("The plant was built to produce 300 drones a month.", "can"),
    ("The army possesses 300 drones.", "does"),
    ("The plant turns out 300 drones a month.", "does"),
    ("In 2024 the plant turns out 300 drones.", "did"),
]


@pytest.mark.parametrize(("text", "modality"), TOLD, ids=[text for text, _ in TOLD])
def test_a_sentence_says_how_sure_its_figure_is(text: str, modality: str) -> None:
    (claim,) = [claim for claim in claims(text) if claim.unit == "drones"]
    assert claim.modality == modality
