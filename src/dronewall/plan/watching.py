"""How likely each of a wall's sensors sees what stands in a cell: the models of `sensors`, over one sightline for all.

A model is asked as if nothing stood in the way, and its answer counts where the cell's lowest visible height is not
above the target: so the maps of heights and of probabilities agree to the cell. A model that never asks for its
sightline (sound, people) is taken as it is.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from dronewall.geo.frames import destination, geodetic_to_ecef
from dronewall.geo.lowest_visible import Limits, Seen, lowest_visible, surroundings
from dronewall.geo.relief import Float32s, Grid, Relief
from dronewall.geo.sightline import STANDARD_REFRACTION
from dronewall.geo.terrain import Terrain
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor, build_sensor
from dronewall.sensors.acoustics import absorption_db_per_km
from dronewall.sensors.signatures import EMISSION_DBM, RCS_DBSM, SIZE_M, SOUNDS
from dronewall.units import Bools, Floats

EFFECTIVE_RADIUS_M: Final = STANDARD_REFRACTION * 6_371_008.77
HEADINGS_RAD: Final = (np.pi / 2.0, 0.0, np.pi / 4.0, -np.pi / 4.0)
"""East, north, north-east, north-west: straight lines through a cell along the map's rows, columns and diagonals."""
_LOUDEST: Final = "fixed_wing_piston"
_LARGEST: Final = "aircraft"


class Unhindered:
    """A sight that lets everything through and remembers that it was asked."""

    def __init__(self) -> None:
        self.asked = False

    def sees(self, ecef_m: Floats) -> Bools:
        """Everything."""
        self.asked = True
        return np.ones(len(ecef_m), np.bool_)


@dataclass(kw_only=True)
class Watcher:
    """One sensor of a plan.

    Attributes
    ----------
    sensor : Sensor
        With its sight unhindered.
    spec : SensorSpec
        The wall's entry, before the catalogue filled it in.
    needs : tuple of str
        The sensors whose sightline it needs (itself; a TDOA station also its reference).
    turns : bool
        Its answer depends on where a target flies to.
    nominal_m, reach_m : float
        Farthest ground range at which any asked class could be seen; the same with all that is assumed at its good end.
    """

    sensor: Sensor
    spec: SensorSpec
    terrain: Terrain
    needs: tuple[str, ...] = ()
    turns: bool = False
    reach_m: float = 0.0
    nominal_m: float = 0.0
    seen: Seen = field(init=False)
    _ends: dict[tuple[str, int], Sensor | None] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The sensor's id."""
        return self.sensor.spec.id

    @property
    def stated(self) -> bool:
        """Whether the wall states its probability, so that there is no physics to it."""
        return self.spec.p_detect is not None

    @property
    def period_s(self) -> float:
        """Seconds between looks; one that is not scheduled has none."""
        return np.inf if self.sensor.period_ns is None else self.sensor.period_ns / 1e9

    @cached_property
    def limits(self) -> Limits:
        """Its ranges and sector, as far as the map needs them."""
        sensor: Any = self.sensor
        return Limits(
            min_range_m=float(getattr(sensor, "min_range_m", 0.0)),
            max_range_m=self.reach_m,
            azimuth_from_rad=float(getattr(sensor, "sector_from_rad", 0.0)),
            azimuth_width_rad=float(getattr(sensor, "sector_width_rad", 2.0 * np.pi)),
        )

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, labels: tuple[str, ...], weather: Weather) -> Floats:
        """Per look, sightline left out [shape=(n, len(labels))]."""
        return self.sensor.p_detect_each(ecef_m, velocity_enu_mps, labels, weather)

    def at_end(self, label: str, side: int) -> Sensor | None:
        """The same sensor with all that is assumed of it and of that class at the bad (-1) or good (1) end at once.

        What the wall states stands. None: nothing is assumed.
        """
        if (label, side) not in self._ends:
            self._ends[label, side] = self._extreme(label, side)
        return self._ends[label, side]

    def _extreme(self, label: str, side: int) -> Sensor | None:
        spec = extreme(self.spec, self.sensor, label, side)
        if spec is None:
            return None
        sensor: Any = build_sensor(spec, self.terrain)
        if hasattr(self.sensor, "reference"):
            sensor.reference = self.sensor.reference
        _open(sensor)
        found: Sensor = sensor
        return found


def watchers(
    sensors: dict[str, Sensor], specs: list[SensorSpec], terrain: Terrain, labels: tuple[str, ...], highest_m: float
) -> tuple[list[Watcher], list[dict[str, str]]]:
    """Those that count, and those left out with the reason."""
    kept, left = [], []
    for spec in specs:
        sensor = sensors[spec.id]
        if sensor.claims_only:
            left.append({"sensor": spec.id, "reason": "it hears only what broadcasts, and an intruder need not"})
        elif sensor.period_ns is None:
            left.append({"sensor": spec.id, "reason": "people who call are no watch that can be planned on"})
        elif all(sensor.reach_of(label) <= 0.0 for label in labels):
            left.append({"sensor": spec.id, "reason": "it perceives none of the classes asked"})
        else:
            kept.append(Watcher(sensor=sensor, spec=spec, terrain=terrain))
    for watcher in kept:
        _open(watcher.sensor)
    for watcher in kept:
        _probe(watcher, kept)
        horizon_m = float(np.sqrt(2.0 * EFFECTIVE_RADIUS_M)) * (
            np.sqrt(highest_m + 3_000.0) + np.sqrt(max(watcher.sensor.altitude_hae_m, 0.0) + 100.0)
        )
        watcher.nominal_m = float(min(max(watcher.sensor.reach_of(label) for label in labels), horizon_m))
        watcher.reach_m = float(min(max(_reach_m(watcher, label) for label in labels), horizon_m))
    return kept, left


def look_over(watcher: Watcher, relief: Relief, grid: Grid, times: int) -> Seen:
    """What it sees of `grid`, computed on `relief` whose cells are `times` as small."""
    sensor, limits = watcher.sensor, watcher.limits
    # A cell more at both ends: distances are those of the map here, and the model knows its ranges to the metre.
    wide = replace(
        limits,
        min_range_m=max(limits.min_range_m - grid.cell_m, 0.0),
        max_range_m=limits.max_range_m + grid.cell_m,
    )
    place = sensor.latitude_rad, sensor.longitude_rad
    near = surroundings(watcher.terrain, relief.grid, *place)
    fine = lowest_visible(relief, *place, sensor.altitude_hae_m, wide, near=near)
    if times == 1:
        return fine
    middle = times // 2
    first_row, first_column = -(-(fine.row - middle) // times), -(-(fine.column - middle) // times)
    rows = range(first_row * times + middle - fine.row, fine.height_m.shape[0], times)
    columns = range(first_column * times + middle - fine.column, fine.height_m.shape[1], times)
    kept = fine.height_m[rows.start :: times, columns.start :: times]
    return Seen(row=first_row, column=first_column, height_m=np.ascontiguousarray(kept))


def positions(grid: Grid, ground_m: Float32s, window: tuple[slice, slice], height_m: float) -> Floats:
    """Earth-centred positions at a height above the ground of a window [shape=(rows, columns, 3)]."""
    latitude, longitude = grid.window_places(*window)
    return geodetic_to_ecef(latitude, longitude, ground_m[window].astype(np.float64) + height_m)


def velocities(n: int, heading_rad: float, speed_mps: float) -> Floats:
    """Level flight along a heading [shape=(n, 3)]."""
    return np.broadcast_to([speed_mps * np.sin(heading_rad), speed_mps * np.cos(heading_rad), 0.0], (n, 3))


def extreme(spec: SensorSpec, sensor: Sensor, label: str, side: int) -> SensorSpec | None:
    """The wall's entry with what is assumed at its bad (-1) or good (1) end; None where nothing is.

    A class's own interval (echo, sound, link, size) is turned into the sensor's key that does the same to it.
    """
    if spec.p_detect is not None:
        return None
    values = sensor.row.values
    changed: dict[str, float] = {}

    def end(key: str) -> float:
        stated = getattr(spec, key)
        value = values[key]
        return float(stated if stated is not None else value.low if side < 0 else value.high)

    range_m = end("max_range_m")
    if spec.kind == "radar":
        shift = (
            RCS_DBSM[label].low - RCS_DBSM[label].value if side < 0 else RCS_DBSM[label].high - RCS_DBSM[label].value
        )
        least = values["reference_rcs_dbsm"]
        stated = spec.reference_rcs_dbsm
        reference = stated if stated is not None else least.high if side < 0 else least.low
        changed["reference_rcs_dbsm"] = reference - shift
    elif spec.kind == "acoustic":
        sound = SOUNDS[label]
        if sound is not None and label != _LOUDEST:
            level = sound.level_db
            range_m = _as_loud_from(range_m, (level.low if side < 0 else level.high) - level.value)
    elif spec.kind in ("rf_direction", "tdoa"):
        emitted = EMISSION_DBM[label]
        if emitted is not None:
            range_m *= 10.0 ** (((emitted.low if side < 0 else emitted.high) - emitted.value) / 20.0)
    elif spec.kind == "camera":
        size = SIZE_M[label]
        range_m *= (size.low if side < 0 else size.high) / size.value
    else:
        return None
    changed["max_range_m"] = range_m
    low = (
        spec.min_range_m
        if spec.min_range_m is not None
        else values["min_range_m"].value
        if "min_range_m" in values
        else 0.0
    )
    changed["max_range_m"] = max(range_m, low + 1.0)
    return spec.model_copy(update=changed)


def _as_loud_from(range_m: float, louder_db: float) -> float:
    """The range at which a source that much louder has the level of the old one at `range_m`."""
    alpha = absorption_db_per_km(250.0, 10.0, 70.0)
    wanted = 20.0 * np.log10(range_m) + alpha * range_m / 1000.0 + louder_db
    grid = np.geomspace(1.0, 1e6, 20_000)
    return float(np.interp(wanted, 20.0 * np.log10(grid) + alpha * grid / 1000.0, grid))


def _reach_m(watcher: Watcher, label: str) -> float:
    """Ground range of the class, the good end of what is assumed included."""
    reach_m = watcher.sensor.reach_of(label)
    best = watcher.at_end(label, 1)
    return reach_m if best is None or reach_m <= 0.0 else max(reach_m, best.reach_of(label))


def _open(sensor: Any) -> None:
    sensor.sight = Unhindered()
    reference = getattr(sensor, "reference", None)
    if reference is not None:
        reference.sight = Unhindered()


def _sight(watcher: Watcher) -> Unhindered:
    sensor: Any = watcher.sensor
    sight: Unhindered = sensor.sight
    return sight


def _probe(watcher: Watcher, others: list[Watcher]) -> None:
    """Ask once near by, to learn whose sightlines count and whether the heading does."""
    sensor: Any = watcher.sensor
    sights = {other.id: _sight(other) for other in others}
    for sight in sights.values():
        sight.asked = False
    reach_m = max(sensor.reach_of(label) for label in (_LOUDEST, _LARGEST, "multirotor"))
    low_m = float(getattr(sensor, "min_range_m", 0.0))
    ranges = low_m + (min(reach_m, 50_000.0) - low_m) * np.array([0.02, 0.1, 0.3, 0.6])
    middle = float(getattr(sensor, "sector_from_rad", 0.0) + getattr(sensor, "sector_width_rad", 2.0 * np.pi) / 2.0)
    latitude, longitude = destination(sensor.latitude_rad, sensor.longitude_rad, middle, ranges)
    ecef = geodetic_to_ecef(latitude, longitude, sensor.altitude_hae_m + 50.0)
    labels = (_LOUDEST, _LARGEST, "multirotor")
    answers = [
        sensor.p_detect_each(ecef, velocities(4, middle + turn, 30.0), labels, Weather()) for turn in (0.0, np.pi / 2.0)
    ]
    watcher.turns = bool(np.any(answers[0] != answers[1]))
    watcher.needs = tuple(name for name, sight in sights.items() if sight.asked)
