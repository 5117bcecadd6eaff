"""SAPIENT upwards: every message keeps every rule, nothing is taken from above, and a fusion node takes our tracks."""

import socket
import time
from pathlib import Path

import numpy as np
import pytest

from dronewall.formats.sapient import parsed
from dronewall.formats.sapient.encode import CLASS_OF
from dronewall.formats.sapient.messages import framed, from_object, split
from dronewall.outputs.publish import Publisher
from dronewall.outputs.sapient import SapientPicture
from dronewall.records.detection import Column
from dronewall.records.event import Event
from dronewall.records.wall import OutputSpec, Wall
from dronewall.records.words import LABELS
from dronewall.watch.sources.feeds import Feeds
from tests.formats.sapient.said import AREA, FUSION, ULIDS, said
from tests.outputs.rows import NOW_NS, tracks
from tests.picture.words import FORBIDDEN

ROUTE = AREA["locationList"]
NOTES: list[tuple[str, dict]] = []


def message(data: bytes):
    """The only message of some bytes, which keeps every rule."""
    (packet,), rest, _ = split(data)
    found, broken = parsed(packet)
    assert (broken, rest) == ([], b"")
    return found


def note(kind: str, payload) -> None:
    NOTES.append((kind, dict(payload)))


def accepted(*, exercise: bool = True) -> SapientPicture:
    """An edge node that another's fusion node has accepted."""
    out = SapientPicture("w", exercise=exercise, options={})
    message(out.greeting(NOW_NS, first=True)[0])
    ack = framed(from_object(said("registrationAck", node=FUSION))[0])
    (status,) = out.heard(ack, NOW_NS, note)
    assert message(status).status_report.info == 1
    return out


def test_the_registration_is_that_of_a_fusion_node_and_keeps_every_rule():
    found = message(SapientPicture("w", exercise=True, options={}).greeting(NOW_NS, first=True)[0])
    assert found.registration.node_definition[0].node_type == 20
    assert not found.registration.mode_definition[0].task.command


def test_nothing_is_reported_before_we_are_accepted():
    assert SapientPicture("w", exercise=True, options={}).picture(tracks({}), NOW_NS) == []


@pytest.mark.parametrize("label", LABELS)
def test_a_track_of_any_label_is_a_report_that_keeps_every_rule_and_names_no_intent(label):
    found = message(accepted().picture(tracks({"label": label, "identity": "rid:0123456789abcdef"}), NOW_NS)[0])
    text = str(found).lower()
    assert "rid:" not in text
    assert FORBIDDEN.search(text) is None
    assert (found.detection_report.location.x, found.detection_report.location.y) == pytest.approx((27.3, 56.5))


def test_a_track_keeps_its_object_id_and_tentative_ones_stay_here():
    out = accepted()
    first, second = (message(out.picture(tracks({"track": "t-9"}), t)[0]) for t in (NOW_NS, NOW_NS + 10**9))
    assert first.detection_report.object_id == second.detection_report.object_id
    assert first.detection_report.report_id != second.detection_report.report_id
    assert out.picture(tracks({"status": "tentative"}), NOW_NS) == []


def test_an_exercise_says_so_in_every_message():
    assert message(accepted().picture(tracks({}), NOW_NS)[0]).additional_information.startswith("EXERCISE")
    assert not message(accepted(exercise=False).picture(tracks({}), NOW_NS)[0]).HasField("additional_information")


TASKS = [{"moveTo": ROUTE}, {"patrol": ROUTE}, {"follow": {"followObjectId": ULIDS[5]}}, {"request": "Reset"}]


@pytest.mark.parametrize("command", TASKS)
def test_every_task_from_above_is_rejected_and_on_record(command):
    task = framed(from_object(said("task", node=FUSION, command=command))[0])
    (reply,) = accepted().heard(task, NOW_NS, note)
    assert message(reply).task_ack.task_status == 2
    assert NOTES[-1][0] == "sapient.task_refused"


@pytest.mark.parametrize("rubbish", [b"\xff" * 40, b"\x05\0\0\0abcde", b"\x01"])
def test_rubbish_from_above_is_answered_with_nothing(rubbish):
    assert accepted().heard(rubbish, NOW_NS, note) == []


def test_what_has_no_number_breaks_no_rule():
    odd = tracks({"hae": np.nan, "velocity": (np.nan, 0.0, 0.0)})
    odd.covariance[:] = np.nan
    assert not message(accepted().picture(odd, NOW_NS)[0]).detection_report.HasField("enu_velocity")


def test_classes_are_of_the_labels_that_there_are():
    assert set(CLASS_OF) <= set(LABELS)


def test_our_own_fusion_node_takes_what_our_edge_node_reports(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sensor = {"id": "below", "kind": "radar", "model": "xband-3d", "latitude_deg": 56.5, "longitude_deg": 27.3}
    feed = {"sensor": "below", "uri": f"listen://127.0.0.1:{port}", "format": "sapient"}
    above = Wall.model_validate({"schema_version": 1, "wall": {"name": "above"}, "sensor": [sensor], "feed": [feed]})
    events: list[Event] = []
    feeds = Feeds(above, file="w", base=tmp_path, data=tmp_path, salt=b"", keep=lambda i: None, tell=events.append)
    feeds.start()
    spec = OutputSpec(id="up", uri=f"exercise+tcp://127.0.0.1:{port}", format="sapient")
    out = Publisher(spec, Wall.model_validate({"schema_version": 1, "wall": {"name": "below"}}), tmp_path, note)
    out.start()
    scans = []
    try:
        ends = time.monotonic() + 120.0
        while not scans and time.monotonic() < ends:
            out.put(tracks({}, time_ns=time.time_ns()), time.time_ns())
            time.sleep(0.1)
            scans += feeds.due(0, 100)
    finally:
        out.stop()
        feeds.stop()
    values = scans[0].detections.values[0, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]]
    assert values == pytest.approx(np.radians([56.5, 27.3]))
    assert "sapient.registered" in [event.kind for event in events]
