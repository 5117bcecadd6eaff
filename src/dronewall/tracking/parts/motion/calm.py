"""Straight and level: nearly constant velocity with little noise."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.9, q_along=0.1, q_across=0.3)
