"""Records and data blocks from named values, of any category and edition that the tables know.

    block(34, [{"010": {"SAC": 25, "SIC": 1}, "000": 1, "030": 27354.5, "041": 4.8}])

An item is a number (an item of one field), a mapping of its fields (or of the items of a compound one), bytes as they
go out, or a list of these for a repetitive item. Values are in the field's unit (NM, degrees, FL, s ...) and rounded to
its step; what is left out is 0. Items of growing length have as many octets as are needed for what is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dronewall.errors import BadInput
from dronewall.formats.asterix.tables import edition_of, specification

LONGEST_BLOCK: Final = 65_535


def block(
    category: int, said: Iterable[Mapping[str, Any]], *, edition: str | None = None, order: str | None = None
) -> bytes:
    """A data block with a record for each mapping of items.

    Parameters
    ----------
    edition
        Left out, the newest.
    order
        CAT 001 only: `plot` or `track`.

    Raises
    ------
    BadInput
        An item or a field that the edition has not, a value that does not fit, a block of more than 65,535 bytes.
    """
    orders = specification(category, edition_of(category, edition))
    items = orders[order or min(orders)]
    body = b"".join(_record(category, items, record) for record in said)
    if len(body) + 3 > LONGEST_BLOCK:
        raise BadInput(
            f"CAT {category:03d}: {len(body) + 3} bytes do not fit into a block of {LONGEST_BLOCK}; send fewer"
        )
    return bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body


def _record(category: int, items: Sequence[Any], said: Mapping[str, Any]) -> bytes:
    return _chosen(f"CAT {category:03d}", items, said)


def _chosen(where: str, items: Sequence[Any], said: Mapping[str, Any]) -> bytes:
    """The bits that say which items are there, and the items."""
    names = {item[0]: number for number, item in enumerate(items) if item is not None}
    if unknown := [name for name in said if name not in names]:
        raise BadInput(f"{where} has no item '{unknown[0]}'; it has: {', '.join(names)}")
    there = sorted(names[name] for name in said)
    octets = bytearray(there[-1] // 7 + 1 if there else 1)
    for number in there:
        octets[number // 7] |= 0x80 >> number % 7
    for index in range(len(octets) - 1):
        octets[index] |= 1
    parts = [_item(f"{where} {items[n][0]}", items[n][1], said[items[n][0]]) for n in there]
    return bytes(octets) + b"".join(parts)


def _item(where: str, one: Mapping[str, Any], value: Any) -> bytes:
    kind = one["kind"]
    if isinstance(value, bytes):
        return bytes([len(value) + 1]) + value if kind == "explicit" else value
    if kind in ("element", "group"):
        return _fixed(where, one, value).to_bytes(one["bits"] // 8, "big")
    if kind == "extended":
        return _extended(where, one["parts"], value)
    if kind == "compound":
        return _chosen(where, one["items"], value)
    if kind == "repetitive":
        return _repeated(where, one, value)
    raise BadInput(f"{where}: an item of this kind is given as bytes")


def _fixed(where: str, one: Mapping[str, Any], value: Any) -> int:
    """The bits of an element or a group, as a number."""
    if one["kind"] == "element":
        return _bits(where, one, value)
    return _row(where, one["items"], value)


def _row(where: str, items: Sequence[Any], value: Any) -> int:
    if not isinstance(value, Mapping):
        raise BadInput(f"{where} has fields: give a table of {', '.join(str(item[0]) for item in items if item[0])}")
    names = [item[0] for item in items]
    if unknown := [name for name in value if name not in names]:
        raise BadInput(f"{where} has no field '{unknown[0]}'; it has: {', '.join(n for n in names if n)}")
    bits = 0
    for name, part in items:
        given = value.get(name, {} if part["kind"] == "group" else 0) if name else 0
        bits = bits << part["bits"] | (0 if name is None else _fixed(f"{where}/{name}", part, given))
    return bits


def _bits(where: str, one: Mapping[str, Any], value: Any) -> int:
    size: int = one["bits"]
    if isinstance(value, str) and "text" in one:
        return _text(where, value, size, one["text"])
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e300:
        raise BadInput(f"{where} = {value!r} is no number")
    coded = round(value / one["lsb"]) if "lsb" in one else round(value)
    signed = one.get("signed", 0)
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
    if not low <= coded <= high:
        step = one.get("lsb", 1)
        raise BadInput(f"{where} = {value!r} does not fit; it is from {low * step:g} to {high * step:g}")
    return coded & (1 << size) - 1


def _text(where: str, value: str, size: int, each: int) -> int:
    room = size // each
    if len(value) > room:
        raise BadInput(f"{where} = {value!r} has more than {room} characters")
    bits = 0
    for letter in value.ljust(room) if each != 3 else value.rjust(room, "0"):
        code = ord(letter)
        if each == 6:
            code = code - 64 if "A" <= letter <= "Z" else code
        elif each == 3:
            code = code - 48
        if not 0 <= code < 1 << each:
            raise BadInput(f"{where} = {value!r}: {letter!r} cannot be coded")
        bits = bits << each | code
    return bits


def _extended(where: str, parts: Sequence[Any], value: Any) -> bytes:
    if not isinstance(value, Mapping):
        raise BadInput(f"{where} has fields; give a table of them")
    left = dict(value)
    octets: list[int] = []
    for part in parts:
        items = [item for item in part if item is not None]
        mine = {name: left.pop(name) for name, _ in items if name in left}
        bits = _row(where, items, mine)
        octets.append(bits << 1 if part[-1] is None else bits)
        if not left:
            break
    if left:
        raise BadInput(f"{where} has no field '{next(iter(left))}'")
    for index in range(len(octets) - 1):
        octets[index] |= 1
    return bytes(octets)


def _repeated(where: str, one: Mapping[str, Any], value: Any) -> bytes:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadInput(f"{where} repeats: give a list")
    size = one["of"]["bits"]
    rows = [_fixed(where, one["of"], row) for row in value]
    if one["count"] is not None:
        if len(rows) > 255:
            raise BadInput(f"{where}: {len(rows)} do not fit; at most 255")
        return bytes([len(rows)]) + b"".join(row.to_bytes(size // 8, "big") for row in rows)
    if not rows:
        raise BadInput(f"{where}: an item of this kind has at least one row")
    last = len(rows) - 1
    return b"".join((row << 1 | int(at < last)).to_bytes((size + 1) // 8, "big") for at, row in enumerate(rows))
