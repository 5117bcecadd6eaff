"""Hard manoeuvres: several g across the course, steep climbs. Rare, but of what has done it once, likely again."""

from dronewall.tracking.settings import Motion

MODEL = Motion(share=0.0005, q_along=40.0, q_across=300.0, climb_tau_s=15.0, climb_sd_mps=6.0, restless_share=0.7)
