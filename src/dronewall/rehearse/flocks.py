"""Birds of one flock: each beside a leader whose path they share, so that thousands take the memory of some."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from dronewall.geo.frames import enu_axes, rotated_back
from dronewall.rehearse.paths import Path
from dronewall.units import SECOND_NS, Floats, Ints

SPACING_M = 2.5
"""Between neighbours of a line of cranes or geese, wing tip to wing tip (assumption)."""
ARM_RAD = float(np.radians(55.0))
"""Half the angle between the arms of a flock's wedge (assumption; 30 to 75 degrees are told of geese)."""
UNEVEN_M = 4.0
SWAY_M = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Path):
    """A path that keeps `offset_ecef_m` beside another, swaying a little; its arrays are the other's."""

    offset_ecef_m: Floats
    sway_ecef_m: Floats
    sway_s: float
    phase_rad: float

    def position(self, times_ns: Ints) -> tuple[Floats, Floats]:
        """As `Path.position`, beside the leader."""
        ecef, velocity = Path.position(self, times_ns)
        since_s = (np.asarray(times_ns, np.int64) - self.start_ns) / SECOND_NS
        sway = np.sin(2.0 * np.pi * since_s / self.sway_s + self.phase_rad)
        return ecef + self.offset_ecef_m + sway[:, None] * self.sway_ecef_m, velocity


def flock(rng: np.random.Generator, leader: Path, size: int) -> Iterator[Path]:
    """The leader and `size` - 1 birds in two arms behind it, not quite even."""
    yield leader
    middle = len(leader.ecef_m) // 2
    axes = enu_axes(leader.latitude_rad[middle : middle + 1], leader.longitude_rad[middle : middle + 1])
    heading = np.arctan2(leader.velocity_enu_mps[middle, 0], leader.velocity_enu_mps[middle, 1])
    shared = {field.name: getattr(leader, field.name) for field in fields(leader)}
    for number in range(1, size):
        way, side = SPACING_M * ((number + 1) // 2), 1.0 if number % 2 else -1.0
        back, right = -way * np.cos(ARM_RAD), side * way * np.sin(ARM_RAD)
        place = np.array(
            [
                back * np.sin(heading) + right * np.cos(heading),
                back * np.cos(heading) - right * np.sin(heading),
                0.0,
            ]
        ) + UNEVEN_M * rng.normal(size=3)
        yield Beside(
            **shared,
            offset_ecef_m=rotated_back(axes, place[None])[0],
            sway_ecef_m=rotated_back(axes, SWAY_M * rng.normal(size=3)[None])[0],
            sway_s=float(rng.uniform(8.0, 40.0)),
            phase_rad=float(rng.uniform(0.0, 2.0 * np.pi)),
        )
