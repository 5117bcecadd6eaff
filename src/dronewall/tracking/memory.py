"""Everything in the tracker that changes: copied for rollback, written as bytes for restart, exact to the bit."""

import io
import json
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dronewall.errors import Corrupt
from dronewall.tracking.alignment import Alignment
from dronewall.tracking.bank import Bank
from dronewall.tracking.coverage import NOTHING, View
from dronewall.tracking.groups import Group, groups_restored, groups_saved
from dronewall.tracking.hearing import HEARING, PRESENT
from dronewall.tracking.ledger import Ledger
from dronewall.tracking.pairs import PAIR
from dronewall.units import Floats, Ints

FORMAT = 6
NEVER_NS = -(2**62)


@dataclass(slots=True, kw_only=True)
class Memory:
    """The tracker's state after the looks so far.

    `identities` are all identities ever claimed, by index; `hearings` what acoustic nodes heard lately that no track
    explains; `presents` the presence areas; `groups` what flies together; `pairs` the range differences of the latest
    instant; `refuted` when an identity's claim was last refuted, by its index; `looked_ns` the latest look of each
    sensor that hears; `arrivals` what each sensor's looks teach of how often something new is in view
    (`kernels/arrivals.py`); `counts` how many detections met each fate.
    """

    bank: Bank
    views: list[View]
    alignment: Alignment
    ledger: Ledger = field(default_factory=Ledger)
    identities: list[str] = field(default_factory=list)
    hearings: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, HEARING))
    presents: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, PRESENT))
    pairs: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, PAIR))
    refuted: dict[int, int] = field(default_factory=dict)
    looked_ns: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    arrivals: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    groups: tuple[Group, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    now_ns: int = NEVER_NS
    tidied_ns: int = NEVER_NS
    crossed_ns: int = NEVER_NS
    last_key: int = 0
    last_number: int = 0
    last_presence: int = 0

    @classmethod
    def fresh(cls, models: int, sensors: int, alignment: Alignment) -> "Memory":
        """Nothing seen yet."""
        looked_ns = np.full(sensors, NEVER_NS, np.int64)
        bank = Bank.empty(models, sensors)
        return cls(
            bank=bank,
            views=[NOTHING] * sensors,
            alignment=alignment,
            looked_ns=looked_ns,
            arrivals=np.zeros((sensors, 2)),
        )

    def copy(self) -> "Memory":
        """The same state, apart from the other (views, hearings, presents and groups are never changed in place)."""
        return Memory(
            bank=self.bank.copy(),
            views=list(self.views),
            alignment=self.alignment.copy(),
            ledger=self.ledger.copy(),
            identities=list(self.identities),
            hearings=self.hearings,
            presents=self.presents,
            pairs=self.pairs,
            refuted=dict(self.refuted),
            looked_ns=self.looked_ns.copy(),
            arrivals=self.arrivals.copy(),
            groups=self.groups,
            counts=dict(self.counts),
            now_ns=self.now_ns,
            tidied_ns=self.tidied_ns,
            crossed_ns=self.crossed_ns,
            last_key=self.last_key,
            last_number=self.last_number,
            last_presence=self.last_presence,
        )

    def to_bytes(self) -> bytes:
        """As an uncompressed npz: plain arrays and one JSON text."""
        parts = {f"bank_{name}": getattr(self.bank, name)[: self.bank.n] for name in Bank.array_names()}
        parts |= {f"alignment_{name}": array for name, array in self.alignment.arrays().items()}
        lengths = np.array([len(view.key) for view in self.views], np.int64)
        head = {
            "format": FORMAT,
            "identities": self.identities,
            "counts": self.counts,
            "refuted": sorted(self.refuted.items()),
            "numbers": {name: getattr(self, name) for name in _NUMBERS},
        }
        stream = io.BytesIO()
        np.savez(
            stream,
            head=np.frombuffer(json.dumps(head).encode(), np.uint8),
            view_length=lengths,
            view_until=np.array([view.until_ns for view in self.views], np.int64),
            view_some=np.array([view.some for view in self.views], bool),
            view_key=np.concatenate([view.key for view in self.views] or [NOTHING.key]),
            view_p=np.concatenate([view.p for view in self.views] or [NOTHING.p]),
            ledger=self.ledger.all(),
            hearings=self.hearings,
            presents=self.presents,
            pairs=self.pairs,
            looked_ns=self.looked_ns,
            arrivals=self.arrivals,
            **(parts | groups_saved(self.groups)),
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, models: int, sensors: int) -> "Memory":
        """The state in those bytes.

        Raises
        ------
        Corrupt
            They are no state of a tracker of that many models and sensors.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                arrays = dict(found)
            head = json.loads(arrays["head"].tobytes())
            if head["format"] != FORMAT:
                raise Corrupt(f"the tracker's saved state has format {head['format']}; this version reads {FORMAT}")
            groups = groups_restored(arrays)
            bank_arrays = {name: arrays[f"bank_{name}"].copy() for name in Bank.array_names()}
            alignment = Alignment(**{name: arrays[f"alignment_{name}"].copy() for name in Alignment.array_names()})
            ends = np.cumsum(arrays["view_length"])[:-1]
            keys, ps = np.split(arrays["view_key"], ends), np.split(arrays["view_p"], ends)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise Corrupt(f"the tracker's saved state cannot be read: {error}") from None
        bank = Bank(n=len(bank_arrays["key"]), **bank_arrays)
        if bank.mu.shape[1] != models or bank.seen.shape[1] != sensors or len(arrays["view_until"]) != sensors:
            raise Corrupt(
                f"the tracker's saved state is of {bank.seen.shape[1]} sensors and {bank.mu.shape[1]} motion models; "
                f"this wall has {sensors} and the settings {models}"
            )
        views = [
            View(key=key, p=p, until_ns=until, some=some)
            for key, p, until, some in zip(
                keys, ps, arrays["view_until"].tolist(), arrays["view_some"].tolist(), strict=True
            )
        ]
        return cls(
            bank=bank,
            views=views,
            alignment=alignment,
            ledger=Ledger.from_entries(arrays["ledger"]),
            identities=head["identities"],
            hearings=arrays["hearings"],
            presents=arrays["presents"],
            pairs=arrays["pairs"],
            looked_ns=arrays["looked_ns"],
            arrivals=arrays["arrivals"],
            groups=groups,
            counts=head["counts"],
            refuted=dict(head["refuted"]),
            **head["numbers"],
        )


_NUMBERS = ("now_ns", "tidied_ns", "crossed_ns", "last_key", "last_number", "last_presence")
