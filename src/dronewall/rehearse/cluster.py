"""Nights on a Ray cluster. Files of one's own (wall, scenario, terrain) must lie at the same path on each machine."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from dronewall.errors import BadInput, Unavailable
from dronewall.rehearse.order import Order
from dronewall.rehearse.pool import TRIES, Row, answer

AHEAD: Final = 2
"""Nights handed out for each processor of the cluster, so that none waits for the next."""


class OnRay:
    """The workers of a Ray cluster.

    `address` is `host:port`, `auto` for the cluster of this machine, or `local` for a new one.

    Raises
    ------
    Unavailable
        Ray is not installed.
    """

    def __init__(self, address: str, *, processors: int | None = None) -> None:
        if not address:
            raise BadInput("--ray needs an address: host:port, auto, or local", key="ray")
        self._address, self._processors = address, processors
        self._ray = _ray()

    def play(self, order: Order, seeds: Sequence[int], progress: Callable[[float], None]) -> Iterator[Row]:
        """See `Pool`. A worker that dies has its night played again by Ray itself."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no call leaves this machine unasked
        ray, more = self._ray, {} if self._processors is None else {"num_cpus": self._processors}
        try:
            ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", **more)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise Unavailable(f"no Ray cluster answers at {self._address}: {first}") from None
        try:
            yield from self._played(order, seeds)
        finally:
            ray.shutdown()

    def _played(self, order: Order, seeds: Sequence[int]) -> Iterator[Row]:
        ray = self._ray
        task = ray.remote(max_retries=TRIES)(answer)
        room = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        waiting, given = deque(seeds), dict[Any, int]()
        while waiting or given:
            while waiting and len(given) < room:
                seed = waiting.popleft()
                given[task.remote(order, seed)] = seed
            (done,), _ = ray.wait(list(given), num_returns=1)
            seed = given.pop(done)
            try:
                row, sentence, _ = ray.get(done)
            except ray.exceptions.RayError as error:
                first = str(error).strip().splitlines()[0]
                raise Unavailable(f"the night of seed {seed} ended {TRIES + 1} workers: {first}") from None
            if sentence is not None:
                raise BadInput(sentence)
            yield row


def _ray() -> Any:
    try:
        return import_module("ray")
    except ImportError:
        raise Unavailable(
            "--ray needs the package ray, which is not installed; pip install 'dronewall[ray]', or use --workers"
        ) from None
