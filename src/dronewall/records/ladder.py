"""The load ladder L0 to L4: loads to rehearse, anchored in counts that somebody published. Nobody's forecast.

`threat.json` carries the same five levels with what its reports say of them; a rehearsal without one takes these. L4
lets everything that a plant could build cross in one year, which no source says.
"""

from typing import Final

from dronewall.records.threat import StressLevel

DAY_S: Final = 86_400.0
MIX: Final = {"fixed_wing_piston": 0.6, "fixed_wing_small": 0.4}
"""What flies on such a night, by label: a tally that mixes classes says no shares, so they are stated here, uncited."""
TALLY: Final = "a tally over a whole country, of mixed classes; not a forecast for the wall"
HARD_NIGHT: Final = "the hardest night told of, as if all of it met one wall"
PLANT_YEAR: Final = "a year's capacity crossing in one year: an upper bound that nobody asserts"
PUBLIC: Final = "no report given here holds a figure, the public count stands"


def ladder(*, week: float = 1_000.0, night: float = 810.0, year: float = 100_000.0) -> tuple[StressLevel, ...]:
    """The five levels, from the quiet week to the plant year, for a tally a week, a hard night and a plant's year."""
    return (
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
            anchor=f"{TALLY}; {PUBLIC}",
        ),
        StressLevel(
            level="L3",
            name="hard night",
            rate_per_day=night,
            rate_per_week=night,
            duration_s=DAY_S,
            shares=MIX,
            anchor=f"{HARD_NIGHT}; {PUBLIC}",
        ),
        StressLevel(
            level="L4",
            name="plant year",
            rate_per_day=year / 365.0,
            rate_per_week=year / 365.0 * 7.0,
            duration_s=365 * DAY_S,
            shares=MIX,
            anchor=f"{PLANT_YEAR}; {PUBLIC}",
        ),
    )
