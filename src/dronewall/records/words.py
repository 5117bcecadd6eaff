"""The words that files share: labels, kinds, states. One spelling everywhere (DESIGN: "Words that files share")."""

from enum import StrEnum
from typing import Final


class Label(StrEnum):
    """What a thing seems to be. A decoy is not a label: nothing that is measured tells one apart."""

    FIXED_WING_PISTON = "fixed_wing_piston"
    FIXED_WING_SMALL = "fixed_wing_small"
    MULTIROTOR = "multirotor"
    FPV = "fpv"
    AGRICULTURAL_DRONE = "agricultural_drone"
    BALLOON = "balloon"
    BIRD = "bird"
    FLOCK = "flock"
    AIRCRAFT = "aircraft"
    HELICOPTER = "helicopter"
    GROUND = "ground"
    UNKNOWN = "unknown"


LABELS: Final[tuple[str, ...]] = tuple(str(label) for label in Label)
DRONE_LABELS: Final = frozenset({"fixed_wing_piston", "fixed_wing_small", "multirotor", "fpv", "agricultural_drone"})


class IdentityStatus(StrEnum):
    """What independent sensors make of a thing's own claim to an identity."""

    COOPERATIVE = "cooperative"
    CONFLICTING = "conflicting"
    UNKNOWN = "unknown"


class TrackStatus(StrEnum):
    """Where a track stands in its life."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    COASTING = "coasting"
    ENDED = "ended"


KINDS: Final = ("radar", "acoustic", "rf_direction", "tdoa", "camera", "remote_id", "adsb", "observer")
