"""What a stream says of the node that it is of: its kind and where it stands, for a file that comes without a wall.

node_definition.node_type    RADAR radar, CAMERA camera, ACOUSTIC acoustic, PASSIVE_RF rf_direction, HUMAN observer;
                             of every other no kind follows
status_report.node_location  the last one; read as a report's location is
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dronewall.formats.decoding import Options
from dronewall.formats.sapient import columns
from dronewall.formats.sapient.decoder import SLOT_OF, SapientDecoder
from dronewall.formats.sapient.quick import SLOTS
from dronewall.formats.sapient.rules import Broken
from dronewall.records.detection import Column

KIND_OF: Final = {2: "radar", 4: "camera", 6: "acoustic", 8: "rf_direction", 9: "observer"}


@dataclass(slots=True)
class Node:
    """A node as it describes itself; None where it does not say."""

    kind: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_hae_m: float | None = None


class _Reader(SapientDecoder):
    """Takes what a node says of itself; its detections go nowhere."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.node = Node()

    def take(self, message: Any, broken: list[Broken], data: bytes, received_ns: int) -> None:
        """One message."""
        super().take(message, broken, data, received_ns)
        if message is None or broken or message.node_id != self._node:
            return
        if message.HasField("registration"):
            types = [definition.node_type for definition in message.registration.node_definition]
            self.node.kind = next((KIND_OF[one] for one in types if one in KIND_OF), None)
        elif message.HasField("status_report") and message.status_report.HasField("node_location"):
            self._stands(message.status_report.node_location)

    def _stands(self, location: Any) -> None:
        slots, values = np.full((1, len(SLOTS)), np.nan), np.full((1, len(Column)), np.nan)
        for field, value in location.ListFields():
            if (slot := SLOT_OF.get((location.DESCRIPTOR.name, field.name))) is not None:
                slots[0, slot] = value
        if columns.placed(slots, location.utm_zone or self._zone, values, Counter()).all():
            latitude, longitude, height = (
                float(values[0, column])
                for column in (Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M)
            )
            self.node.latitude_deg, self.node.longitude_deg = float(np.degrees(latitude)), float(np.degrees(longitude))
            self.node.height_hae_m = height if height == height else None


def described(pieces: Iterable[bytes]) -> Node:
    """The first node that speaks in a stream."""
    reader = _Reader(Options(from_file=True))
    for piece in pieces:
        reader.feed(piece, 0)
    reader.end(0)
    return reader.node
