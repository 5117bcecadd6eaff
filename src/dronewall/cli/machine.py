"""The machine that dronewall runs on: kernels compiled ahead, and what a doctor looks at."""

import contextlib
import hashlib
import importlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dronewall import __version__
from dronewall.errors import DronewallError

Say = Callable[[str, int, int], None]
KERNELS = Path(__file__).parent.parent / "kernels"
WARM_S = 1_000
"""How much of the shipped night a warm start plays: by then radar plots, bearings and claims have all been taken."""


def warm_up(say: Say | None = None) -> float:
    """Seconds that it took to have every kernel compiled, by playing the beginning of the shipped night."""
    from dronewall.picture.desk import Desk
    from dronewall.rehearse.night import stage
    from dronewall.rehearse.simulate import simulate
    from dronewall.scenarios import scenario_path, wall_path
    from dronewall.units import SECOND_NS

    began = time.monotonic()
    with _counting(say):
        ground = stage(wall_path("rezekne"), scenario_path("rezekne"))
        played = simulate(ground.wall, ground.sensors, ground.scenario, 1, terrain=ground.terrain)
        ends = played.start_ns + WARM_S * SECOND_NS
        desk = Desk(played.wall, played.sensors, weather=played.weather, terrain=ground.terrain)
        ticked_ns = played.start_ns
        for scan in played.scans():
            if scan.received_ns > ends:
                break
            if scan.received_ns >= ticked_ns + 20 * SECOND_NS:
                ticked_ns = scan.received_ns
                desk.tick(ticked_ns)
            desk.take(scan)
    with contextlib.suppress(OSError):  # a cache that cannot be written compiles again next time
        _mark().parent.mkdir(parents=True, exist_ok=True)
        _mark().touch()
    return time.monotonic() - began


def warm_up_apart(say: Say) -> None:
    """The same in a process of its own: the compiler's memory is gone afterwards, and the page stays quick meanwhile.

    If that process fails, the kernels compile here, when they are first used.
    """
    with _counting(say):
        subprocess.run([sys.executable, "-m", "dronewall", "warm"], capture_output=True, check=False)


@contextlib.contextmanager
def _counting(say: Say | None) -> Iterator[None]:
    """Say three times a second how many kernels lie in the cache."""
    if say is None:
        yield
        return
    over = threading.Event()
    total = sum(file.read_text("utf-8").count("@njit") for file in KERNELS.glob("*.py"))

    def count() -> None:
        while not over.wait(0.3):
            say("compiling kernels", min(_compiled(), total), total)

    counting = threading.Thread(target=count, name="compiling", daemon=True)
    counting.start()
    try:
        yield
    finally:
        over.set()
        counting.join()
        say("compiling kernels", total, total)


def is_warm() -> bool:
    """Whether these very kernels were compiled here before."""
    return _mark().exists()


def _cache() -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    return Path(given) if given else KERNELS / "__pycache__"


def _compiled() -> int:
    return len(list(_cache().rglob("*.nbi"))) if _cache().is_dir() else 0


def _mark() -> Path:
    """Named after the kernels' text and what compiles them."""
    text = b"".join(file.read_bytes() for file in sorted(KERNELS.glob("*.py")))
    with_what = f"{sys.version} {version('numba')} {version('llvmlite')} {platform.machine()}"
    return _cache() / f"warm-{hashlib.sha256(text + with_what.encode()).hexdigest()[:16]}"


def examine() -> list[dict[str, Any]]:
    """One row per thing looked at: what, ok, and what was found or is to be done."""
    checks = (_python, _packages, _page, _kernels, _memory, _disk, _port, _data)
    rows = []
    for check in checks:
        what, ok, said = check()
        rows.append({"what": what, "ok": ok, "said": said})
    return rows


def _python() -> tuple[str, bool, str]:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return "Python", sys.version_info >= (3, 11), f"{found} (3.11 or later is needed), dronewall {__version__}"


def _packages() -> tuple[str, bool, str]:
    missing = []
    names = (
        "numpy",
        "scipy",
        "numba",
        "pyarrow",
        "pydantic",
        "pyproj",
        "shapely",
        "lxml",
        "fastapi",
        "uvicorn",
        "httpx",
    )
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if missing:
        return "packages", False, f"cannot be imported: {', '.join(missing)}; run `make setup`"
    return "packages", True, ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pyarrow", "fastapi"))


def _page() -> tuple[str, bool, str]:
    page = Path(__file__).parent.parent / "watch" / "page" / "index.html"
    return "map page", page.exists(), str(page) if page.exists() else "not built; run `make page`"


def _kernels() -> tuple[str, bool, str]:
    place, compiled = _cache(), _compiled()
    said = f"{compiled} compiled in {place}" if is_warm() else f"not all compiled in {place}; `dronewall warm` does it"
    return "kernels", os.access(place if place.is_dir() else place.parent, os.W_OK), said


def _memory() -> tuple[str, bool, str]:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return "memory", total >= 1.5, f"{total:.1f} GiB (2 GiB is comfortable for one wall)"


def _disk() -> tuple[str, bool, str]:
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    return "disk", free >= 1.0, f"{free:.1f} GiB free here"


def _port() -> tuple[str, bool, str]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8000))
        except OSError:
            return "port 8000", True, "in use; `dronewall demo` and `watch` take another with --port N"
    return "port 8000", True, "free"


def _data() -> tuple[str, bool, str]:
    from dronewall.geo.terrain import load_terrain

    try:
        terrain = load_terrain("synthetic:1", Path.cwd())
        height = float(terrain.height_hae_m(0.98, 0.48))
    except DronewallError as error:
        return "shipped data", False, str(error)
    return "shipped data", True, f"ground at 56.1 N 27.5 E is {height:.0f} m above the ellipsoid"
