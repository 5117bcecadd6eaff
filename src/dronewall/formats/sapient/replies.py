"""What both sides of a SAPIENT line say alike: a message from us, and the refusal of a task."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from google.protobuf.message import Message
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.units import SECOND_NS

NEVER: Final = ("move_to", "follow", "patrol")
Note = Callable[[str, Mapping[str, Any]], None]


def addressed(own: str, to: str | None, now_ns: int) -> Any:
    """An empty message from us."""
    message = SapientMessage(node_id=own)
    if to:
        message.destination_id = to
    message.timestamp.seconds, message.timestamp.nanos = divmod(now_ns, SECOND_NS)
    return message


def refusal(said: Any, reply: Message, node: str, note: Note) -> Any:
    """A task_ack that rejects a task, which is written into the log."""
    command = said.command.WhichOneof("command") or "region"
    if command in NEVER:
        reason = f"{command}: dronewall steers no vehicle and follows no object; such a task is never carried out"
    else:
        reason = f"{command}: this node takes no such task"
    out: Any = reply
    out.task_ack.task_id, out.task_ack.task_status = said.task_id, 2
    out.task_ack.reason.append(reason)
    note("sapient.task_refused", {"node": node, "task": said.task_id, "command": command, "direction": "in"})
    return out
