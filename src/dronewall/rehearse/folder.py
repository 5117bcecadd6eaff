"""The folder of a run: one small file a night, written whole or not at all, so that a run can break off and go on."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dronewall import SCHEMA_VERSION
from dronewall.errors import BadInput

INPUTS: Final = "inputs.json"
NIGHTS: Final = "nights"
OWNER_ONLY: Final = 0o600
MARK: Final = "RESTRICTED: shows where a wall is weak; for its owner's planners only"
NAMES: Final = {
    "wall": "another wall",
    "scenario": "another scenario",
    "threat": "another threat file",
    "seed": "another first seed",
    "program": "another version of dronewall",
    "approver": "other people on duty",
    "detail": "another --detail",
}


class Folder:
    """Where the nights of one run lie. Only its owner may enter: where a wall is weak is a defender's product."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def claim(self, inputs: Mapping[str, Any]) -> None:
        """Begin a run here, or go on with it.

        Raises
        ------
        BadInput
            It is a file, cannot be made, holds something else, or the nights of another run.
        """
        file = self.path / INPUTS
        if self.path.exists() and not self.path.is_dir():
            raise BadInput(f"-o {self.path} is a file; give a folder", file=str(self.path), key="output")
        there = self.stored()
        if there is not None:
            told = next((said for key, said in NAMES.items() if there.get(key) != inputs.get(key)), None)
            if told is not None or there != dict(inputs):
                raise BadInput(
                    f"-o {self.path} holds the nights of another run ({told or 'other inputs'}); give another folder",
                    file=str(self.path),
                    key="output",
                )
            return
        if self.path.is_dir() and any(self.path.iterdir()):
            raise BadInput(
                f"-o {self.path} is not empty and holds no run; give a new folder", file=str(self.path), key="output"
            )
        try:
            (self.path / NIGHTS).mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
        except OSError as error:
            raise BadInput(f"-o {self.path} cannot be made: {error.strerror}", file=str(self.path)) from None
        write(file, json.dumps(dict(inputs), indent=1) + "\n")

    def stored(self) -> dict[str, Any] | None:
        """The inputs of the run that lies here; None: there is none.

        Raises
        ------
        BadInput
            They cannot be read.
        """
        file = self.path / INPUTS
        try:
            found = json.loads(file.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise BadInput(f"{file} cannot be read: {error}; give another folder", file=str(file)) from None
        if not isinstance(found, dict) or found.get("schema_version") != SCHEMA_VERSION:
            raise BadInput(f"{file} is of another version than {SCHEMA_VERSION}; give another folder", file=str(file))
        return found

    def night(self, seed: int) -> dict[str, Any] | None:
        """The row of a night; None: it has not been played, or its file is broken and it is to be played again."""
        try:
            row = json.loads(self._file(seed).read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        whole = isinstance(row, dict) and row.get("schema_version") == SCHEMA_VERSION and row.get("seed") == seed
        return row if whole else None

    def keep(self, row: Mapping[str, Any]) -> None:
        """Write down a night."""
        write(self._file(int(row["seed"])), json.dumps(row, sort_keys=True, allow_nan=False) + "\n")

    def _file(self, seed: int) -> Path:
        return self.path / NIGHTS / f"{seed:010d}.json"


def write(path: Path, text: str) -> None:
    """A file that only its owner may read, whole or not at all.

    Raises
    ------
    BadInput
        It cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.touch(mode=OWNER_ONLY)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: {error.strerror}", file=str(path)) from None
