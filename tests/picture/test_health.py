"""A silent sensor is a finding; one that only speaks when it has something to say is not silent."""

from typing import Any, cast

from dronewall.geo.terrain import SmoothEarth
from dronewall.picture.desk import Desk
from dronewall.records.detection import empty
from dronewall.records.scan import Scan
from dronewall.sensors import build_sensors
from dronewall.tracking.lateness import InOrder
from tests.picture.scenes import START_NS, Told, at_s, kinds, wall


def listening() -> Desk:
    the_wall = wall(
        sensor=[
            {"id": "ac-1", "kind": "acoustic", "latitude_deg": 56.5, "longitude_deg": 27.9},
            {"id": "adsb-1", "kind": "adsb", "latitude_deg": 56.5, "longitude_deg": 27.9},
        ]
    )
    sensors = build_sensors(the_wall, SmoothEarth(), file="wall")
    return Desk(the_wall, sensors, tracker=cast(InOrder, Told([], [])))


def look(second: float, late_s: float = 0.2) -> Scan:
    return Scan(
        sensor="ac-1",
        scan=int(second),
        time_ns=at_s(second),
        end_ns=at_s(second),
        received_ns=at_s(second + late_s),
        detections=empty(),
    )


def states(on: Desk, second: float) -> dict[str, Any]:
    return {row.sensor: row.state for row in on.health(at_s(second))}


def test_a_sensor_that_looks_every_second_is_ok_and_says_its_rate() -> None:
    on = listening()
    on.tick(START_NS)
    for second in range(1, 60):
        on.take(look(second))
    row = next(r for r in on.health(at_s(60)) if r.sensor == "ac-1")
    assert (row.state, round(row.rate_hz, 1), row.last_ns) == ("ok", 1.0, at_s(59))


def test_a_sensor_that_falls_silent_is_found_once_and_its_return_too() -> None:
    on = listening()
    on.tick(START_NS)
    for second in range(1, 10):
        on.take(look(second))
    events = [event for second in range(10, 60) for event in on.tick(at_s(second))]
    assert kinds(events) == ["sensor.silent"]
    on.take(look(60.0))
    assert kinds(on.tick(at_s(61))) == ["sensor.back"]


def test_a_sensor_that_never_looked_is_silent_after_a_while() -> None:
    on = listening()
    on.tick(START_NS)
    assert states(on, 1)["ac-1"] == "waiting"
    assert states(on, 60)["ac-1"] == "silent"


def test_a_receiver_of_claims_with_nothing_to_say_waits() -> None:
    on = listening()
    on.tick(START_NS)
    assert states(on, 600)["adsb-1"] == "waiting"


def test_looks_that_arrive_old_make_a_sensor_late() -> None:
    on = listening()
    on.tick(START_NS)
    for second in range(1, 60):
        on.take(look(second, late_s=25.0))
    assert states(on, 60)["ac-1"] == "late"
