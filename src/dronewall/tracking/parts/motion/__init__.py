"""Motion models: rows of the bank that an interacting mixture of models runs side by side.

A part is a `Motion` of `tracking/settings.py`: its share of the time (and that in a restless manner), white noise along
and across the course, a rate of turn, a climb rate that forgets itself, a hover's time to stop. The compiled engine
runs any of them. What is no such row (a road, a formation, a terrain follower) is no motion model here: write a filter.
To add one: a file here and a line in `PARTS`.
"""

from typing import Final

from dronewall.registry import Table
from dronewall.tracking.settings import Motion

PARTS: Final = {
    "calm": "dronewall.tracking.parts.motion.calm:MODEL",
    "climbing": "dronewall.tracking.parts.motion.climbing:MODEL",
    "turning": "dronewall.tracking.parts.motion.turning:MODEL",
    "hard": "dronewall.tracking.parts.motion.hard:MODEL",
    "left": "dronewall.tracking.parts.motion.circle:LEFT",
    "right": "dronewall.tracking.parts.motion.circle:RIGHT",
    "hover": "dronewall.tracking.parts.motion.hover:MODEL",
}
TABLE: Final = Table("motion", PARTS)


def models(*chosen: str | Motion) -> tuple[Motion, ...]:
    """The bank of these models, by name or as they are, with shares that add up to one."""
    found = [TABLE.part(model) if isinstance(model, str) else model for model in chosen]
    calm, restless = (sum(shares) for shares in zip(*map(_shares, found), strict=True))
    return tuple(
        model._replace(share=share / calm, restless_share=other / restless)
        for model, (share, other) in zip(found, map(_shares, found), strict=True)
    )


def _shares(model: Motion) -> tuple[float, float]:
    return model.share, model.in_a_restless_manner()
