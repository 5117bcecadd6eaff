"""How firm a plan is: the same question over wrong ground, other trees, and both ends of all that is assumed.

An accurate algorithm over an inaccurate forest is still wrong, so an answer is worth what survives of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from dronewall.geo.disturbed import Disturbed
from dronewall.geo.terrain import SmoothEarth, Terrain

ERROR_M: Final = 5.0
CANOPY_M: Final = 25.0


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way in which the plan's ground or values may be wrong; `end` 0: as assumed, 1: bad end, 2: good end."""

    name: str
    change: Callable[[Terrain], Terrain]
    end: int = 0


def _as_it_is(ground: Terrain) -> Terrain:
    return ground


def variants(ground: Terrain) -> list[Variant]:
    """What is tried over that ground; over a smooth earth, which has no heights to be wrong, only the values."""
    found = [
        Variant(name="all that is assumed at its bad end", change=_as_it_is, end=1),
        Variant(name="all that is assumed at its good end", change=_as_it_is, end=2),
    ]
    if isinstance(ground, SmoothEarth):
        return found
    return [
        Variant(name=f"ground up to {ERROR_M:g} m off", change=lambda g: Disturbed(g, error_m=ERROR_M)),
        Variant(name="ground off the other way", change=lambda g: Disturbed(g, error_m=-ERROR_M)),
        Variant(name="no trees", change=lambda g: Disturbed(g, canopy_m=0.0)),
        Variant(name=f"trees of {CANOPY_M:g} m", change=lambda g: Disturbed(g, canopy_m=CANOPY_M)),
        *found,
    ]


def changed(ground: Terrain, name: str) -> Terrain:
    """The ground of the variant of that name."""
    return next(variant for variant in variants(ground) if variant.name == name).change(ground)


def survival(decisions: Iterable[str], under: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Each decision, whether it stands under all variants (name: what was decided), and what it hangs on."""
    return [
        {
            "decision": decision,
            "survives": all(decision in found for found in under.values()),
            "hangs_on": [name for name, found in under.items() if decision not in found],
        }
        for decision in decisions
    ]
