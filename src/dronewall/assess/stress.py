"""Stress levels L0 to L4: loads to rehearse, anchored in counts that somebody published. No forecast.

Where the reports hold a claim that anchors a level (a weekly tally for L2, a plant's yearly ceiling for L4), the
level takes its number and cites it; otherwise the public count named in `anchor` stands. L4 lets everything that a
plant could build cross in one year, which no source says.
"""

from collections.abc import Callable, Sequence

from dronewall.assess.claims import PER_YEAR, Claim, cite
from dronewall.records.ladder import HARD_NIGHT, PLANT_YEAR, TALLY, ladder
from dronewall.records.threat import Citation, StressLevel


def _best(claims: Sequence[Claim], fits: Callable[[Claim], bool]) -> list[Claim]:
    found = [
        claim
        for claim in claims
        if claim.live and claim.unit == "drones" and not claim.statement and claim.value > 0 and fits(claim)
    ]
    return sorted(
        found,
        key=lambda c: (
            -c.value * PER_YEAR.get(c.per or "year", 1.0),
            bool(c.derived_from),
            c.in_title,
            c.text_sha256,
            c.text_start,
        ),
    )


def _cited(chosen: Claim, claims: Sequence[Claim]) -> list[Citation]:
    return [cite(chosen)] + [
        cite(claim)
        for claim in claims
        if claim.root == chosen.root and claim.claim == chosen.claim and claim.id != chosen.id
    ]


def stress_levels(claims: Sequence[Claim]) -> list[StressLevel]:
    """The five levels, from the quiet week to the plant year."""
    tally = _best(
        claims,
        lambda c: c.measure in ("shot_down", "launched", "crossed", "lost") and c.per in ("week", "month", "day"),
    )
    plant = _best(claims, lambda c: c.measure == "capacity" and c.per in PER_YEAR and c.status is not None)
    night = _best(
        claims,
        lambda c: (
            c.measure in ("launched", "crossed")
            and (c.per == "event" or (c.per is None and c.time_edtf is not None and len(c.time_edtf) in (10, 21)))
        ),
    )
    week = tally[0].value * PER_YEAR[tally[0].per or "week"] / 52.0 if tally else 1000.0
    year = plant[0].value * PER_YEAR[plant[0].per or "year"] if plant else 100_000.0
    hard = night[0].value if night and night[0].value >= 100 else 810.0
    cited = {
        "L2": (TALLY, tally[:1]),
        "L3": (HARD_NIGHT, night[:1] if hard != 810.0 else []),
        "L4": (PLANT_YEAR, plant[:1]),
    }
    levels = []
    for level in ladder(week=week, night=hard, year=year):
        words, found = cited.get(level.level, ("", []))
        if found:
            said = f'{words}; "{found[0].quote}" in {found[0].name}'
            level = level.model_copy(update={"anchor": said, "citations": _cited(found[0], claims)})
        levels.append(level)
    return levels
