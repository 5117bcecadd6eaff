"""Several pieces of what a decoder gave, as one."""

from collections.abc import Sequence

import numpy as np

from dronewall.formats.decoding import Decoded
from dronewall.records.detection import joined


def together(parts: Sequence[Decoded]) -> Decoded:
    """The rows, looks and personal data of all parts, in order."""
    if len(parts) == 1:
        return parts[0]
    return Decoded(
        detections=joined([part.detections for part in parts]),
        scan=np.concatenate([np.zeros(0, np.int64), *(part.scan for part in parts)]),
        looks=tuple(look for part in parts for look in part.looks),
        personal=tuple(item for part in parts for item in part.personal),
    )
