"""Trackers of others, run beside dronewall on the same recordings, each in an environment of its own.

`stonesoup_run.py` is a script of that environment and imports nothing of dronewall; `environment` makes the
environment, runs the script and keeps what it said, by the recording's content and the settings; `tuned` holds the
settings of each family, which `tune` chose.
"""
