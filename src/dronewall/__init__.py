"""dronewall: plan where to watch the low sky, rehearse the night, watch it live, warn people in time."""

__version__ = "0.1.0"
SCHEMA_VERSION = 1
