"""Pools: every item comes back once with what came of it, whoever did it, and whoever died of it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from dronewall.errors import BadInput, Unavailable
from dronewall.workers.pool import TRIES, Here, Pool, Processes


@dataclass(frozen=True)
class Squares:
    """A job: numbers to their squares. `deadly` kills who takes it, as often as `times` says; `wrong` is refused."""

    folder: Path
    deadly: int | None = None
    times: int = 0
    wrong: int | None = None

    def do(self, item: int, progress) -> int:
        if item == self.deadly and len(list(self.folder.iterdir())) < self.times:
            (self.folder / str(time.monotonic_ns())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if item == self.wrong:
            raise BadInput(f"{item} cannot be squared")
        progress(1.0)
        return item * item

    def named(self, item: int) -> str:
        return f"the square of {item}"


def done(pool: Pool, job: Squares, items) -> dict[int, int]:
    with pool.team(job) as team:
        return dict(team.do(items, lambda share: None))


@pytest.mark.parametrize("pool", [Here(), Processes(1), Processes(3)])
def test_every_item_comes_back_with_what_came_of_it(pool, tmp_path):
    assert done(pool, Squares(tmp_path), range(7)) == {n: n * n for n in range(7)}


def test_a_team_does_one_list_after_the_other(tmp_path):
    with Processes(2).team(Squares(tmp_path)) as team:
        assert [dict(team.do([n, n + 1], lambda share: None)) for n in (1, 5)] == [{1: 1, 2: 4}, {5: 25, 6: 36}]


@pytest.mark.parametrize("pool", [Here(), Processes(1)])
def test_an_item_is_made_when_somebody_is_free_to_do_it(pool, tmp_path):
    made = []

    def items():
        for n in range(5):
            made.append(n)
            yield n

    with pool.team(Squares(tmp_path)) as team:
        next(team.do(items(), lambda share: None))
    assert len(made) <= 2


def test_what_a_dead_worker_had_is_done_by_another(tmp_path):
    assert done(Processes(2), Squares(tmp_path, deadly=3, times=1), range(6)) == {n: n * n for n in range(6)}
    assert len(list(tmp_path.iterdir())) == 1


def test_an_item_that_kills_whoever_takes_it_is_given_up_with_a_sentence(tmp_path):
    with pytest.raises(Unavailable, match=f"the square of 3 ended {TRIES} workers"):
        done(Processes(1), Squares(tmp_path, deadly=3, times=99), range(6))


@pytest.mark.parametrize("pool", [Here(), Processes(2)])
def test_what_is_wrong_with_an_item_is_said_as_if_it_were_done_here(pool, tmp_path):
    with pytest.raises(BadInput, match="4 cannot be squared"):
        done(pool, Squares(tmp_path, wrong=4), range(6))


@pytest.mark.parametrize("workers", [0, 5_000])
def test_so_many_workers_are_refused(workers):
    with pytest.raises(BadInput, match=f"--workers {workers} is not between 1 and 1,024"):
        Processes(workers)
