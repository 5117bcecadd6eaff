"""Items on a Ray cluster. Files of one's own (wall, scenario, terrain) must lie at the same path on each machine."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from dronewall.errors import BadInput, Unavailable
from dronewall.workers.pool import TRIES, Job, Progress, Team, answer, made

AHEAD: Final = 2
"""Items handed out for each processor of the cluster, so that none waits for the next."""


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

    @contextmanager
    def team(self, job: Job) -> Iterator[Team]:
        """See `Pool`. A worker that dies has its item done again by Ray itself."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no call leaves this machine unasked
        ray, more = self._ray, {} if self._processors is None else {"num_cpus": self._processors}
        try:
            ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", **more)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise Unavailable(f"no Ray cluster answers at {self._address}: {first}") from None
        try:
            yield _Remote(ray, job)
        finally:
            ray.shutdown()


class _Remote:
    """The processors of a cluster that answers."""

    def __init__(self, ray: Any, job: Job) -> None:
        self._ray, self._job = ray, job
        self._room = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)

    def do(self, items: Iterable[Any], progress: Progress) -> Iterator[tuple[Any, Any]]:
        """See `Team`."""
        ray = self._ray
        task = ray.remote(max_retries=TRIES)(answer)
        rest, given = iter(items), dict[Any, Any]()
        while True:
            while len(given) < self._room and (item := next(rest, None)) is not None:
                given[task.remote(self._job, item)] = item
            if not given:
                return
            (done,), _ = ray.wait(list(given), num_returns=1)
            item = given.pop(done)
            try:
                answered = ray.get(done)
            except ray.exceptions.RayError as error:
                first = str(error).strip().splitlines()[0]
                raise Unavailable(f"{self._job.named(item)} ended {TRIES + 1} workers: {first}") from None
            yield item, made(*answered)


def _ray() -> Any:
    try:
        return import_module("ray")
    except ImportError:
        raise Unavailable(
            "--ray needs the package ray, which is not installed; pip install 'dronewall[ray]', or use --workers"
        ) from None
