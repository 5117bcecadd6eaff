"""SAPIENT detection reports from the wire into tracks: taken in, judged by every rule, decoded, tracked; on one core.

    python -m benchmarks.sapient_tracked [--targets 300] [--seconds 60]

Ten edge nodes, radars of 12 km on a circle of 9 km, turn once a second; each sends a look as a burst of detection
reports (range, azimuth, elevation with their errors, a class), false ones among them. The bytes of a look go into the
node's decoder as they would off a line, what becomes whole goes into one tracker. Counted is the processor time of
both together. At the end the tracks are laid beside what flew, so that a fast answer cannot be an empty one.
"""

import argparse
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats import decoder
from dronewall.formats.sapient.ids import node_id, ulid
from dronewall.formats.sapient.messages import framed
from dronewall.geo.frames import LocalFrame, range_azimuth_elevation
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.wall import Wall
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.units import SECOND_NS

START_NS = 1_778_112_000 * SECOND_NS
NODES, CIRCLE_M, RANGE_M, HALF_M = 10, 9_000.0, 12_000.0, 15_000.0
P_DETECT, CLUTTER = 0.9, 10.0
SD = {"range_sd_m": 15.0, "azimuth_sd_deg": 0.4, "elevation_sd_deg": 0.4}
NEAR_M = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What edge nodes send, in order of time: (node, time, bytes of a look); and where everything flies at the end."""

    wall: Wall
    sent: list[tuple[str, int, bytes]]
    reports: int
    truth_m: np.ndarray
    home: LocalFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many reports a second of CPU, and how many of the targets a confirmed track was near at the end."""

    per_second: float
    reports: int
    targets: int
    found: int
    confirmed: int


def night(targets: int, seconds: int, seed: int = 1) -> Night:
    """Targets of 20 to 60 m/s on straight ways, and what ten radars say of them."""
    rng = np.random.default_rng(seed)
    home = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)
    turn = 2.0 * np.pi * np.arange(NODES) / NODES
    sites = CIRCLE_M * np.column_stack([np.sin(turn), np.cos(turn), np.zeros(NODES)])
    latitude, longitude, _ = home.local_to_geodetic(sites)
    specs = [
        {
            "id": f"radar-{at}",
            "kind": "radar",
            "latitude_deg": float(np.degrees(latitude[at])),
            "longitude_deg": float(np.degrees(longitude[at])),
            "height_agl_m": 10.0,
            "max_range_m": RANGE_M,
            "p_detect": P_DETECT,
            "clutter_per_scan": CLUTTER,
            "scan_period_s": 1.0,
            "scan_offset_s": at / NODES,
            **SD,
        }
        for at in range(NODES)
    ]
    wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "bench"}, "sensor": specs})
    frames = [LocalFrame.at(latitude[at], longitude[at], 10.0) for at in range(NODES)]
    begin = np.column_stack([rng.uniform(-HALF_M, HALF_M, (targets, 2)), rng.uniform(100.0, 1500.0, targets)])
    course, speed = rng.uniform(0.0, 2.0 * np.pi, targets), rng.uniform(20.0, 60.0, targets)
    rate = np.column_stack([speed * np.sin(course), speed * np.cos(course), np.zeros(targets)])
    spread = np.array([SD["range_sd_m"], np.radians(SD["azimuth_sd_deg"]), np.radians(SD["elevation_sd_deg"])])
    sent, reports = [], 0
    for second in range(seconds):
        for at, spec in enumerate(specs):
            passed = second + at / NODES
            local = frames[at].geodetic_to_local(*home.local_to_geodetic(begin + rate * passed))
            real = np.column_stack(range_azimuth_elevation(local))
            real = real[(real[:, 0] < RANGE_M) & (rng.uniform(size=targets) < P_DETECT)]
            real += spread * rng.normal(size=real.shape)
            false = rng.uniform([500.0, 0.0, 0.0], [RANGE_M, 2.0 * np.pi, 0.2], (rng.poisson(CLUTTER), 3))
            time_ns = START_NS + round(passed * SECOND_NS)
            seen = np.vstack([real, false])
            sent.append((str(spec["id"]), time_ns, _look(str(spec["id"]), time_ns, seen)))
            reports += len(seen)
    return Night(wall=wall, sent=sent, reports=reports, truth_m=begin + rate * seconds, home=home)


def _look(node: str, time_ns: int, seen: np.ndarray) -> bytes:
    """The reports of one look, framed."""
    message: Any = SapientMessage()
    message.timestamp.FromNanoseconds(time_ns)
    message.node_id, message.destination_id = node_id(node), node_id("fusion node")
    said = message.detection_report
    place = said.range_bearing
    place.coordinate_system, place.datum = 1, 1
    place.range_error, place.azimuth_error, place.elevation_error = SD.values()
    said.detection_confidence, said.state = 0.9, "seen"
    kind = said.classification.add(type="Air vehicle", confidence=0.8)
    kind.sub_class.add(type="UAV", confidence=0.6, level=1)
    parts = []
    for row, (range_m, azimuth, elevation) in enumerate(seen.tolist()):
        said.report_id = ulid(time_ns, f"{node} {time_ns} {row} report")
        said.object_id = ulid(time_ns, f"{node} {time_ns} {row} object")
        place.range, place.azimuth = range_m, float(np.degrees(azimuth)) % 360.0
        place.elevation = float(np.degrees(elevation))
        parts.append(framed(message))
    return b"".join(parts)


def tracked(night: Night) -> Outcome:
    """From bytes to tracks."""
    sensors = build_sensors(night.wall, SmoothEarth(), file="wall.toml")
    tracker = Tracker(sensors)
    decoders = {name: decoder("sapient", {"node": node_id(name)}) for name in sensors}
    taken = 0
    began = time.process_time()
    for at in range(0, len(night.sent), NODES):
        scans = []
        for name, time_ns, data in night.sent[at : at + NODES]:
            one = decoders[name]
            for decoded in (one.feed(data, time_ns), one.end(time_ns)):  # a burst is a look
                scans += decoded.scans(name)
        taken += sum(len(fates.code) for fates in tracker.run(scans))
    spent_s = time.process_time() - began
    if taken != night.reports or any(one.faults.count for one in decoders.values()):
        raise SystemExit(f"{taken} of {night.reports} reports were tracked")
    tracks = tracker.tracks(night.sent[-1][1])
    sure = tracks.status == "confirmed"
    local = night.home.geodetic_to_local(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)[sure]
    away = np.linalg.norm(night.truth_m[:, None, :2] - local[None, :, :2], axis=2)
    found = int((away.min(axis=1) < NEAR_M).sum()) if len(local) else 0
    return Outcome(
        per_second=taken / spent_s,
        reports=taken,
        targets=len(night.truth_m),
        found=found,
        confirmed=int(sure.sum()),
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--targets", type=int, default=300)
    options.add_argument("--seconds", type=int, default=60)
    given = options.parse_args()
    tracked(night(20, 5))  # kernels are compiled now
    one = tracked(night(given.targets, given.seconds))
    print(f"{one.per_second:,.0f} reports a second of CPU (20,000 wanted), {one.reports:,} of {NODES} nodes")
    print(f"{one.found} of {one.targets} targets within {NEAR_M:.0f} m of one of {one.confirmed} confirmed tracks")


if __name__ == "__main__":
    main()
