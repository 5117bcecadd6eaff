"""Which bank of motion models: recordings tracked with each, scored; the table of docs/tracking.md.

    python design/motion_models.py RECORDING... [--bank NAME ...]

Prints GOSPA (m), missed and false per frame, 3-D error (m), switches and the mean normalised error squared over its six
degrees of freedom. Banks were chosen on seeds 11 to 13 of wall-1000 and wallH-300, of `benchmarks/family`, and checked
on the seeds 1 to 5; the bank must stay consistent on manoeuvres that no recording of the family has.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from dronewall.archive import read_recording, write_tracks
from dronewall.geo.terrain import load_terrain
from dronewall.scoring import score
from dronewall.sensors import build_sensors
from dronewall.tracking.recording import track_recording
from dronewall.tracking.settings import Motion, TrackerSettings

NOW = TrackerSettings()
CALM, CLIMBING, TURNING = NOW.models
BANKS = {
    "as it stands": NOW,
    "calm alone": replace(NOW, models=(CALM._replace(share=1.0),)),
    "without climbing": replace(NOW, models=(CALM._replace(share=0.9), TURNING)),
    "slow heads only": replace(NOW, models=(CALM, CLIMBING, TURNING._replace(first_speed_sd_mps=0.0))),
    "two as before": replace(NOW, models=(Motion(0.9, 0.1, 0.3), Motion(0.1, 2.0, 8.0)), switch_per_s=0.1),
    "with turns at 3 deg/s": replace(
        NOW,
        models=(
            CALM._replace(share=0.77),
            CLIMBING,
            TURNING._replace(share=0.08),
            CALM._replace(share=0.05, q_along=0.1, q_across=0.3, turn_radps=0.0524),
            CALM._replace(share=0.05, q_along=0.1, q_across=0.3, turn_radps=-0.0524),
        ),
    ),
    "with hard turns": replace(
        NOW,
        models=(
            CALM,
            CLIMBING,
            TURNING._replace(share=0.07),
            Motion(0.03, 20.0, 150.0, climb_sd_mps=4.0),
        ),
    ),
    "no usual height": replace(NOW, usual_height_sd_m=1e5),
}
FIGURES = ("gospa_mean_m", "missed", "false", "rmse_3d_m", "id_switches", "nees_per_dof")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="+", type=Path)
    parser.add_argument("--bank", nargs="*", choices=list(BANKS), default=list(BANKS))
    options = parser.parse_args()
    for path in options.recording:
        recording = read_recording(path)
        terrain = load_terrain(recording.wall.wall.terrain, path)
        sensors = build_sensors(recording.wall, terrain, file=str(recording.wall_path))
        for name in options.bank:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "tracks.parquet"
                rows = track_recording(recording, sensors, at_truth=True, terrain=terrain, settings=BANKS[name])
                write_tracks(file, rows)
                figures = score(file, path)
            print(path.name, f"{name:24}", *(f"{key} {figures[key]}" for key in FIGURES if key in figures), flush=True)


if __name__ == "__main__":
    main()
