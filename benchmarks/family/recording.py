"""A night of the family written down as a recording."""

import json
from pathlib import Path

import numpy as np

from benchmarks.family.kinds import Family, parsed
from benchmarks.family.night import FURTHEST_M, MAST_M, NEAREST_M, NOISE_SD, PERIOD_S, Night, Radars, play
from dronewall.archive import Looks, RecordedRows, write_recording
from dronewall.records.detection import Column, empty
from dronewall.records.truth import Truth
from dronewall.units import SECOND_NS

MEASURED = (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD)
BIAS_KEYS = ("range_bias_m", "azimuth_bias_deg", "elevation_bias_deg")


def write(name: str, seed: int, folder: Path, answers: Path | None = None) -> Night:
    """Play the recording of that name and seed, write it, and give back what happened."""
    family, n = parsed(name)
    night = play(family, n, seed)
    write_recording(
        folder,
        detections(night),
        looks(night),
        truth(night),
        wall_toml(name, seed, family, night.radars),
        metadata={"recording": name, "seed": str(seed)},
    )
    if answers is not None:
        answers.write_text(json.dumps(said(name, seed, night.radars), indent=1) + "\n")
    return night


def detections(night: Night) -> RecordedRows:
    """One row per detection in order of arrival; a look arrives whole."""
    received_ns = (night.look_ns + night.late_ns)[night.look]
    order = np.argsort(received_ns, kind="stable")
    rows = empty(len(order))
    rows.time_ns[:] = night.look_ns[night.look][order]
    rows.received_ns[:] = received_ns[order]
    rows.values[:, list(MEASURED)] = night.measured[order]
    look = night.look[order]
    return RecordedRows(detections=rows, sensor=night.radars.ids()[night.look_radar[look]], scan=night.look_scan[look])


def looks(night: Night) -> Looks:
    """Every look, an instant, also where nothing was seen."""
    return Looks(
        sensor=night.radars.ids()[night.look_radar],
        scan=night.look_scan,
        time_ns=night.look_ns,
        end_ns=night.look_ns,
    )


def truth(night: Night) -> Truth:
    """Every living target at every frame, watched or not."""
    names = np.array([f"target-{number:06d}" for number in range(len(night.style))], object)
    return Truth(
        time_ns=night.truth_ns,
        target=names[night.truth_target],
        latitude_rad=night.truth_geodetic[:, 0],
        longitude_rad=night.truth_geodetic[:, 1],
        altitude_hae_m=night.truth_geodetic[:, 2],
        velocity_enu_mps=night.truth_velocity,
        label=night.style[night.truth_target],
        cooperative=np.zeros(len(night.truth_ns), bool),
    )


def wall_toml(name: str, seed: int, family: Family, radars: Radars) -> str:
    """The wall as it stood; it does not know the radars' biases."""
    lines = [
        f"# {name}, seed {seed}: python -m benchmarks.family. No terrain: the ground is the WGS-84 ellipsoid.",
        "schema_version = 1",
        "[wall]",
        f'name = "{name}"',
        "exercise = true",
    ]
    azimuth_sd_deg, elevation_sd_deg = np.degrees(NOISE_SD[1:]).tolist()
    for number, sensor in enumerate(radars.ids().tolist()):
        lines += [
            "",
            "[[sensor]]",
            f'id = "{sensor}"',
            'kind = "radar"',
            'model = "xband-3d"',
            f"latitude_deg = {np.degrees(radars.latitude_rad[number]):.10f}",
            f"longitude_deg = {np.degrees(radars.longitude_rad[number]):.10f}",
            f"height_agl_m = {MAST_M}",
            f"min_range_m = {NEAREST_M}",
            f"max_range_m = {FURTHEST_M}",
            f"p_detect = {family.p_detect}",
            f"clutter_per_scan = {family.false_per_look}",
            f"scan_period_s = {PERIOD_S}",
            f"scan_offset_s = {radars.offset_ns[number] / SECOND_NS}",
            f"latency_s = {family.latest_s / 2}",
            f"range_sd_m = {NOISE_SD[0]}",
            f"azimuth_sd_deg = {azimuth_sd_deg:.10g}",
            f"elevation_sd_deg = {elevation_sd_deg:.10g}",
        ]
    return "\n".join(lines) + "\n"


def said(name: str, seed: int, radars: Radars) -> dict[str, object]:
    """What the recording keeps to itself: how far each radar is off, measured = true + bias + noise."""
    rows = radars.bias * [1.0, np.degrees(1.0), np.degrees(1.0)]
    biases = {
        str(sensor): dict(zip(BIAS_KEYS, row, strict=True))
        for sensor, row in zip(radars.ids(), rows.tolist(), strict=True)
    }
    return {"wall": name, "seed": seed, "sense": "measured = true + bias + noise", "biases": biases}
