"""What can go wrong, as one tree.

    DronewallError
    |-- BadInput            a file, key, argument or message that cannot be used: exit code 2, one sentence
    |   |-- UnknownPart     no sensor, format or output of that name is registered
    |   `-- Refused         understood, and outside what dronewall does (its line)
    |-- Unavailable         a port in use, a server that does not answer, a package that is not installed
    `-- Corrupt             a log or recording that contradicts itself (broken hash chain, truncated file)

A sentence says what came, where, and what would be right. Inside the live loop none of these passes its own message:
a bad message is counted, kept with its bytes, and shown on the health page.
"""

from collections.abc import Iterable


class DronewallError(Exception):
    """The root. `exit_code` is what the command line ends with."""

    exit_code = 1


class BadInput(DronewallError):
    """Input that cannot be used, named by file and key where there is one."""

    exit_code = 2

    def __init__(self, sentence: str, *, file: str | None = None, key: str | None = None) -> None:
        super().__init__(sentence)
        self.file = file
        self.key = key


class UnknownPart(BadInput):
    """No part of that name; says which there are."""

    def __init__(self, package: str, name: str, known: Iterable[str], *, file: str | None = None) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        super().__init__(f"dronewall.{package} has no '{name}'; it has: {', '.join(self.known)}", file=file)


class Refused(BadInput):
    """Understood, and refused because it would cross the line drawn in the README."""


class Unavailable(DronewallError):
    """Something outside the program is missing or busy."""

    exit_code = 2


class Corrupt(DronewallError):
    """Stored data that contradict themselves."""

    exit_code = 2
