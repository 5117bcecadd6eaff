"""Straight, but climbing or sinking."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.05, q_along=0.05, q_across=0.15, climb_sd_mps=2.0)
