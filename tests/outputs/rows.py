"""Track rows for the outputs' tests."""

from typing import Any

import numpy as np

from dronewall.records.track import Tracks
from dronewall.records.words import LABELS

NOW_NS = 1_778_112_723_250_000_000


def tracks(*said: dict[str, Any], time_ns: int = NOW_NS) -> Tracks:
    """One row for each mapping; what it leaves out is a confirmed drone over Rezekne."""
    rows = [
        {
            "track": f"t-{n:06d}",
            "status": "confirmed",
            "label": "fpv",
            "identity_status": "unknown",
            "lat": 56.5,
            "lon": 27.3,
        }
        | {"hae": 300.0, "velocity": (40.0, -30.0, 1.0), "identity": None}
        | one
        for n, one in enumerate(said, 1)
    ]
    n = len(rows)
    text = {
        key: np.array([row[key] for row in rows], object) for key in ("track", "status", "label", "identity_status")
    }
    return Tracks(
        time_ns=np.full(n, time_ns),
        **text,
        latitude_rad=np.radians([row["lat"] for row in rows]),
        longitude_rad=np.radians([row["lon"] for row in rows]),
        altitude_hae_m=np.array([row["hae"] for row in rows], float),
        velocity_enu_mps=np.array([row["velocity"] for row in rows], float).reshape(n, 3),
        covariance=np.tile(np.diag([400.0, 100.0, 225.0, 4.0, 4.0, 1.0]), (n, 1, 1)),
        p_exists=np.full(n, 0.97),
        class_probability=np.full((n, len(LABELS)), 1.0 / len(LABELS)),
        label_probability=np.full(n, 0.8),
        identity=np.array([row["identity"] for row in rows], object),
        detections=np.full(n, 9),
        sensors=np.array([("radar",)] * n + [None], object)[:n],
        first_ns=np.full(n, time_ns - 10**10),
        last_ns=np.full(n, time_ns),
        confirmed_ns=np.full(n, time_ns - 10**9),
    )
