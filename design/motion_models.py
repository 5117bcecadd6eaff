"""Which bank of motion models: recordings tracked with each, scored; the table of docs/tracking.md.

    python design/motion_models.py RECORDING... [--bank NAME ...]

Prints GOSPA (m), missed and false per frame, 3-D error (m), switches and the mean normalised error squared over its six
degrees of freedom. The bank was chosen on seeds 11 and 12 of the families of `benchmarks/family`: wall, wallH, wallT,
wallM and wallR, the last of which flies what gliders, helicopters and survey aircraft really flew. Seed 1 was not used.
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
CALM, TURNING, HARD = NOW.models
CLIMBING = Motion(0.05, 0.05, 0.15, climb_sd_mps=2.0)


def alone(*models: Motion, **changes: float) -> TrackerSettings:
    """These models with these shares, in one manner for all."""
    return replace(NOW, models=tuple(model._replace(restless_share=model.share) for model in models), **changes)


BANKS = {
    "as it stands": NOW,
    "before hard turns": alone(
        CALM._replace(share=0.85),
        CLIMBING,
        Motion(0.1, 2.0, 8.0, first_speed_sd_mps=120.0),
        switch_per_s=0.05,
    ),
    "one manner": alone(CALM._replace(share=0.89), TURNING, HARD._replace(share=0.03)),
    "manner known beforehand: calm": replace(NOW, restless_p=1e-6),
    "one in ten restless": replace(NOW, restless_p=0.1),
    "calm alone": alone(CALM._replace(share=1.0)),
    "drawn anew at 0.05 a second": replace(NOW, switch_per_s=0.05),
    "climb of before": replace(NOW, models=(CALM, TURNING._replace(climb_tau_s=60.0, climb_sd_mps=1.0), HARD)),
    "slow heads only": replace(NOW, models=(CALM, TURNING._replace(first_speed_sd_mps=0.0), HARD)),
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
