"""Coverage in tiles: the same files whoever makes them and however they were cut, and nothing is done twice."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from typer.testing import CliRunner

from dronewall.cli import app, planning
from dronewall.errors import BadInput
from dronewall.plan import maps, tiles
from dronewall.plan.conditions import Conditions
from dronewall.plan.pieces import Looks, Map, Pieces, Plot, stage
from dronewall.plan.run import PARTIAL, coverage
from dronewall.workers.pool import Here, Pool, Processes
from tests.plan.walls import RADAR, SOUND, wall

NEIGHBOUR = RADAR.replace('"r1"', '"r2"').replace("27.5\n", "27.57\n").replace("56.4\n", "56.43\n")
ASKED = Conditions(labels=("fixed_wing_piston",), heights_m=(60.0,), cell_m=30.0)


def hills(folder: Path) -> Path:
    """Two radars and a microphone whose map has more tiles than one."""
    physical = NEIGHBOUR.replace("p_detect = 0.9\n", "").replace('"radar"', '"radar"\nmodel = "xband-3d-doppler"')
    return wall(folder, RADAR, physical, SOUND, terrain="synthetic:3")


class Counting:
    """Does pieces in this process and remembers which; breaks off where it is told to."""

    def __init__(self, breaks_at: type | None = None, after: int = 0) -> None:
        self.did: list[Any] = []
        self._breaks_at, self._after = breaks_at, after

    def team(self, job: Pieces) -> Any:
        self._job = job
        return nullcontext(self)

    def do(self, items: Iterable[Any], progress: Any) -> Iterator[tuple[Any, Any]]:
        for item in items:
            if isinstance(item, self._breaks_at or ()) and self.count(type(item)) == self._after:
                raise KeyboardInterrupt
            self.did.append(item)
            yield item, self._job.do(item, progress)

    def count(self, kind: type) -> int:
        return sum(isinstance(item, kind) for item in self.did)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The coverage of the hills, made here."""
    folder = tmp_path_factory.mktemp("made")
    counting = Counting()
    coverage(hills(folder), folder / "out", ASKED, pool=counting)
    assert counting.count(Plot) > 3
    return folder / "out"


def differing(one: Path, other: Path) -> list[str]:
    names = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    return sorted(
        str(name)
        for name in names
        if not ((one / name).is_file() and (other / name).is_file())
        or (one / name).read_bytes() != (other / name).read_bytes()
    )


def test_two_processes_make_the_same_files_as_none(made: Path, tmp_path: Path) -> None:
    coverage(hills(tmp_path), tmp_path / "out", ASKED, pool=Processes(2))
    assert differing(made, tmp_path / "out") == []


def test_where_the_map_is_cut_does_not_show(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "SIDE", 200)
    coverage(hills(tmp_path), tmp_path / "out", ASKED)
    for name in ("lowest_visible_altitude", "p_look_fixed_wing_piston_60m", "p_detect_fixed_wing_piston_60m"):
        with rasterio.open(made / f"{name}.tif") as one, rasterio.open(tmp_path / "out" / f"{name}.tif") as other:
            wide, narrow = one.read(1), other.read(1)
        assert np.mean(np.isnan(wide) != np.isnan(narrow)) < 1e-4
        both = ~np.isnan(wide) & ~np.isnan(narrow)
        assert both.any()
        # Ground is interpolated anew in each tile, to some centimetres; a sightline may turn on that here and there.
        assert np.quantile(np.abs(wide - narrow)[both], 0.999) < 2e-4


def test_a_sites_map_of_a_large_map_is_of_what_it_reaches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, said = wall(tmp_path, RADAR, SOUND), []
    asked = Conditions(labels=("multirotor",), heights_m=(50.0,), cell_m=100.0)
    for name, most in (("whole", maps.LARGEST_OF_SITE), ("part", 0)):
        monkeypatch.setattr(maps, "LARGEST_OF_SITE", most)
        coverage(file, tmp_path / name, asked)
        with rasterio.open(tmp_path / name / "sites" / "a1" / "lowest_visible_altitude.tif") as data:
            values = data.read(1)
            row, column = np.argwhere(values == np.nanmax(values))[0]
            said.append((np.isfinite(values).sum(), np.nanmax(values), data.xy(row, column), values.size))
    assert said[0][:3] == said[1][:3]
    assert said[1][3] < said[0][3]


@pytest.mark.parametrize(("kind", "after"), [(Looks, 0), (Plot, 2), (Map, 1)])
def test_a_run_that_was_broken_off_goes_on_where_it_was(made: Path, tmp_path: Path, kind: type, after: int) -> None:
    file = hills(tmp_path)
    first, second = Counting(kind, after), Counting()
    with pytest.raises(KeyboardInterrupt):
        coverage(file, tmp_path / "out", ASKED, pool=first)
    assert not (tmp_path / "out" / "coverage.json").exists()
    coverage(file, tmp_path / "out", ASKED, pool=second)
    assert not {piece(item) for item in first.did} & {piece(item) for item in second.did}
    assert second.count(kind) > 0
    assert differing(made, tmp_path / "out") == []


def test_a_piece_that_is_not_whole_is_done_again_and_nothing_half_written_stays(tmp_path: Path) -> None:
    file, out = wall(tmp_path, RADAR), tmp_path / "out"
    asked = Conditions(labels=("multirotor",), heights_m=(50.0,), cell_m=200.0)
    with pytest.raises(KeyboardInterrupt):
        coverage(file, out, asked, pool=Counting(Map))
    looks, tile = (out / PARTIAL / name for name in ("looks-000000", "tile-000000"))
    looks.write_bytes(looks.read_bytes()[:-1])
    tile.write_bytes(b"")
    (out / "p_look_multirotor_50m.tif.part").write_bytes(b"half")
    again = Counting()
    coverage(file, out, asked, pool=again)
    assert (again.count(Looks), again.count(Plot)) == (1, 1)
    assert not [path for path in out.rglob("*") if path.suffix in (".part", ".whole")]


def piece(item: Any) -> tuple[Any, ...]:
    return ("map", item.kind, item.number) if isinstance(item, Map) else (type(item).__name__, item.tile)


def test_what_was_done_under_other_conditions_is_not_gone_on_with(tmp_path: Path) -> None:
    file = wall(tmp_path, RADAR)
    asked = [Conditions(labels=("multirotor",), heights_m=(h,), cell_m=200.0) for h in (50.0, 60.0)]
    with pytest.raises(KeyboardInterrupt):
        coverage(file, tmp_path / "out", asked[0], pool=Counting(Map))
    assert (tmp_path / "out" / PARTIAL).is_dir()
    second = Counting()
    coverage(file, tmp_path / "out", asked[1], pool=second)
    assert (second.count(Looks), second.count(Plot)) == (1, 1)
    assert not (tmp_path / "out" / PARTIAL).exists()


KILLER = """
import os, signal
import dronewall.plan.pieces as pieces
plain = pieces.planned
def planned(found, layout, number, *rest):
    if number == 1 and not os.path.exists({once!r}):
        open({once!r}, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(found, layout, number, *rest)
pieces.planned = planned
"""


@pytest.mark.long
def test_a_worker_that_is_killed_in_a_tile_costs_that_tile_only(
    tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second tile kills its worker once: it is done again, by another."""
    once = str(tmp_path / "died")
    (tmp_path / "sitecustomize.py").write_text(KILLER.format(once=once))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    coverage(hills(tmp_path), tmp_path / "out", ASKED, pool=Processes(1))
    assert Path(once).exists()
    assert differing(made, tmp_path / "out") == []


def test_a_worker_that_has_another_wall_says_so(tmp_path: Path) -> None:
    file = wall(tmp_path, RADAR)

    class Elsewhere(Here):
        def team(self, job: Any) -> Any:
            file.write_text(file.read_text() + "\n")
            stage.cache_clear()
            return super().team(job)

    with pytest.raises(BadInput, match="is not the same here as where the plan was asked for"):
        coverage(file, tmp_path / "out", ASKED, pool=Elsewhere())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "0"], "--workers 0 is not between 1 and 1,024"),
        (["--workers", "2", "--ray", "local"], "--workers and --ray exclude each other"),
        (["--ray", ""], "--ray needs an address"),
    ],
)
def test_workers_that_cannot_be_had_are_one_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    result = CliRunner().invoke(
        app, ["plan", "coverage", str(wall(tmp_path, RADAR)), "-o", str(tmp_path / "o"), *words]
    )
    assert isinstance(result.exception, BadInput)
    assert said in str(result.exception)
    assert not (tmp_path / "o").exists()


def test_ctrl_c_says_that_the_same_command_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(workers: int | None, ray: str | None) -> Pool:
        return Counting(Plot)

    monkeypatch.setattr(planning, "pool_for", breaks)
    words = ["plan", "coverage", str(wall(tmp_path, RADAR)), "-o", str(tmp_path / "out"), "--cell-m", "200"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 130
    assert "the same command goes on" in result.output


ON_RAY = """
import sys
from pathlib import Path
from dronewall.plan.run import coverage
from dronewall.workers.cluster import OnRay
from dronewall.workers.pool import Here
from tests.plan.test_tiles import ASKED

wall, output, processors = sys.argv[1:]
coverage(Path(wall), Path(output), ASKED, pool=OnRay("local", processors=int(processors)), near=Here())
"""


@pytest.mark.long
def test_ray_makes_the_same_files_as_this_process(made: Path, tmp_path: Path, root: Path) -> None:
    """In a process of its own: Ray leaves threads and warnings behind."""
    command = [sys.executable, "-c", ON_RAY, str(hills(tmp_path)), str(tmp_path / "out"), "2"]
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    assert differing(made, tmp_path / "out") == []
