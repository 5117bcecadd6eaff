"""The nights of an order as a job for workers: an item is a seed, and what comes of it a row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dronewall.rehearse.measured import measured
from dronewall.rehearse.night import Stage
from dronewall.rehearse.order import Order

Row = dict[str, Any]


@lru_cache(maxsize=2)
def _standing(order: Order) -> Stage:
    """The stage of an order, built once in each process."""
    return order.stage()


def night(order: Order, seed: int, progress: Callable[[float], None] | None = None) -> Row:
    """The row of one night of an order."""
    standing = _standing(order)
    detail = order.detail or standing.wall.wall.invented_sites
    return measured(standing, seed, approver_name=order.approver, detail=detail, progress=progress)


@dataclass(frozen=True, slots=True)
class Nights:
    """See `workers.pool.Job`."""

    order: Order

    def do(self, item: int, progress: Callable[[float], None]) -> Row:
        """The row of the night of a seed."""
        return night(self.order, item, progress)

    def named(self, item: int) -> str:
        """What a sentence calls it."""
        return f"the night of seed {item}"
