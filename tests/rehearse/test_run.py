"""Many nights: kept one by one, the same whoever plays them, broken off and taken up, judged by their bounds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from dronewall.errors import BadInput, Unavailable
from dronewall.records.scorecard import Scorecard
from dronewall.rehearse.folder import Folder
from dronewall.rehearse.order import Order
from dronewall.rehearse.run import run
from dronewall.settings import check
from dronewall.workers.pool import Here, Processes
from tests.rehearse.hamlet import WALL, write_hamlet


def order(folder: Path, nights: int = 2, **more) -> Order:
    wall, scenario = write_hamlet(folder)
    return Order(name=None, wall_path=wall, scenario_path=scenario, nights=nights, seed=1, **more)


def play(asked: Order, output: Path, pool=None, **more) -> Scorecard:
    return run(asked, output, pool or Here(), now_ns=lambda: 0, **more)


def without_run(folder: Path) -> dict:
    card = json.loads((folder / "scorecard.json").read_text())
    del card["run"]
    return card


class Counting:
    """Plays in this process and remembers which nights it was asked for; breaks off where it is told to."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.asked: list[int] = []
        self._breaks_after = breaks_after

    def team(self, job):
        self._job = job
        return nullcontext(self)

    def do(self, seeds: Sequence[int], progress) -> Iterator[tuple[int, dict]]:
        for number, seed in enumerate(seeds):
            if number == self._breaks_after:
                raise KeyboardInterrupt
            self.asked.append(seed)
            yield seed, self._job.do(seed, progress)


@pytest.fixture(scope="module")
def four(tmp_path_factory) -> Path:
    """Four nights, played here."""
    folder = tmp_path_factory.mktemp("four")
    play(order(folder, 4), folder / "out")
    return folder / "out"


def test_a_scorecard_is_what_its_schema_says(four):
    card = json.loads((four / "scorecard.json").read_text())
    assert check(Scorecard, card, "scorecard.json").nights == 4
    assert list(card) == [
        *("schema_version", "scenario", "wall", "nights", "seed", "metrics", "acceptance", "worst_nights"),
        *("citations", "run"),
    ]
    assert {len(row["values"]) for row in card["metrics"].values()} == {4}


def test_two_processes_make_the_same_scorecard_as_none(four, tmp_path):
    play(order(tmp_path, 4), tmp_path / "out", Processes(2))
    assert without_run(tmp_path / "out") == {**without_run(four), "worst_nights": _replays(four, tmp_path)}


def _replays(four: Path, other: Path) -> list[dict]:
    """The worst nights, their commands naming the other folder's files."""
    rows = without_run(four)["worst_nights"]
    return [row | {"replay": row["replay"].replace(str(four.parent), str(other))} for row in rows]


def test_a_run_that_was_broken_off_goes_on_where_it_was(four, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        play(order(tmp_path, 4), tmp_path / "out", Counting(breaks_after=2))
    assert not (tmp_path / "out" / "scorecard.json").exists()
    rest = Counting()
    play(order(tmp_path, 4), tmp_path / "out", rest)
    assert rest.asked == [3, 4]
    assert without_run(tmp_path / "out")["metrics"] == without_run(four)["metrics"]


def test_more_nights_are_added_to_those_that_are_there(four, tmp_path):
    play(order(tmp_path, 2), tmp_path / "out")
    more = Counting()
    play(order(tmp_path, 4), tmp_path / "out", more)
    assert more.asked == [3, 4]


def test_a_night_whose_file_is_broken_is_played_again(tmp_path):
    asked = order(tmp_path, 2)
    play(asked, tmp_path / "out")
    (tmp_path / "out" / "nights" / "0000000002.json").write_text('{"schema_version": 1, "se')
    again = Counting()
    play(asked, tmp_path / "out", again)
    assert again.asked == [2]


def test_what_a_wall_lacks_is_for_its_owner_alone(four):
    written = [four, *four.rglob("*")]
    assert not any(path.stat().st_mode & 0o077 for path in written)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 2}, "another first seed"),
        ({"approver": "slow"}, "other people on duty"),
        ({"detail": True}, "another --detail"),
    ],
)
def test_the_nights_of_another_run_are_not_mixed_with_these(tmp_path, change, said):
    play(order(tmp_path, 1), tmp_path / "out")
    plain = {"name": None, "nights": 1, "seed": 1}
    asked = Order(wall_path=tmp_path / "wall.toml", scenario_path=tmp_path / "scenario.toml", **plain | change)
    with pytest.raises(BadInput, match=said):
        play(asked, tmp_path / "out")


def test_another_wall_is_another_run(tmp_path):
    play(order(tmp_path, 1), tmp_path / "out")
    asked = order(tmp_path, 1)
    asked.wall_path.write_text(WALL.replace("p_detect = 0.9", "p_detect = 0.8"))
    with pytest.raises(BadInput, match="another wall"):
        play(asked, tmp_path / "out")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    with pytest.raises(BadInput, match="not empty and holds no run"):
        Folder(tmp_path / "out").claim({})


KILLER = """
import os, signal, sys
import dronewall.rehearse.nights as nights
once = sys.argv[1]
plain = nights.measured
def measured(*args, **more):
    if args[1] == 2 and not os.path.exists(once):
        open(once, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*args, **more)
nights.measured = measured
"""


def test_a_worker_that_is_killed_costs_its_own_night_only(four, tmp_path, monkeypatch):
    """The second night kills its worker once: it is played again, and nothing else is."""
    (tmp_path / "sitecustomize.py").write_text(KILLER.replace("sys.argv[1]", repr(str(tmp_path / "died"))))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    play(order(tmp_path, 4), tmp_path / "out", Processes(1))
    assert (tmp_path / "died").exists()
    assert without_run(tmp_path / "out")["metrics"] == without_run(four)["metrics"]


@pytest.mark.long
def test_a_night_that_kills_every_worker_ends_the_run_with_a_sentence(tmp_path, monkeypatch):
    always = KILLER.replace("sys.argv[1]", "'/nowhere'").replace('open(once, "w").close()', "pass")
    (tmp_path / "sitecustomize.py").write_text(always)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with pytest.raises(Unavailable, match="seed 2 ended 3 workers"):
        play(order(tmp_path, 2), tmp_path / "out", Processes(1))
    assert Folder(tmp_path / "out").night(1) is not None


def test_a_worker_says_what_is_wrong_with_the_scenario(tmp_path):
    asked = order(tmp_path, 1)
    text = asked.scenario_path.read_text().replace('entry = "east"', 'entry = "west"')
    asked.scenario_path.write_text(text)
    with pytest.raises(BadInput, match="west"):
        play(asked, tmp_path / "out", Processes(1))


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_ctrl_c_says_how_to_go_on_and_keeps_what_was_done(tmp_path, workers):
    asked = order(tmp_path, 400)
    command = [sys.executable, "-m", "dronewall", "rehearse", "run", str(asked.wall_path), str(asked.scenario_path)]
    command += ["--nights", "400", "-o", str(tmp_path / "out"), "--workers", workers]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("out/nights/[0-9]*.json")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=240)
    assert running.returncode == 130
    assert "the same command goes on" in said
    assert Folder(tmp_path / "out").night(1) is not None or Folder(tmp_path / "out").night(2) is not None
