"""Which parts there are: the package's own tables and what other packages register by entry point.

A package such as `dronewall.sensors` keeps a table `PARTS` of name -> "module:object" in its `__init__.py`. Outside
plug-ins register under the entry-point group of the same name: `dronewall.sensors`, `.formats`, `.filters`, `.motion`,
`.association`, `.evidence`, `.outputs`, `.sources`. A built-in name cannot be taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from dronewall.errors import Refused, UnknownPart

FORBIDDEN = ("effector", "jammer", "kinetic", "interceptor", "weapon", "ldew", "rfdew", "guidance", "fire_control")


@dataclass(frozen=True, slots=True)
class Table:
    """One group of parts by name, built-in ones first."""

    group: str
    builtin: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Every name that `part` takes, sorted."""
        return tuple(sorted({*self.builtin, *(point.name for point in self._points())}))

    def part(self, name: str) -> Any:
        """The part of that name.

        Raises
        ------
        Refused
            The name is that of an effector, a jammer or another thing that dronewall has no interface to.
        UnknownPart
            Nothing of that name is registered.
        """
        if any(word in name.lower() for word in FORBIDDEN):
            raise Refused(f"'{name}' is refused: dronewall senses and warns, and has no interface to such a part")
        if name in self.builtin:
            module, _, attribute = self.builtin[name].partition(":")
            return getattr(import_module(module), attribute)
        for point in self._points():
            if point.name == name:
                return point.load()
        raise UnknownPart(self.group, name, self.names())

    def _points(self) -> list[Any]:
        found = entry_points(group=f"dronewall.{self.group}")
        return [p for p in found if p.name not in self.builtin and not any(w in p.name.lower() for w in FORBIDDEN)]
