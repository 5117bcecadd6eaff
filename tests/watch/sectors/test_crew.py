"""Workers that are processes: one is killed or hangs, or the bus is, and the rows are those of workers left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput, Corrupt, Unavailable
from dronewall.picture.desk import Desk
from dronewall.records.detection import Column
from dronewall.records.framed import framed
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor
from dronewall.settings import check
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.tracker import Tracker
from dronewall.units import SECOND_NS
from dronewall.watch.clock import PlaybackClock
from dronewall.watch.prepare import prepared, standing
from dronewall.watch.sectors.border import Border
from dronewall.watch.sectors.crew import Crew
from dronewall.watch.sectors.practice import practice
from dronewall.watch.sources.playback import Playback
from tests.tracking.scenes import play
from tests.tracking.test_sectors import RADAR, line
from tests.tracking.test_stretches import TARGETS, Workers, columns, seconds
from tests.watch.small import Watch, night, recording, wall_file

SECONDS = 30.0


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that a busy machine lets wait for seconds does not hang: only its end is its end."""
    monkeypatch.setattr("dronewall.watch.sectors.crew.DOWN_AFTER_S", 120.0)


WALL = check(
    Wall,
    {
        "schema_version": 1,
        "wall": {"name": "line"},
        "sensor": [{"height_agl_m": 10.0} | one for one in line(RADAR, 8, 12_000.0)],
    },
    "wall.toml",
)


@dataclass
class Played:
    """A border of workers that a scene is played to; `rows` are those of each second."""

    folder: Path
    count: int = 2
    rows: list[list[object]] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.sensors = dict(standing(WALL, self.folder / "wall.toml").sensors)
        with ExitStack() as stack:
            self.crew = stack.enter_context(
                Crew(
                    WALL,
                    self.folder / "wall.toml",
                    self.sensors,
                    self.count,
                    folder=self.folder / "sectors",
                    registration=False,
                    tell=lambda kind, payload: self.told.append((kind, payload)),
                )
            )
            self.crew.start()
            self._stack = stack.pop_all()
        self.border = Border(self.crew)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def play(self, items: Sequence[tuple[list[Scan], int]]) -> None:
        for batch, time_ns in items:
            for scan in batch:
                self.border.step(scan)
            self.rows.append(columns(self.border.tracks(time_ns), ids=True))

    def pid(self, sector: int) -> int:
        """The process that has a sector, once one has."""
        self.until(lambda: self.crew.health()[sector]["pid"] is not None)
        return int(self.crew.health()[sector]["pid"])

    def taken_over(self, times: int) -> None:
        """Wait until the log was told so."""
        self.until(lambda: sum(kind == "sector.taken_over" for kind, _ in self.told) >= times)

    def until(self, what: Callable[[], bool]) -> None:
        ends = time.monotonic() + 180.0
        while not what():
            assert time.monotonic() < ends, f"it did not happen; told: {self.told}"
            time.sleep(0.05)


def scene(sensors: dict[str, Sensor]) -> list[tuple[list[Scan], int]]:
    return list(seconds(play(sensors, TARGETS, SECONDS)))


def undisturbed(sensors: dict[str, Sensor], count: int = 2) -> list[list[object]]:
    """The same in this process, where nothing dies."""
    workers, rows = Workers(sensors, count), []
    for batch, time_ns in scene(sensors):
        workers.take(batch)
        rows.append(columns(workers.tracks(time_ns), ids=True))
    return rows


@pytest.mark.usefixtures("patient")
def test_a_killed_worker_is_taken_over_and_no_row_is_lost_changed_or_doubled(tmp_path: Path) -> None:
    with Played(tmp_path) as played:
        items = scene(played.sensors)
        played.play(items[:15])
        gone = played.pid(1)
        os.kill(gone, signal.SIGKILL)
        played.play(items[15:])
        played.until(lambda: played.crew.health()[1]["taken_over"] >= 1)
        played.until(lambda: any(k == "sector.taken_over" and said["sector"] == 2 for k, said in played.told))
        lost = [dict(said) for kind, said in played.told if kind == "sector.lost" and said["pid"] == gone]
        assert lost == [{"sector": 2, "pid": gone, "reason": "it was ended by signal 9"}]
        back = [said for kind, said in played.told if kind == "sector.taken_over"]
        assert any(said["sector"] == 2 and said["pid"] != gone for said in back)
        assert played.rows == undisturbed(played.sensors)


@pytest.mark.long
def test_a_worker_that_hangs_is_known_by_its_missed_beats_and_killed(tmp_path: Path) -> None:
    with Played(tmp_path) as played:
        items = scene(played.sensors)
        played.play(items[:15])
        hung = played.pid(0)
        os.kill(hung, signal.SIGSTOP)
        played.play(items[15:])
        played.taken_over(1)
        [reason] = [said["reason"] for kind, said in played.told if kind == "sector.lost" and said["pid"] == hung]
        assert "no beat for" in reason
        with pytest.raises(ProcessLookupError):
            os.kill(hung, 0)
        assert played.rows == undisturbed(played.sensors)


@pytest.mark.long
@pytest.mark.usefixtures("patient")
def test_workers_killed_again_and_again_and_the_bus_with_them_change_nothing(tmp_path: Path) -> None:
    with Played(tmp_path, count=3) as played:
        items = scene(played.sensors)
        for number in range(6):
            played.play(items[5 * number : 5 * number + 5])
            if number % 2:
                server = int((tmp_path / "sectors" / "nats" / "nats.pid").read_text())
                os.kill(server, signal.SIGKILL)
            os.kill(played.pid(number % 3), signal.SIGKILL)
        played.play(items[30:])
        played.border.tracks(items[-1][1] + SECOND_NS)
        played.taken_over(6)
        assert played.rows == undisturbed(played.sensors, 3)


@pytest.mark.long
def test_a_state_saved_by_workers_goes_on_in_others_and_not_in_another_number_of_them(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Played(tmp_path / "one") as first:
        items = scene(first.sensors)
        first.play(items[:15])
        saved = first.border.save()
    with Played(tmp_path / "two") as second:
        second.border = Border(second.crew, saved)
        second.play(items[15:])
        assert [*first.rows, *second.rows] == undisturbed(second.sensors)
        with pytest.raises(Corrupt, match="without --sectors"):
            Border(second.crew, b"DWB1" + b"\x00" * 60)
        track = str(second.border.tracks(items[-1][1]).track[0])
        assert second.border.evidence(track, 3)
        assert second.border.evidence("t-nobody") == []
    crew = Crew(WALL, tmp_path / "wall.toml", first.sensors, 3, folder=tmp_path / "three")
    with pytest.raises(Corrupt, match="is of 2 sectors, and this watch has 3"):
        Border(crew, saved)


@pytest.mark.long
def test_workers_that_cannot_start_are_said_with_their_reason(tmp_path: Path) -> None:
    sensors = dict(standing(WALL, tmp_path / "wall.toml").sensors)
    lost = WALL.model_copy(update={"wall": WALL.wall.model_copy(update={"terrain": "nowhere/*.hgt"})})
    with (
        Crew(lost, tmp_path / "wall.toml", sensors, 1, folder=tmp_path / "sectors") as crew,
        pytest.raises(Unavailable, match=r"workers do not start: .*nowhere"),
    ):
        crew.start()


def test_no_workers_are_no_number_of_workers(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="among one worker or more, not 0"):
        Crew(WALL, tmp_path / "wall.toml", {}, 0, folder=tmp_path)


def test_practice_is_of_every_kind_of_sensor_and_says_what_each_measures() -> None:
    sensors = night().sensors
    scans = list(practice(sensors))
    assert {sensors[scan.sensor].kind for scan in scans} == {one.kind for one in sensors.values()}
    for scan in scans:
        measured = set(np.flatnonzero(np.isfinite(scan.detections.values[0])).tolist())
        assert {Column.RANGE_M, Column.AZIMUTH_RAD} & sensors[scan.sensor].measures <= measured


OTHER = """
import sys, time
from pathlib import Path
from dronewall.records.wall import load_wall
from dronewall.watch.clock import PlaybackClock
from dronewall.watch.prepare import prepared, standing
from dronewall.watch.sectors.crew import Crew
file = Path(sys.argv[1])
wall = load_wall(file)
crew = Crew(wall, file, standing(wall, file).sensors, 1, folder=file.parent / "sectors")
crew.start()
print(*(hand.process.pid for hand in crew._hands.values()), flush=True)
time.sleep(600.0)
"""


@pytest.mark.long
def test_nothing_is_left_running_when_the_watch_itself_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(wall_file(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        workers = [int(pid) for pid in watch.stdout.readline().split()]
        server = int((tmp_path / "sectors" / "nats" / "nats.pid").read_text())
        assert len(workers) == 2
        watch.kill()
    ends = time.monotonic() + 120.0
    while left := [pid for pid in (*workers, server) if runs(pid)]:
        assert time.monotonic() < ends, f"still there: {left}"
        time.sleep(0.1)


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for since does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.long
def test_the_command_tracks_a_recording_by_workers_as_it_does_alone(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.parquet", tmp_path / "cut.parquet"
    file = str(recording(tmp_path))
    for output, more in ((whole, []), (cut, ["--workers", "2"])):
        said = CliRunner().invoke(app, ["track", file, "-o", str(output), "--json", *more])
        assert said.exit_code == 0, said.output
    order = [(name, "ascending") for name in ("time_ns", "latitude_deg", "longitude_deg")]
    one, other = (pq.read_table(file).drop_columns(["track"]).sort_by(order) for file in (whole, cut))
    assert len(one) > 100
    assert one.to_pylist() == other.to_pylist()


def test_sectors_in_one_thread_and_workers_exclude_each_other(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["track", str(tmp_path), "--workers", "2", "--sectors", "2"])
    assert isinstance(said.exception, BadInput)
    assert "--workers and --sectors exclude each other" in str(said.exception)


@pytest.mark.long
@pytest.mark.usefixtures("patient")
def test_a_watch_of_two_sectors_says_what_a_watch_without_says_and_goes_on_after_a_kill_and_a_restart(
    tmp_path: Path,
) -> None:
    from dronewall.watch.sectors.desk import divided

    played = night()
    file = wall_file(tmp_path)

    def by_two(ready: Any) -> Any:
        return divided(ready, played.wall, file, standing(played.wall, file), 2)

    def said(watch: Watch) -> list[tuple[int, str]]:
        kinds = ("track.confirmed", "track.ended", "alert.drafted", "sensor.silent")
        return [(row["payload"]["input"], row["kind"]) for row in watch.rows() if row["kind"] in kinds]

    with Watch(tmp_path / "whole") as whole:
        whole.until(whole.at_end)
        expected = said(whole)
    with Watch(tmp_path / "cut", speed=20.0, prepared_by=by_two) as cut:
        cut.until(cut.begun)
        health = cut.station.health().result(240.0)["sectors"]
        assert [row["sector"] for row in health] == [1, 2]
        os.kill(health[0]["pid"], signal.SIGKILL)
        cut.until(lambda: any(row["kind"] == "sector.taken_over" for row in cut.rows()))
    with Watch(tmp_path / "cut", prepared_by=by_two) as cut:
        cut.until(cut.at_end)
        kinds = [row["kind"] for row in cut.rows()]
        assert {"sector.lost", "sector.taken_over"} < set(kinds)
        assert sorted(kind for _, kind in said(cut)) == sorted(kind for _, kind in expected)


def test_a_watch_without_sectors_says_with_how_many_its_data_were_kept(tmp_path: Path) -> None:
    class Kept(InOrder):
        def save(self) -> bytes:
            return framed({"sectors": 2, "merger": {}})

    ground = standing(WALL, tmp_path / "wall.toml")
    saved = Desk(WALL, ground.sensors, tracker=Kept(Tracker(ground.sensors))).save()
    source, clock = Playback("none", lambda: iter(())), PlaybackClock(0, 1)
    found = prepared(WALL, ground, Weather(), source=source, clock=clock)
    with pytest.raises(Corrupt, match="kept is of 2 sectors, and this watch has none; start it with --sectors 2"):
        found.make_desk(saved)
