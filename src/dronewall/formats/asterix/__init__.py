"""ASTERIX, EUROCONTROL's format for surveillance data: CAT 001, 002, 010, 015, 020, 021, 034, 048, 062, 065, 205.

    data block   category (1 octet), length with these three (2, big endian), records
    record       FSPEC: a bit for each item that is there, the last bit of an octet says that another follows; items

`tables.py` knows the items of every edition, `reading.py` reads all records of a piece at once, `detections.py` says
what becomes of each category, `decoder.py` follows a stream. CAT 129 is not read: its specification could not
be had. Page: `docs/formats/asterix.md`.
"""

import numpy as np

from dronewall.formats.asterix.decoder import AsterixDecoder
from dronewall.formats.asterix.reading import blocks, records
from dronewall.formats.asterix.tables import categories, edition_of, layouts
from dronewall.formats.decoding import Decoder, Options

__all__ = ["FORMAT", "AsterixDecoder"]


class _Asterix:
    timed = True

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

    def decoder(self, options: Options) -> Decoder:
        return AsterixDecoder(options)


FORMAT = _Asterix()
