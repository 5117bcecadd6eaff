"""A plan's coverage on the map of a watch: for planners alone, with the figures of the files."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import rasterio
from rasterio.warp import transform

from dronewall.errors import BadInput
from dronewall.geo.shading import HIGHEST_SHOWN_M, REASON_COLOURS, shaded
from dronewall.plan.conditions import Conditions
from dronewall.plan.run import coverage as plan_coverage
from dronewall.watch.coverage import TILE_PX, Coverage
from dronewall.watch.roles import Role
from tests.plan.walls import RADAR, wall
from tests.watch.small import Watch, wall_file
from tests.watch.test_app import serving

STEM = "multirotor_200m"
ASKED = Conditions(
    labels=("multirotor",), heights_m=(50.0, 200.0), cell_m=150.0, bounds_deg=(27.86, 56.49, 27.96, 56.56)
)
HALF_M = 20_037_508.342789244


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The coverage of the small wall."""
    folder = tmp_path_factory.mktemp("planned")
    plan_coverage(wall_file(folder), folder / "coverage", ASKED)
    return folder / "coverage"


class Desk:
    """A watch whose data folder holds the coverage, asked as a planner."""

    def __init__(self, watch: Watch, client: httpx.Client) -> None:
        self.watch, self._client = watch, client
        self.tokens = {role: watch.token(role) for role in Role}

    def ask(self, path: str, role: Role = Role.PLANNER) -> httpx.Response:
        """What is answered, asked again while the log is said to be busy."""
        for _ in range(20):
            answer = self._client.get(path, headers={"Authorization": f"Bearer {self.tokens[role]}"})
            if answer.status_code != 503:
                break
        return answer

    def logged(self) -> list[dict[str, Any]]:
        return [row["payload"] for row in self.watch.rows() if row["kind"] == "coverage.read"]


@pytest.fixture(scope="module")
def desk(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("data")
    shutil.copytree(planned, data / "coverage")
    with Watch(data, speed=1.0) as watch:
        watch.until(watch.begun, 240.0)
        with (
            serving(watch.station) as address,
            httpx.Client(base_url=address, trust_env=False, timeout=180.0) as client,
        ):
            yield Desk(watch, client)


def cells(file: Path) -> list[tuple[float, float, float]]:
    """Some cells of a map: longitude and latitude of the centre, and the value."""
    with rasterio.open(file) as data:
        values = data.read(1)
        found = []
        for row, column in np.random.default_rng(7).integers(0, values.shape, (25, 2)).tolist():
            (lon,), (lat,) = transform(data.crs, "EPSG:4326", *([v] for v in data.xy(row, column)))
            found.append((lon, lat, float(values[row, column])))
    return found


def pixel(desk: Desk, layer: str, longitude_deg: float, latitude_deg: float, z: int = 13) -> list[int]:
    """The colour that the page would show at a point."""
    share = (longitude_deg + 180.0) / 360.0, 0.5 - np.arcsinh(np.tan(np.radians(latitude_deg))) / (2.0 * np.pi)
    (x, column), (y, row) = (divmod(part * 2**z * TILE_PX, TILE_PX) for part in share)
    answer = desk.ask(f"/api/coverage/{layer}/{z}/{int(x)}/{int(y)}")
    assert answer.headers["content-type"] == "image/png", answer.text
    with rasterio.MemoryFile(answer.content) as file, file.open() as data:
        picture = data.read()
    return [int(part) for part in picture[:, int(row), int(column)]]


def test_the_index_names_every_map_its_conditions_and_what_it_hangs_on(desk: Desk) -> None:
    index = desk.ask("/api/coverage").json()
    names = {layer["id"] for layer in index["layers"]}
    assert {
        "lowest_visible_altitude",
        f"p_look_{STEM}",
        f"p_detect_{STEM}_low",
        f"p_detect_{STEM}_high",
        f"ends_{STEM}",
    } < names
    assert [layer["site"] for layer in index["layers"] if layer["site"]] == ["radar", "ac-0", "ac-1", "ac-2", "ac-3"]
    assert index["weather"]["wind_mps"] == 0.0
    assert index["earth_radius_factor"] == pytest.approx(4 / 3)
    assert "smooth" in index["terrain"]
    assert index["assumptions"]
    assert index["restricted"].startswith("RESTRICTED")
    assert {"coverage", "layer"} == set(desk.logged()[0])


@pytest.mark.parametrize("kind", ["lowest_visible_altitude", f"p_look_{STEM}", f"p_detect_{STEM}", f"ends_{STEM}"])
def test_a_tile_shows_what_the_map_says(desk: Desk, planned: Path, kind: str) -> None:
    for lon, lat, value in cells(planned / f"{kind}.tif"):
        if np.isnan(value):
            wanted = [0]
        elif kind.startswith("ends"):
            wanted = [*REASON_COLOURS[int(value)], 255]
        else:
            backward = kind.startswith("lowest")
            colour = shaded(np.array([[value]]), 0.0, HIGHEST_SHOWN_M if backward else 1.0, backward=backward)[0, 0]
            wanted = [*colour.tolist(), 255]
        assert pixel(desk, kind, lon, lat)[-len(wanted) :] == wanted


def test_where_there_is_no_map_a_tile_is_clear(desk: Desk) -> None:
    for layer in ("lowest_visible_altitude", f"ends_{STEM}"):
        assert pixel(desk, layer, 25.0, 56.5)[3] == 0


def test_the_figures_at_a_point_are_those_of_the_files(desk: Desk, planned: Path) -> None:
    for lon, lat, value in cells(planned / f"p_detect_{STEM}.tif")[:10]:
        said = desk.ask(f"/api/coverage/at?latitude_deg={lat}&longitude_deg={lon}&of={STEM}").json()
        if np.isnan(value):
            assert said["p_detect"]["value"] is None
            continue
        low, middle, high = (said["p_detect"][end] for end in ("low", "value", "high"))
        assert middle == pytest.approx(value, abs=1e-4)
        assert (low or 0.0) <= middle <= high
        assert said["ends"] in {"seen", "terrain", "horizon", "range", "sector", "link budget", "noise"}


def test_off_the_map_nothing_is_said(desk: Desk) -> None:
    said = desk.ask(f"/api/coverage/at?latitude_deg=10&longitude_deg=10&of={STEM}").json()
    assert said["lowest_m"] is None
    assert said["ends"] is None


@pytest.mark.parametrize("path", ["", "/at?latitude_deg=56.5&longitude_deg=27.9", "/lowest_visible_altitude/0/0/0"])
def test_nobody_but_a_planner_sees_any_of_it(desk: Desk, path: str) -> None:
    for role in set(Role) - {Role.PLANNER}:
        assert desk.ask(f"/api/coverage{path}", role).status_code == 403
    assert "coverage" not in desk.ask("/api/wall", Role.VIEWER).json()


def test_each_layer_that_a_planner_reads_is_in_the_log_once(desk: Desk) -> None:
    for _ in range(3):
        desk.ask(f"/api/coverage/p_look_{STEM}_low/0/0/0")
    assert [row["layer"] for row in desk.logged()].count(f"p_look_{STEM}_low") == 1


@pytest.mark.parametrize("asked", ["nothing/0/0/0", "..%2Fcoverage.json/0/0/0", "lowest_visible_altitude/3/8/0"])
def test_what_there_is_not_is_said_in_a_sentence(desk: Desk, asked: str) -> None:
    answer = desk.ask(f"/api/coverage/{asked}")
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_a_coverage_that_was_written_anew_is_shown_anew(desk: Desk) -> None:
    file = desk.watch.station.folder / "coverage" / "coverage.json"
    before = desk.ask("/api/coverage").json()["made"]
    file.write_text(json.dumps(json.loads(file.read_text()) | {"notes": ["written anew"]}))
    after = desk.ask("/api/coverage").json()
    assert after["made"] != before
    assert after["notes"] == ["written anew"]


def spoilt(folder: Path, how: str) -> None:
    """Make a coverage unusable."""
    about = folder / "coverage.json"
    said = json.loads(about.read_text())
    if how == "no coverage.json":
        about.unlink()
    elif how == "not JSON":
        about.write_text("{")
    elif how == "a list":
        about.write_text("[]")
    elif how == "another version":
        about.write_text(json.dumps(said | {"schema_version": 9}))
    elif how == "another wall":
        about.write_text(json.dumps(said | {"sensors": ["x"], "left_out": []}))
    elif how == "no maps":
        (folder / "lowest_visible_altitude.tif").unlink()
    elif how == "a pipe":
        (folder / "lowest_visible_altitude.tif").unlink()
        os.mkfifo(folder / "lowest_visible_altitude.tif")
    else:
        (folder / "lowest_visible_altitude.tif").write_text("no raster")


@pytest.mark.parametrize(
    "how",
    ["no coverage.json", "not JSON", "a list", "another version", "another wall", "no maps", "a pipe", "no raster"],
)
def test_a_bad_folder_is_one_sentence(planned: Path, tmp_path: Path, how: str) -> None:
    shutil.copytree(planned, tmp_path / "c")
    spoilt(tmp_path / "c", how)
    with pytest.raises(BadInput) as error:
        Coverage.read(tmp_path / "c", ["radar"])
    assert "\n" not in str(error.value)
    assert str(tmp_path / "c") in str(error.value)


def test_a_site_that_points_out_of_the_folder_is_no_layer(planned: Path, tmp_path: Path) -> None:
    shutil.copytree(planned, tmp_path / "c")
    about = tmp_path / "c" / "coverage.json"
    said = json.loads(about.read_text())
    (tmp_path / "out").mkdir()
    shutil.copy(planned / "lowest_visible_altitude.tif", tmp_path / "out")
    about.write_text(json.dumps(said | {"sensors": [*said["sensors"], "../../out"]}))
    found = Coverage.read(tmp_path / "c", ["radar"])
    assert "../../out" not in [layer.site for layer in found.layers.values()]


@pytest.mark.parametrize("how", ["cut short", "no coordinate system", "other numbers"])
def test_a_spoilt_map_is_said_and_never_shown_as_clear(planned: Path, tmp_path: Path, how: str) -> None:
    shutil.copytree(planned, tmp_path / "c")
    file = tmp_path / "c" / f"p_look_{STEM}.tif"
    with rasterio.open(file) as data:
        values, profile = data.read(1), data.profile | {"driver": "GTiff"}
    if how == "cut short":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    else:
        changed = {"crs": None} if how == "no coordinate system" else {"dtype": "int16", "nodata": None}
        with rasterio.open(file, "w", **profile | changed) as data:
            data.write(np.nan_to_num(values).astype(data.dtypes[0]), 1)
    found = Coverage.read(tmp_path / "c", ["radar"])
    layer = found.layers[f"p_look_{STEM}"]
    west, south, east, north = found.bounds_deg
    x, y = (
        (0.5 * (west + east) + 180.0) / 360.0,
        0.5 - np.arcsinh(np.tan(np.radians(0.5 * (south + north)))) / 2 / np.pi,
    )
    with pytest.raises(BadInput, match=f"p_look_{STEM}"):
        found.tile(layer, 12, int(x * 2**12), int(y * 2**12))


@pytest.mark.parametrize("place", [(90.0, 0.0), (0.0, 117.0), (-90.0, 180.0), (56.5, -153.0)])
def test_beyond_the_projection_nothing_is_said(planned: Path, place: tuple[float, float]) -> None:
    assert Coverage.read(planned, ["radar"]).at(*place, STEM)["lowest_m"] is None


def test_sensors_that_differ_from_the_walls_are_named(planned: Path) -> None:
    found = Coverage.read(planned, ["radar"])
    notes = " ".join(found.index(["radar", "new-1"])["notes"])
    assert "ac-0" in notes
    assert "new-1" in notes


def test_a_wall_without_feeds_is_shown_with_its_coverage_and_a_planners_address(tmp_path: Path) -> None:
    file = wall(tmp_path, RADAR)
    plan_coverage(file, tmp_path / "out", Conditions(labels=("multirotor",), heights_m=(50.0,), cell_m=300.0))
    command = [
        sys.executable,
        "-m",
        "dronewall",
        "watch",
        str(file),
        "--port",
        "0",
        "--coverage",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(
        [*command, "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    rest = threading.Thread(target=said.extend, args=[process.stdout], daemon=True)
    with process.stdout:
        try:
            for line in process.stdout:
                said.append(line)
                if "for planners" in line:
                    break
            found = re.search(r"(http://[^/]+)/\?token=(\S+)", said[-1])
            assert found, "".join(said)
            rest.start()
            index = _answered(f"{found[1]}/api/coverage", found[2], process)
            assert index["layers"][0]["id"] == "lowest_visible_altitude"
        finally:
            process.terminate()
            process.wait(60)
            if rest.ident is not None:
                rest.join(30.0)


def _answered(address: str, token: str, process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it answers once it is prepared."""
    deadline = time.monotonic() + 240.0
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended before it answered"
        answer = httpx.get(address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=180.0)
        if answer.status_code == 200:
            return dict(answer.json())
        assert answer.status_code == 503
        time.sleep(0.3)
    raise AssertionError(f"{address} was not ready within 240 s")
