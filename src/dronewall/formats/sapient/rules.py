"""The rules of BSI Flex 335 v2.0 that one message can keep or break, each with the field that it is about.

    mandatory        from the annotations of the published .proto files (`is_mandatory` of fields and of oneofs), and
                     four that stand in the text only: `TaskDefinition.concurrent_tasks`, `Error.error_message`,
                     `DerivedDetection.timestamp`, the place of a `PredictedLocation`
    empty            a mandatory text, list or packet without content; a request or mode change without a word
    unspecified      an enumeration that is given as its zero value, which the standard keeps for "not set"
    option           a number that the enumeration has not (withdrawn units of version 7 among them)
    ulid, uuid       `is_ulid`: 26 characters of Crockford's base 32, upper case, below 2^128; `is_uuid`: RFC 4122
                     version 4, lower case; also `dependent_nodes` (UUID) and `follow_object_id` (ULID of an object)
    finite, range    no NaN or infinity; confidences and ranking 0 to 1; battery 0 to 100 %; errors, durations, levels,
                     extents, frequencies and ranges not negative; elevation within 90 degrees, azimuth within a turn
    place            latitude (y) and longitude (x) within their sphere in the units that are said; UTM zone 1 to 60
                     with a band; a bearing that says neither range nor angle
    time             a timestamp outside years 1 to 9999; a task that ends before it starts
    version, unique  `icd_version` is `BSI Flex 335 v2.0`; no two modes of one name; units and datum of one kind

Sources: dstl/SAPIENT-Proto-Files (BSI Flex 335 v2.0), annotations and comments; the rule catalogue of
tom-mann-ironclad/sapient-test-harness for what the annotations leave out. UTM eastings and northings are not bounded:
the standard's own samples carry degrees there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, pi
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from sapient_msg import proto_options_pb2
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

VERSION: Final = "BSI Flex 335 v2.0"
ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ZONE: Final = re.compile(r"(0?[1-9]|[1-5][0-9]|60)[C-HJ-NP-X]")
PACKAGE: Final = "sapient_msg.bsi_flex_335_v2_0."
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799  # years 1 and 9999
DEPTH: Final = 32  # sub-classes of sub-classes ...

# Mandatory by the text of the standard and by its own test harness, and not annotated.
ALSO_MANDATORY: Final = frozenset(
    {
        "Registration.TaskDefinition.concurrent_tasks",
        "Error.error_message",
        "DetectionReport.DerivedDetection.timestamp",
        "DetectionReport.PredictedLocation.predicted_location_oneof",
    }
)
ALSO_ULID: Final = frozenset({"FollowObject.follow_object_id"})
ALSO_UUID: Final = frozenset({"Registration.dependent_nodes"})
NOT_EMPTY: Final = frozenset({"Task.Command.request", "Task.Command.mode_change"})
FRACTIONS: Final = frozenset({"confidence", "detection_confidence", "ranking"})
NOT_NEGATIVE: Final = frozenset(
    {
        *("range", "horizontal_extent", "vertical_extent", "level", "concurrent_tasks"),
        *("start_frequency", "centre_frequency", "stop_frequency", "pulse_duration"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One rule that a message breaks: at which field (`registration.mode_definition[0].task`), which, and in words."""

    field: str
    rule: str
    said: str


Test = Callable[[Any], tuple[str, str] | None]
Cross = Callable[[Any, str, list[Broken]], None]


@dataclass(slots=True)
class _Step:
    """What to do with one field that is there."""

    name: str
    bit: int
    repeated: bool
    test: Test | None
    plan: "_Plan | None"


@dataclass(slots=True)
class _Plan:
    """One message type, worked out once from its descriptor."""

    steps: dict[int, _Step]
    wanted: int
    names: list[str]  # of the bits
    cross: Cross | None


def judge(message: Any) -> list[Broken]:
    """Every rule that a `SapientMessage` breaks; empty where it is right."""
    broken: list[Broken] = []
    _walk(message, PLAN, "", broken, 0)
    return broken


def _walk(message: Any, plan: _Plan, path: str, broken: list[Broken], depth: int) -> None:
    there = 0
    for field, value in message.ListFields():
        step = plan.steps[field.number]
        there |= step.bit
        if step.repeated:
            if step.test is None and step.plan is None:
                continue
            for index, one in enumerate(value):
                where = f"{path}{step.name}[{index}]"
                if step.plan is not None:
                    _deeper(one, step.plan, where, broken, depth)
                elif step.test is not None and (found := step.test(one)) is not None:
                    broken.append(Broken(field=where, rule=found[0], said=found[1]))
        elif step.plan is not None:
            _deeper(value, step.plan, path + step.name, broken, depth)
        elif step.test is not None and (found := step.test(value)) is not None:
            broken.append(Broken(field=path + step.name, rule=found[0], said=found[1]))
    if missing := plan.wanted & ~there:
        for index, name in enumerate(plan.names):
            if missing >> index & 1:
                broken.append(Broken(field=path + name, rule="mandatory", said="it is mandatory and not there"))
    if plan.cross is not None:
        plan.cross(message, path, broken)


def _deeper(message: Any, plan: _Plan, where: str, broken: list[Broken], depth: int) -> None:
    if depth >= DEPTH:
        broken.append(Broken(field=where, rule="range", said=f"it is nested deeper than {DEPTH} levels"))
    else:
        _walk(message, plan, where + ".", broken, depth + 1)


# ---------------------------------------------------------------------------------------------- single values


def _ulid(value: str) -> tuple[str, str] | None:
    return None if ULID.fullmatch(value) else ("ulid", f"{value[:64]!r} is no ULID in upper case")


def _uuid(value: str) -> tuple[str, str] | None:
    return None if UUID.fullmatch(value) else ("uuid", f"{value[:64]!r} is no UUID of version 4 in lower case")


def _not_empty(value: Any) -> tuple[str, str] | None:
    filled = value.strip() if isinstance(value, str) else value
    return None if filled else ("empty", "it is mandatory and empty")


def _finite(value: float) -> tuple[str, str] | None:
    return None if isfinite(value) else ("finite", f"{value} is no number")


def _fraction(value: float) -> tuple[str, str] | None:
    return None if 0.0 <= value <= 1.0 else ("range", f"{value:g} is not between 0 and 1")


def _not_negative(value: float) -> tuple[str, str] | None:
    return None if isfinite(value) and value >= 0.0 else ("range", f"{value:g} is not 0 or more")


def _percent(value: int) -> tuple[str, str] | None:
    return None if 0 <= value <= 100 else ("range", f"{value} is not between 0 and 100")


def _zone(value: str) -> tuple[str, str] | None:
    return None if not value or ZONE.fullmatch(value) else ("place", f"{value[:16]!r} is no UTM zone such as 35V")


def _version(value: str) -> tuple[str, str] | None:
    return None if value == VERSION else ("version", f"{value[:64]!r} is not {VERSION!r}")


def _timestamp(value: Any) -> tuple[str, str] | None:
    good = FIRST_SECOND <= value.seconds <= LAST_SECOND and 0 <= value.nanos < 1_000_000_000
    return None if good else ("time", f"{value.seconds} s and {value.nanos} ns are no instant of the years 1 to 9999")


def _option(values: frozenset[int], *, unset: bool) -> Test:
    def test(value: int) -> tuple[str, str] | None:
        if value not in values:
            return "option", f"{value} is no option of it"
        return ("unspecified", "it is given as not specified") if value == 0 and unset else None

    return test


# ---------------------------------------------------------------------------------------- several fields together


def _location(message: Any, path: str, broken: list[Broken]) -> None:
    """Latitude and longitude in the sphere. x is longitude, y latitude (location.proto)."""
    for name in ("x", "y"):
        value = getattr(message, name)
        turn = {1: 180.0, 2: pi}.get(message.coordinate_system)
        if turn is None or not isfinite(value):
            continue
        bound = turn if name == "x" else turn / 2.0
        if abs(value) > bound:
            said = f"{value:g} is no {'longitude' if name == 'x' else 'latitude'} in the units that are said"
            broken.append(Broken(field=path + name, rule="place", said=said))


def _bearing(message: Any, path: str, broken: list[Broken]) -> None:
    turn = {1: 360.0, 3: 360.0, 2: 2.0 * pi, 4: 2.0 * pi}.get(message.coordinate_system)
    if turn is not None:
        for name, bound in (("azimuth", turn), ("elevation", turn / 4.0)):
            value = getattr(message, name)
            if isfinite(value) and abs(value) > bound:
                broken.append(Broken(field=path + name, rule="range", said=f"{value:g} is outside ±{bound:g}"))
    if "Cone" not in message.DESCRIPTOR.name and not any(map(message.HasField, ("azimuth", "elevation", "range"))):
        said = "it says neither azimuth nor elevation nor range"
        broken.append(Broken(field=path + "azimuth", rule="place", said=said))


def _signal(message: Any, path: str, broken: list[Broken]) -> None:
    names = [n for n in ("start_frequency", "centre_frequency", "stop_frequency") if message.HasField(n)]
    for low, high in pairwise(names):
        if getattr(message, low) > getattr(message, high):
            broken.append(Broken(field=path + high, rule="range", said=f"it is below {low}"))


def _task(message: Any, path: str, broken: list[Broken]) -> None:
    if message.HasField("task_start_time") and message.HasField("task_end_time"):
        start, end = message.task_start_time, message.task_end_time
        if (end.seconds, end.nanos) < (start.seconds, start.nanos):
            broken.append(Broken(field=path + "task_end_time", rule="time", said="the task ends before it starts"))


def _registration(message: Any, path: str, broken: list[Broken]) -> None:
    seen: set[str] = set()
    for index, mode in enumerate(message.mode_definition):
        if mode.mode_name in seen:
            where = f"{path}mode_definition[{index}].mode_name"
            broken.append(Broken(field=where, rule="unique", said=f"two modes are called {mode.mode_name[:64]!r}"))
        seen.add(mode.mode_name)


def _location_type(message: Any, path: str, broken: list[Broken]) -> None:
    units, datum = message.WhichOneof("coordinates_oneof"), message.WhichOneof("datum_oneof")
    if units and datum and units.startswith("range_bearing") != datum.startswith("range_bearing"):
        broken.append(Broken(field=path + datum, rule="unique", said=f"it is not the datum of {units}"))


VALUES: Final[dict[str, Test]] = {
    "ulid": _ulid,
    "uuid": _uuid,
    "filled": _not_empty,
    "finite": _finite,
    "fraction": _fraction,
    "not negative": _not_negative,
    "timestamp": _timestamp,
}
CROSS: Final[dict[str, Cross]] = {
    "Location": _location,
    "RangeBearing": _bearing,
    "RangeBearingCone": _bearing,
    "DetectionReport.Signal": _signal,
    "Task": _task,
    "Registration": _registration,
    "Registration.LocationType": _location_type,
}


# ------------------------------------------------------------------------------------------- from the descriptors


def _plan_of(descriptor: Descriptor, made: dict[str, _Plan]) -> _Plan:
    if descriptor.full_name in made:
        return made[descriptor.full_name]
    own = descriptor.full_name.removeprefix(PACKAGE)
    plan = made[descriptor.full_name] = _Plan(steps={}, wanted=0, names=[], cross=CROSS.get(own))
    bits: dict[str, int] = {}
    for name, mandatory in _slots(descriptor):
        bits[name] = 1 << len(plan.names)
        plan.names.append(name)
        if mandatory or f"{own}.{name}" in ALSO_MANDATORY:
            plan.wanted |= bits[name]
    for field in descriptor.fields:
        deeper = field.message_type
        nested = _plan_of(deeper, made) if deeper is not None and deeper.full_name.startswith(PACKAGE) else None
        group = field.containing_oneof
        slot = field.name if group is None or (len(group.fields) == 1 and group.name[0] == "_") else group.name
        plan.steps[field.number] = _Step(field.name, bits[slot], field.is_repeated, _test_of(field, own), nested)
    return plan


def _slots(descriptor: Descriptor) -> Iterator[tuple[str, bool]]:
    """What can be mandatory: fields on their own, and oneofs."""
    grouped: set[str] = set()
    for group in descriptor.oneofs:
        if len(group.fields) > 1 or group.name[0] != "_":
            grouped |= {field.name for field in group.fields}
            yield group.name, group.GetOptions().Extensions[proto_options_pb2.oneof_options].is_mandatory
    for field in descriptor.fields:
        if field.name not in grouped:
            yield field.name, field.GetOptions().Extensions[proto_options_pb2.field_options].is_mandatory


def _test_of(field: FieldDescriptor, own: str) -> Test | None:
    said, full = field.GetOptions().Extensions[proto_options_pb2.field_options], f"{own}.{field.name}"
    mandatory = said.is_mandatory or full in ALSO_MANDATORY
    if field.enum_type is not None:
        return _option(frozenset(field.enum_type.values_by_number), unset=field.has_presence or field.is_repeated)
    if field.message_type is not None:
        return _timestamp if field.message_type.full_name == "google.protobuf.Timestamp" else None
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _text_test(field.name, full, mandatory, said)
    if full == "StatusReport.Power.level":
        return _percent
    if field.name in FRACTIONS:
        return _fraction
    if field.name in NOT_NEGATIVE or field.name.endswith("_error") or full == "Registration.Duration.value":
        return _not_negative
    return _finite if field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT) else None


def _text_test(name: str, full: str, mandatory: bool, said: Any) -> Test | None:
    if said.is_ulid or full in ALSO_ULID:
        return _ulid
    if said.is_uuid or full in ALSO_UUID:
        return _uuid
    if full == "Registration.icd_version":
        return _version
    if name in ("utm_zone", "zone"):
        return _zone
    return _not_empty if mandatory or full in NOT_EMPTY else None


PLAN: Final = _plan_of(SapientMessage.DESCRIPTOR, {})
