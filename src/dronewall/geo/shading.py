"""Maps as pictures: values and codes to colours that the colour-blind tell apart, and PNG without any library.

One scale for every map of a plan, on paper and on the screen. A test simulates the three kinds of colour blindness
(Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG
2009) and holds the scale to rising lightness and the codes to distances that can be told.
"""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats

Colours = NDArray[np.uint8]
Colour = tuple[int, int, int]

# Dark blue to yellow, even in lightness and sound for the colour-blind: viridis (van der Walt, Smith 2015).
SCALE: Final = np.array(
    [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121],
     [109, 205, 89], [180, 222, 44], [253, 231, 37]], float
)  # fmt: skip
HIGHEST_SHOWN_M: Final = 300.0
"""Lowest visible heights from here on have one colour: what comes in low flies below."""
NOTHING: Final[Colour] = (236, 236, 232)
REASON_COLOURS: Final[tuple[Colour, ...]] = (
    (0, 158, 115), (213, 94, 0), (0, 84, 158), (206, 206, 200), (204, 121, 167), (240, 228, 66), (70, 34, 20)
)  # fmt: skip
"""Of seen, terrain, horizon, range, sector, link budget, noise: from Okabe and Ito's set ("Color universal design",
2008), with a grey for range, which is most of a map, and a darker blue and a brown to keep seven apart."""


def shaded(values: np.ndarray, low: float, high: float, *, backward: bool = False) -> Colours:
    """Colours of values [shape=(rows, columns, 3)]: `low` dark, `high` bright (or the other way about); NaN: as 0."""
    with np.errstate(invalid="ignore"):
        share = np.clip((np.asarray(values, np.float64) - low) / (high - low), 0.0, 1.0)
    share = 1.0 - share if backward else share
    at = np.nan_to_num(share) * (len(SCALE) - 1)
    node = np.minimum(at.astype(int), len(SCALE) - 2)
    part = (at - node)[..., None]
    colours: Colours = ((1.0 - part) * SCALE[node] + part * SCALE[node + 1]).astype(np.uint8)
    return colours


def reasons(codes: np.ndarray) -> Colours:
    """Colours of codes [shape=(rows, columns, 3)]; beyond the last as the last."""
    colours: Colours = np.array(REASON_COLOURS, np.uint8)[np.minimum(codes, len(REASON_COLOURS) - 1)]
    return colours


def scale_stops(*, backward: bool = False) -> list[str]:
    """The scale as `#rrggbb`, from low to high."""
    return [_hex(colour) for colour in (SCALE[::-1] if backward else SCALE)]


def reason_stops() -> list[str]:
    """The colours of the codes as `#rrggbb`."""
    return [_hex(np.array(colour, float)) for colour in REASON_COLOURS]


def _hex(colour: Floats) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour.tolist())


def png(colours: Colours, *, level: int = 6) -> bytes:
    """A picture [shape=(rows, columns, 3)] or, with opacity, [..., 4], as PNG (ISO/IEC 15948)."""
    rows, columns, parts = colours.shape
    lines = np.zeros((rows, 1 + columns * parts), np.uint8)
    lines[:, 1:] = colours.reshape(rows, columns * parts)
    body = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", columns, rows, 8, 6 if parts == 4 else 2, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), level)), (b"IEND", b"")):
        body += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return body
