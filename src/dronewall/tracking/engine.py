"""Looks of plot sensors handed to the compiled engine, one at a time or many at once, and what comes back entered.

`kernels/look.py` does the work on the bank's arrays. Radars with a stated probability of detection on a smooth earth
need nothing else; where physics or terrain say what a radar sees, `coverage.py` is asked before the look.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dronewall.kernels import look as kernel
from dronewall.kernels.arrivals import births, looked
from dronewall.kernels.clumps import link_m
from dronewall.kernels.columns import (
    LAST_KEY,
    LAST_NUMBER,
    NEWS,
    PAIRS,
    STATE,
    TRACKS,
    AlignColumns,
    LookColumns,
    Outcome,
    RowColumns,
    SensorColumns,
)
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.sensors.radar import CLUTTER_RATE_SD_MPS, Radar
from dronewall.sensors.sensor import Sensor
from dronewall.sensors.sight import SmoothSight
from dronewall.tracking import grouped, groups
from dronewall.tracking.classes import PRIOR
from dronewall.tracking.core import LIKELY, Core
from dronewall.tracking.coverage import mixed
from dronewall.tracking.fates import Fates, refusal
from dronewall.units import SECOND_NS, Floats, Ints

MEASURED = (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD, Column.RANGE_RATE_MPS)
PAIRS_PER_ROW = 20  # room for pairs above kernel.WORTH_KEEPING: they sum to one for each detection, births included
NOBODY, NOTHING = np.zeros(0, np.int64), np.zeros(0)
MOST_ROWS = 200_000  # in one call, so that what it needs stays small


class Engine:
    """The plot sensors of a wall, and the memory that their looks change."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.sensors = sensor_columns(core.sensors)
        self.plots = np.array([isinstance(sensor, Radar) for sensor in core.sensors], bool)
        self.plain = self.plots & np.isfinite(self.sensors.p)
        self.knobs = core.settings.knobs()

    def takes(self, index: int, scan: Scan) -> bool:
        """Whether a look is one for the compiled engine: plots only, no bearings among them."""
        return bool(self.plots[index]) and not _has_bearings(scan)

    def stand_aside(self) -> None:
        """Take no look at all: another filter or association does."""
        self.plots[:] = self.plain[:] = False

    def take(self, index: int, scan: Scan) -> Fates:
        """One look."""
        core, memory = self.core, self.core.memory
        if self.plain[index]:
            if not self._meets_group(index):
                return self._run([scan], np.array([index]))[0]
            sensors = self.sensors
            who = memory.bank.candidates(sensors.place[index], sensors.far_m[index], scan.time_ns)
            return self._grouped(index, scan, who, np.full(len(who), sensors.p[index]))
        who, p = core.in_view(index, scan.time_ns)
        chance = mixed(p, memory.bank.classes[who])
        keys, before = memory.bank.key[who], memory.bank.last_ns[who].copy()
        fates = self._grouped(index, scan, who, chance)
        at = memory.bank.rows_of(keys)
        hit = (memory.bank.last_ns[at] == scan.time_ns) & (before < scan.time_ns)
        core.weigh_silence(index, at, p, hit)
        return fates

    def saw_nothing(self, index: int) -> None:
        """An empty look of a sensor: nothing arrived."""
        if self.plots[index]:
            looked(self.core.memory.arrivals, index, 0, self.knobs)

    def stretch(self, scans: Sequence[Scan], first: int, index_of: Mapping[str, int]) -> int:
        """How far, from `first` on, looks can be taken in one call: up to the next tidying, or another kind of look."""
        memory = self.core.memory
        now_ns, until_ns = memory.now_ns, memory.tidied_ns + SECOND_NS
        if scans[first].time_ns >= until_ns:
            until_ns = scans[first].time_ns + SECOND_NS
        rows, at = 0, first
        meets: dict[int, bool] = {}
        while at < len(scans):
            scan = scans[at]
            index = index_of.get(scan.sensor, -1)
            if index < 0 or not self.plain_now(index) or not now_ns <= scan.time_ns < until_ns:
                break
            m = len(scan.detections.time_ns)
            if not m or rows + m > MOST_ROWS or _has_bearings(scan) or refusal(scan):
                break
            if memory.groups and meets.setdefault(index, self._meets_group(index)):
                break
            now_ns = scan.time_ns
            rows, at = rows + m, at + 1
        return at

    def plain_now(self, index: int) -> bool:
        """Whether compiled code alone takes that sensor's looks: its chances are stated, and it is believed."""
        return bool(self.plain[index]) and not self.core.registration.quarantined(self.core.memory.alignment, index)

    def run(self, scans: Sequence[Scan], index_of: Mapping[str, int]) -> list[Fates]:
        """The looks of one stretch, or those of it up to one that began a group: as many as there are fates."""
        core, memory = self.core, self.core.memory
        if scans[0].time_ns - memory.tidied_ns >= SECOND_NS:
            core.tidy(scans[0].time_ns)
        return self._run(scans, np.array([index_of[scan.sensor] for scan in scans]))

    def _run(self, scans: Sequence[Scan], index: Ints) -> list[Fates]:
        counts = np.array([len(scan.detections.time_ns) for scan in scans])
        stop = np.cumsum(counts)
        looks = LookColumns(
            sensor=index,
            time_ns=np.array([scan.time_ns for scan in scans]),
            first=stop - counts,
            stop=stop,
        )
        rows = _rows(scans)
        out = _outcome(int(stop[-1]))
        state = self._state()
        memory = self.core.memory
        done, why = self._work(state, looks, None, NOTHING, rows, out)
        memory.now_ns = scans[done - 1].time_ns
        if why == kernel.CLUMPED:
            pairs = slice(int(np.searchsorted(out.pair_row[: state[PAIRS]], looks.first[done - 1])), int(state[PAIRS]))
            new, row = self._newborn(
                scans[done - 1].time_ns, out.pair_key[pairs], out.pair_row[pairs], out.pair_p[pairs]
            )
            self._gather(int(index[done - 1]), scans[done - 1].time_ns, new, out.weight[row], int(counts[done - 1]))
        self._told(state, out)
        pairs_n = int(state[PAIRS])
        self._keep(out.pair_key[:pairs_n], out.pair_row[:pairs_n], out.pair_p[:pairs_n], scans, index, looks.first)
        return [
            Fates(code=out.fate[a:b], number=out.number[a:b], weight=out.weight[a:b])
            for a, b in zip(looks.first[:done].tolist(), stop[:done].tolist(), strict=True)
        ]

    def _meets_group(self, index: int) -> bool:
        """Whether a look of a sensor may have a member of a group among its candidates."""
        bank, sensors = self.core.memory.bank, self.sensors
        if not self.core.memory.groups:
            return False
        rows = bank.rows_of(np.concatenate([group.key for group in self.core.memory.groups]))
        away = bank.where[rows, :3] - sensors.place[index]
        return bool(((away * away).sum(axis=1) < (sensors.far_m[index] + bank.where[rows, 3]) ** 2).any())

    def _grouped(self, index: int, scan: Scan, who: Ints, p: Floats) -> Fates:
        """A look with what is in view (rows `who`, ascending, and how likely each is detected), groups first."""
        core, memory, s, sensors = self.core, self.core.memory, self.core.settings, self.sensors
        bank, time_ns, m = memory.bank, scan.time_ns, len(scan.detections.time_ns)
        bank.reserve(bank.n + m)
        rows, state, out = _rows([scan]), self._state(), _outcome(m)
        align = self._align()
        p_new, false = np.ones(m), np.ones(m)
        keep, key, plot, p_pair = np.arange(m), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        all_groups = groups.advance(bank, memory.groups, who, time_ns, s)
        seen = tuple(group for group in all_groups if groups.among(group.key, bank.key[who]).any())
        if seen:
            plots = grouped.read(sensors, index, births(memory.arrivals, index, self.knobs), rows, time_ns, m)
            best = np.array([p[groups.among(bank.key[who], np.sort(group.key))].max() for group in seen])
            free = groups.alone(bank, seen, who)
            who, p = who[free], p[free]
            after, key, plot, p_pair, p_new, false = grouped.share_out(
                bank, seen, who, p, best, plots, sensors, bool(self.plain[index]), core.motion, s
            )
            left = {id(group): moved for group, moved in zip(seen, after, strict=True)}
            all_groups = tuple(g for g in (left.get(id(group), group) for group in all_groups) if g is not None)
            grouped.enter(bank, index, plots, rows, key, plot, p_pair, p_new, out, align)
            keep = np.flatnonzero((p_new >= LIKELY) | ~plots.good)
        memory.groups = all_groups
        rest = _outcome(len(keep))
        looks = LookColumns(
            sensor=np.array([index]),
            time_ns=np.array([time_ns]),
            first=np.zeros(1, np.int64),
            stop=np.array([len(keep)]),
        )
        left_over = RowColumns(values=rows.values[keep], time_ns=rows.time_ns[keep])
        self._work(state, looks, who, p, left_over, rest)
        pairs = int(state[PAIRS])
        out.fate[keep], out.number[keep], out.weight[keep] = rest.fate, rest.number, rest.weight * p_new[keep]
        key = np.concatenate([key, rest.pair_key[:pairs]])
        plot = np.concatenate([plot, keep[rest.pair_row[:pairs]]])
        p_pair = np.concatenate([p_pair, rest.pair_p[:pairs]])
        new, row = self._newborn(time_ns, rest.pair_key[:pairs], keep[rest.pair_row[:pairs]], rest.pair_p[:pairs])
        if seen:
            bank.r[new] = out.weight[row] * (1.0 - false[row])
        self._gather(index, time_ns, new, out.weight[row], m)
        memory.groups = groups.gathered(bank, memory.groups, who, time_ns, s)
        members = [group.key for group in memory.groups if groups.here(bank, group, time_ns)]
        if members:
            core.promote(bank.rows_of(np.concatenate(members)), time_ns)
            bank.put_on_map(bank.rows_of(np.concatenate(members)))
        self._told(state, rest)
        self._keep(key, plot, p_pair, [scan], np.array([index]), np.zeros(1, np.int64))
        return Fates(code=out.fate, number=out.number, weight=out.weight)

    def _align(self) -> AlignColumns:
        """What is known of the sensors' biases goes into the sensors; what looks tell of them comes out here."""
        core = self.core
        core.registration.apply(core.memory.alignment, self.sensors)
        return core.registration.columns(core.memory.alignment)

    def _newborn(self, time_ns: int, key: Ints, row: Ints, p: Floats) -> tuple[Ints, Ints]:
        """Rows in the bank of those of the pairs that began tracks just now, and the detections they began with."""
        bank = self.core.memory.bank
        at = bank.rows_of(key)
        fresh = (p == 1.0) & (bank.first_ns[at] == time_ns) & (bank.detections[at] == 1)
        return at[fresh], row[fresh]

    def _gather(self, index: int, time_ns: int, new: Ints, p_new: Floats, m: int) -> None:
        """Newborns into groups, and tracks that fly beside a group into it."""
        core, memory, sensors = self.core, self.core.memory, self.sensors
        nearer_m = link_m(self.knobs, sensors.far_m[index], m)
        memory.groups = grouped.begun(
            memory.bank, memory.groups, new, p_new, time_ns, sensors, index, nearer_m, core.settings
        )
        core.promote(new, time_ns)

    def _work(
        self, state: Ints, looks: LookColumns, given: Ints | None, given_p: Floats, rows: RowColumns, out: Outcome
    ) -> tuple[int, int]:
        """Have looks taken, up to one that may have begun a group, with room for births; how many, and why no more.

        `given`, of a single look: the rows of the tracks in view, and how likely each is detected.
        """
        core, bank, done, end = self.core, self.core.memory.bank, 0, len(looks.sensor)
        align, why = self._align(), kernel.NO_ROOM
        who = NOBODY if given is None else given
        while done < end and why == kernel.NO_ROOM:
            bank.reserve(bank.n + int(looks.stop[done] - looks.first[done]))
            done, why = kernel.run(
                bank.columns(), state, self.sensors, core.motion, PRIOR, self.knobs, looks, done, end,
                given is not None, who, given_p, rows, out, align, core.memory.arrivals,
            )  # fmt: skip
            self._enter(state)
        return done, why

    def _state(self) -> Ints:
        memory = self.core.memory
        state = np.zeros(STATE, np.int64)
        state[TRACKS], state[LAST_KEY], state[LAST_NUMBER] = memory.bank.n, memory.last_key, memory.last_number
        return state

    def _enter(self, state: Ints) -> None:
        memory = self.core.memory
        memory.bank.n, memory.last_key, memory.last_number = state[:PAIRS].tolist()

    def _told(self, state: Ints, out: Outcome) -> None:
        """Sensors whose views are kept look again where something is new."""
        if self.plain.all():
            return
        news = int(state[NEWS])
        for numbered in (False, True):
            places = out.news_place[:news][out.news_numbered[:news] == numbered]
            if len(places):
                self.core.coverage.born(places, numbered=numbered)

    def _keep(self, key: Ints, row: Ints, p: Floats, scans: Sequence[Scan], index: Ints, first: Ints) -> None:
        """Enter pairs of a track's key and a row into the ledger."""
        look = np.searchsorted(first, row, side="right") - 1
        starts = np.array([scan.first_row for scan in scans])
        times = (
            scans[0].detections.time_ns if len(scans) == 1 else np.concatenate([s.detections.time_ns for s in scans])
        )
        self.core.memory.ledger.add_many(
            key,
            index[look],
            np.array([scan.scan for scan in scans])[look],
            row - first[look] + starts[look],
            times[row],
            p,
        )


def sensor_columns(sensors: Sequence[Sensor]) -> SensorColumns:
    """The sensors as the compiled engine takes them; those that give no plots have rows that nobody reads."""
    n = len(sensors)
    sd = np.array([[sensor.noise(column) for column in MEASURED] for sensor in sensors]).reshape(n, 4)
    nothing = np.full(n, np.nan)
    columns = SensorColumns(
        place=np.array([sensor.ecef_m for sensor in sensors]).reshape(n, 3),
        axes=np.array([sensor.frame.axes for sensor in sensors]).reshape(n, 3, 3),
        sd=sd,
        p=nothing.copy(),
        near_m=np.zeros(n),
        far_m=np.array([sensor.reach_m for sensor in sensors], float).reshape(n),
        sector_from=np.zeros(n),
        sector_width=np.full(n, 2.0 * np.pi),
        horizon_m=np.full(n, np.inf),
        clutter=np.array([sensor.clutter_per_scan for sensor in sensors], float).reshape(n),
        ceiling_m=np.full(n, np.inf),
        ground_m=np.array([sensor.altitude_hae_m - sensor.spec.height_agl_m for sensor in sensors], float).reshape(n),
        rate_sd=np.full(n, CLUTTER_RATE_SD_MPS),
        bias=np.zeros((n, 4)),
        bias_sd=np.zeros((n, 4)),
        clock_s=np.zeros(n),
        clock_sd_s=np.zeros(n),
    )
    for at, sensor in enumerate(sensors):
        if not isinstance(sensor, Radar):
            continue
        columns.near_m[at], columns.ceiling_m[at] = sensor.min_range_m, sensor.clutter_ceiling_m
        columns.sector_width[at] = sensor.sector_width_rad
        if sensor.explicit_p is not None and isinstance(sensor.sight, SmoothSight):
            columns.p[at] = sensor.explicit_p
            columns.horizon_m[at] = sensor.sight.own_horizon_m
            columns.sector_from[at] = sensor.sector_from_rad
    return columns


def _has_bearings(scan: Scan) -> bool:
    """Whether a look holds directions without a range."""
    values = scan.detections.values
    without = np.isnan(values[:, Column.RANGE_M])
    return bool(without.any() and np.isfinite(values[without, Column.AZIMUTH_RAD]).any())


def _rows(scans: Sequence[Scan]) -> RowColumns:
    if len(scans) == 1:
        detections = scans[0].detections
        return RowColumns(
            values=np.ascontiguousarray(detections.values), time_ns=np.ascontiguousarray(detections.time_ns)
        )
    return RowColumns(
        values=np.concatenate([scan.detections.values for scan in scans]),
        time_ns=np.concatenate([scan.detections.time_ns for scan in scans]),
    )


def _outcome(rows: int) -> Outcome:
    return Outcome(
        fate=np.empty(rows, np.int64),
        number=np.empty(rows, np.int64),
        weight=np.empty(rows),
        pair_key=np.empty(PAIRS_PER_ROW * rows, np.int64),
        pair_row=np.empty(PAIRS_PER_ROW * rows, np.int64),
        pair_p=np.empty(PAIRS_PER_ROW * rows),
        news_place=np.empty((2 * rows, 3)),
        news_numbered=np.empty(2 * rows, bool),
    )
