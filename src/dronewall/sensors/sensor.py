"""What every sensor can be asked: when it looks, what it would see, what it would say, how far to believe it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from dronewall.geo.frames import LocalFrame
from dronewall.records.detection import Column, Detections
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.sensors.catalogue import Row
from dronewall.units import Bools, Floats, Ints

Path = Callable[[Ints], tuple[Floats, Floats]]
"""Times (ns) [shape=(k,)] to earth-centred positions (m) and east, north, up velocities at them (m/s), [shape=(k, 3)].
NaN where the target is not there at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a target broadcasts about itself; a target without one is not heard by receivers of claims.

    `displaced_m` (east, north, up) is by how far the claimed position is off; `split` sends identity and position in
    separate messages, as Bluetooth legacy advertising does, the latter under `session`.
    """

    identity: str
    displaced_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    position_sd_m: float | None = None
    split: bool = False
    session: str | None = None


class Sensor(Protocol):
    """One sensor of a wall, the same for plan, rehearse and track.

    Attributes
    ----------
    spec : SensorSpec
        The wall's entry with the defaults filled in. No `_sd_` is filled in unless the wall names the model.
    row : Row
        The catalogue row that the defaults are from, each value with its interval.
    latitude_rad, longitude_rad, altitude_hae_m, ecef_m, frame
        Where it stands; `frame` is its own east-north-up.
    period_ns : int or None
        None: not scheduled, its detections come when they come.
    measures : frozenset of Column
    reach_m : float
        Beyond this slant range `p_detect` is 0 for every label in every weather.
    clutter_per_scan : float
        Mean number of false detections in one look.
    latency_s : float
        Mean from the look to the wall.
    claims_only : bool
        It hears only what broadcasts; a miss says nothing about anything else.
    sound_delay : bool
        What it hears left the source distance / speed of sound earlier: `time_ns` is when it was heard, and positions
        handed to `p_detect` are where the source was when it made the sound.
    """

    spec: SensorSpec
    row: Row
    kind: str
    latitude_rad: float
    longitude_rad: float
    altitude_hae_m: float
    frame: LocalFrame
    ecef_m: Floats
    period_ns: int | None
    measures: frozenset[Column]
    reach_m: float
    clutter_per_scan: float
    latency_s: float
    claims_only: bool
    sound_delay: bool

    def looks(self, from_ns: int, to_ns: int) -> tuple[Ints, Ints]:
        """Number and time of each scheduled look in [from, to)."""
        ...

    def reach_of(self, label: str) -> float:
        """Slant range beyond which `p_detect` of that label is 0 in every weather."""
        ...

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look detects such a target there (of claims: one that broadcasts)."""
        ...

    def p_detect_each(
        self, ecef_m: Floats, velocity_enu_mps: Floats, labels: Sequence[str], weather: Weather
    ) -> Floats:
        """The same for several labels at once [shape=(n, len(labels))]."""
        ...

    def noise(self, column: Column) -> float:
        """Standard deviation of a measured column (m, rad, m/s); NaN: not measured.

        A detection's own `_sd_` overrides it.
        """
        ...

    def clutter_density(self) -> float:
        """False detections per look and unit of measurement volume, the mean over the volume."""
        ...

    def clutter_intensity(self, values: Floats) -> Floats:
        """The same at given detections, rows of `Detections.values`."""
        ...

    def hint_likelihood(self, hint: str | None) -> Floats:
        """How likely that label on a detection is under each true label, in the order of LABELS."""
        ...

    def footprint_m(self, quantile: float, label: str, weather: Weather) -> float:
        """Ground range within which that share of its detections of such targets originates, all else equal."""
        ...

    def simulate(
        self,
        rng: np.random.Generator,
        times_ns: Ints,
        position: Path,
        label: str,
        weather: Weather,
        *,
        claim: Claim | None = None,
    ) -> tuple[Bools, Detections]:
        """What looks at those times say of one target: which hit, and one detection for each hit, in order."""
        ...

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """False detections in those looks: index into `times_ns` (ascending) and the detections."""
        ...


@runtime_checkable
class Meets(Protocol):
    """A sensor that measures together with others of its wall."""

    def meet(self, sensors: Iterable[Any]) -> None:
        """Learn of all sensors of the wall, in its order, once they are built."""
        ...
