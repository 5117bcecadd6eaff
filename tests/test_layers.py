"""The layers of ARCHITECTURE.md hold, and the check that says so fails when they are broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = Path(sys.executable).parent / "lint-imports"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    command = [str(LINT), "--config", str(root / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_the_layers_hold(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("geo/frames.py", "import dronewall.sensors.radar"),
        ("records/scan.py", "import dronewall.tracking.tracker"),
        ("watch/app.py", "import dronewall.rehearse.night"),
        ("rehearse/night.py", "import dronewall.watch.app"),
        ("picture/desk.py", "import dronewall.outputs.cap"),
        ("sensors/radar.py", "import dronewall.archive"),
        ("units.py", "import dronewall.registry"),
    ],
)
def test_an_import_against_the_layers_is_found(root: Path, tmp_path: Path, file: str, line: str) -> None:
    shutil.copy(root / "pyproject.toml", tmp_path)
    leave = shutil.ignore_patterns("page", "data", "__pycache__")
    shutil.copytree(root / "src" / "dronewall", tmp_path / "src" / "dronewall", ignore=leave)
    offender = tmp_path / "src" / "dronewall" / file
    offender.write_text(offender.read_text() + f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
