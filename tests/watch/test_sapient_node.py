"""Edge nodes over real sockets: what they report becomes scans; what they may not be or say is answered."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats.sapient.messages import LENGTH
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.watch.sources.feeds import Feeds
from tests.formats.sapient.said import FUSION, NODE, said, wire

RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "latitude_deg": 56.5, "longitude_deg": 27.3}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Site:
    """A wall with one SAPIENT sensor, its feeds running."""

    def __init__(self, tmp_path, **options: str) -> None:
        self.port = free_port()
        feed = {"sensor": "radar", "uri": f"listen://127.0.0.1:{self.port}", "format": "sapient", "options": options}
        wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "t"}, "sensor": [RADAR], "feed": [feed]})
        self.events: list[Event] = []
        self.feeds = Feeds(
            wall, file="w.toml", base=tmp_path, data=tmp_path, salt=b"s", keep=lambda i: None, tell=self.events.append
        )
        self.feeds.start()

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60.0)

    def scans(self, wanted: int) -> list[Scan]:
        found: list[Scan] = []
        wait(lambda: found.extend(self.feeds.due(0, 100)) or len(found) >= wanted)
        return found


@pytest.fixture
def site(tmp_path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(**options: str) -> Site:
        made.append(Site(tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.feeds.stop()


def wait(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120.0
    while not done():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


def heard(line: socket.socket) -> SapientMessage:
    (length,) = LENGTH.unpack(line.recv(4, socket.MSG_WAITALL))
    return SapientMessage.FromString(line.recv(length, socket.MSG_WAITALL))


def test_a_node_registers_and_its_reports_become_scans(site):
    one = site(node=NODE)
    with one.line() as line:
        line.sendall(wire(said("registration")))
        assert heard(line).registration_ack.acceptance
        line.sendall(wire(said("statusReport"), said("detectionReport"), said("detectionReport")))
        (scan,) = one.scans(1)
        assert (scan.sensor, len(scan.detections)) == ("radar", 2)
        wait(lambda: one.feeds.health(0)[0]["detections"] == 2)  # counted once it was handed on
        row = one.feeds.health(0)[0]
        assert (row["state"], row["detections"], row["node"]["node"]) == ("ok", 2, NODE)


def test_a_broken_report_is_answered_and_counted_and_the_next_one_is_taken(site):
    one = site()
    with one.line() as line:
        line.sendall(wire(said("registration"), said("detectionReport", objectId="AAA"), said("detectionReport")))
        assert heard(line).registration_ack.acceptance
        assert heard(line).error.error_message[0].startswith("detection_report.object_id")
        assert len(one.scans(1)[0].detections) == 1
        assert one.feeds.health(0)[0]["reasons"] == {"ulid: detection_report.object_id": 1}


def test_an_effector_is_refused_and_its_line_closed(site):
    one = site()
    with one.line() as line:
        line.sendall(wire(said("registration", nodeDefinition=[{"nodeType": "NODE_TYPE_KINETIC"}])))
        assert not heard(line).registration_ack.acceptance
        assert line.recv(1) == b""
    assert [event.kind for event in one.events] == ["sapient.refused"]


def test_a_second_line_of_the_same_node_is_refused(site):
    one = site(node=NODE)
    with one.line() as first, one.line() as second:
        first.sendall(wire(said("registration")))
        assert heard(first).registration_ack.acceptance
        second.sendall(wire(said("registration")))
        refused = heard(second).registration_ack
        assert (refused.acceptance, "connected already" in refused.ack_response_reason[0]) == (False, True)


def test_a_node_that_the_wall_does_not_name_is_refused(site):
    one = site(node=FUSION)
    with one.line() as line:
        line.sendall(wire(said("registration")))
        assert "no sensor of this wall" in heard(line).registration_ack.ack_response_reason[0]


def test_rubbish_closes_its_own_line_and_no_other(site):
    one = site()
    with one.line() as good, one.line() as bad:
        bad.sendall(b"\xff" * 64)
        assert bad.recv(1) == b""
        good.sendall(wire(said("registration")))
        assert heard(good).registration_ack.acceptance
    assert "sapient.lost" in [event.kind for event in one.events]


def test_a_setting_goes_out_and_its_answer_comes_back(site):
    one = site()
    (server,) = one.feeds._nodes.servers
    with one.line() as line:
        line.sendall(wire(said("registration")))
        heard(line)
        task = server.task(NODE, "detection_threshold", "high", by="operator")
        assert heard(line).task.command.detection_threshold == 3
        line.sendall(wire(said("taskAck", taskId=task, taskStatus="TASK_STATUS_ACCEPTED")))
        wait(lambda: server.nodes()[0]["tasks"] == {task: "accepted"})


def test_a_node_that_went_may_come_again(site):
    one = site(node=NODE)
    for _ in range(2):
        with one.line() as line:
            line.sendall(wire(said("registration"), said("statusReport", system="SYSTEM_GOODBYE")))
            assert heard(line).registration_ack.acceptance
            assert line.recv(1) == b""
