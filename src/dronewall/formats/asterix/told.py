"""What a stream tells of its sources: which speak, and where ours stands (I034/120)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dronewall.formats.asterix.reading import Records
from dronewall.units import SECOND_NS

MOST_OTHERS: Final = 64  # sources are told apart up to here, so that rubbish does not fill the memory
UNTAKEN: Final = (
    "track numbers and smoothed velocities of a radar's tracker",
    "Mode 3/A codes",
    "callsigns",
    "signal amplitude and plot characteristics",
    "Doppler",
    "every word on friend and foe",
)
MOST_NAMED: Final = 4
QUIET_NS: Final = 60 * SECOND_NS


def named(code: int) -> str:
    """A source in words."""
    return f"SAC {code >> 8} SIC {code & 255}"


@dataclass(slots=True)
class Told:
    """Of one stream.

    Attributes
    ----------
    source : int or None
        SAC and SIC of ours as one number (SAC << 8 | SIC); None where no record said one.
    rows : Counter
        How many detections each category of ours gave.
    others : Counter
        How many records each other source sent.
    ours_ns, others_ns : int
        When records of ours, of others, were last received.
    place : (latitude_deg, longitude_deg, height_hae_m) or None
        Where ours stands.
    """

    source: int | None = None
    rows: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    ours_ns: int = 0
    others_ns: int = 0
    place: tuple[float, float, float] | None = None

    def other(self, code: int, count: int) -> str:
        """Count records of another source; in which words."""
        if code not in self.others and len(self.others) >= MOST_OTHERS:
            return "records of further sources"
        self.others[code] += count
        return f"records of another source, {named(code)}"

    def strangers(self, wanted: int | None) -> str:
        """Which other sources alone speak of late, while the wanted one does not; empty where that is not so."""
        if wanted is None or self.others_ns - self.ours_ns <= QUIET_NS:
            return ""
        most = Counter(dict(self.others)).most_common()
        said = ", ".join(f"{named(code)} ({count:,})" for code, count in most[:MOST_NAMED])
        more = f" and {len(most) - MOST_NAMED} more" if len(most) > MOST_NAMED else ""
        since = f"for {(self.others_ns - self.ours_ns) // SECOND_NS} s " if self.ours_ns else ""
        return f"{since}only records of other sources come: {said}{more}; the feed takes {named(wanted)}"

    def stands(self, one: Records) -> None:
        """Take the newest place that service messages say."""
        latitude, longitude = one.number("120/LAT"), one.number("120/LON")
        good = np.flatnonzero((np.abs(latitude) <= 90.0) & (np.abs(longitude) <= 180.0))
        if len(good):
            last = good[-1]
            self.place = float(latitude[last]), float(longitude[last]), float(one.number("120/HGT")[last])
