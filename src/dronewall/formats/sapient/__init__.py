"""SAPIENT (BSI Flex 335 v2.0): messages of edge nodes, judged by rule, as detections. Page: `docs/formats/sapient.md`.

    wire         4 bytes of length, little endian, and a protobuf `SapientMessage`; also JSON lines
    messages     registration, status_report, detection_report, task, alert, their acknowledgements, error

`rules.py` holds the rules, `messages.py` bytes and JSON, `decoder.py` what becomes of a detection report (`columns.py`:
its numbers), and `quick.py` tells many sound reports at once.
"""

import re
from typing import Final

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoder, Options
from dronewall.formats.sapient.decoder import SapientDecoder
from dronewall.formats.sapient.messages import LARGEST, LENGTH, parsed, parsed_json, split, verdicts
from dronewall.formats.sapient.rules import Broken, judge
from dronewall.formats.sapient.values import JsonValues, is_json

__all__ = ["FORMAT", "Broken", "SapientDecoder", "judge", "parsed", "parsed_json", "verdicts"]


NODE: Final = re.compile(rb'"(nodeId|node_id)"\s*:')
CONTENT: Final = re.compile(  # of a first message that is longer than what is looked at
    "|".join(
        rf'"({name.json_name}|{name.name})"\s*:' for name in SapientMessage.DESCRIPTOR.fields if name.message_type
    ).encode()
)


class _Sapient:
    timed = True
    about = About(
        tables=("sapient", "sapient.decoder", "sapient.rules"),
        untaken=("task, status and alert messages", "track ids and predictions", "behaviours and signals", "files"),
        sources=(
            "BSI Flex 335 v2.0 (interface control document)",
            "dstl/SAPIENT-Proto-Files: annotations and comments of the .proto files",
            "tom-mann-ironclad/sapient-test-harness: the rules that annotations leave out",
        ),
        deviations=(
            "UTM eastings and northings are not bounded: the standard's own samples carry degrees there.",
            "move_to, follow and patrol are never sent, are refused and audited when they come in.",
        ),
        judges=(
            Judge(
                program="sapient_msg",
                compared="messages by its protobuf classes; the public harness's fixtures, where they may be read",
                test="tests/formats/sapient/test_rules.py",
            ),
        ),
        page="formats/sapient.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure when the stream begins with a frame that holds a message, or a line that is one in JSON."""
        if is_json(head):
            first, *_ = [*JsonValues(len(head) + 1).feed(head), head]
            if not NODE.search(first):
                return 0.0
            return 0.95 if parsed_json(first)[0] is not None or (first is head and CONTENT.search(head)) else 0.0
        if len(head) < 4:
            return 0.0
        (length,) = LENGTH.unpack_from(head)
        if not 0 < length <= LARGEST:
            return 0.0
        messages, _, _ = split(head)
        if messages:
            found, _ = parsed(messages[0])
            return 0.95 if found is not None and found.ListFields() else 0.0
        return 0.3 if length > len(head) and head[4:5] == b"\x0a" else 0.0

    def decoder(self, options: Options) -> Decoder:
        return SapientDecoder(options)


FORMAT = _Sapient()
