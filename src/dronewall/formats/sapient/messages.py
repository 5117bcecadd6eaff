"""SAPIENT messages from bytes: frames of a stream, single messages, and their JSON form.

On the wire a message is four bytes of length, little endian, and a protobuf `SapientMessage` of that length. In
JSON (ProtoJSON: protobuf.dev/programming-guides/json) names may be as in the .proto files or in camel case, numbers
may stand in quotes as JSON writes them, timestamps are RFC 3339 with at most nine decimals. What an object says that
is no field, has no value of its field, comes twice or contradicts itself (two of one oneof) is a broken rule, and the
rest is judged all the same.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats.lexical import rfc_3339
from dronewall.formats.sapient.rules import PACKAGE, Broken, judge
from dronewall.formats.sapient.values import JsonValues

LENGTH: Final = struct.Struct("<I")
LARGEST: Final = 1 << 20
DEEPEST: Final = 40
NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
NOT_FINITE: Final = ("NaN", "Infinity", "-Infinity")
FRACTION: Final = re.compile(r"\.[0-9]{10}")  # of a second: nanoseconds are the finest
REALS: Final = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT)


class Pairs(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    twice: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> "Pairs":
        """For `json.loads(..., object_pairs_hook=Pairs.of)`."""
        made = cls(pairs)
        if len(made) < len(pairs):
            names = [key for key, _ in pairs]
            made.twice = tuple(sorted({name for name in names if names.count(name) > 1}))
        return made


def framed(message: Any) -> bytes:
    """A message as it goes over the wire."""
    data: bytes = message.SerializeToString()
    return LENGTH.pack(len(data)) + data


def parsed(data: bytes) -> tuple[Any, list[Broken]]:
    """A `SapientMessage` from its protobuf bytes with every rule that it breaks; (None, ...) where it is none."""
    try:
        message = SapientMessage.FromString(data)
    except DecodeError:
        return None, [Broken(field="", rule="protobuf", said="it is no protobuf message")]
    return message, judge(message)


def parsed_json(text: str | bytes) -> tuple[Any, list[Broken]]:
    """A `SapientMessage` from its JSON form with every rule that it breaks; (None, ...) where it is no JSON object."""
    try:
        said = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text, object_pairs_hook=Pairs.of)
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", None) or "text that is no UTF-8, or nested too deep"
        return None, [Broken(field="", rule="json", said=f"it is no JSON: {why}")]
    return from_object(said)


def from_object(said: Any) -> tuple[Any, list[Broken]]:
    """The same from an object that `json` has read."""
    if not isinstance(said, Mapping):
        return None, [Broken(field="", rule="json", said="it is no JSON object")]
    broken = _Found()
    clean = _clean(said, SapientMessage.DESCRIPTOR, "", broken, 0)
    message = SapientMessage()
    try:
        json_format.ParseDict(clean, message)
    except (json_format.ParseError, RecursionError, ValueError) as error:
        return None, [*broken, Broken(field="", rule="json", said=" ".join(str(error).split())[:200])]
    judged = [one for one in judge(message) if one.rule != "mandatory" or one.field not in broken.lost]
    return message, [*broken, *judged]


class _Found(list[Broken]):
    """What is broken, and the fields and oneofs that are there and could not be taken: they are not missing too."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: set[str] = set()


def _clean(said: Mapping[str, Any], descriptor: Descriptor, path: str, broken: _Found, depth: int) -> dict[str, Any]:
    """What can be parsed of a JSON object; the rest is named in `broken`."""
    fields = {name: field for field in descriptor.fields for name in (field.name, field.json_name)}
    taken: dict[str, Any] = {}
    groups: dict[str, str] = {}
    for name in getattr(said, "twice", ()):
        broken.append(Broken(field=f"{path}{name[:64]}", rule="twice", said="it comes twice"))
    for key, value in said.items():
        field = fields.get(key)
        if field is None:
            said_so = f"{descriptor.name} has no such field"
            broken.append(Broken(field=f"{path}{key[:64]}", rule="unknown", said=said_so))
            continue
        where = path + field.name
        if value is None:
            continue
        if field.name in taken:
            broken.append(Broken(field=where, rule="twice", said="it comes in both spellings"))
            continue
        group = field.containing_oneof
        if group is not None and len(group.fields) > 1:
            if group.name in groups:
                broken.append(Broken(field=where, rule="oneof", said=f"{groups[group.name]} is there too"))
                continue
            groups[group.name] = field.name
        _value(field, value, where, taken, broken, depth)
        if field.name not in taken and not (field.is_repeated and value == []):
            broken.lost |= {where, path + group.name if group is not None else where}
    return taken


def _value(field: FieldDescriptor, value: Any, where: str, taken: dict[str, Any], broken: _Found, depth: int) -> None:
    nested = field.message_type
    if nested is None or not nested.full_name.startswith(PACKAGE):
        _scalar(field, value, where, taken, broken)
    elif depth >= DEEPEST:
        broken.append(Broken(field=where, rule="range", said="it is nested too deep"))
    elif field.is_repeated:
        if not isinstance(value, list):
            broken.append(Broken(field=where, rule="value", said="it must be a list"))
            return
        rows = []
        for index, one in enumerate(value):
            if isinstance(one, Mapping):
                rows.append(_clean(one, nested, f"{where}[{index}].", broken, depth + 1))
            else:
                broken.append(Broken(field=f"{where}[{index}]", rule="value", said="it must be an object"))
        taken[field.name] = rows
    elif isinstance(value, Mapping):
        taken[field.name] = _clean(value, nested, where + ".", broken, depth + 1)
    else:
        broken.append(Broken(field=where, rule="value", said="it must be an object"))


def _scalar(field: FieldDescriptor, value: Any, where: str, taken: dict[str, Any], broken: list[Broken]) -> None:
    """Keep a value if its field takes it, each element of a list by itself."""
    if field.is_repeated and not isinstance(value, list):
        broken.append(Broken(field=where, rule="value", said="it must be a list"))
        return
    good = []
    whole = GetMessageClass(field.containing_type)
    for index, one in enumerate(value) if field.is_repeated else [(-1, value)]:
        try:
            if not _is_written(field, one):
                raise ValueError("Python reads it, JSON does not")
            json_format.ParseDict({field.name: [one] if field.is_repeated else one}, whole())
            good.append(one)
        except (json_format.ParseError, ValueError, TypeError, RecursionError):
            place = f"{where}[{index}]" if index >= 0 else where
            if field.enum_type is not None:
                names = ", ".join(field.enum_type.values_by_name)
                found = Broken(field=place, rule="option", said=f"{str(one)[:64]!r} is none of {names}")
            elif field.message_type is not None:
                found = Broken(field=place, rule="time", said=f"{str(one)[:64]!r} is no time")
            else:
                found = Broken(field=place, rule="value", said=f"{str(one)[:64]!r} is no value of it")
            broken.append(found)
    if good:
        taken[field.name] = good if field.is_repeated else good[0]


def _is_written(field: FieldDescriptor, value: Any) -> bool:
    """Whether a value is written as ProtoJSON writes one of its field: Python takes more (5_0, true, +25:00)."""
    if isinstance(value, bool):
        return bool(field.cpp_type == FieldDescriptor.CPPTYPE_BOOL)
    if field.message_type is not None:
        return isinstance(value, str) and rfc_3339(value) is not None and not FRACTION.search(value)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return isinstance(value, str)
    if field.enum_type is not None and isinstance(value, str):
        return bool(value in field.enum_type.values_by_name)
    if isinstance(value, str):
        return bool(NUMBER.fullmatch(value)) or (field.cpp_type in REALS and value in NOT_FINITE)
    return field.cpp_type in REALS or not isinstance(value, float) or value.is_integer()


def split(data: bytes) -> tuple[list[bytes], bytes, int]:
    """Whole messages of a stream, the bytes of one that is not whole yet, and its length where that is impossible."""
    found: list[bytes] = []
    at = 0
    while at + 4 <= len(data):
        (length,) = LENGTH.unpack_from(data, at)
        if length > LARGEST:
            return found, data[at:], length
        if at + 4 + length > len(data):
            break
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found, data[at:], 0


def verdicts(data: bytes) -> Iterator[tuple[Any, list[Broken]]]:
    """Every message of a file with what it breaks: JSON (one object, a list, or lines), frames, or one bare message."""
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        yield from _json_verdicts(text)
        return
    messages, rest, impossible = split(data)
    if not messages and data:
        message, broken = parsed(data)
        if message is None and not impossible:
            broken = [Broken(field="", rule="frame", said="it is cut short")]
        yield message, broken
        return
    for message in messages:
        yield parsed(message)
    if rest:
        why = f"a length of {impossible} bytes cannot be" if impossible else "it is cut short"
        yield None, [Broken(field="", rule="frame", said=why)]
    if not data:
        yield None, [Broken(field="", rule="frame", said="there is no message")]


def _json_verdicts(text: bytes) -> Iterator[tuple[Any, list[Broken]]]:
    values, count = JsonValues(len(text) + 1), 0
    for value in chain(values.feed(text), values.end()):
        count += 1
        yield parsed_json(value)
    if not count:
        yield None, [Broken(field="", rule="json", said="there is no message")]
