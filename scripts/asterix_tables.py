"""Make `src/dronewall/formats/asterix/data/categories.json.gz` from the specifications that `libasterix` carries.

    python scripts/asterix_tables.py [--check]

libasterix (MIT) is generated from zoranbosnjak/asterix-specs, which transcribes EUROCONTROL's documents. What is kept:
of each category and edition the order of items (UAP), how long each is, and the names, bits, signs and units in it.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from asterix import base
from asterix import generated as editions

WANTED = (1, 2, 10, 15, 20, 21, 34, 48, 62, 65, 205)
FILE = Path(__file__).resolve().parents[1] / "src/dronewall/formats/asterix/data/categories.json.gz"


def _content(rule: Any) -> dict[str, Any]:
    """What bits mean: a quantity, a whole number, text, or neither."""
    if not issubclass(rule, base.RuleContentContextFree):
        return {}
    kind = rule.cv_content
    if issubclass(kind, base.ContentQuantity):
        signed = int(issubclass(kind.cv_signedness, base.Signed))
        return {"lsb": kind.cv_lsb, "unit": kind.cv_unit, "signed": signed}
    if issubclass(kind, base.ContentInteger):
        return {"signed": int(issubclass(kind.cv_signedness, base.Signed))}
    if issubclass(kind, base.ContentString):
        return {"text": {"StringAscii": 8, "StringICAO": 6, "StringOctal": 3}[kind.cv_string_type.__name__]}
    return {}


def _item(one: Any) -> list[Any]:
    if issubclass(one, base.Spare):
        return [None, {"kind": "element", "bits": one.cv_bit_size}]
    return _named(one.cv_non_spare)


def _named(one: Any) -> list[Any]:
    if not issubclass(one.cv_rule, base.RuleVariationContextFree):
        raise TypeError(f"{one.cv_name}: an item whose layout depends on another cannot be told by a table")
    return [one.cv_name, _variation(one.cv_rule.cv_variation)]


def _variation(one: Any) -> dict[str, Any]:
    if issubclass(one, base.Element):
        return {"kind": "element", "bits": one.cv_bit_size, **_content(one.cv_rule)}
    if issubclass(one, base.Group):
        return {"kind": "group", "bits": one.cv_bit_size, "items": [_item(item) for item, _ in one.cv_items_list]}
    if issubclass(one, base.Extended):
        parts = [[None if item is None else _item(item[0]) for item in part] for part in one.cv_items_list]
        return {"kind": "extended", "parts": parts}
    if issubclass(one, base.Repetitive):
        return {"kind": "repetitive", "count": one.cv_rep_bytes, "of": _variation(one.cv_variation)}
    if issubclass(one, base.Compound):
        items = [None if item is None else _named(item) for item in one.cv_items_list]
        return {"kind": "compound", "items": items}
    return {"kind": "explicit"}


def _record(one: Any) -> list[Any]:
    found: list[Any] = []
    for item in one.cv_items_list:
        if issubclass(item, base.UapItem):
            found.append(_named(item.cv_non_spare))
        else:
            found.append(["RFS", {"kind": "rfs"}] if issubclass(item, base.UapItemRFS) else None)
    return found


def tables() -> dict[str, Any]:
    """Category to edition to orders of items by name."""
    found: dict[str, Any] = {}
    for name in sorted(dir(editions)):
        one = getattr(editions, name)
        if name.startswith("Cat_") and one.cv_category in WANTED:
            order = one.cv_uap
            single = issubclass(order, base.UapSingle)
            said = {"uap": order.cv_record} if single else order.cv_uaps
            edition = ".".join(map(str, one.cv_edition))
            found.setdefault(f"{one.cv_category:03d}", {})[edition] = {key: _record(of) for key, of in said.items()}
    return found


def main() -> int:
    text = json.dumps(tables(), separators=(",", ":"), sort_keys=True).encode()
    if "--check" in sys.argv:
        return int(gzip.decompress(FILE.read_bytes()) != text)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(gzip.compress(text, mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
