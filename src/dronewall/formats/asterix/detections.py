"""What each category says of where something was, as columns of detections. One function per category.

    048, 001     range and azimuth of a plot at the radar (slant, NM; from north), pressure altitude, ICAO address
    010          range and azimuth in metres, else WGS-84; pressure altitude, address
    020          WGS-84 and its deviations, geometric height, flight level, address
    021          WGS-84 (high resolution where there is), geometric height, flight level, ground vector, NACp, category
    062          WGS-84 of a system track, geometric altitude, velocity, accuracies. Another system's estimate, whose
                 errors go on from one to the next: take it as one source and not as many looks
    015          range, azimuth, elevation and their deviations, or WGS-84 and height
    205          bearing of a direction finder, its deviation, or the position that several of them found
    034, 002     north marks and sector crossings, for the looks; 065 and what else there is: counted

What is simulated, a test, a field monitor, a ghost or not detected is not taken: it is counted. Not taken either:
numbers of tracks and smoothed velocities of radars (what a radar's tracker made of earlier plots is no measurement),
Mode 3/A, Mode 4 and 5 and every other word on friend and foe, callsigns, Cartesian places in a plane that is not said.
Sources: EUROCONTROL-SPEC-0149 parts 2a, 2b (001, 002), 4 (048), 7 (010), 9 (062), 12 (021), 14 (020), and those of 015,
034, 065 and 205, as `libasterix` transcribes them; sections are the items' numbers.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats.asterix.reading import Records
from dronewall.records.detection import Column
from dronewall.units import Floats, Ints

NAUTICAL_MILE_M: Final = 1852.0
FOOT_M: Final = 0.3048
LEVEL_M: Final = 100.0 * FOOT_M
FOOT_PER_MINUTE_MPS: Final = FOOT_M / 60.0
LEAST_SD_M: Final = 1.0
# 95 % radius of NACp (DO-260B table 2-71) as one standard deviation of each axis: over 2.448
NACP_M: Final = np.array([np.nan, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3, *[np.nan] * 4]) / 2.448
# I021/020: emitter category (SPEC-0149 part 12) to label; an unmanned aircraft says not of what kind
LABEL_OF: Final = {
    **dict.fromkeys((1, 2, 3, 4, 5, 6), "aircraft"),
    10: "helicopter",
    11: "aircraft",
    12: "balloon",
    13: "unknown",
    15: "aircraft",
    **dict.fromkeys((20, 21, 22, 23, 24), "ground"),
}
ROTATING: Final = frozenset({1, 48})
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one category that are detections.

    Attributes
    ----------
    rows : np.ndarray [shape=(n,)]
        Which records they are.
    time_s : np.ndarray [shape=(n,)]
        Seconds since midnight, modulo `day_s`; NaN: not said.
    address : np.ndarray [shape=(n,)]
        ICAO address, or -1.
    """

    rows: Ints
    values: Floats
    time_s: Floats
    address: Ints
    label: NDArray[np.object_]
    day_s: float = 86_400.0


def of(category: int, records: Records, unread: Counter[str], undulation_m: float | None) -> Found | None:
    """The detections among records; None for a category that has none. What is left out is counted in `unread`."""
    take = TAKE.get(category)
    return None if take is None else take(records, unread, undulation_m)


def _blank(n: int) -> Floats:
    return np.full((n, len(Column)), np.nan)


def _made(
    records: Records,
    values: Floats,
    keep: Flags,
    *,
    time: str,
    address: str | None = None,
    label: NDArray[np.object_] | None = None,
    day_s: float = 86_400.0,
) -> Found:
    rows = np.flatnonzero(keep)
    icao = records.whole(address, -1) if address else np.full(len(records), -1, np.int64)
    labels = np.full(len(records), None, object) if label is None else label
    return Found(rows, values[rows], records.number(time)[rows], icao[rows], labels[rows], day_s)


def _without(records: Records, marks: Mapping[str, tuple[str, int]], unread: Counter[str]) -> Flags:
    """Which records to keep: those without the marks, which are counted by name."""
    keep = np.ones(len(records), np.bool_)
    for reason, (name, value) in marks.items():
        marked = keep & (records.whole(name, value + 1) == value)
        if marked.any():
            unread[reason] += int(marked.sum())
            keep &= ~marked
    return keep


def _placed(keep: Flags, there: Flags, unread: Counter[str], what: str) -> Flags:
    if (lost := int((keep & ~there).sum())) > 0:
        unread[what] += lost
    return keep & there


def _cleared(values: Floats, rows: NDArray[np.bool_] | np.bool_, *columns: Column) -> None:
    """Say of the rows that these were not measured."""
    for column in columns:
        values[rows, column] = np.nan


def _polar(values: Floats, range_m: Floats, azimuth_deg: Floats) -> Flags:
    values[:, Column.RANGE_M] = range_m
    values[:, Column.AZIMUTH_RAD] = np.radians(azimuth_deg)
    return np.asarray(np.isfinite(range_m) & np.isfinite(azimuth_deg))


def _geodetic(values: Floats, latitude_deg: Floats, longitude_deg: Floats) -> Flags:
    good = (np.abs(latitude_deg) <= 90.0) & (np.abs(longitude_deg) <= 180.0)
    values[:, Column.LATITUDE_RAD] = np.radians(latitude_deg)
    values[:, Column.LONGITUDE_RAD] = np.radians(longitude_deg)
    return np.asarray(good)


def _level(records: Records, name: str, flags: str | None = None) -> Floats:
    """Pressure altitude (m); where it is not validated or garbled it is not taken."""
    level = records.number(name) * LEVEL_M
    if flags is not None:
        bad = (records.whole(f"{flags}/V") == 1) | (records.whole(f"{flags}/G") == 1)
        level = np.where(bad, np.nan, level)
    return level


def _spread(values: Floats, x_m: Floats, y_m: Floats) -> None:
    sd = np.sqrt((x_m**2 + y_m**2) / 2.0)
    values[:, Column.POSITION_SD_M] = np.where(sd > 0.0, np.maximum(sd, LEAST_SD_M), np.nan)


NOT_REAL: Final = {"simulated": "SIM", "tests": "TST", "field monitors": "RAB"}


def _unreal(item: str, *, without: tuple[str, ...] = ()) -> dict[str, tuple[str, int]]:
    return {why: (f"{item}/{name}", 1) for why, name in NOT_REAL.items() if name not in without}


def _cat048(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    marks = {**_unreal("020"), "ghosts": ("170/GHO", 1), "records without a detection": ("020/TYP", 0)}
    keep = _without(records, marks, unread)
    values = _blank(len(records))
    there = _polar(values, records.number("040/RHO") * NAUTICAL_MILE_M, records.number("040/THETA"))
    keep = _placed(keep, there, unread, "records without a polar position")
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "090/FL", "090")
    if undulation_m is not None:  # I048/110: height of a 3-D radar above mean sea level, in feet
        values[:, Column.ALTITUDE_HAE_M] = records.number("110/3DH") * FOOT_M + undulation_m
    elif (held := int((keep & records.has("110")).sum())) > 0:
        unread["heights above mean sea level, and no receiver_deg"] += held
    return _made(records, values, keep, time="140", address="220")


def _cat001(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    keep = _without(records, _unreal("020"), unread)
    values = _blank(len(records))
    there = _polar(values, records.number("040/RHO") * NAUTICAL_MILE_M, records.number("040/THETA"))
    keep = _placed(keep, there, unread, "records without a polar position")
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "090/HGT", "090")
    return _made(records, values, keep, time="141", day_s=512.0)


def _cat010(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    keep = _without(records, _unreal("020"), unread)
    status = records.whole("000", 1) != 1
    if (keep & status).any():
        unread["service messages of CAT 010"] += int((keep & status).sum())
    keep &= ~status
    values = _blank(len(records))
    polar = _polar(values, records.number("040/RHO"), records.number("040/TH"))
    there = polar | _geodetic(values, records.number("041/LAT"), records.number("041/LON"))
    _cleared(values, polar, Column.LATITUDE_RAD, Column.LONGITUDE_RAD)  # the measurement, not what became of it
    keep = _placed(keep, there, unread, "records without a position")
    _spread(values, records.number("500/DEVX"), records.number("500/DEVY"))
    values[polar, Column.POSITION_SD_M] = np.nan
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "090/FL", "090")
    return _made(records, values, keep, time="140", address="220")


def _cat020(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    keep = _without(records, _unreal("020"), unread)
    values = _blank(len(records))
    there = _geodetic(values, records.number("041/LAT"), records.number("041/LON"))
    keep = _placed(keep, there, unread, "records without a position")
    values[:, Column.ALTITUDE_HAE_M] = records.number("105") * FOOT_M
    _spread(values, records.number("500/SDP/X"), records.number("500/SDP/Y"))
    height = records.number("500/SDH")
    values[:, Column.ALTITUDE_SD_M] = np.where(height > 0.0, height, np.nan)
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "090/FL", "090")
    return _made(records, values, keep, time="140", address="220")


def _cat021(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    keep = _without(records, _unreal("040"), unread)
    values = _blank(len(records))
    fine = records.has("131") & np.isfinite(records.number("131/LAT"))
    latitude = np.where(fine, records.number("131/LAT"), records.number("130/LAT"))
    longitude = np.where(fine, records.number("131/LON"), records.number("130/LON"))
    keep = _placed(keep, _geodetic(values, latitude, longitude), unread, "records without a position")
    values[:, Column.ALTITUDE_HAE_M] = records.number("140") * FOOT_M
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "145")
    beyond = records.whole("160/RE") == 1
    speed = np.where(beyond, np.nan, records.number("160/GS")) * NAUTICAL_MILE_M
    course = np.radians(records.number("160/TA"))
    values[:, Column.VELOCITY_EAST_MPS] = speed * np.sin(course)
    values[:, Column.VELOCITY_NORTH_MPS] = speed * np.cos(course)
    geometric, pressure = (_rate(records, name) for name in ("157", "155"))
    values[:, Column.VELOCITY_UP_MPS] = np.where(np.isfinite(geometric), geometric, pressure) * FOOT_PER_MINUTE_MPS
    newer = "073" in records.layout.slots
    if newer:
        values[:, Column.POSITION_SD_M] = NACP_M[records.whole("090/NACP", 0) & 15]
    category = records.whole("020", -1)
    label = np.full(len(records), None, object)
    for code, word in LABEL_OF.items():
        label[category == code] = word
    address = records.whole("080", -1)
    time = records.number("073" if newer else "030")
    if newer:
        time = np.where(np.isfinite(records.number("071")), records.number("071"), time)
    found = _made(records, values, keep, time="010/SAC", label=label)
    icao = np.where(records.whole("040/ATP", 0) > 0, -1, address) if newer else address  # some are not ICAO's
    return Found(found.rows, found.values, time[found.rows], icao[found.rows], found.label)


def _rate(records: Records, name: str) -> Floats:
    """Feet a minute: with a bit that says it is out of range, or in the editions before 2.0 without."""
    if f"{name}/RE" not in records.layout.fields:
        return records.number(name)
    value = records.number(f"{name}/{'BVR' if name == '155' else 'GVR'}")
    return np.where(records.whole(f"{name}/RE") == 1, np.nan, value)


def _cat062(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    marks = {"simulated": ("080/SIM", 1), "last reports of a track": ("080/TSE", 1), "coasted tracks": ("080/CST", 1)}
    keep = _without(records, marks, unread)
    values = _blank(len(records))
    there = _geodetic(values, records.number("105/LAT"), records.number("105/LON"))
    keep = _placed(keep, there, unread, "records without a position")
    values[:, Column.ALTITUDE_HAE_M] = records.number("130") * FOOT_M
    values[:, Column.ALTITUDE_BARO_M] = _level(records, "136")
    values[:, Column.VELOCITY_EAST_MPS] = records.number("185/VX")
    values[:, Column.VELOCITY_NORTH_MPS] = records.number("185/VY")
    values[:, Column.VELOCITY_UP_MPS] = records.number("220") * FOOT_PER_MINUTE_MPS
    _spread(values, records.number("500/APC/X"), records.number("500/APC/Y"))
    height = records.number("500/AGA") * FOOT_M
    values[:, Column.ALTITUDE_SD_M] = np.where(height > 0.0, height, np.nan)
    return _made(records, values, keep, time="070", address="380/ADR")


def _cat015(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    values = _blank(len(records))
    kind = records.whole("000/MT", 0)
    keep = _placed(np.ones(len(records), np.bool_), (kind >= 1) & (kind <= 4), unread, "ends of tracks")
    plain = _geodetic(values, records.number("600/P84/LATITUDE"), records.number("600/P84/LONGITUDE"))
    values[:, Column.RANGE_M] = records.number("625/R")
    values[:, Column.AZIMUTH_RAD] = np.radians(records.number("627/AZ"))
    values[:, Column.ELEVATION_RAD] = np.radians(records.number("628/EL"))
    values[:, Column.RANGE_RATE_MPS] = records.number("625/RR")
    for column, name, unit in (
        (Column.RANGE_SD_M, "625/SDR", 1.0),
        (Column.AZIMUTH_SD_RAD, "627/SDASZ", np.pi / 180.0),
        (Column.ELEVATION_SD_RAD, "628/SDEL", np.pi / 180.0),
        (Column.ALTITUDE_SD_M, "601/SDGH", 1.0),
    ):
        sd = records.number(name) * unit
        values[:, column] = np.where(sd > 0.0, sd, np.nan)
    values[:, Column.ALTITUDE_HAE_M] = records.number("601/GH")
    _spread(values, records.number("600/HPP/SDHPX"), records.number("600/HPP/SDHPY"))
    polar = np.isfinite(values[:, [Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD]]).any(axis=1)
    _cleared(values, polar, Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M)
    _cleared(values, polar, Column.POSITION_SD_M, Column.ALTITUDE_SD_M)
    keep = _placed(keep, polar | plain, unread, "records without a position")
    bad = (values[:, Column.RANGE_M] < 0.0) | (np.abs(values[:, Column.ELEVATION_RAD]) > np.pi / 2.0)
    keep = _placed(keep, ~bad, unread, "ranges below 0 or elevations beyond 90 degrees")
    return _made(records, values, keep, time="145")


def _cat205(records: Records, unread: Counter[str], undulation_m: float | None) -> Found:
    values = _blank(len(records))
    kind = records.whole("000", 5)
    ended = {"conflicting transmissions": ("000", 3), "ends of detections": ("000", 4)}
    keep = _without(records, ended, unread)
    local, system = records.number("070"), records.number("080")
    bearing = np.where(np.isfinite(local), local, system)
    values[:, Column.AZIMUTH_RAD] = np.where((bearing < 360.0) & (kind != 1), np.radians(bearing), np.nan)
    alone = np.isfinite(values[:, Column.AZIMUTH_RAD])
    elevation = records.number("200")
    values[:, Column.ELEVATION_RAD] = np.where(alone & (np.abs(elevation) <= 90.0), np.radians(elevation), np.nan)
    placed = _geodetic(values, records.number("050/LAT"), records.number("050/LON")) & ~alone
    _cleared(values, ~placed, Column.LATITUDE_RAD, Column.LONGITUDE_RAD)
    uncertain = records.number("110")
    values[:, Column.POSITION_SD_M] = np.where(placed & (uncertain > 0.0), uncertain, np.nan)
    keep = _placed(keep, alone | placed, unread, "records without a bearing or a position")
    return _made(records, values, keep, time="030")


Take = Callable[[Records, Counter[str], float | None], Found]
TAKE: Final[dict[int, Take]] = {
    1: _cat001,
    10: _cat010,
    15: _cat015,
    20: _cat020,
    21: _cat021,
    48: _cat048,
    62: _cat062,
    205: _cat205,
}
