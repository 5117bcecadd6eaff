"""A camera that finds flying things by itself: azimuth and elevation, never how far it is.

How likely depends on how many resolvable cycles lie across the thing: P = r^E / (1 + r^E), E = 2.7 + 0.7 r, with r the
ratio of that number to the one that suffices in half of the cases (the target transfer probability function of the US
Army's night vision models, after Johnson 1958). At the nominal range r is 1 for a `fixed_wing_piston`. Rain, fog and
daylight are not modelled; nor is a camera that follows what another sensor shows it.
"""

import numpy as np

from dronewall.records.weather import Weather
from dronewall.sensors.bearings import BearingSite
from dronewall.sensors.signatures import SIZE_M
from dronewall.units import Floats

REFERENCE_LABEL = "fixed_wing_piston"


class Camera(BearingSite):
    """`kind = "camera"`: azimuth and elevation within its sector."""

    kind = "camera"

    def p_in_sight(self, range_m: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look finds such a thing at that slant range."""
        larger = SIZE_M[label].value / SIZE_M[REFERENCE_LABEL].value
        ratio = np.minimum(larger * self.nominal_range_m / np.maximum(range_m, 1.0), 50.0)
        power = ratio ** (2.7 + 0.7 * ratio)
        return np.asarray(power / (1.0 + power))
