"""The figures as a table that a person reads."""

from collections.abc import Iterator, Mapping
from typing import Any

SHOWN: tuple[tuple[str, str, str], ...] = (
    ("GOSPA, mean over frames", "gospa_mean_m", "m"),
    ("  root mean square", "gospa_rms_m", "m"),
    ("  of it: localisation", "gospa_localisation_m", "m"),
    ("  of it: missed", "gospa_missed_m", "m"),
    ("  of it: false", "gospa_false_m", "m"),
    ("truths a frame", "truths", ""),
    ("tracks a frame", "tracks", ""),
    ("  missed", "missed", ""),
    ("  false", "false", ""),
    ("  error of the count", "count_error_size", ""),
    ("RMSE", "rmse_3d_m", "m"),
    ("  horizontal", "rmse_horizontal_m", "m"),
    ("  vertical", "rmse_vertical_m", "m"),
    ("  velocity", "rmse_velocity_mps", "m/s"),
    ("SIAP completeness", "siap_completeness", ""),
    ("  ambiguity", "siap_ambiguity", ""),
    ("  spuriousness", "siap_spuriousness", ""),
    ("OSPA(2)", "ospa2_m", "m"),
    ("identity switches", "id_switches", ""),
    ("interruptions", "interruptions", ""),
    ("confirmed after, median", "latency_median_s", "s"),
    ("  nine in ten", "latency_p90_s", "s"),
    ("  never", "never_confirmed", ""),
    ("NEES by degree of freedom", "nees_per_dof", ""),
    ("  inside 95 %", "inside_95", ""),
    ("frames", "frames", ""),
)
"""What it is called, its key, its unit."""


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """One line a figure; a dash where there is nothing to say."""
    for title, key, unit in SHOWN:
        yield f"{title:28} {_number(figures[key]):>12} {unit}".rstrip()
    for label, share in figures.get("completeness_by_label", {}).items():
        yield f"{'  completeness of ' + label:28} {_number(share):>12}"


def _number(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if abs(value) >= 20.0 else f"{value:.3f}"
