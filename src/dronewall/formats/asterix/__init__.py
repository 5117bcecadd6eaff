"""ASTERIX, EUROCONTROL's format for surveillance data: CAT 001, 002, 010, 015, 020, 021, 034, 048, 062, 065, 205.

    data block   category (1 octet), length with these three (2, big endian), records
    record       FSPEC: a bit for each item that is there, the last bit of an octet says that another follows; items

`tables.py` knows the items of every edition, `reading.py` reads all records of a piece at once, `detections.py` says
what becomes of each category, `decoder.py` follows a stream. CAT 129 is not read: its specification could not
be had. Page: `docs/formats/asterix.md`.
"""

from collections.abc import Iterator

import numpy as np

from dronewall.formats.about import About, Judge
from dronewall.formats.asterix.cutting import cut
from dronewall.formats.asterix.decoder import AsterixDecoder
from dronewall.formats.asterix.reading import blocks, records
from dronewall.formats.asterix.tables import categories, edition_of, layouts
from dronewall.formats.asterix.told import UNTAKEN
from dronewall.formats.decoding import Between, Decoder, Options

__all__ = ["FORMAT", "AsterixDecoder"]


class _Asterix:
    timed = True
    about = About(
        tables=("asterix", "asterix.detections", "asterix.tables"),
        untaken=UNTAKEN,
        sources=(
            "EUROCONTROL-SPEC-0149 part 1 (data blocks, records, FSPEC)",
            "EUROCONTROL-SPEC-0149 parts 2a and 2b (001, 002), 4 (048), 7 (010), 9 (062), 12 (021), 14 (020)",
            "and those of 015, 034, 065 and 205; sections are the items' numbers",
        ),
        deviations=(
            "Numbers of tracks and smoothed velocities of radars are not taken: they are no measurement.",
            "Every word on friend and foe is read over.",
        ),
        judges=(
            Judge(
                program="libasterix 0.36",
                compared="every field of every category that we write, and of what it reads",
                test="tests/against/test_against_libasterix.py",
            ),
            Judge(
                program="tshark 4",
                compared="items and values of the same records, by a dissector with another specification",
                test="tests/against/test_against_libasterix.py",
            ),
        ),
        page="formats/asterix.md",
    )

    def sniff(self, head: bytes) -> float:
        """The share of the head that is whole blocks of categories that we know, with whole records."""
        view = np.frombuffer(head, np.uint8)
        table, stop = blocks(view)
        if not len(table):
            return 0.0
        good = 0
        for category, start, end in table.tolist():
            if category not in categories():
                break
            order = layouts(category, edition_of(category, None))
            _, bad = records(view, np.array([[category, start, end]]), order)
            if len(bad):
                break
            good = end
        return 0.9 * good / max(stop, 1)

    def units(self, head: bytes) -> Iterator[bytes | Between]:
        """Blocks of categories that are read and whose records are whole, and what stands between them."""
        for unit in cut([head]):
            if isinstance(unit, Between) or self.sniff(unit) > 0.0:
                yield unit
            else:
                yield Between(unit, "not read")

    def decoder(self, options: Options) -> Decoder:
        return AsterixDecoder(options)


FORMAT = _Asterix()
