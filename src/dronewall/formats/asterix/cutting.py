"""A stream of ASTERIX cut into its blocks, as they came, and what stands between them with the reason why."""

from collections.abc import Iterable, Iterator

import numpy as np

from dronewall.formats.asterix.framing import KNOWN, Framing, between, may_go_on
from dronewall.formats.asterix.reading import Bytes
from dronewall.formats.asterix.tables import editions
from dronewall.formats.decoding import Between, Faults
from dronewall.units import Ints


def cut(pieces: Iterable[bytes]) -> Iterator[bytes | Between]:
    """Every whole block as the decoder finds it, of categories that are not read too; and what stands between them."""
    finder, rest = Framing(editions({}), Faults()), b""
    for piece in pieces:
        data = rest + piece
        runs, rest = finder.whole(data, 0)
        units = list(_parts(data, runs, len(data) - len(rest)))
        if units and isinstance(last := units[-1], Between) and may_go_on(last.data):
            units.pop()
            rest = last.data + rest
        yield from units
    while rest:
        skip = finder.next_block(np.frombuffer(rest, np.uint8), 1)
        yield from [Between(rest[:skip], "cut short")] if rest[0] in KNOWN else _between(rest[:skip])
        data = rest[skip:]
        runs, rest = finder.whole(data, 0)
        yield from _parts(data, runs, len(data) - len(rest))


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[tuple[int, bytes]]:
    """Every whole block, as it came, with 0 where a capture has a time; what stands between them is counted."""
    for unit in cut(pieces):
        if isinstance(unit, Between):
            faults.add(0, unit.rule, unit.data)
        else:
            faults.messages += 1
            yield 0, unit


def _parts(data: bytes, runs: list[tuple[Bytes, Ints]], stop: int) -> Iterator[bytes | Between]:
    at = 0
    for view, table in runs:
        base = len(data) - len(view)
        for _, first, end in table.tolist():
            start = base + first - 3
            if start > at:
                yield from _between(data[at:start])
            at = base + end
            yield data[start:at]
    if stop > at:
        yield from _between(data[at:stop])


def _between(data: bytes) -> Iterator[Between]:
    return (Between(part, why, alone) for part, why, alone in between(data))
