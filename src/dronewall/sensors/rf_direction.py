"""A radio direction finder: the azimuth of what transmits control, video or telemetry, never how far it is.

The level falls by free space (20 log r) in sightline; what is left over the threshold fades by a logistic, so that one
look in two hears a multirotor's link at the nominal range. Things that transmit nothing are not heard; a drone on a
programmed course with its link off is one of them. An explicit `p_detect` replaces all of it. False ones are other
people's transmitters: single looks here, whereas real ones stay where they are.
"""

import numpy as np

from dronewall.records.weather import Weather
from dronewall.sensors.bearings import BearingSite
from dronewall.sensors.signatures import EMISSION_DBM
from dronewall.units import Floats

REFERENCE_LABEL = "multirotor"


class RfDirection(BearingSite):
    """`kind = "rf_direction"`: azimuth; `max_range_m` is that of a multirotor's link at one look in two."""

    kind = "rf_direction"

    def p_in_sight(self, range_m: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look hears the link of such a thing at that slant range."""
        return heard(range_m, label, self.nominal_range_m, self.value("fading_db"))


def heard(range_m: Floats, label: str, nominal_range_m: float, fading_db: float) -> Floats:
    """Probability that a receiver hears the link of such a thing: free space, and a logistic of that scale (dB)."""
    emitted, reference = EMISSION_DBM[label], EMISSION_DBM[REFERENCE_LABEL]
    assert reference is not None
    if emitted is None:
        return np.zeros(len(range_m))
    louder_db = emitted.value - reference.value
    margin_db = louder_db - 20.0 * np.log10(np.maximum(range_m, 1.0) / nominal_range_m)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin_db / fading_db, -700.0, 700.0))))
