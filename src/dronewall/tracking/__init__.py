"""Scans in, tracks out: association, filters, births, presence areas, classes, late data.

`tracker.Tracker` is the seam: `step(scan)`, `tracks(time_ns)`, `presences(time_ns)`. `lateness.InOrder` wraps it where
looks may come late. To add a kind of measurement: a mode in `kernels/filters.measure` with its Jacobian, and a function
in `measured.py` that turns detections into it.
"""

from dronewall.tracking.tracker import Tracker

__all__ = ["Tracker"]
