"""Any usual manoeuvre: nearly constant velocity with noise, most of it across the course, and a climb."""

from dronewall.tracking.settings import Motion

MODEL = Motion(
    share=0.08,
    q_along=2.0,
    q_across=8.0,
    climb_tau_s=15.0,
    climb_sd_mps=4.0,
    first_speed_sd_mps=120.0,
    restless_share=0.2,
)
