"""What acoustic nodes heard that no track explains, and the presence areas made of it."""

import numpy as np

HEARING = np.dtype(
    [
        ("time_ns", np.int64),
        ("sensor", np.int64),
        ("scan", np.int64),
        ("row", np.int64),
        ("azimuth", float),
        ("azimuth_sd", float),
        ("elevation", float),
        ("elevation_sd", float),
        ("log_tone", float),
        ("label", np.int64),
        ("weight", float),
    ]
)
PRESENT = np.dtype(
    [
        ("number", np.int64),
        ("sensor", np.int64),
        ("latitude", float),
        ("longitude", float),
        ("radius_m", float),
        ("azimuth", float),
        ("half_width", float),
        ("quantile", float),
        ("first_ns", np.int64),
        ("last_ns", np.int64),
        ("until_ns", np.int64),
        ("detections", np.int64),
        ("p_exists", float),
        ("label", np.int64),
    ]
)
