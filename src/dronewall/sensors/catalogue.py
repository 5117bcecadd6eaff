"""Sourced defaults of each kind of sensor: what a wall's file leaves out comes from here, and says where it is from.

A row is one model of one kind; each of its values carries the interval in which it is believed to lie, its source, and
what kind of source that is (`measured` in public, or set by a standard). No row names a product: what makers publish of
theirs are ranges for targets of their choice. To add a row: a `Row` in `ROWS` and a mark for its table in
`docs/sensors.md` (`tests/sensors/test_catalogue.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dronewall.errors import BadInput

SourceKind = Literal["measured", "manufacturer", "press", "assumption"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number, the interval in which it is believed to lie (about 90 %), and why."""

    value: float
    low: float
    high: float
    kind: SourceKind
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model. `values` are keys of the wall's `[[sensor]]` and parameters that only the model has."""

    kind: str
    model: str
    what: str
    values: Mapping[str, Value]


def _assumed(value: float, low: float, high: float, why: str) -> Value:
    return Value(value=value, low=low, high=high, kind="assumption", source=why)


_BENCH = "the figure of the bench family wall-N (bench/wall_n.py), chosen there; typical of small X-band 3-D radars"
_ITU = "ITU-R P.838-3 at 10 GHz, horizontal: 0.01217 R^1.2571"

_XBAND = {
    "min_range_m": _assumed(500.0, 50.0, 1000.0, _BENCH),
    "max_range_m": _assumed(25_000.0, 8_000.0, 40_000.0, _BENCH),
    "scan_period_s": _assumed(2.0, 1.0, 6.0, _BENCH),
    "range_sd_m": _assumed(15.0, 3.0, 40.0, _BENCH),
    "azimuth_sd_deg": _assumed(0.4, 0.2, 1.0, _BENCH),
    "elevation_sd_deg": _assumed(0.8, 0.4, 2.0, _BENCH),
    "clutter_per_scan": _assumed(5.0, 0.1, 50.0, _BENCH),
    "clutter_ceiling_m": _assumed(2000.0, 500.0, 4000.0, _BENCH),
    "latency_s": _assumed(0.5, 0.1, 3.0, "one look, processed and sent over a good line"),
    "reference_rcs_dbsm": _assumed(
        0.0, -10.0, 5.0, "RCS that a look detects with probability 0.5 at max_range_m; makers publish no such pair"
    ),
    "p_false_alarm": _assumed(1e-6, 1e-8, 1e-4, "usual design point of surveillance radars (Skolnik 2008, ch. 2)"),
    "rain_db_per_km_at_10_mm_h": Value(value=0.22, low=0.1, high=0.35, kind="measured", source=_ITU),
}

ROWS: tuple[Row, ...] = (
    Row(kind="radar", model="xband-3d", what="small X-band 3-D surveillance radar, no range rate", values=_XBAND),
    Row(
        kind="radar",
        model="xband-3d-doppler",
        what="the same with range rate; slow radial motion hides in the clutter filter",
        values=_XBAND
        | {
            "range_rate_sd_mps": _assumed(1.0, 0.2, 3.0, "velocity resolution of a dwell of some 20 ms at 9 GHz"),
            "clutter_per_scan": _assumed(2.0, 0.05, 20.0, "fewer than without a Doppler filter"),
            "min_radial_speed_mps": _assumed(2.0, 0.5, 8.0, "clutter filter against trees in wind"),
        },
    ),
    Row(
        kind="acoustic",
        model="array",
        what="small microphone array that hears engines and says from where",
        values={
            "max_range_m": _assumed(
                1500.0,
                700.0,
                5000.0,
                "nominal range: p_detect per look is 0.5 for a fixed_wing_piston in calm air. Only 678 m has been "
                "measured in public (Drones 2018, 2(1):4: a 6.5 kg petrol UAV, from microphones on another UAV); "
                "5 km is what the press repeats",
            ),
            "scan_period_s": _assumed(1.0, 0.25, 2.0, "one decision a second"),
            "azimuth_sd_deg": _assumed(
                5.0, 2.0, 12.0, "small arrays outdoors, wind and reflections; 4 deg when loud, 6 deg when just heard"
            ),
            "latency_s": _assumed(1.0, 0.3, 5.0, "one decision over mobile data"),
            "false_hearings_per_day": _assumed(
                4.0, 0.5, 40.0, "mopeds, tractors, saws: bursts per node and day that pass for an engine in the air"
            ),
            "false_hearing_s": _assumed(40.0, 10.0, 180.0, "mean length of such a burst"),
            "fading_db": _assumed(
                2.5, 1.5, 4.5, "scale of the logistic from certain to nothing: turbulence, engine load, classifier"
            ),
            "wind_noise_even_mps": _assumed(
                5.0, 3.0, 8.0, "wind (at 10 m) whose noise in a screened microphone equals the calm night's"
            ),
            "wind_noise_exponent": _assumed(
                4.0, 3.0, 6.0, "noise power grows with wind to this power; dynamic pressure alone gives 4"
            ),
            "upwind_shadow_db": _assumed(
                15.0, 5.0, 25.0, "loss deep in the shadow upwind of the source, limited by scattering"
            ),
            "downwind_gain_db": _assumed(2.0, 0.0, 6.0, "sound bent down in strong wind loses less to the ground"),
            "roughness_m": _assumed(0.5, 0.1, 1.5, "roughness length of farmland with trees and forest edge"),
            "ambient_slope_db_per_octave": _assumed(
                5.0, 3.0, 6.0, "fall of outdoor noise with frequency, 100 Hz-2 kHz"
            ),
        },
    ),
    Row(
        kind="rf_direction",
        model="array",
        what="direction finder for control, video and telemetry links",
        values={
            "max_range_m": _assumed(
                3000.0, 800.0, 10_000.0, "one look in two hears a multirotor's 100 mW link; makers state up to 10 km"
            ),
            "scan_period_s": _assumed(1.0, 0.1, 5.0, "one sweep of the bands"),
            "azimuth_sd_deg": _assumed(3.0, 1.0, 10.0, "antenna arrays of a metre or so, with reflections"),
            "clutter_per_scan": _assumed(0.02, 0.001, 0.5, "other people's links and networks taken for a drone's"),
            "latency_s": _assumed(0.5, 0.1, 3.0, "one sweep, decoded and sent over a good line"),
            "fading_db": _assumed(4.0, 2.0, 8.0, "scale of the logistic from certain to nothing: aspect, multipath"),
        },
    ),
    Row(
        kind="tdoa",
        model="station",
        what="one station of a group that compares arrival times of a link's bursts",
        values={
            "max_range_m": _assumed(5000.0, 1000.0, 15_000.0, "one look in two hears a multirotor's 100 mW link"),
            "scan_period_s": _assumed(1.0, 0.2, 5.0, "one comparison of bursts a second"),
            "range_sd_m": _assumed(
                15.0, 5.0, 100.0, "50 ns in one station: clocks disciplined by GNSS, and a link of 10 to 20 MHz"
            ),
            "clutter_per_scan": _assumed(0.02, 0.001, 0.5, "bursts paired that do not belong together"),
            "latency_s": _assumed(1.0, 0.2, 5.0, "stations send their bursts to the reference first"),
            "fading_db": _assumed(4.0, 2.0, 8.0, "scale of the logistic from certain to nothing: aspect, multipath"),
        },
    ),
    Row(
        kind="camera",
        model="thermal",
        what="thermal or low-light camera that finds moving things against the sky by itself",
        values={
            "max_range_m": _assumed(
                2500.0, 800.0, 8000.0, "one look in two finds a fixed_wing_piston: two pixels of 0.6 mrad across 3 m"
            ),
            "scan_period_s": _assumed(0.5, 0.04, 2.0, "frames averaged before anything is called moving"),
            "azimuth_sd_deg": _assumed(0.1, 0.02, 0.5, "a few pixels, and how the mast stands"),
            "elevation_sd_deg": _assumed(0.1, 0.02, 0.5, "a few pixels, and how the mast stands"),
            "clutter_per_scan": _assumed(0.1, 0.005, 2.0, "edges of clouds, insects, trees in wind"),
            "latency_s": _assumed(0.3, 0.05, 2.0, "one frame, searched and sent over a good line"),
        },
    ),
    Row(
        kind="remote_id",
        model="receiver",
        what="Wi-Fi and Bluetooth receiver of broadcast Remote ID (ASTM F3411, EN 4709-002)",
        values={
            "max_range_m": Value(
                value=1500.0,
                low=300.0,
                high=5000.0,
                kind="press",
                source="WarDragon documentation: Wi-Fi 100-500 m, Bluetooth 5 long range 500 m to over 1 km; a "
                "receiver maker's manual says several km in free space",
            ),
            "scan_period_s": Value(
                value=1.0, low=1.0, high=3.0, kind="measured", source="ASTM F3411-22a: location at least once a second"
            ),
            "p_detect": _assumed(
                0.8, 0.3, 0.98, "share of seconds with a message close by; collisions, three channels"
            ),
            "position_sd_m": _assumed(
                4.1, 1.2, 12.2, "F3411 horizontal accuracy < 10 m (95 %) over 2.45, as usual sent"
            ),
            "altitude_sd_m": _assumed(5.0, 1.5, 15.0, "F3411 vertical accuracy < 10 m (95 %) over 1.96"),
            "velocity_sd_mps": _assumed(0.5, 0.15, 1.5, "F3411 speed accuracy < 1 m/s (95 %) over 1.96"),
            "latency_s": _assumed(1.0, 0.2, 3.0, "a beacon and mobile data"),
        },
    ),
    Row(
        kind="adsb",
        model="receiver",
        what="1090 MHz receiver of ADS-B (DO-260B)",
        values={
            "max_range_m": _assumed(
                250_000.0, 100_000.0, 400_000.0, "good antenna in the open; the horizon cuts first"
            ),
            "scan_period_s": Value(
                value=1.0, low=0.5, high=1.0, kind="measured", source="DO-260B: position twice a second, velocity too"
            ),
            "p_detect": _assumed(0.95, 0.7, 0.99, "share of seconds with a position close by"),
            "position_sd_m": Value(
                value=12.3,
                low=1.2,
                high=75.7,
                kind="measured",
                source="DO-260B NACp 9: 95 % within 30 m, over 2.448; NACp of the message overrides it",
            ),
            "altitude_sd_m": _assumed(23.0, 5.0, 77.0, "DO-260B GVA 2: 95 % within 45 m, over 1.96"),
            "velocity_sd_mps": _assumed(1.2, 0.15, 5.1, "DO-260B NACv 2: 95 % within 3 m/s, over 2.448"),
            "latency_s": _assumed(0.3, 0.05, 2.0, "decoder and a local line"),
        },
    ),
    Row(
        kind="observer",
        model="caller",
        what="a person who hears or sees something and calls",
        values={
            "max_range_m": _assumed(2000.0, 500.0, 5000.0, "people heard piston drones at night over some kilometres"),
            "p_detect": _assumed(
                0.02, 0.001, 0.2, "chance per opportunity that somebody within range notices and calls"
            ),
            "position_sd_m": _assumed(1500.0, 300.0, 5000.0, "a caller says a village or a direction, not a place"),
            "time_sd_s": _assumed(120.0, 30.0, 600.0, "'about half past three'"),
            "latency_s": _assumed(
                600.0, 60.0, 3600.0, "from seeing to the operator's screen, through the emergency number"
            ),
        },
    ),
)

DEFAULT_MODEL = {
    "radar": "xband-3d",
    "acoustic": "array",
    "rf_direction": "array",
    "tdoa": "station",
    "camera": "thermal",
    "remote_id": "receiver",
    "adsb": "receiver",
    "observer": "caller",
}


def models(kind: str) -> tuple[str, ...]:
    """The models of one kind, sorted."""
    return tuple(sorted(row.model for row in ROWS if row.kind == kind))


def row(kind: str, model: str | None) -> Row:
    """The row of one model; of the kind's default model where none is named.

    Raises
    ------
    BadInput
        There is no such model of that kind; says which there are.
    """
    name = DEFAULT_MODEL[kind] if model is None else model
    for candidate in ROWS:
        if candidate.kind == kind and candidate.model == name:
            return candidate
    raise BadInput(
        f"there is no {kind} model '{name}' in the catalogue; it has: {', '.join(models(kind))} "
        "(or leave 'model' out and give the values)",
        key="model",
    )
