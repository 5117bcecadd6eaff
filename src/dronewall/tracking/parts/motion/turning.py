"""Any manoeuvre: nearly constant velocity with much noise, most of it across the course."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.1, q_along=2.0, q_across=8.0, first_speed_sd_mps=120.0)
