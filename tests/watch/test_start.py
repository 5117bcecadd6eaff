"""What a start loads, and what it leaves for later: measured by what is imported, not by a clock."""

import subprocess
import sys

import pytest

LATER = [
    "duckdb",
    "google.protobuf",
    "httpx",
    "psycopg",
    "pyarrow.compute",
    "rasterio",
    "ray",
    "rich",
    "scipy.ndimage",
    "scipy.sparse",
    "signxml",
]


def loaded(what: str) -> list[str]:
    """Which of LATER are there after a fresh Python has done that."""
    code = f"import sys\n{what}\nprint([name for name in {LATER!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return eval(done.stdout)


@pytest.mark.parametrize("what", ["dronewall.cli.nights", "dronewall.cli.serving", "dronewall.watch.service"])
def test_a_start_loads_nothing_that_it_does_not_need_yet(what: str) -> None:
    assert loaded(f"import {what}") == []


def test_a_night_on_invented_ground_is_simulated_without_the_image_filters() -> None:
    night = (
        "from dronewall.cli.nights import Script, night\nplayed = night(Script.named('rezekne'), 1)\n"
        "next(played.scans())\nplayed.calls"
    )
    assert loaded(night) == []


def test_a_gateway_is_loaded_when_it_is_made_ready_not_when_it_is_named() -> None:
    made = (
        "from dronewall.outputs.gateway import Gateway, Key, Mode\n"
        "gateway = Gateway('exercise+http://127.0.0.1:9/x', Key.new(Mode.EXERCISE), exercise=True)\n"
    )
    assert loaded(made) == []
    assert loaded(made + "gateway.ready()")[:1] == ["httpx"]


def test_help_loads_no_numbers() -> None:
    code = (
        "import sys\nsys.argv = ['dronewall', 'convert', '--help']\nfrom dronewall.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('numpy', 'numba', 'fastapi', 'httpx') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
