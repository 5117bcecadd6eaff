"""Beast frames in bytes: type, counter and payload of each, with doubled 0x1A made single.

Source: Jetvision "Mode-S Beast: data output formats", as `formats/beast.py` says.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dronewall.units import Ints

ESCAPE: Final = 0x1A
HEADER: Final = 7
Bytes = NDArray[np.uint8]


@njit(cache=True)
def frames(data: Bytes, at: int, kinds: Bytes, ticks: Ints, payload: Bytes, n: int) -> tuple[int, int]:
    """Whole frames from `at` on, behind the `n` that the arrays hold: how many they hold then, and where it stopped.

    It stops at the first byte that begins no whole frame: something between frames, another type, a frame that is cut
    or not all there yet. `payload` [shape=(m, 14)] is zero behind the end of shorter frames.
    """
    body = np.zeros(HEADER + 14, np.uint8)
    while n < len(kinds) and at + 1 < len(data) and data[at] == ESCAPE:
        kind = data[at + 1]
        if kind == 0x33 or kind == 0x34:
            length = HEADER + 14
        elif kind == 0x32:
            length = HEADER + 7
        elif kind == 0x31:
            length = HEADER + 2
        else:
            break
        place, taken = at + 2, 0
        while taken < length and place < len(data):
            octet = data[place]
            if octet == ESCAPE:
                if place + 1 >= len(data) or data[place + 1] != ESCAPE:
                    break
                place += 1
            body[taken] = octet
            taken, place = taken + 1, place + 1
        if taken < length:
            break
        counter = 0
        for index in range(6):
            counter = counter << 8 | int(np.int64(body[index]))
        kinds[n], ticks[n] = kind, counter
        payload[n] = 0
        for index in range(length - HEADER):
            payload[n, index] = body[HEADER + index]
        n, at = n + 1, place
    return n, at
