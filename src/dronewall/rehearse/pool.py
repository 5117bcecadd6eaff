"""Who plays the nights: this process, several processes of this machine, or the machines of a Ray cluster.

A pool takes an order and seeds and gives back rows as they are done, in any order. Nights share nothing, so which pool
it was cannot be told from the rows. A worker that dies takes its night with it and no other: the night is played again.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Protocol

from dronewall.errors import BadInput, DronewallError, Unavailable
from dronewall.rehearse.measured import measured
from dronewall.rehearse.night import Stage
from dronewall.rehearse.order import Order

Row = dict[str, Any]
MOST_WORKERS: Final = 1_024
TRIES: Final = 3
"""A night that has taken so many workers with it is not given to another."""


class Pool(Protocol):
    """Plays nights."""

    def play(self, order: Order, seeds: Sequence[int], progress: Callable[[float], None]) -> Iterator[Row]:
        """The row of each night as it is done; `progress` hears how far the present one is, where that is known."""
        ...


@lru_cache(maxsize=2)
def _standing(order: Order) -> Stage:
    """The stage of an order, built once in each process."""
    return order.stage()


def night(order: Order, seed: int, progress: Callable[[float], None] | None = None) -> Row:
    """The row of one night of an order."""
    standing = _standing(order)
    detail = order.detail or standing.wall.wall.invented_sites
    return measured(standing, seed, approver_name=order.approver, detail=detail, progress=progress)


class Here:
    """One night after the other in this process."""

    def play(self, order: Order, seeds: Sequence[int], progress: Callable[[float], None]) -> Iterator[Row]:
        """See `Pool`."""
        for seed in seeds:
            yield night(order, seed, progress)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    seed: int | None = None


class Processes:
    """So many processes of this machine."""

    def __init__(self, workers: int) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise BadInput(f"--workers {workers} is not between 1 and {MOST_WORKERS:,}", key="workers")
        self._workers = workers

    def play(self, order: Order, seeds: Sequence[int], progress: Callable[[float], None]) -> Iterator[Row]:
        """See `Pool`."""
        waiting, tries = deque(seeds), dict.fromkeys(seeds, 0)
        team: list[_Worker] = []
        try:
            while waiting or team:
                while waiting and len(team) < self._workers:
                    worker = _hired(order)
                    team.append(worker)
                    _give(worker, waiting)
                heard = wait([worker.pipe for worker in team])
                for worker in [w for w in team if w.pipe in heard]:
                    try:
                        row, sentence, code = worker.pipe.recv()
                    except (EOFError, OSError):
                        team.remove(worker)
                        _bury(worker)
                        if worker.seed is not None:
                            tries[worker.seed] += 1
                            if tries[worker.seed] >= TRIES:
                                raise Unavailable(
                                    f"the night of seed {worker.seed} ended {TRIES} workers (is there enough memory?); "
                                    "all others that were done are kept"
                                ) from None
                            waiting.appendleft(worker.seed)
                        continue
                    if sentence is not None:
                        raise _failed(sentence, code)
                    if waiting:
                        _give(worker, waiting)
                    else:
                        team.remove(worker)
                        _bury(worker)
                    yield row
        finally:
            for worker in team:
                worker.process.terminate()
                _bury(worker)


def _hired(order: Order) -> _Worker:
    """A new process that waits for seeds."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_work, args=(order, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, mine)


def _give(worker: _Worker, waiting: deque[int]) -> None:
    worker.seed = waiting.popleft()
    with suppress(OSError):  # it is dead: what is heard next is the end of its pipe, and the night goes to another
        worker.pipe.send(worker.seed)


def _bury(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.join()


def _work(order: Order, pipe: "Connection[Any, Any]") -> None:
    """A worker's life: seeds in, (row, sentence, exit code) out; ends with the other end of its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asked; it ends its workers
    while True:
        try:
            seed = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(answer(order, seed))


def answer(order: Order, seed: int) -> tuple[Row | None, str | None, int]:
    """The row of a night, or the sentence on why there is none and the exit code that it asks for."""
    try:
        return night(order, seed), None, 0
    except DronewallError as error:
        return None, str(error), error.exit_code


def _failed(sentence: str, code: int) -> DronewallError:
    return BadInput(sentence) if code == BadInput.exit_code else DronewallError(sentence)
