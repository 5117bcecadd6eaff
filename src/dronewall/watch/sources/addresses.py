"""The addresses that a `[[feed]]` may have, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from dronewall.errors import BadInput
from dronewall.records.wall import FeedSpec

WAYS: Final[Mapping[str, str]] = {
    "tcp": "tcp://HOST:PORT",
    "tls": "tls://HOST:PORT",
    "listen": "listen://HOST:PORT",
    "udp": "udp://HOST:PORT",
    "mqtt": "mqtt://HOST/TOPIC",
    "mqtts": "mqtts://HOST/TOPIC",
    "push": "push:",
    "serial": "serial:///dev/ttyUSB0?baud=115200",
    "file": "file:///PATH",
}
USUAL_PORT: Final[Mapping[str, int]] = {"mqtt": 1883, "mqtts": 8883}
TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "udp": ("interface",),
    "serial": ("baud",),
    "mqtt": ("qos", "client"),
    "mqtts": ("qos", "client"),
}
WHOLE: Final = frozenset({"udp", "mqtt", "mqtts", "push"})
"""Ways in which each piece is one or more whole messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a feed comes from. `path` is a file, a device or an MQTT topic filter; `options` what stands behind `?`."""

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether each piece is one or more whole messages."""
        return self.scheme in WHOLE


def address(feed: FeedSpec, file: str) -> Address:
    """The address of a feed.

    Raises
    ------
    BadInput
        Another scheme, a port or a topic that is missing, an option that there is not.
    """
    where = f"{file}: [[feed]] {feed.sensor}: uri = '{feed.uri}'"
    scheme, _, rest = feed.uri.partition(":")
    if scheme not in WAYS:
        raise BadInput(f"{where}: give {', '.join(WAYS.values())}", file=file, key="uri")
    before, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    taken = TAKES.get(scheme, ())
    unknown = [key for key in options if key not in taken]
    if unknown:
        ways = f"it takes: {', '.join(taken)}" if taken else f"'{scheme}' takes none"
        raise BadInput(f"{where}: there is no option '{unknown[0]}' behind the '?'; {ways}", file=file, key="uri")
    if scheme == "push":
        if before.strip("/"):
            raise BadInput(f"{where}: 'push:' has no address; the sensor posts to /api/feeds/{feed.sensor}", file=file)
        return Address(scheme=scheme)
    if scheme in ("file", "serial"):
        return _local(scheme, before, options, where, file)
    place, _, topic = before.removeprefix("//").partition("/")
    host, port = _host_and_port(place)
    port = port or USUAL_PORT.get(scheme)
    if not port or not host or "@" in place:
        raise BadInput(f"{where}: it needs a host and a port, as in {WAYS[scheme]}", file=file, key="uri")
    if scheme in USUAL_PORT:
        return _mqtt(Address(scheme=scheme, host=host, port=port, path=unquote(topic), options=options), where, file)
    return Address(scheme=scheme, host=host, port=port, options=options)


def _host_and_port(place: str) -> tuple[str | None, int | None]:
    try:
        split = urlsplit(f"//{place}")
        return split.hostname, split.port
    except ValueError:
        return None, None


def _local(scheme: str, before: str, options: Mapping[str, str], where: str, file: str) -> Address:
    path = unquote(before.removeprefix("//"))
    if not path:
        raise BadInput(f"{where}: it needs a path, as in {WAYS[scheme]}", file=file, key="uri")
    if scheme == "serial" and not options.get("baud", "115200").isdigit():
        raise BadInput(f"{where}: baud is a number, such as 115200", file=file, key="uri")
    return Address(scheme=scheme, path=path, options=options)


def _mqtt(found: Address, where: str, file: str) -> Address:
    levels = found.path.split("/")
    whole = all(level in ("+", "#") or not {"+", "#", "\0"} & set(level) for level in levels)
    if not found.path or not whole or "#" in levels[:-1]:
        raise BadInput(
            f"{where}: behind the host it needs a topic, or a filter ('+' stands for one level, '#' for the rest)",
            file=file,
            key="uri",
        )
    if found.options.get("qos", "1") not in ("0", "1"):
        raise BadInput(f"{where}: qos is 0 or 1", file=file, key="uri")
    return found
