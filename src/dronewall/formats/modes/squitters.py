"""From extended squitters to detections: what each aircraft said last, its positions paired and doubted.

A report is made for each believed position. It carries the velocity of the newest velocity message where that is fresh
and not used before, the pressure altitude in its own column, and an ellipsoidal height where the position message has
one or where pressure altitude plus the difference from TC 19 gives it. Whether that difference is to the ellipsoid or
to mean sea level depends on the aircraft: DO-260B 2.2.3.2.6.1.14 asks for the ellipsoid, older installations may send
the other (the geoid lies 15 to 25 m above the ellipsoid between Poland and Finland).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats.decoding import Faults, Options, Reports
from dronewall.formats.modes import accuracy, cpr, crc, fields
from dronewall.formats.personal import pseudonym
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS, Bools

PAIR_NS: Final = 10 * SECOND_NS  # DO-260B A.1.7.7: even and odd of an airborne pair
COPY_NS: Final = SECOND_NS * 39 // 100  # squitters of one aircraft are 0.4 s apart or more (2.2.3.3.2.2)
REFERENCE_NS: Final = 300 * SECOND_NS  # for how long a position decodes the next ones; 150 km at 500 m/s
VELOCITY_NS: Final = 3 * SECOND_NS // 2
DIFFERENCE_NS: Final = 60 * SECOND_NS
FASTEST_MPS: Final = 700.0
FASTEST_ON_GROUND_MPS: Final = 150.0
SLACK_M: Final = 1_000.0
STRIKES: Final = 3  # positions that contradict the last believed one before that one is given up
FORGET_NS: Final = 600 * SECOND_NS
MOST_AIRCRAFT: Final = 16_384
METRES_PER_DEGREE: Final = 111_195.0
NEAR_DEG: Final = 0.7 * SLACK_M / METRES_PER_DEGREE  # so far apart in both, two places are less than SLACK_M apart


@dataclass(slots=True)
class Aircraft:
    """What one address said last."""

    identity: str
    heard_ns: int
    version: int | None = None
    nacp: int | None = None
    gva: int | None = None
    supplement_a: int = 0
    supplement_c: int = 0
    label: str | None = None
    velocity: fields.Velocity | None = None
    velocity_ns: int = -FORGET_NS
    difference_m: float | None = None
    difference_ns: int = -FORGET_NS
    even: tuple[int, tuple[int, int]] | None = None
    odd: tuple[int, tuple[int, int]] | None = None
    last_me: int = -1
    last_me_ns: int = -FORGET_NS
    fix_deg: tuple[float, float] | None = None
    fix_ns: int = -FORGET_NS
    believed: bool = False
    strikes: int = 0


class Squitters:
    """Takes Mode S frames of all kinds and gathers reports."""

    def __init__(self, options: Options, faults: Faults) -> None:
        self.reports = Reports(options.first_scan)
        self.aircraft: dict[int, Aircraft] = {}
        self._options = options
        self._near_deg = options.max_range_m * NEAR_DEG / SLACK_M
        self._faults = faults

    def feed(self, frames: Sequence[bytes], time_ns: Sequence[int], received_ns: Sequence[int]) -> None:
        """Frames of 7 or 14 bytes as they came, with the time each was true and was received."""
        long = np.array([len(frame) == 14 for frame in frames], np.bool_)
        padded = b"".join([frame.ljust(14, b"\0") for frame in frames])
        self.feed_frames(np.frombuffer(padded, np.uint8).reshape(-1, 14), long, time_ns, received_ns)

    def feed_frames(
        self, frames: NDArray[np.uint8], long: Bools, time_ns: Sequence[int], received_ns: Sequence[int]
    ) -> None:
        """The same as rows of bytes [shape=(n, 14)], of which the `long` ones are filled to their end."""
        faults = self._faults
        faults.messages += len(frames)
        chosen = np.flatnonzero(long & ((frames[:, 0] >> 3 == 17) | (frames[:, 0] >> 3 == 18)))
        if len(chosen) < len(frames):
            faults.unread["other downlink formats"] += len(frames) - len(chosen)
        if not len(chosen):
            return
        joined = np.ascontiguousarray(frames[chosen])
        words = joined[:, :11].astype(np.int64)
        addresses = words[:, 1] << 16 | words[:, 2] << 8 | words[:, 3]
        fields_of = np.zeros(len(chosen), np.int64)
        for octet in range(4, 11):
            fields_of = fields_of << 8 | words[:, octet]
        rows = (crc.remainders(joined).tolist(), addresses.tolist(), fields_of.tolist())
        whole = joined.tobytes()
        for at, (i, remainder, address, me) in enumerate(zip(chosen.tolist(), *rows, strict=True)):
            frame = whole[14 * at : 14 * at + 14]
            if remainder:
                faults.add(received_ns[i], "parity", frame)
            else:
                self._message(frame, address, me, time_ns[i], received_ns[i])

    def _message(self, frame: bytes, address: int, me: int, time_ns: int, received_ns: int) -> None:
        own = frame[0] >> 3 == 17 or frame[0] & 7 == 0
        if not own and frame[0] & 7 > 1:
            self._faults.unread["TIS-B and ADS-R"] += 1
            return
        if address in (0, 0xFFFFFF):
            self._faults.add(received_ns, "address", frame)
            return
        craft = self._of(address if own else address | 1 << 24, own, time_ns)
        if craft is None:
            self._faults.add(received_ns, "too many aircraft", frame)
            return
        type_code = me >> 51
        if 5 <= type_code <= 18 or 20 <= type_code <= 22:
            if me == craft.last_me and 0 <= time_ns - craft.last_me_ns < COPY_NS:
                self._faults.unread["copies"] += 1
                return
            craft.last_me, craft.last_me_ns = me, time_ns
            self._position(craft, fields.position(me, type_code), type_code, time_ns, received_ns, frame)
        elif type_code == 19:
            self._velocity(craft, me, time_ns, received_ns, frame)
        elif 1 <= type_code <= 4:
            craft.label = fields.LABEL_OF_EMITTER.get(fields.emitter(me, type_code) or "", craft.label)
        elif type_code == 31:
            self._status(craft, me)
        elif type_code == 29:
            nacp = fields.target_state_nacp(me)
            craft.nacp = craft.nacp if nacp is None else nacp
        else:
            self._faults.unread[f"type code {type_code}"] += 1

    def _of(self, address: int, own: bool, time_ns: int) -> Aircraft | None:
        craft = self.aircraft.get(address)
        if craft is None or time_ns - craft.heard_ns > FORGET_NS:
            if craft is None and len(self.aircraft) >= MOST_AIRCRAFT:
                self.aircraft = {a: c for a, c in self.aircraft.items() if time_ns - c.heard_ns <= FORGET_NS // 10}
                if len(self.aircraft) >= MOST_AIRCRAFT:
                    return None
            plain = f"{address & 0xFFFFFF:06x}"
            identity = f"icao:{plain}" if own else pseudonym("session", f"adsb-{plain}", self._options.salt)
            craft = self.aircraft[address] = Aircraft(identity=identity, heard_ns=time_ns)
        craft.heard_ns = max(craft.heard_ns, time_ns)
        return craft

    def _velocity(self, craft: Aircraft, me: int, time_ns: int, received_ns: int, frame: bytes) -> None:
        said = fields.velocity(me)
        if said is None:
            self._faults.add(received_ns, "velocity subtype", frame)
            return
        craft.velocity, craft.velocity_ns = said, time_ns
        if said.height_difference_m is not None:
            craft.difference_m, craft.difference_ns = said.height_difference_m, time_ns

    def _status(self, craft: Aircraft, me: int) -> None:
        said = fields.status(me)
        if said is None:
            self._faults.unread["reserved status"] += 1
            return
        craft.version, craft.nacp = said.version, said.nacp
        craft.supplement_a, craft.supplement_c = said.supplement_a, said.supplement_c
        craft.gva = said.gva if said.gva is not None else craft.gva

    def _position(
        self, craft: Aircraft, said: fields.Position, type_code: int, time_ns: int, received_ns: int, frame: bytes
    ) -> None:
        fix = self._fix(craft, said, time_ns)
        if fix is None:
            return
        reason = self._doubt(craft, fix, said.surface, time_ns)
        if reason is not None:
            self._faults.add(received_ns, reason, frame)
            return
        confirmed, craft.believed = craft.believed, True
        craft.fix_deg, craft.fix_ns, craft.strikes = fix, time_ns, 0
        if confirmed:  # a first position counts once a second agrees with it
            values = self._values(craft, said, type_code, fix, time_ns)
            self.reports.add(time_ns, received_ns, values, label=craft.label, identity=craft.identity)

    def _fix(self, craft: Aircraft, said: fields.Position, time_ns: int) -> tuple[float, float] | None:
        """The position, by the last one where that is young, else by a pair or, on the ground, by the receiver."""
        if craft.fix_deg is not None and time_ns - craft.fix_ns <= REFERENCE_NS:
            return cpr.local(said.compressed, said.odd, craft.fix_deg, surface=said.surface)
        craft.fix_deg, craft.believed, craft.strikes = None, False, 0
        if said.surface:
            if self._options.receiver_deg is None:
                self._faults.unread["on the ground, no reference"] += 1
                return None
            return cpr.local(said.compressed, said.odd, self._options.receiver_deg, surface=True)
        if said.odd:
            craft.odd = (time_ns, said.compressed)
        else:
            craft.even = (time_ns, said.compressed)
        if craft.even is None or craft.odd is None or abs(craft.even[0] - craft.odd[0]) > PAIR_NS:
            self._faults.unread["waiting for its pair"] += 1
            return None
        fix = cpr.airborne_global(craft.even[1], craft.odd[1], said.odd)
        if fix is None:
            self._faults.unread["pair in two zones"] += 1
        return fix

    def _doubt(self, craft: Aircraft, fix: tuple[float, float], surface: bool, time_ns: int) -> str | None:
        """Why a position is not believed, None where it is."""
        place = self._options.receiver_deg
        if (
            place is not None
            and not _near(place, fix, self._near_deg)
            and _metres(place, fix) > self._options.max_range_m
        ):
            return "beyond the receiver's range"
        if craft.fix_deg is None or _near(craft.fix_deg, fix, NEAR_DEG):
            return None
        fastest = FASTEST_ON_GROUND_MPS if surface else FASTEST_MPS
        passed_s = abs(time_ns - craft.fix_ns) / SECOND_NS
        if _metres(craft.fix_deg, fix) <= fastest * passed_s + SLACK_M:
            return None
        craft.strikes += 1
        if craft.strikes >= STRIKES:  # the believed one may be the wrong one: begin again
            craft.fix_deg, craft.even, craft.odd = None, None, None
            craft.believed, craft.strikes = False, 0
        return "position jumps"

    def _values(
        self, craft: Aircraft, said: fields.Position, type_code: int, fix: tuple[float, float], time_ns: int
    ) -> dict[Column, float]:
        values = {Column.LATITUDE_RAD: radians(fix[0]), Column.LONGITUDE_RAD: radians(fix[1])}
        radius_m = accuracy.radius_95_m(craft.version, craft.nacp, type_code)
        sd_m = accuracy.position_sd_m(radius_m)
        if sd_m is not None:
            values[Column.POSITION_SD_M] = sd_m
        geometric = said.altitude_m if said.geometric else None
        if said.altitude_m is not None and not said.geometric:
            values[Column.ALTITUDE_BARO_M] = said.altitude_m
            if craft.difference_m is not None and time_ns - craft.difference_ns <= DIFFERENCE_NS:
                geometric = said.altitude_m + craft.difference_m
        if geometric is not None:
            values[Column.ALTITUDE_HAE_M] = geometric
            height_sd_m = accuracy.altitude_sd_m(craft.version, craft.gva)
            if height_sd_m is not None:
                values[Column.ALTITUDE_SD_M] = height_sd_m
        over_ground, up = said.velocity_mps, None
        velocity = craft.velocity
        if velocity is not None and not said.surface and time_ns - craft.velocity_ns <= VELOCITY_NS:
            over_ground, up = velocity.over_ground_mps, velocity.up_mps
            craft.velocity = None  # said once, used once
        if over_ground is not None:
            values[Column.VELOCITY_EAST_MPS], values[Column.VELOCITY_NORTH_MPS] = over_ground
        if up is not None:
            values[Column.VELOCITY_UP_MPS] = up
        return values


def _near(one_deg: tuple[float, float], other_deg: tuple[float, float], within_deg: float) -> bool:
    """Whether two places surely are near one another, without a cosine."""
    return abs(one_deg[0] - other_deg[0]) < within_deg and abs(one_deg[1] - other_deg[1]) < within_deg


def _metres(one_deg: tuple[float, float], other_deg: tuple[float, float]) -> float:
    """Distance on a sphere, good to a per cent where both lie within some hundred kilometres."""
    north = other_deg[0] - one_deg[0]
    east = (other_deg[1] - one_deg[1] + 180.0) % 360.0 - 180.0
    return METRES_PER_DEGREE * hypot(north, east * cos(radians((one_deg[0] + other_deg[0]) / 2.0)))
