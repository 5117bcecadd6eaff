"""The bank: everything that is known of every live track, as a struct of arrays in order of birth."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Self

import numpy as np

from dronewall.kernels.columns import TrackColumns
from dronewall.kernels.manners import MANNER
from dronewall.kernels.upkeep import NOWHERE, candidates, put_on_map
from dronewall.records.words import LABELS
from dronewall.units import Bools, Floats, Ints

ROOM = 64


@dataclass(slots=True, kw_only=True)
class Bank:
    """Arrays with room to grow; the first `n` rows count.

    Attributes
    ----------
    key : np.ndarray [shape=(n,)]
        Counts births, ascending. `number` is the `12` of `t-000012`, given when a track is first believed (0: not yet).
    x, P, mu : np.ndarray [shape=(n, models, 6)], (n, models, 6, 6), (n, models)
        State per model in ECEF, covariance, model probabilities, valid at `time_ns`.
    manner : np.ndarray [shape=(n, 2)]
        How readily it turns hard, and seconds since it was touched; see `kernels/manners.py`. Zeros: as the prior says.
    r : existence probability.
    identity : index into the tracker's identities, -1 none.
    conflict, doubt : log odds against the claim: claims did not fit the track; sensors that see for themselves did not
        see it there.
    signature : np.ndarray [shape=(n, len(LABELS))]
        Log likelihood of what was sensed beside motion (sound, size, silence); `classes` the class posterior.
    feature : np.ndarray [shape=(n, 4)]
        Count and sum of radar cross sections (dBsm), count and sum of log tones (ln Hz).
    physical_ns, claim_ns : time of the latest detection that is no claim, and that is one.
    classed_ns : when `classes` was last worked out.
    seen : np.ndarray of bool [shape=(n, sensors)]
    lost : np.ndarray of bool
        Was confirmed, and its existence has fallen below `believed_p` since: not shown as confirmed before `confirm_p`.
    where : np.ndarray [shape=(n, 4)]
        Where the track is looked for (ECEF, m) and how far from there it may be; see `kernels/look.py`.
    plot_ns, plot_sensor, plot, plot_other_ns : np.ndarray [shape=(n,)], (n,), (n, 6), (n,)
        Its latest plot, for registration: stated time; whose (-1 none, below: -2 less the sensor, it served in a pair);
        range, azimuth, elevation as measured (of a claim its place) and their errors; time of the latest by another.
    """

    n: int
    key: Ints
    number: Ints
    time_ns: Ints
    first_ns: Ints
    last_ns: Ints
    confirmed_ns: Ints
    physical_ns: Ints
    claim_ns: Ints
    detections: Ints
    classed_ns: Ints
    identity: Ints
    conflict: Floats
    doubt: Floats
    x: Floats
    P: Floats
    mu: Floats
    manner: Floats
    r: Floats
    signature: Floats
    classes: Floats
    feature: Floats
    seen: Bools
    lost: Bools
    where: Floats
    plot_ns: Ints
    plot_sensor: Ints
    plot: Floats
    plot_other_ns: Ints

    @classmethod
    def empty(cls, models: int, sensors: int, room: int = ROOM) -> Self:
        """No tracks."""
        labels = len(LABELS)
        shapes: dict[str, tuple[int, ...]] = {
            "x": (room, models, 6),
            "P": (room, models, 6, 6),
            "mu": (room, models),
            "manner": (room, MANNER),
            "r": (room,),
            "conflict": (room,),
            "doubt": (room,),
            "signature": (room, labels),
            "classes": (room, labels),
            "feature": (room, 4),
            "where": (room, 4),
            "plot": (room, 6),
        }
        arrays: dict[str, np.ndarray] = {}
        for name in cls.array_names():
            if name == "seen":
                arrays[name] = np.zeros((room, sensors), bool)
            elif name == "lost":
                arrays[name] = np.zeros(room, bool)
            elif name in shapes:
                arrays[name] = np.zeros(shapes[name])
            else:
                arrays[name] = np.zeros(room, np.int64)
        return cls(n=0, **arrays)

    @classmethod
    @cache
    def array_names(cls) -> tuple[str, ...]:
        """Every array's name."""
        return tuple(field.name for field in fields(cls) if field.name != "n")

    def columns(self) -> TrackColumns:
        """The arrays as the compiled engine takes them."""
        return TrackColumns(*(getattr(self, name) for name in TrackColumns._fields))

    def reserve(self, room: int) -> None:
        """Make room for that many rows."""
        if room <= len(self.key):
            return
        room = max(room, 2 * len(self.key))
        for name in self.array_names():
            old = getattr(self, name)
            new = np.zeros((room, *old.shape[1:]), old.dtype)
            new[: self.n] = old[: self.n]
            setattr(self, name, new)

    def add(self, count: int) -> slice:
        """Zeroed rows for `count` newborns, at the end."""
        needed = self.n + count
        self.reserve(needed)
        rows = slice(self.n, needed)
        for name in self.array_names():
            getattr(self, name)[rows] = 0
        self.n = needed
        return rows

    def keep(self, kept: Bools) -> None:
        """Drop the rows (of the first n) that are not kept; the order stays."""
        chosen = np.flatnonzero(kept)
        stay = int(np.argmin(kept)) if len(chosen) < len(kept) else len(kept)  # rows before the first gap
        for name in self.array_names():
            array = getattr(self, name)
            array[stay : len(chosen)] = array[chosen[stay:]]
        self.n = len(chosen)

    def end(self, rows: Ints) -> None:
        """These tracks are no more: without existence or name, and nobody looks for them. Tidying drops the rows."""
        self.r[rows], self.number[rows], self.identity[rows], self.confirmed_ns[rows] = 0.0, 0, -1, 0
        self.where[rows, 3] = NOWHERE

    def candidates(self, place: Floats, far_m: float, time_ns: int) -> Ints:
        """Rows of the tracks that may be within reach of a sensor, ascending."""
        models = self.mu.shape[1]
        return np.asarray(
            candidates(
                self.where, self.time_ns, self.x.reshape(-1), self.P.reshape(-1), models, self.n, place, far_m, time_ns
            ),
            np.int64,
        )

    def put_on_map(self, who: Ints) -> None:
        """Renew where the tracks in these rows are looked for: something has just moved them."""
        put_on_map(self.where, who, self.x.reshape(-1), self.P.reshape(-1), self.mu.shape[1])

    def rows_of(self, keys: Ints) -> Ints:
        """Row of each key that still lives, in the order given."""
        if not len(keys) or not self.n:
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.key[: self.n], keys), self.n - 1)
        rows: Ints = at[self.key[at] == keys]
        return rows

    def copy(self) -> "Bank":
        """The same tracks in arrays of their own."""
        return Bank(n=self.n, **{name: getattr(self, name)[: self.n].copy() for name in self.array_names()})
