"""One edge node's conversation with our fusion node (BSI Flex 335 v2.0), without sockets and without a clock.

    edge node                               we answer
    registration                            registration_ack, with every reason why not
    status_report, first INFO_NEW           nothing; INFO_UNCHANGED before INFO_NEW is an error
    detection_report                        nothing
    alert                                   alert_ack: accepted, and written into the log. It is no alert of ours
    task                                    task_ack: rejected, and written into the log. Nobody tasks this node
    anything that breaks a rule             error, with the packet and each field and reason
    status_report with SYSTEM_GOODBYE       the end

The line: nodes that act on something (kinetic, jammer, cyber, LDEW, RFDEW) are refused at registration. We send sensor
settings only: request, thresholds, report rate, mode, and look_at to a camera. move_to, follow and patrol are never
sent; `task` refuses them, and every task that comes in is refused and noted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration

from dronewall.errors import BadInput, Refused
from dronewall.formats.sapient import Broken, judge
from dronewall.formats.sapient.ids import ulid
from dronewall.formats.sapient.replies import NEVER, Note, addressed, refusal
from dronewall.units import SECOND_NS

REFUSED_TYPES: Final = {
    "NODE_TYPE_KINETIC": "it has a physical effector",
    "NODE_TYPE_JAMMER": "it disrupts radio",
    "NODE_TYPE_CYBER": "it acts on other systems",
    "NODE_TYPE_LDEW": "it is a laser weapon",
    "NODE_TYPE_RFDEW": "it is a radio-frequency weapon",
}
SETTINGS: Final = ("request", "detection_threshold", "detection_report_rate", "classification_threshold", "mode_change")
THRESHOLDS: Final = {"low": 1, "medium": 2, "high": 3}
LARGEST_PACKET: Final = 4096
SILENT_INTERVALS: Final = 3.0
DURATIONS_S: Final = {1: 1e-9, 2: 1e-6, 3: 1e-3, 4: 1.0, 5: 60.0, 6: 3600.0, 7: 86_400.0}

Admit = Callable[[str], str]


@dataclass(slots=True)
class Answers:
    """What goes back to the node, whether the line is to be closed then, and whether a report is to be taken."""

    messages: list[Any] = field(default_factory=list)
    close: bool = False
    take: bool = False


class Session:
    """The state of one connection.

    Parameters
    ----------
    own : str
        Our node_id.
    admit : callable
        Says why a node_id may not register ("" if it may): unknown to the wall, or connected already.
    note : callable
        Writes into the event log: kind and payload, never personal data.
    """

    def __init__(self, own: str, admit: Admit, note: Note) -> None:
        self._own, self._admit, self._note = own, admit, note
        self.node: str | None = None
        self.types: frozenset[str] = frozenset()
        self.interval_s = 0.0
        self.heard_ns = self.offset_ns = 0
        self.errors = self.detections = self.alerts = 0
        self.state = "not registered"
        self.sent: dict[str, str] = {}
        self._status_seen = False
        self._count = 0

    def take(self, message: Any, broken: list[Broken], packet: bytes, now_ns: int) -> Answers:
        """One message of the node, judged; what to do about it."""
        answers = Answers()
        if message is None or broken:
            self._error(answers, [f"{b.field}: {b.said}" if b.field else b.said for b in broken], packet, now_ns)
            return answers
        self.heard_ns = now_ns
        stamp_ns = message.timestamp.seconds * SECOND_NS + message.timestamp.nanos
        self.offset_ns = now_ns - stamp_ns
        kind = message.WhichOneof("content")
        if kind == "registration":
            self._registration(message, answers, now_ns)
            return answers
        if self.node is None:
            self._error(answers, [f"{kind}: this connection has not registered a node"], packet, now_ns)
        elif message.node_id != self.node:
            self._error(answers, [f"node_id: {message.node_id} did not register on this connection"], packet, now_ns)
        else:
            self._content(kind, message, packet, answers, now_ns)
        return answers

    def reported(self, count: int, stamp_ns: int, now_ns: int) -> None:
        """So many detection reports of the registered node that keep every rule, the newest with this time."""
        self.heard_ns, self.offset_ns = now_ns, now_ns - stamp_ns
        self.detections += count

    def _content(self, kind: str, message: Any, packet: bytes, answers: Answers, now_ns: int) -> None:
        if kind == "status_report":
            self._status(message.status_report, packet, answers, now_ns)
        elif kind == "detection_report":
            self.detections += 1
            answers.take = True
        elif kind == "alert":
            self._alert(message.alert, answers, now_ns)
        elif kind == "task":
            self._task(message.task, answers, now_ns)
        elif kind == "task_ack":
            states = {1: "accepted", 2: "rejected", 3: "completed", 4: "failed"}
            if message.task_ack.task_id in self.sent:
                self.sent[message.task_ack.task_id] = states.get(message.task_ack.task_status, "unknown")
        elif kind == "error":
            self.errors += 1
            self._note(
                "sapient.error", {"node": self.node, "reasons": [t[:200] for t in message.error.error_message[:5]]}
            )

    def _registration(self, message: Any, answers: Answers, now_ns: int) -> None:
        said = message.registration
        names = [Registration.NodeType.Name(one.node_type) for one in said.node_definition]
        reasons = [
            f"{name}: dronewall has no interface to such a node: {REFUSED_TYPES[name]}"
            for name in names
            if name in REFUSED_TYPES
        ]
        if message.node_id == self._own:
            reasons.append(f"node_id: {message.node_id} is this fusion node's own")
        elif self.node not in (None, message.node_id):
            reasons.append(f"node_id: {self.node} has registered on this connection already")
        elif not reasons and self.node is None and (why := self._admit(message.node_id)):
            reasons.append(f"node_id: {why}")
        reply = self._message(now_ns, message.node_id)
        reply.registration_ack.acceptance = not reasons
        reply.registration_ack.ack_response_reason.extend(reasons)
        answers.messages.append(reply)
        kind = "sapient.refused" if reasons else "sapient.registered"
        self._note(kind, {"node": message.node_id, "types": names, "reasons": reasons})
        if reasons:
            answers.close, self.state = True, "refused"
            return
        self.node, self.types, self.state = message.node_id, frozenset(names), "registered"
        interval = said.status_definition.status_interval
        self.interval_s = interval.value * DURATIONS_S.get(interval.units, 0.0)
        answers.take = True

    def _status(self, said: Any, packet: bytes, answers: Answers, now_ns: int) -> None:
        if said.info == 2 and not self._status_seen:
            self._error(answers, ["status_report.info: INFO_UNCHANGED before any INFO_NEW"], packet, now_ns)
            return
        self._status_seen = True
        self.state = {1: "ok", 2: "warning", 3: "error", 5: "goodbye"}.get(said.system, "ok")
        answers.take = True
        if self.state == "goodbye":
            self._note("sapient.goodbye", {"node": self.node})
            answers.close = True

    def _alert(self, said: Any, answers: Answers, now_ns: int) -> None:
        self.alerts += 1
        self._note("sapient.alert", {"node": self.node, "alert": said.alert_id, "type": said.alert_type})
        reply = self._message(now_ns, self.node)
        reply.alert_ack.alert_id = said.alert_id
        reply.alert_ack.alert_ack_status = 1
        answers.messages.append(reply)

    def _task(self, said: Any, answers: Answers, now_ns: int) -> None:
        answers.messages.append(refusal(said, self._message(now_ns, self.node), self.node or "", self._note))

    def _error(self, answers: Answers, reasons: list[str], packet: bytes, now_ns: int) -> None:
        self.errors += 1
        reply = self._message(now_ns, self.node)
        reply.error.packet = packet[:LARGEST_PACKET] or b"\0"
        reply.error.error_message.extend(reason[:500] for reason in reasons[:20])
        answers.messages.append(reply)

    def silent(self, now_ns: int) -> bool:
        """Whether the node has said nothing for three of its own intervals."""
        late_ns = SILENT_INTERVALS * max(self.interval_s, 1.0) * SECOND_NS
        return self.node is not None and now_ns - self.heard_ns > late_ns

    def task(self, command: str, value: Any, now_ns: int, *, by: str) -> Any:
        """A task message for the node: a sensor's setting, or where a camera looks.

        Parameters
        ----------
        command
            One of `SETTINGS`, or `look_at` for a camera.
        value
            A text (`request`, `mode_change`), low, medium or high (thresholds, rate), or a `LocationOrRangeBearing`.
        by
            Who wants it, for the log.

        Raises
        ------
        Refused
            A command that would move something, or a look_at for something else than a camera.
        BadInput
            No such command or value, or no registered node.
        """
        if command in NEVER:
            self._note("sapient.task_refused", {"node": self.node, "command": command, "by": by})
            raise Refused(f"dronewall never sends '{command}': it steers no vehicle; it sends: {', '.join(SETTINGS)}")
        if self.node is None:
            raise BadInput("no node has registered on this connection; a task needs one")
        if command == "look_at" and "NODE_TYPE_CAMERA" not in self.types:
            self._note("sapient.task_refused", {"node": self.node, "command": command, "by": by})
            raise Refused(f"look_at is for cameras; node {self.node} registered as {', '.join(sorted(self.types))}")
        if command not in (*SETTINGS, "look_at"):
            raise BadInput(f"there is no command '{command}'; a task can be: {', '.join((*SETTINGS, 'look_at'))}")
        message = self._message(now_ns, self.node)
        self._count += 1
        task_id = ulid(now_ns, f"{self._own} task {self.node} {self._count}")
        message.task.task_id, message.task.control = task_id, 1
        if command == "look_at":
            message.task.command.look_at.CopyFrom(value)
        elif command in ("request", "mode_change"):
            setattr(message.task.command, command, str(value))
        elif value in THRESHOLDS:
            setattr(message.task.command, command, THRESHOLDS[value])
        else:
            raise BadInput(f"{command} = {value!r}; it must be one of: {', '.join(THRESHOLDS)}")
        if broken := judge(message):
            raise BadInput(f"the task breaks a rule: {broken[0].field}: {broken[0].said}")
        self.sent[task_id] = "sent"
        self._note("sapient.task", {"node": self.node, "task": task_id, "command": command, "by": by})
        return message

    def _message(self, now_ns: int, to: str | None) -> Any:
        return addressed(self._own, to, now_ns)
