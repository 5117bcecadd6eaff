"""One night's figure of a metric: a number, a share with what it is a share of, or nothing to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dronewall.errors import Corrupt


@dataclass(frozen=True, slots=True)
class Share:
    """k of n."""

    hits: int
    trials: int

    @classmethod
    def of(cls, kept: Iterable[bool]) -> "Share":
        """How many of them are true."""
        listed = [bool(value) for value in kept]
        return cls(sum(listed), len(listed))

    @property
    def value(self) -> float | None:
        """None: of nothing."""
        return self.hits / self.trials if self.trials else None


Figure = float | Share | None


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of what is known; None of nothing."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def to_json(figure: Figure) -> Any:
    """A number, null, or [k, n]; NaN is null."""
    if isinstance(figure, Share):
        return [figure.hits, figure.trials]
    return None if figure is None or figure != figure else round(float(figure), 6)


def from_json(value: Any, where: str) -> Figure:
    """What `to_json` wrote.

    Raises
    ------
    Corrupt
        It wrote something else.
    """
    if isinstance(value, list) and len(value) == 2:
        return Share(int(value[0]), int(value[1]))
    if value is None or isinstance(value, int | float):
        return None if value is None else float(value)
    raise Corrupt(f"{where}: {value!r} is no figure; a number, null or [k, n] is")
