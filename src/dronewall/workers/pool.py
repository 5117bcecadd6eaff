"""A pool hires a team for a job; the team does items, and gives each back with what came of it, in any order.

Items share nothing, so which pool it was cannot be told from what comes back. A worker that dies takes its item with it
and no other: the item is done again.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Protocol

from dronewall.errors import BadInput, DronewallError, Unavailable

MOST_WORKERS: Final = 1_024
TRIES: Final = 3
"""An item that has taken so many workers with it is not given to another."""

Progress = Callable[[float], None]


class Job(Protocol):
    """What workers do; it travels to them once, items and results each by themselves."""

    def do(self, item: Any, progress: Progress) -> Any:
        """What comes of an item; `progress` hears the share of it that is done."""
        ...

    def named(self, item: Any) -> str:
        """The item in a sentence: `the night of seed 7`."""
        ...


class Team(Protocol):
    """Those who were hired for one job."""

    def do(self, items: Iterable[Any], progress: Progress) -> Iterator[tuple[Any, Any]]:
        """Each item with what came of it, as it is done; an item is made when somebody is free to do it.

        `progress` hears how far the present one is, where that is known.
        """
        ...


class Pool(Protocol):
    """Where workers are had."""

    def team(self, job: Job) -> AbstractContextManager[Team]:
        """A team that stays until the context ends."""
        ...


class Here:
    """One item after the other in this process."""

    def team(self, job: Job) -> AbstractContextManager[Team]:
        """See `Pool`."""
        return nullcontext(_Alone(job))


class Processes:
    """So many processes of this machine."""

    def __init__(self, workers: int) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise BadInput(f"--workers {workers} is not between 1 and {MOST_WORKERS:,}", key="workers")
        self._workers = workers

    @contextmanager
    def team(self, job: Job) -> Iterator[Team]:
        """See `Pool`. Workers are hired when there is something to do for them, and sent home with the context."""
        crew = _Crew(job, self._workers)
        try:
            yield crew
        finally:
            crew.dismiss()


@dataclass(frozen=True, slots=True)
class _Alone:
    job: Job

    def do(self, items: Iterable[Any], progress: Progress) -> Iterator[tuple[Any, Any]]:
        """See `Team`."""
        for item in items:
            yield item, self.job.do(item, progress)


@dataclass(slots=True)
class _Task:
    item: Any
    tries: int = 0


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    task: _Task | None = None


class _Crew:
    """Processes that wait for items at the other ends of their pipes."""

    def __init__(self, job: Job, most: int) -> None:
        self._job, self._most = job, most
        self._workers: list[_Worker] = []

    def do(self, items: Iterable[Any], progress: Progress) -> Iterator[tuple[Any, Any]]:
        """See `Team`."""
        rest, again = iter(items), deque[_Task]()
        try:
            while True:
                self._give_out(rest, again)
                busy = [worker for worker in self._workers if worker.task is not None]
                if not busy:
                    return
                heard = wait([worker.pipe for worker in busy])
                done = []
                for worker in [one for one in busy if one.pipe in heard]:
                    answer = self._heard(worker, again)
                    if answer is not None:
                        done.append(answer)
                self._give_out(rest, again)  # before the asker does anything with what came of those
                yield from done
        finally:
            if any(worker.task is not None for worker in self._workers):
                self.dismiss()

    def dismiss(self) -> None:
        """Send all home, whatever they are doing."""
        for worker in self._workers:
            worker.process.terminate()
            _bury(worker)
        self._workers.clear()

    def _give_out(self, rest: Iterator[Any], again: deque[_Task]) -> None:
        """An item for each that is free, hiring up to the most."""
        while True:
            free = next((worker for worker in self._workers if worker.task is None), None)
            if free is None and len(self._workers) >= self._most:
                return
            task = again.popleft() if again else next((_Task(item) for item in rest), None)
            if task is None:
                return
            if free is None:
                free = _hired(self._job)
                self._workers.append(free)
            free.task = task
            with suppress(OSError):  # it is dead: what is heard next is the end of its pipe
                free.pipe.send(task.item)

    def _heard(self, worker: _Worker, again: deque[_Task]) -> tuple[Any, Any] | None:
        """An item and what came of it; None: the worker is dead, and its item is for another."""
        task = worker.task
        assert task is not None
        try:
            result, sentence, code = worker.pipe.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            _bury(worker)
            task.tries += 1
            if task.tries >= TRIES:
                raise Unavailable(
                    f"{self._job.named(task.item)} ended {TRIES} workers (is there enough memory?); "
                    "all others that were done are kept"
                ) from None
            again.append(task)
            return None
        worker.task = None
        return task.item, made(result, sentence, code)


def _hired(job: Job) -> _Worker:
    """A new process that waits for items."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_work, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, mine)


def _bury(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.join()


def _work(job: Job, pipe: "Connection[Any, Any]") -> None:
    """A worker's life: items in, (result, sentence, exit code) out; ends with the other end of its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asked; it ends its workers
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(answer(job, item))


def answer(job: Job, item: Any) -> tuple[Any, str | None, int]:
    """What comes of an item, or the sentence on why nothing does and the exit code that it asks for."""
    try:
        return job.do(item, lambda share: None), None, 0
    except DronewallError as error:
        return None, str(error), error.exit_code


def made(result: Any, sentence: str | None, code: int) -> Any:
    """What came of an item, taken from what `answer` gave.

    Raises
    ------
    DronewallError
        Nothing came of it: the sentence on why. `BadInput` where that was the reason.
    """
    if sentence is not None:
        raise BadInput(sentence) if code == BadInput.exit_code else DronewallError(sentence)
    return result
