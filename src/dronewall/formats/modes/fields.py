"""What one extended squitter says. Bits of the 56-bit message field ME are counted from 1 (DO-260B 2.2.3.2).

    TC       message              section        read
    1 to 4   identification       2.2.3.2.5      emitter category (6-8 with TC); the callsign is not kept
    5 to 8   surface position     2.2.3.2.4      movement 6-12, track 13-20, odd 22, latitude 23-39, longitude 40-56
    9 to 18  airborne, pressure   2.2.3.2.3      NIC supplement B 8, altitude 9-20, odd 22, latitude, longitude as above
    19       velocity             2.2.3.2.6      subtype 6-8, NACv 11-13, components 14-35, vertical rate 36-46,
                                                 geometric minus pressure altitude 49-56
    20 to 22 airborne, geometric  2.2.3.2.3      as 9 to 18, the altitude above the ellipsoid
    29       target state         2.2.3.2.7.1    NACp 40-43 (subtype 1)
    31       operational status   2.2.3.2.7.2    version 41-43, supplement A 44, NACp 45-48, GVA 49-50, supplement C 20

Deviations. The altitude of TC 20 to 22 is read with the coding of TC 9 to 18 (feet), as DO-260B has it and receivers
do; pyModeS reads plain metres. Of velocity subtypes 3 and 4 only the vertical rate and the height difference are
taken: airspeed and heading say nothing of motion over ground without the wind.
"""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final, NamedTuple

from dronewall.units import FOOT_M, KNOT_MPS

FOOT_PER_MINUTE_MPS: Final = FOOT_M / 60.0


def bits(me: int, first: int, last: int) -> int:
    """Bits first to last of the 56-bit field, counted from 1 at the left."""
    return (me >> (56 - last)) & ((1 << (last - first + 1)) - 1)


class Position(NamedTuple):
    """A compressed position. `altitude_m` is of the datum that the type code says, None where not given."""

    surface: bool
    geometric: bool
    odd: bool
    compressed: tuple[int, int]
    altitude_m: float | None
    supplement_b: int
    velocity_mps: tuple[float, float] | None


class Velocity(NamedTuple):
    """East and north over ground (None for airspeed), up, and geometric minus pressure altitude; None: not given."""

    subtype: int
    nacv: int
    over_ground_mps: tuple[float, float] | None
    up_mps: float | None
    up_is_geometric: bool
    height_difference_m: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """Operational status: version and what it states of accuracy."""

    version: int
    nacp: int | None
    gva: int | None
    supplement_a: int
    supplement_c: int


def altitude_m(code: int) -> float | None:
    """Metres of a 12-bit altitude code (2.2.3.2.3.4): 25 ft steps with the Q bit, else Gillham's 100 ft steps."""
    if code == 0:
        return None
    if code & 0x10:
        return (((code & 0xFE0) >> 1 | code & 0x0F) * 25 - 1000) * FOOT_M
    return gillham_m(code)


def gillham_m(code: int) -> float | None:
    """Metres of a Gillham-coded 12-bit altitude (bits C1 A1 C2 A2 C4 A4 B1 Q=0 B2 D2 B4 D4), None where invalid.

    ICAO Annex 10 volume IV, appendix to chapter 3: D2 D4 A1 A2 A4 B1 B2 B4 are Gray code of 500 ft steps, C1 C2 C4 of
    100 ft steps that run back and forth; 0 is -1,200 ft. D1 is never used.
    """
    c1, a1, c2, a2, c4, a4, b1, _, b2, d2, b4, d4 = ((code >> shift) & 1 for shift in range(11, -1, -1))
    five_hundreds = 0
    bit = 0
    for gray in (d2, d4, a1, a2, a4, b1, b2, b4):
        bit ^= gray
        five_hundreds = five_hundreds << 1 | bit
    hundreds = {0b001: 1, 0b011: 2, 0b010: 3, 0b110: 4, 0b100: 5}.get(c1 << 2 | c2 << 1 | c4)
    if hundreds is None:
        return None
    if five_hundreds % 2:
        hundreds = 6 - hundreds
    return (five_hundreds * 500 + hundreds * 100 - 1300) * FOOT_M


def position(me: int, type_code: int) -> Position:
    """A position message, TC 5 to 18 or 20 to 22."""
    compressed = (me >> 17 & 0x1FFFF, me & 0x1FFFF)  # shifts in place of `bits`, in the two that come most often
    odd = bool(me >> 34 & 1)
    if type_code <= 8:
        return Position(True, False, odd, compressed, None, 0, surface_velocity_mps(me))
    height = altitude_m(me >> 36 & 0xFFF)
    return Position(False, type_code >= 20, odd, compressed, height, me >> 48 & 1, None)


def surface_velocity_mps(me: int) -> tuple[float, float] | None:
    """East and north of a surface position (2.2.3.2.4.2), None where speed or track is not given."""
    movement = bits(me, 6, 12)
    if movement == 1:
        return 0.0, 0.0
    if not bits(me, 13, 13) or not 2 <= movement <= 123:
        return None
    steps = ((109, 100.0, 5.0), (94, 70.0, 2.0), (39, 15.0, 1.0), (13, 2.0, 0.5), (9, 1.0, 0.25), (2, 0.125, 0.125))
    first, start, step = next(row for row in steps if movement >= row[0])
    speed_mps = (start + (movement - first) * step) * KNOT_MPS
    track_rad = radians(bits(me, 14, 20) * 360.0 / 128.0)
    return speed_mps * sin(track_rad), speed_mps * cos(track_rad)


def velocity(me: int) -> Velocity | None:
    """A velocity message, TC 19; None for a reserved subtype."""
    subtype = me >> 48 & 7
    if not 1 <= subtype <= 4:
        return None
    over_ground = None
    east, north = me >> 32 & 0x3FF, me >> 21 & 0x3FF
    if subtype <= 2 and east and north:
        step = KNOT_MPS * (4.0 if subtype == 2 else 1.0)
        over_ground = (
            (east - 1) * step * (-1.0 if me >> 42 & 1 else 1.0),
            (north - 1) * step * (-1.0 if me >> 31 & 1 else 1.0),
        )
    rate = me >> 10 & 0x1FF
    up = (rate - 1) * 64.0 * FOOT_PER_MINUTE_MPS * (-1.0 if me >> 19 & 1 else 1.0) if rate else None
    step = me & 0x7F
    difference = (step - 1) * 25.0 * FOOT_M * (-1.0 if me >> 7 & 1 else 1.0) if step else None
    return Velocity(subtype, me >> 43 & 7, over_ground, up, not me >> 20 & 1, difference)


def status(me: int) -> Status | None:
    """An operational status, TC 31; None for a reserved subtype or version."""
    subtype, version = bits(me, 6, 8), bits(me, 41, 43)
    if subtype > 1 or version > 2:
        return None
    if version == 0:
        return Status(0, None, None, 0, 0)
    gva = bits(me, 49, 50) if subtype == 0 else None
    supplement_c = bits(me, 20, 20) if subtype == 1 else 0
    return Status(version, bits(me, 45, 48), gva, bits(me, 44, 44), supplement_c)


def target_state_nacp(me: int) -> int | None:
    """NACp of a target state message, TC 29 subtype 1."""
    return bits(me, 40, 43) if bits(me, 6, 7) == 1 else None


def emitter(me: int, type_code: int) -> str | None:
    """Emitter category such as `A3` or `B6` (unmanned), None where not stated (2.2.3.2.5.2)."""
    category = bits(me, 6, 8)
    return f"{' DCBA'[type_code]}{category}" if category else None


# B6 says unmanned and not of what kind; labels tell kinds apart, so it stays unknown.
LABEL_OF_EMITTER: Final = dict.fromkeys(("A1", "A2", "A3", "A4", "A5", "A6", "B1", "B4"), "aircraft") | {
    "A7": "helicopter",
    "B2": "balloon",
    "B6": "unknown",
    "C1": "ground",
    "C2": "ground",
    "C3": "ground",
}
