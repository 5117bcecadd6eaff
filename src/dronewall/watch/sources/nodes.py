"""Which feeds are SAPIENT fusion nodes, and those nodes together."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dronewall.formats import Decoded, PersonalData
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.wall import FeedSpec, Wall
from dronewall.units import SECOND_NS
from dronewall.watch.sources.addresses import address

if TYPE_CHECKING:
    from dronewall.watch.sources.sapient_node import FusionNode


def is_node(spec: FeedSpec) -> bool:
    """Whether a feed is of a SAPIENT fusion node that edge nodes connect to."""
    return spec.format == "sapient" and spec.uri.startswith("listen:")


class Nodes:
    """All fusion nodes of a wall."""

    def __init__(
        self,
        wall: Wall,
        *,
        file: str,
        salt: bytes,
        put: Callable[[Scan], bool],
        keep: Callable[[PersonalData], None],
        tell: Callable[[Event], None],
    ) -> None:
        self._put, self._keep, self._tell = put, keep, tell
        self._specs = [spec for spec in wall.feed if is_node(spec)]
        servers: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
        for spec in self._specs:
            at = address(spec, file)
            servers.setdefault((at.host, at.port), {})[spec.sensor] = {**spec.options, "salt": salt}
        self.servers = [
            _node(host, port, sensors, name=wall.wall.name, give=self._give, tell=tell)
            for (host, port), sensors in servers.items()
        ]
        self._counts = {spec.sensor: [0, 0, 0, 0] for spec in self._specs}  # looks, detections, set aside, last

    def start(self) -> None:
        """Listen at every address; one that cannot be had is on the health page and in the log."""
        for server in self.servers:
            try:
                server.start()
            except OSError as error:
                server.why = error.strerror or str(error)
                payload = {"uri": f"listen port {server.port}", "why": server.why}
                self._tell(Event(time_ns=time.time_ns(), kind="feed.lost", actor="system", payload=payload))

    def stop(self) -> None:
        """Close every line."""
        for server in self.servers:
            server.stop()

    def health(self) -> list[dict[str, Any]]:
        """One row per sensor."""
        nodes = {row["sensor"]: row for server in self.servers for row in server.nodes()}
        why = "; ".join(server.why for server in self.servers if server.why)
        return [self._row(spec, nodes.get(spec.sensor), why) for spec in self._specs]

    def _row(self, spec: FeedSpec, node: dict[str, Any] | None, why: str) -> dict[str, Any]:
        looks, rows, aside, last_ns = self._counts[spec.sensor]
        now = time.time_ns()
        return {
            "sensor": spec.sensor,
            "uri": spec.uri,
            "format": spec.format,
            "state": "lost" if node is None else "ok" if node["state"] in ("ok", "registered") else node["state"],
            "why": why or ("" if node else "no node has registered"),
            "bytes": 0,
            "scans": looks,
            "detections": rows,
            "malformed": node["malformed"] if node else 0,
            "reasons": node["reasons"] if node else {},
            "unread": node["unread"] if node else {},
            "last_refused": node["last_refused"] if node else None,
            "set_aside": aside,
            "last_t": round(last_ns / SECOND_NS, 3) if last_ns else None,
            "age_s": round((now - last_ns) / SECOND_NS, 1) if last_ns else None,
            "node": node,
        }

    def _give(self, sensor: str, decoded: Decoded) -> None:
        for item in decoded.personal:
            self._keep(item)
        counts = self._counts[sensor]
        for scan in decoded.scans(sensor):
            if self._put(scan):
                counts[0] += 1
                counts[1] += len(scan.detections)
                counts[3] = scan.received_ns
            else:
                counts[2] += 1


def _node(*where: Any, **how: Any) -> "FusionNode":
    """One fusion node; what it speaks is loaded only for a wall that has one."""
    from dronewall.watch.sources.sapient_node import FusionNode

    return FusionNode(*where, **how)
