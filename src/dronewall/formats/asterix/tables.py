"""The categories as tables: which items a record has, how long each is, where each of its fields lies.

`data/categories.json.gz` is made by `scripts/asterix_tables.py`. A layout turns one order of items (UAP) into numbers
for `kernels/asterix.py`; `Field` says where a named field lies, so that a column of it can be read from all at once.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.kernels.asterix import COMPOUND, COUNTED, EXPLICIT, EXTENDED, FIXED, REPEATED, UNDEFINED
from dronewall.units import Ints

BIT_BY_DEFAULT: Final = {"lsb": 1.0, "signed": 0}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: the slot of its item, its first bit there, its bits, what one unit is, and the part of an item that
    grows by FX bits (0 where it does not)."""

    slot: int
    bit: int
    bits: int
    signed: bool
    lsb: float
    part: int
    text: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """One order of items, as numbers. `nodes` [shape=(n, 3)]: kind, length, first child; children stand together.

    The first `items` nodes are those of the record, by field reference number; each node is a slot. A compound item's
    row says how many children it has in `length`.
    """

    items: int
    nodes: Ints
    slots: dict[str, int]
    fields: dict[str, Field]


def categories() -> dict[int, tuple[str, ...]]:
    """Every category with its editions, oldest first."""
    return {int(name): tuple(sorted(of, key=_number)) for name, of in _tables().items()}


def edition_of(category: int, wanted: str | None) -> str:
    """The edition, or the newest.

    Raises
    ------
    BadInput
        There is none of that name.
    """
    known = categories()[category]
    if wanted is not None and wanted not in known:
        raise BadInput(f"CAT {category:03d} has no edition '{wanted}' here; there are: {', '.join(known)}")
    return wanted or known[-1]


def editions(wanted: Mapping[str, str]) -> dict[int, str]:
    """The edition of every category: what is wanted of some (`{"048": "1.27"}`), the newest of the others.

    Raises
    ------
    BadInput
        There is no such category or edition.
    """
    names = {f"{category:03d}": category for category in categories()}
    for name in wanted:
        if name not in names:
            raise BadInput(
                f"editions: there is no category '{name}' here; there are: {', '.join(names)}", key="editions"
            )
    return {category: edition_of(category, wanted.get(name)) for name, category in names.items()}


@cache
def layouts(category: int, edition: str) -> tuple[Layout, ...]:
    """The orders of a category: one, or for CAT 001 that of plots and that of tracks."""
    orders = specification(category, edition)
    return tuple(_layout(orders[name]) for name in sorted(orders))


def specification(category: int, edition: str) -> dict[str, list[Any]]:
    """The orders of items as the table has them."""
    found: dict[str, list[Any]] = _tables()[f"{category:03d}"][edition]
    return found


@cache
def _tables() -> dict[str, Any]:
    packed = (files("dronewall.formats.asterix") / "data" / "categories.json.gz").read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    return found


def _number(edition: str) -> tuple[int, ...]:
    return tuple(int(part) for part in edition.split("."))


def _layout(order: list[Any]) -> Layout:
    nodes: list[tuple[int, int, int]] = []
    slots: dict[str, int] = {}
    fields: dict[str, Field] = {}
    waiting: list[tuple[int, str, list[Any]]] = []
    for slot, item in enumerate(order):
        nodes.append(_node(item))
        if item is not None:
            slots[item[0]] = slot
            if item[1]["kind"] == "compound":
                waiting.append((slot, item[0], item[1]["items"]))
            else:
                fields |= _fields(item[0], item[1], slot)
    for slot, name, children in waiting:
        nodes[slot] = (COMPOUND, len(children), len(nodes))
        for child in children:
            if child is not None:
                slots[f"{name}/{child[0]}"] = len(nodes)
                fields |= _fields(f"{name}/{child[0]}", child[1], len(nodes))
            nodes.append(_node(child))
    return Layout(len(order), np.array(nodes, np.int64), slots, fields)


def _node(item: list[Any] | None) -> tuple[int, int, int]:
    if item is None:
        return UNDEFINED, 0, 0
    one = item[1]
    kind = one["kind"]
    if kind in ("element", "group"):
        return FIXED, one["bits"] // 8, 0
    if kind == "extended":
        return EXTENDED, len(one["parts"]), 0
    if kind == "repetitive":
        bits = one["of"]["bits"]
        return (REPEATED, (bits + 1) // 8, 0) if one["count"] is None else (COUNTED, bits // 8, 0)
    return (EXPLICIT, 0, 0) if kind == "explicit" else (UNDEFINED, 0, 0)


def _fields(path: str, one: dict[str, Any], slot: int) -> dict[str, Field]:
    """Every field of an item that has one place: of fixed items and of each part of extended ones."""
    found: dict[str, Field] = {}
    if one["kind"] == "extended":
        for part, items in enumerate(one["parts"]):
            _place(path, items, slot, 8 * part, part, found)
    elif one["kind"] == "group":
        _place(path, one["items"], slot, 0, 0, found)
    elif one["kind"] == "element":
        found[path] = _field(one, slot, 0, 0)
    return found


def _place(path: str, items: list[Any], slot: int, bit: int, part: int, found: dict[str, Field]) -> int:
    for item in items:
        if item is None:  # the FX bit
            bit += 1
            continue
        name, one = item
        if one["kind"] == "group":
            bit = _place(f"{path}/{name}", one["items"], slot, bit, part, found)
            continue
        if name is not None:
            found[f"{path}/{name}"] = _field(one, slot, bit, part)
        bit += one["bits"]
    return bit


def _field(one: dict[str, Any], slot: int, bit: int, part: int) -> Field:
    said = {**BIT_BY_DEFAULT, **one}
    return Field(slot, bit, one["bits"], bool(said["signed"]), float(said["lsb"]), part, one.get("text", 0))
