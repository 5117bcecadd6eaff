"""What a stated accuracy means: 95 % radii in metres, and one sigma per axis made of them.

    NACp (DO-260B table 2-71, versions 1 and 2)   95 % radius EPU
    NUCp (DO-260 table 2-11, version 0)           95 % radius HFOM, by the type code of the position message
    NIC  (DO-260B tables 2-13 and 2-14)           containment radius, by type code and supplements
    GVA  (DO-260B 2.2.3.2.7.2.8)                  95 % of the geometric height

A circular normal error lies within 2.4477 sigma in 95 of 100 cases, a one-dimensional one within 1.96.
"""

from math import log, sqrt
from typing import Final

RADIUS_95_SIGMAS: Final = sqrt(-2.0 * log(0.05))
LINE_95_SIGMAS: Final = 1.959963984540054
NM_M: Final = 1852.0

# by category, from 0 up; None: unknown
EPU_M: Final = (None, 10.0 * NM_M, 4.0 * NM_M, 2.0 * NM_M, NM_M, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0)
HFOM_M: Final = (None, 10.0 * NM_M, 5.0 * NM_M, NM_M, 926.0, 463.0, 185.2, 92.6, 10.0, 3.0)
GVA_M: Final = {1: 150.0, 2: 45.0}


def nucp(type_code: int) -> int:
    """Navigation uncertainty category of a position message of version 0, 0 where unknown."""
    if 5 <= type_code <= 8:
        return {5: 9, 6: 8, 7: 7, 8: 6}[type_code]
    if 9 <= type_code <= 18:
        return 18 - type_code
    return {20: 9, 21: 8}.get(type_code, 0)


def nic(version: int, type_code: int, supplement_a: int, supplement_b: int, supplement_c: int) -> int:
    """Navigation integrity category of a position message of version 1 or 2, 0 where unknown.

    `supplement_b` comes in the airborne position itself, `a` and `c` in the operational status; version 1 has `a` only.
    """
    fixed = {5: 11, 6: 10, 9: 11, 10: 10, 12: 7, 13: 6, 14: 5, 15: 4, 17: 1, 20: 11, 21: 10}
    if type_code in fixed:
        return fixed[type_code]
    second = supplement_a if version == 1 else supplement_b
    if type_code == 11:
        return 9 if supplement_a and second else 8
    if type_code == 16:
        return 3 if supplement_a and second else 2
    if type_code == 7:
        return 9 if supplement_a and not (version == 2 and supplement_c) else 8
    if type_code == 8 and version == 2:
        return {(1, 1): 7, (1, 0): 6, (0, 1): 6}.get((supplement_a, supplement_c), 0)
    return 0


def radius_95_m(version: int | None, nacp: int | None, type_code: int) -> float | None:
    """The 95 % radius that an aircraft states for a position: by NACp where it has said one, else by type code.

    Version 0 has no NACp. Before a status message has told the version, the type code is read as version 0 would mean
    it. None: unknown.
    """
    if version and nacp is not None:
        return EPU_M[nacp] if nacp < len(EPU_M) else None
    return HFOM_M[nucp(type_code)]


def position_sd_m(radius_m: float | None) -> float | None:
    """One sigma per axis of a position with that 95 % radius."""
    return None if radius_m is None else radius_m / RADIUS_95_SIGMAS


def altitude_sd_m(version: int | None, gva: int | None) -> float | None:
    """One sigma of the geometric height of a version 2 aircraft; None where it states none."""
    bound = GVA_M.get(gva or 0) if version == 2 else None
    return None if bound is None else bound / LINE_95_SIGMAS
