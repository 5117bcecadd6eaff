"""The conversation with an edge node: who may register, what is answered, and what is never sent."""

import pytest

from dronewall.errors import BadInput, Refused
from dronewall.formats.sapient import judge
from dronewall.formats.sapient.ids import node_id, ulid
from dronewall.formats.sapient.messages import from_object
from dronewall.formats.sapient.replies import NEVER
from dronewall.formats.sapient.rules import ULID, UUID
from dronewall.watch.sources.sapient_session import REFUSED_TYPES, SETTINGS, Session
from tests.formats.sapient.said import AREA, FUSION, NODE, ULIDS, said

NOW_NS = 1_778_112_723_300_000_000
ACTING = sorted(REFUSED_TYPES)


class Talk:
    """A session, what it noted, and its answers."""

    def __init__(self, admit: str = "") -> None:
        self.notes: list[tuple[str, dict]] = []
        self.session = Session(
            FUSION, lambda node: admit, lambda kind, payload: self.notes.append((kind, dict(payload)))
        )

    def say(self, message: dict):
        found, broken = from_object(message)
        return self.session.take(found, broken, b"packet", NOW_NS)

    def registered(self, kind: str = "NODE_TYPE_RADAR"):
        return self.say(said("registration", nodeDefinition=[{"nodeType": kind}]))


def test_a_sensor_is_registered_and_told_so():
    talk = Talk()
    answers = talk.registered()
    assert [m.registration_ack.acceptance for m in answers.messages] == [True]
    assert (answers.close, talk.session.node, talk.session.interval_s) == (False, NODE, 5.0)


@pytest.mark.parametrize("kind", ACTING)
def test_a_node_that_acts_on_something_is_refused_with_the_reason_and_that_is_on_record(kind):
    talk = Talk()
    answers = talk.registered(kind)
    ack = answers.messages[0].registration_ack
    assert (ack.acceptance, answers.close) == (False, True)
    assert kind in ack.ack_response_reason[0]
    assert [(note, payload["types"]) for note, payload in talk.notes] == [("sapient.refused", [kind])]


def test_a_sensor_that_is_also_a_jammer_is_refused():
    both = [{"nodeType": "NODE_TYPE_PASSIVE_RF"}, {"nodeType": "NODE_TYPE_JAMMER"}]
    assert not Talk().say(said("registration", nodeDefinition=both)).messages[0].registration_ack.acceptance


def test_a_node_that_the_wall_does_not_know_is_refused():
    answers = Talk("it is no sensor of this wall").registered()
    assert answers.messages[0].registration_ack.ack_response_reason[0].endswith("it is no sensor of this wall")


def test_before_registration_everything_else_is_an_error():
    answers = Talk().say(said("detectionReport"))
    assert "has not registered" in answers.messages[0].error.error_message[0]
    assert not answers.take


def test_a_message_that_breaks_rules_is_answered_with_its_packet_and_each_field():
    talk = Talk()
    talk.registered()
    error = talk.say(said("detectionReport", objectId="AAA", reportId=None)).messages[0].error
    assert error.packet == b"packet"
    assert [text.split(":")[0] for text in error.error_message] == [
        "detection_report.object_id",
        "detection_report.report_id",
    ]


def test_unchanged_status_before_a_new_one_is_an_error():
    talk = Talk()
    talk.registered()
    assert talk.say(said("statusReport", info="INFO_UNCHANGED")).messages[0].HasField("error")
    assert not talk.say(said("statusReport", info="INFO_NEW")).messages
    assert not talk.say(said("statusReport", info="INFO_UNCHANGED")).messages


def test_goodbye_ends_the_line():
    talk = Talk()
    talk.registered()
    assert talk.say(said("statusReport", system="SYSTEM_GOODBYE")).close


def test_another_node_on_the_same_line_is_an_error():
    talk = Talk()
    talk.registered()
    other = "0e2c1b3a-59a1-4c5d-8a3e-222222222222"
    assert talk.say(said("detectionReport", node=other)).messages[0].HasField("error")


def test_an_alert_is_acknowledged_and_on_record_without_its_text():
    talk = Talk()
    talk.registered()
    ack = talk.say(said("alert", description="a person at 12 Main Street")).messages[0].alert_ack
    assert (ack.alert_id, ack.alert_ack_status) == (ULIDS[0], 1)
    assert "Main Street" not in str(talk.notes)


ROUTE = AREA["locationList"]
TASKS = [{"moveTo": ROUTE}, {"patrol": ROUTE}, {"follow": {"followObjectId": ULIDS[5]}}, {"request": "Start"}]


@pytest.mark.parametrize("command", TASKS)
def test_every_task_that_comes_in_is_rejected_and_on_record(command):
    talk = Talk()
    talk.registered()
    ack = talk.say(said("task", command=command)).messages[0].task_ack
    assert (ack.task_id, ack.task_status, len(ack.reason)) == (ULIDS[0], 2, 1)
    assert talk.notes[-1][0] == "sapient.task_refused"


@pytest.mark.parametrize("command", NEVER)
def test_nothing_that_moves_is_ever_sent_and_the_wish_is_on_record(command):
    talk = Talk()
    talk.registered("NODE_TYPE_MOBILE_NODE")
    with pytest.raises(Refused, match="never sends"):
        talk.session.task(command, None, NOW_NS, by="somebody")
    assert talk.notes[-1] == ("sapient.task_refused", {"node": NODE, "command": command, "by": "somebody"})


@pytest.mark.parametrize("command", SETTINGS)
def test_settings_of_a_sensor_are_sent_as_valid_tasks(command):
    talk = Talk()
    talk.registered()
    message = talk.session.task(command, "Start" if command in ("request", "mode_change") else "high", NOW_NS, by="op")
    assert (message.task.command.WhichOneof("command"), judge(message)) == (command, [])


def test_only_a_camera_is_told_where_to_look():
    area = from_object(said("task"))[0].task.command.look_at
    camera, radar = Talk(), Talk()
    camera.registered("NODE_TYPE_CAMERA")
    radar.registered()
    assert camera.session.task("look_at", area, NOW_NS, by="op").task.command.HasField("look_at")
    with pytest.raises(Refused, match="for cameras"):
        radar.session.task("look_at", area, NOW_NS, by="op")


def test_a_command_or_a_value_that_there_is_not_is_a_sentence():
    talk = Talk()
    talk.registered()
    with pytest.raises(BadInput, match="no command 'fire'"):
        talk.session.task("fire", "now", NOW_NS, by="op")
    with pytest.raises(BadInput, match="low, medium, high"):
        talk.session.task("detection_threshold", "extreme", NOW_NS, by="op")


def test_the_answer_to_a_task_is_remembered():
    talk = Talk()
    talk.registered()
    sent = talk.session.task("mode_change", "default", NOW_NS, by="op").task.task_id
    talk.say(said("taskAck", taskId=sent, taskStatus="TASK_STATUS_COMPLETED"))
    assert talk.session.sent == {sent: "completed"}


def test_a_node_is_silent_after_three_of_its_intervals():
    talk = Talk()
    talk.registered()
    assert not talk.session.silent(NOW_NS + 14 * 10**9)
    assert talk.session.silent(NOW_NS + 16 * 10**9)


def test_ids_are_derived_and_of_the_right_form():
    assert ULID.fullmatch(ulid(NOW_NS, "x"))
    assert UUID.fullmatch(node_id("x"))
    assert (ulid(NOW_NS, "x"), node_id("x")) == (ulid(NOW_NS, "x"), node_id("x"))
