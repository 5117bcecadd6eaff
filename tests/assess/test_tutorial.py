"""The tutorial's console blocks, run as a reader would; "..." in what it says stands for anything."""

import re
import subprocess
import sys
from pathlib import Path


def steps(page: str) -> list[tuple[str, str]]:
    """Each command with its here-document, and what it should print."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        command, said = "", ""
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    found.append((command, said))
                command, said = line[2:] + "\n", ""
            elif line.startswith(">"):
                command += line[2:] + "\n"
            else:
                said += line + "\n"
        found.append((command, said))
    return found


def test_the_tutorial_says_what_happens(tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "tutorial" / "assess.md").read_text(encoding="utf-8")
    here = f'dronewall() {{ "{sys.executable}" -m dronewall "$@"; }}\npython() {{ "{sys.executable}" "$@"; }}\n'
    for command, said in steps(page):
        done = subprocess.run(
            ["bash", "-c", here + command], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        pattern = re.escape(said.strip()).replace(r"\.\.\.", r"[\s\S]*")
        assert re.fullmatch(pattern, done.stdout.strip()), (command, done.stdout)
