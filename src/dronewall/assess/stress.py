"""Stress levels L0 to L4: loads to rehearse, anchored in counts that somebody published. No forecast.

Where the reports hold a claim that anchors a level (a weekly tally for L2, a plant's yearly ceiling for L4), the
level takes its number and cites it; otherwise the public count named in `anchor` stands. L4 lets everything that a
plant could build cross in one year, which no source says.
"""

from collections.abc import Callable, Sequence

from dronewall.assess.claims import PER_YEAR, Claim
from dronewall.records.threat import Citation, StressLevel

DAY_S = 86_400.0
# What flies on such a night, by label: a tally that mixes classes says no shares, so they are stated here and not cited
MIX = {"fixed_wing_piston": 0.6, "fixed_wing_small": 0.4}


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
    from dronewall.assess.estimate import cite

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
    return [
        StressLevel(
            level="L0",
            name="quiet week",
            rate_per_day=16.0 / 7.0,
            rate_per_week=16.0,
            duration_s=7 * DAY_S,
            shares={"balloon": 0.75, "unknown": 0.25},
            anchor="Lithuania 2025: 796 unknown objects in about 49 weeks, one nation",
        ),
        StressLevel(
            level="L1",
            name="Poland night",
            rate_per_day=3.2 * 24,
            rate_per_week=21.0,
            duration_s=6.5 * 3600.0,
            shares={"fixed_wing_small": 0.8, "fixed_wing_piston": 0.2},
            anchor="Poland, 10 September 2025: 21 objects in about 6.5 hours",
        ),
        StressLevel(
            level="L2",
            name="tally week",
            rate_per_day=week / 7.0,
            rate_per_week=week,
            duration_s=7 * DAY_S,
            shares=MIX,
            anchor=_anchor("a tally over a whole country, of mixed classes; not a forecast for the wall", tally),
            citations=_cited(tally[0], claims) if tally else [],
        ),
        StressLevel(
            level="L3",
            name="hard night",
            rate_per_day=hard,
            rate_per_week=hard,
            duration_s=DAY_S,
            shares=MIX,
            anchor=_anchor("the hardest night told of, as if all of it met one wall", night if hard != 810.0 else []),
            citations=_cited(night[0], claims) if night and hard != 810.0 else [],
        ),
        StressLevel(
            level="L4",
            name="plant year",
            rate_per_day=year / 365.0,
            rate_per_week=year / 365.0 * 7.0,
            duration_s=365 * DAY_S,
            shares=MIX,
            anchor=_anchor("a year's capacity crossing in one year: an upper bound that nobody asserts", plant),
            citations=_cited(plant[0], claims) if plant else [],
        ),
    ]


def _anchor(words: str, found: Sequence[Claim]) -> str:
    return (
        f'{words}; "{found[0].quote}" in {found[0].name}'
        if found
        else f"{words}; no report given here holds a figure, the public count stands"
    )
