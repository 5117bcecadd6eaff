"""Stone Soup's own environment, and its runs: made once for a recording and settings, then read back."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.peer.tuned import Settings

HOME: Final = Path(__file__).resolve().parents[2] / ".cache" / "peer"
PACKAGES: Final = ("stonesoup==1.9.1", "rtree==1.4.1", "pyarrow>=18", "numpy<3", "scipy")
SCRIPT: Final = Path(__file__).with_name("stonesoup_run.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a peer made of a recording: its track file, and what it cost."""

    tracks: Path
    cost: Mapping[str, Any]
    cached: bool


def interpreter() -> Path:
    """The interpreter of Stone Soup's environment, made on first use; needs a package index then."""
    folder = HOME / "stonesoup"
    python = folder / "bin" / "python"
    done = folder / "whole"
    if not done.exists():
        print("peer: making Stone Soup's environment", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True, stdout=sys.stderr)
        done.touch()
    return python


def stone_soup(recording: Path, settings: Settings) -> Run:
    """Track a recording with Stone Soup, or read back what was made of the same one with the same settings."""
    key = fingerprint(recording, settings)
    runs = Path(os.environ.get("DRONEWALL_PEER_RUNS", HOME / "runs"))
    tracks, said = runs / f"{key}.parquet", runs / f"{key}.json"
    if said.exists() and tracks.exists():
        return Run(tracks=tracks, cost=json.loads(said.read_text())["cost"], cached=True)
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=runs) as folder:
        part = Path(folder) / "tracks.parquet"
        command = [*map(str, (interpreter(), SCRIPT, recording, part)), json.dumps(asdict(settings))]
        single = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        single.pop("PYTHONPATH", None)
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=single)
        cost = json.loads(done.stdout.splitlines()[-1])
        part.replace(tracks)
    said.write_text(json.dumps({"recording": recording.name, "settings": asdict(settings), "cost": cost}, indent=1))
    return Run(tracks=tracks, cost=cost, cached=False)


def fingerprint(recording: Path, settings: Settings) -> str:
    """What a run depends on, as one word."""
    digest = hashlib.sha256()
    for file in ("detections.parquet", "truth.parquet", "wall.toml"):
        digest.update((recording / file).read_bytes())
    digest.update(SCRIPT.read_bytes() + repr(PACKAGES).encode() + repr(asdict(settings)).encode())
    return digest.hexdigest()[:24]
