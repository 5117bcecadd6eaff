"""Many SAPIENT messages at once: which are detection reports that keep every rule, and their numbers as columns.

The tables of `kernels/sapient.py` are made from the same plan as `rules.judge` walks, so a rule stands in one place.
What is not told to be sound here is not broken for that: `rules.judge` says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from numpy.typing import NDArray
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats.sapient.rules import CROSS, PACKAGE, PLAN, VALUES
from dronewall.kernels import sapient as kernel
from dronewall.units import Floats, Ints

MOST_FRAMES: Final = 1 << 14  # in one call, so that what it needs stays small
NUMBERS: Final = 40  # field numbers of SAPIENT are below
NODE_LENGTH: Final = 36
TESTS: Final = {
    VALUES["ulid"]: kernel.ULID,
    VALUES["uuid"]: kernel.UUID,
    VALUES["filled"]: kernel.FILLED,
    VALUES["finite"]: kernel.FINITE,
    VALUES["fraction"]: kernel.FRACTION,
    VALUES["not negative"]: kernel.NOT_NEGATIVE,
    VALUES["timestamp"]: kernel.TIME,
}
KINDS: Final = {
    CROSS["Location"]: kernel.LOCATION,
    CROSS["RangeBearing"]: kernel.BEARING,
    CROSS["DetectionReport.Signal"]: kernel.SIGNAL,
    None: kernel.PLAIN,
}
REGISTERS: Final = {
    "Location": ("x", "y", "coordinate_system"),
    "RangeBearing": ("azimuth", "elevation", "coordinate_system", "range"),
    "DetectionReport.Signal": ("start_frequency", "centre_frequency", "stop_frequency"),
    "DetectionReport.DetectionReportClassification": ("type", "", "confidence"),
    "DetectionReport.SubClass": ("type", "", "confidence"),
}
SLOTS: Final = (
    *(f"Location.{name}" for name in ("x", "y", "z", "x_error", "y_error", "z_error", "coordinate_system", "datum")),
    *(f"RangeBearing.{name}" for name in ("azimuth", "elevation", "range")),
    *(f"RangeBearing.{name}" for name in ("azimuth_error", "elevation_error", "range_error")),
    *(f"RangeBearing.{name}" for name in ("coordinate_system", "datum")),
    *(f"ENUVelocity.{name}" for name in ("east_rate", "north_rate", "up_rate")),
)
WIRES: Final = {
    FieldDescriptor.CPPTYPE_DOUBLE: kernel.I64,
    FieldDescriptor.CPPTYPE_FLOAT: kernel.I32,
    FieldDescriptor.CPPTYPE_STRING: kernel.LEN,
    FieldDescriptor.CPPTYPE_MESSAGE: kernel.LEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The frames of a piece of a stream.

    Attributes
    ----------
    data : bytes
    first, stop : np.ndarray [shape=(n,)]
        Where each message begins and ends.
    sound : np.ndarray of bool [shape=(n,)]
        Whether it is surely a detection report that keeps every rule. The rest holds for those only.
    time_ns : np.ndarray [shape=(n,)]
    node : np.ndarray of bytes [shape=(n, 36)]
    slots : np.ndarray [shape=(n, len(SLOTS))]
        NaN where the report does not say.
    classes : list of list of (type, confidence)
        Classes and sub-classes in the order in which they are said.
    """

    data: bytes
    first: Ints
    stop: Ints
    sound: NDArray[np.bool_]
    time_ns: Ints
    node: NDArray[np.uint8]
    slots: Floats
    classes: list[list[tuple[bytes, float]]]

    def message(self, at: int) -> bytes:
        """The bytes of a message."""
        return self.data[self.first[at] : self.stop[at]]

    def runs(self, node: str | None) -> Iterator[tuple[int, int, bool]]:
        """(first, behind the last, whether all are sound reports of this node); without a node, of the first's."""
        fit = self.sound.copy()
        chosen = np.flatnonzero(fit)
        if len(chosen):
            wanted = self.node[chosen[0]] if node is None else np.frombuffer(node.encode().ljust(36)[:36], np.uint8)
            fit &= (self.node == wanted).all(axis=1)
        edges = np.flatnonzero(np.diff(fit)) + 1
        for first, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(fit)], strict=True):
            if stop > first:
                yield first, stop, bool(fit[first])


def frames(data: bytes, most: int) -> Iterator[tuple[Frames, bytes, int]]:
    """The whole frames of a stream, with what is left behind them and the length where that is impossible."""
    rest, impossible = data, 0
    while True:
        octets = np.frombuffer(rest, np.uint8)
        room = min(len(rest) // 4, MOST_FRAMES)
        first, stop = np.empty(room, np.int64), np.empty(room, np.int64)
        count, at, impossible = kernel.lengths(octets, most, first, stop)
        whole, rest = rest, rest[at:]
        yield _told(whole, octets, first[:count], stop[:count]), rest, impossible
        if impossible or count < MOST_FRAMES:
            return


def _told(data: bytes, octets: NDArray[np.uint8], first: Ints, stop: Ints) -> Frames:
    count = len(first)
    sound, time_ns, node_at = np.zeros(count, np.bool_), np.zeros(count, np.int64), np.zeros(count, np.int64)
    slots = np.empty((count, len(SLOTS)))
    classes = np.empty((8 * count + 64, 3), np.int64)
    surety = np.empty(len(classes))
    table, wanted, kinds = TABLES
    found = kernel.reports(
        octets, first, stop, table, wanted, kinds, sound, time_ns, node_at, slots, classes, surety
    )  # fmt: skip
    said: list[list[tuple[bytes, float]]] = [[] for _ in range(count)]
    for (message, begin, end), confidence in zip(classes[:found].tolist(), surety[:found].tolist(), strict=True):
        said[message].append((data[begin:end], confidence))
    node = np.zeros((count, NODE_LENGTH), np.uint8)
    node[sound] = octets[node_at[sound][:, None] + np.arange(NODE_LENGTH)]
    return Frames(
        data=data, first=first, stop=stop, sound=sound, time_ns=time_ns, node=node, slots=slots, classes=said
    )  # fmt: skip


def _tables() -> tuple[Ints, Ints, Ints]:
    """The table of every message type that a detection report may hold, its mandatory fields, and its kind."""
    types: dict[str, tuple[int, Descriptor, Any]] = {}

    def enter(descriptor: Descriptor, plan: Any) -> int:
        if descriptor.full_name not in types:
            types[descriptor.full_name] = len(types), descriptor, plan
            for field in descriptor.fields:
                if (deeper := plan.steps[field.number].plan) is not None and _read(field):
                    enter(field.message_type, deeper)
        return types[descriptor.full_name][0]

    enter(SapientMessage.DESCRIPTOR, PLAN)
    table = np.zeros((len(types), NUMBERS, 7), np.int64)
    table[:, :, [kernel.BIT, kernel.REGISTER, kernel.SLOT]] = -1
    wanted, kinds = np.zeros(len(types), np.int64), np.zeros(len(types), np.int64)
    for index, descriptor, plan in types.values():
        own = descriptor.full_name.removeprefix(PACKAGE)
        wanted[index], registers = plan.wanted, REGISTERS.get(own, ())
        kinds[index] = kernel.CLASS if "type" in registers else KINDS[plan.cross]
        for field in descriptor.fields:
            step, row = plan.steps[field.number], table[index, field.number]
            row[kernel.WIRE] = WIRES.get(field.cpp_type, kernel.VARINT)
            row[kernel.TEST] = _test(field, step) if _read(field) else kernel.REFUSED
            row[kernel.BIT] = -1 if field.is_repeated and not step.bit & plan.wanted else step.bit.bit_length() - 1
            if step.plan is not None and _read(field):
                row[kernel.DEEPER] = types[field.message_type.full_name][0]
            if field.enum_type is not None:
                row[kernel.OPTIONS] = sum(1 << number for number in field.enum_type.values_by_number if number)
            if field.name in registers:
                row[kernel.REGISTER] = registers.index(field.name)
            if f"{own}.{field.name}" in SLOTS:
                row[kernel.SLOT] = SLOTS.index(f"{own}.{field.name}")
    return table, wanted, kinds


def _read(field: FieldDescriptor) -> bool:
    """Whether sound reports may have it; of the messages, reports alone are judged here."""
    return field.containing_type.name != "SapientMessage" or field.message_type is None or field.name in READ


def _test(field: FieldDescriptor, step: Any) -> int:
    if step.plan is not None:
        return kernel.NESTED
    if field.enum_type is not None:
        return kernel.REFUSED if field.is_repeated else kernel.OPTION
    if step.test is not None:
        return TESTS.get(step.test, kernel.REFUSED)
    return kernel.ASCII if field.cpp_type == FieldDescriptor.CPPTYPE_STRING else kernel.NUMBER


READ: Final = frozenset({"timestamp", "detection_report"})
TABLES: Final = _tables()
