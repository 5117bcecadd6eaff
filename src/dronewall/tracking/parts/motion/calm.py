"""Straight and level: nearly constant velocity with little noise."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.9195, q_along=0.05, q_across=0.15, climb_sd_mps=0.3, restless_share=0.1)
