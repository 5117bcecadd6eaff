"""The wall and the night that ship: what their page says of them is so."""

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from dronewall.geo.border import between
from dronewall.geo.frames import LocalFrame
from dronewall.scenarios import holes, names, reported
from tests.rehearse.night import rezekne_scenario, rezekne_wall, smooth_night

FRAME = LocalFrame.at(np.radians(56.55), np.radians(27.8), 0.0)


def plane(longitude_deg, latitude_deg):
    return FRAME.geodetic_to_local(np.radians(latitude_deg), np.radians(longitude_deg), 0.0)[:, :2]


def border():
    stretch = rezekne_scenario().stretch[0]
    line = np.asarray(between(stretch.border, stretch.latitude_from_deg, stretch.latitude_to_deg))
    return LineString(plane(line[:, 0], line[:, 1]))


def nodes():
    specs = [s for s in rezekne_wall().sensor if s.kind == "acoustic"]
    return plane(np.array([s.longitude_deg for s in specs]), np.array([s.latitude_deg for s in specs]))


def from_a_node_m(line):
    points = np.array([line.interpolate(at).coords[0] for at in np.arange(0.0, line.length, 25.0)])
    return np.hypot(*(points[:, None, :] - nodes()[None]).transpose(2, 0, 1)).min(axis=1)


def test_thirteen_percent_of_the_border_is_farther_than_the_nominal_range_from_any_node():
    assert 0.12 <= (from_a_node_m(border()) > 1_500.0).mean() <= 0.14


def test_the_line_follows_some_sixty_kilometres_of_border():
    assert 55_000.0 <= border().length <= 70_000.0


def test_the_line_has_between_fifty_and_eighty_nodes():
    assert 50 <= len(nodes()) <= 80


def test_every_hole_is_named():
    line, open_m = border(), from_a_node_m(border()) > 1_500.0
    named = [LineString(plane(*np.array(hole["line"]).T)) for hole in holes("rezekne")]
    points = [line.interpolate(at) for at in np.arange(0.0, line.length, 25.0)[open_m]]
    assert all(min(shape.distance(point) for shape in named) < 120.0 for point in points)


def test_the_radar_stands_behind_the_widest_hole():
    widest = max(holes("rezekne"), key=lambda hole: hole["widest_m"])
    radar = next(s for s in rezekne_wall().sensor if s.kind == "radar")
    site = Point(plane(np.array([radar.longitude_deg]), np.array([radar.latitude_deg]))[0])
    others = [h for h in holes("rezekne") if h is not widest]
    distance = {h["id"]: LineString(plane(*np.array(h["line"]).T)).distance(site) for h in [widest, *others]}
    assert min(distance, key=distance.get) == widest["id"]


def test_the_wall_says_that_its_sites_are_invented():
    assert rezekne_wall().wall.invented_sites


def test_the_wall_is_an_exercise_with_a_practice_address():
    assert rezekne_wall().exercise
    assert all(output.uri.startswith("exercise+") for output in rezekne_wall().output)


@pytest.mark.parametrize("seed", range(1, 6))
def test_intruders_come_down_so_far_behind_the_border_as_the_scenario_says(seed):
    night = smooth_night(seed, 60.0)
    for target, impact in zip(night.targets, night.impacts, strict=False):
        way = plane(np.degrees(target.path.longitude_rad), np.degrees(target.path.latitude_rad))
        place = plane(np.degrees([impact.longitude_rad]), np.degrees([impact.latitude_rad]))[0]
        met = border().intersection(LineString(way))
        entry = min(getattr(met, "geoms", [met]), key=lambda point: Point(way[0]).distance(point))
        assert 35_800.0 <= Point(place).distance(entry) <= 44_200.0


@pytest.mark.parametrize("seed", range(1, 6))
def test_intruders_fly_in_their_band_until_they_go_down(seed):
    for target in smooth_night(seed, 60.0).targets[:2]:
        height = target.path.height_agl_m[:-10]
        assert 99.9 <= height.min() <= height.max() <= 200.1


@pytest.mark.parametrize("seed", range(1, 6))
def test_intruders_keep_their_speed(seed):
    for target in smooth_night(seed, 60.0).targets[:2]:
        speed = np.hypot(*target.path.velocity_enu_mps[1:-1, :2].T)
        assert 45.0 <= np.percentile(speed, 1) <= np.percentile(speed, 99) <= 54.0
        assert 47.9 <= speed.mean() <= 52.1


def test_the_call_comes_at_half_past_three_and_after_the_impact():
    night = smooth_night(1, 60.0)
    call = night.calls[0]
    assert call.time_ns >= night.start_ns + 1800 * 10**9
    assert call.time_ns > min(impact.time_ns for impact in night.impacts)


def test_rezekne_ships():
    assert "rezekne" in names()


def test_everything_that_was_reported_has_a_source():
    told = reported("rezekne")
    known = {source["id"] for source in told["source"]}
    assert all(item["sources"] and set(item["sources"]) <= known for item in told["event"] + told["claim"])


def test_the_thirteen_minutes_are_marked_as_a_condition():
    said = {claim["id"]: claim["said"] for claim in reported("rezekne")["claim"]}
    assert said["minutes"] == "up to about 13 minutes, if detected at the border"
