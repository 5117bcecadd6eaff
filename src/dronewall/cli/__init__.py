"""The command line. Every error is one sentence on standard error and an exit code; heavy parts load when used.

`nights.py` composes a simulated night with the watch, `machine.py` is `warm` and `doctor`, `commands.py` has every
command but `assess` (`assessing.py`), `share` (`sharing.py`) and `plan` (`planning.py`). To add one: a function there
with a docstring that says what it gives back.
"""

import ctypes
import gc
import os
import sys
from itertools import pairwise
from pathlib import Path

import typer
from typer.exceptions import TyperException

from dronewall.cli import assessing as assessing  # registers its command
from dronewall.cli import keeping as keeping  # registers its commands
from dronewall.cli import planning as planning  # registers its commands
from dronewall.cli import rehearsing as rehearsing  # registers its commands
from dronewall.cli import sharing as sharing  # registers its commands
from dronewall.cli import storing as storing  # registers its commands
from dronewall.cli import tokens as tokens  # registers its commands
from dronewall.cli import zoning as zoning  # registers its command
from dronewall.cli.commands import app
from dronewall.errors import DronewallError

M_ARENA_MAX = -8
COLLECT_AFTER = 50_000
"""New objects before the collector looks through them; at its 700 it takes an eighth of the time of every import."""

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    _numba_cache()
    _frugal()
    gc.set_threshold(COLLECT_AFTER, 20, 100)
    try:
        sys.exit(app(prog_name="dronewall", standalone_mode=False))
    except TyperException as error:
        print(_said(error), file=sys.stderr)
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    except DronewallError as error:
        print(f"dronewall: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _said(error: TyperException) -> str:
    """What is wrong with the command line, in a sentence; the help itself where a command was called bare."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "dronewall"
    text = error.format_message() if hasattr(error, "format_message") else str(error)
    if text.startswith("Usage:"):
        return text
    words = [part for word in sys.argv for part in word.split("=", 1)]
    for option, value in pairwise(words):
        if f"'{option}'" in text:
            text = f"{text}, not {value}"
    return f"{command}: {text.rstrip('.')}; '{command} --help' says what it takes"


def _frugal() -> None:
    """Few heaps, all of the C library's own: 60 MB less for a service of a dozen threads. Only glibc has mallopt."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)


def _numba_cache() -> None:
    """Compiled kernels lie beside the package where that can be written, else in the user's cache."""
    package = Path(__file__).parent.parent
    if "NUMBA_CACHE_DIR" not in os.environ and not os.access(package / "kernels", os.W_OK):
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        os.environ["NUMBA_CACHE_DIR"] = str(base / "dronewall" / "numba")
