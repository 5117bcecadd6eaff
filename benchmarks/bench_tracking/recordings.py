"""The recordings of a run: made once each, by our generator or by the bench kit's, with their floors."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import floor
from benchmarks.family import parsed, play, write
from dronewall.archive import write_tracks

KIT: Final = Path(__file__).resolve().parents[3] / "shared" / "bench"
BURN_S: Final = {"wallB": 30.0}
"""Seconds left out at the start where it is not 10: registration has to find the radars' errors first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording on disk. `maker` is `own` or `kit`."""

    name: str
    seed: int
    maker: str
    folder: Path

    @property
    def burn_s(self) -> float:
        """Seconds that the score leaves out at its start."""
        return BURN_S.get(self.name.partition("-")[0], 10.0)

    @property
    def answers(self) -> dict[str, dict[str, float]]:
        """Each radar's errors, which the recording itself keeps to itself."""
        return dict(json.loads(self._answers.read_text())["biases"])

    @property
    def _answers(self) -> Path:
        return self.folder.with_suffix(".answers.json")

    def made(self) -> "Recording":
        """The same, on disk."""
        if not (self.folder / "wall.toml").exists():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            if self.maker == "own":
                write(self.name, self.seed, self.folder, self._answers)
            else:
                self._kit("wall_n.py", self.folder, "--answers", self._answers)
        return self

    def floor(self) -> Path:
        """Tracks of a filter that is told which target caused each detection."""
        file = self.folder.with_suffix(".floor.parquet")
        if not file.exists():
            if self.maker == "own":
                family, n = parsed(self.name)
                write_tracks(file, floor.tracks(play(family, n, self.seed)))
            else:
                self._kit("floor.py", file)
        return file

    def _kit(self, script: str, output: Path, *more: str | Path) -> None:
        command = [sys.executable, KIT / script, self.name, "-o", output, "--seed", self.seed, *more]
        subprocess.run([str(word) for word in command], check=True, capture_output=True)


def recording(folder: Path, name: str, seed: int, maker: str) -> Recording:
    """A recording under `folder`, not made yet."""
    return Recording(name=name, seed=seed, maker=maker, folder=folder / maker / f"{name}-{seed}")
