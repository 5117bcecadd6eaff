"""Turns at a steady 3 degrees a second, the standard rate of an aircraft's turn (360 degrees in two minutes)."""

import math

from dronewall.tracking.settings import Motion

RIGHT = Motion(share=0.05, q_along=0.5, q_across=2.0, turn_radps=math.radians(3.0))
LEFT = RIGHT._replace(turn_radps=-RIGHT.turn_radps)
