"""Stops and stays: the level speed dies away within seconds."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.1, q_along=1.0, q_across=1.0, hold_s=5.0)
