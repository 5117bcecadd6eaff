"""A desk that was saved and restored goes on exactly as the one that was not: events, alerts and bytes."""

import numpy as np
import pytest

from dronewall.errors import Corrupt
from dronewall.geo.frames import LocalFrame
from dronewall.geo.terrain import SmoothEarth
from dronewall.picture.alerts import alert_from, alert_json
from dronewall.picture.desk import Act, ActKind, Call, Desk
from dronewall.records.detection import empty
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor, build_sensors
from dronewall.units import SECOND_NS, Floats, Ints
from tests.picture.scenes import START_NS, TOWN, at_s, desk, place, presence, track, wall

NODES = [(40_000.0 + 1_200.0 * (i % 2), -3_000.0 + 1_200.0 * i) for i in range(6)]


def listening_wall() -> Wall:
    sensors = []
    for i, node in enumerate(NODES):
        latitude, longitude = place(*node)
        sensors.append(
            {
                "id": f"ac-{i}",
                "kind": "acoustic",
                "latitude_deg": latitude,
                "longitude_deg": longitude,
                "azimuth_sd_deg": 4.0,
                "height_agl_m": 3.0,
            }
        )
    return wall(sensor=sensors)


def way(times_ns: Ints) -> tuple[Floats, Floats]:
    """West at 50 m/s and 150 m up, past the six nodes."""
    frame = LocalFrame.at(float(np.radians(TOWN[0])), float(np.radians(TOWN[1])), 0.0)
    seconds = (times_ns - START_NS) / SECOND_NS
    latitude, longitude = np.array([place(44_000.0 - 50.0 * s, 200.0) for s in seconds]).T
    up = np.full(len(seconds), 150.0)
    enu = frame.geodetic_to_local(np.radians(latitude), np.radians(longitude), up)
    return frame.to_ecef(enu), np.tile([-50.0, 0.0, 0.0], (len(seconds), 1))


def night(sensors: dict[str, Sensor], seconds: int) -> list[Scan]:
    """What six nodes say of one drone, in the order in which it comes, 0.3 s late."""
    scans = []
    for i, (name, sensor) in enumerate(sensors.items()):
        numbers, times_ns = sensor.looks(START_NS, at_s(seconds))
        rng = np.random.default_rng([7, i])
        hit, heard = sensor.simulate(rng, times_ns, way, "fixed_wing_piston", Weather())
        row_of = np.cumsum(hit) - 1
        for look, time_ns in enumerate(times_ns.tolist()):
            rows = heard.rows(slice(int(row_of[look]), int(row_of[look]) + 1)) if hit[look] else empty()
            received_ns = time_ns + 300_000_000
            scans.append(
                Scan(
                    sensor=name,
                    scan=int(numbers[look]),
                    time_ns=time_ns,
                    end_ns=time_ns,
                    received_ns=received_ns,
                    detections=rows,
                )
            )
    return sorted(scans, key=lambda scan: (scan.received_ns, scan.sensor))


def play(on: Desk, scans: list[Scan], ticked_s: int) -> list[Event]:
    events = []
    for scan in scans:
        while START_NS + (ticked_s + 1) * SECOND_NS <= scan.received_ns:
            ticked_s += 1
            events += on.tick(at_s(ticked_s))
        events += on.take(scan)
    return events


@pytest.mark.parametrize("cut", [40, 95])
def test_a_restored_desk_gives_the_same_events_alerts_and_bytes(cut: int) -> None:
    the_wall = listening_wall()
    sensors = build_sensors(the_wall, SmoothEarth(), file="wall")
    scans = night(sensors, 140)
    first, later = [s for s in scans if s.time_ns < at_s(cut)], [s for s in scans if s.time_ns >= at_s(cut)]
    whole = Desk(the_wall, sensors)
    play(whole, first, 0)
    again = Desk.restore(whole.save(), the_wall, sensors)
    assert again.save() == whole.save()
    assert play(again, later, cut - 1) == play(whole, later, cut - 1)
    assert again.alerts == whole.alerts
    assert whole.alerts
    assert again.save() == whole.save()


def test_a_saved_desk_that_is_cut_off_is_refused_with_a_sentence() -> None:
    the_wall = listening_wall()
    sensors = build_sensors(the_wall, SmoothEarth(), file="wall")
    data = Desk(the_wall, sensors).save()
    for cut in (3, 20):
        with pytest.raises(Corrupt):
            Desk.restore(data[:cut], the_wall, sensors)


def test_an_alert_comes_back_whole_from_its_json() -> None:
    on, _ = desk([track()], [presence()])
    on.tick(at_s(10.0))
    (alert,) = on.alerts
    on.act(Act(time_ns=at_s(20.0), kind=ActKind.APPROVE, actor="anna", alert=alert.alert, revision=alert.revision))
    for held in on.alerts:
        assert alert_from(alert_json(held)) == held


def test_the_board_and_the_judge_come_back_in_the_middle_of_everything() -> None:
    on, told = desk([track()], [presence(bearing_deg=45.0, last_s=9.0)])
    for second in range(10, 30):
        told.areas = [presence(bearing_deg=90.0 - 3.0 * second, last_s=float(second), detections=second)]
        on.tick(at_s(second))
    where = Call(latitude_rad=0.99, longitude_rad=0.48, radius_m=1_000.0, seen_ns=at_s(25.0))
    on.act(Act(time_ns=at_s(31.0), kind=ActKind.CALL, actor="anna", call=where))
    state = on.save()
    other, _ = desk(told.rows, told.areas)
    other.take_up(state)
    assert other.save() == state
    assert other.tick(at_s(32.0)) == on.tick(at_s(32.0))
