"""The tables of docs/sensors.md, from the catalogue: `python -m dronewall.sensors.page` writes them into the page.

Between `<!-- NAME -->` and the next empty line after the table stands what is written here; the rest of the page is by
hand. `tests/sensors/test_catalogue.py` holds the page to it.
"""

import re
import sys
from pathlib import Path

import numpy as np

from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.acoustics import HEARING_KEYS, Hearing
from dronewall.sensors.catalogue import ROWS, Value, row
from dronewall.sensors.envelopes import ENVELOPES
from dronewall.sensors.signatures import EMISSION_DBM, RCS_DBSM, SIZE_M, SOUNDS


def tables() -> dict[str, str]:
    """Each table by name: `kind/model` for the rows of the catalogue, `rcs`, `sound`, `emission`, `size`, `flight`."""
    found = {}
    for model in ROWS:
        lines = [f"| `{key}` | {_cells(value)} |" for key, value in model.values.items()]
        found[f"{model.kind}/{model.model}"] = "\n".join([_head("value of"), *lines])
    found["rcs"] = "\n".join([_head("label"), *(f"| `{label}` | {_cells(RCS_DBSM[label])} |" for label in LABELS)])
    found["size"] = "\n".join([_head("label"), *(f"| `{label}` | {_cells(SIZE_M[label])} |" for label in LABELS)])
    sent = {label: EMISSION_DBM[label] for label in LABELS}
    lines = [f"| `{label}` | {_cells(value) if value else 'not heard | | |'} |" for label, value in sent.items()]
    found["emission"] = "\n".join([_head("label"), *lines])
    lines = ["| label | level, dB at 1 m | tone, Hz | band, Hz | kind | source |", "|---|---|---|---|---|---|"]
    for label in LABELS:
        sound = SOUNDS[label]
        if sound is None:
            lines.append(f"| `{label}` | not heard | | | | |")
            continue
        level, tone = sound.level_db, sound.tone_hz
        lines.append(
            f"| `{label}` | {_span(level)} | {_span(tone)} | {sound.band_hz:g} | {level.kind} "
            f"| {level.source}; tone: {tone.source} |"
        )
    found["sound"] = "\n".join(lines)
    found["flight"] = "\n".join([_head("label"), *(_flight(label) for label in LABELS)])
    found["wind"] = _wind()
    return found


def filled_page(page: str) -> str:
    """The page with each table brought up to date where its mark stands."""
    for name, table in tables().items():
        mark = f"<!-- {name} -->\n"
        before, found, after = page.partition(mark)
        if found:
            page = before + mark + table + "\n" + re.sub(r"\A(\|.*\n)*", "", after)
    return page


def _flight(label: str) -> str:
    flight = ENVELOPES[label]
    named = (("m/s", flight.speed_mps), ("m up", flight.height_agl_m), ("m/s climb", flight.climb_mps))
    return "\n".join(f"| `{label}`, {unit} | {_cells(value)} |" for unit, value in named)


def _wind() -> str:
    """How far half of the looks hear a fixed_wing_piston at 150 m, by the catalogue's defaults."""
    values = row("acoustic", None).values
    hearing = Hearing(nominal_range_m=values["max_range_m"].value, **{key: values[key].value for key in HEARING_KEYS})
    slant_m = np.arange(160.0, 6000.0, 10.0)
    ground_m, up_m = np.sqrt(slant_m**2 - 150.0**2), np.full_like(slant_m, 150.0)
    lines = ["| wind | upwind of the node | across | downwind of it |", "|---|---|---|---|"]
    for wind_mps in (0.0, 3.0, 6.0, 12.0):
        weather = Weather(wind_mps=wind_mps, wind_from_rad=0.0)
        cells = []
        for bearing in (0.0, np.pi / 2.0, np.pi):
            east_m, north_m = ground_m * np.sin(bearing), ground_m * np.cos(bearing)
            margin_db = hearing.margin_db(east_m, north_m, up_m, "fixed_wing_piston", weather)
            cells.append(f"{slant_m[margin_db >= -1e-9].max():,.0f} m")
        lines.append(f"| {wind_mps:g} m/s | {' | '.join(cells)} |")
    return "\n".join(lines)


def _head(what: str) -> str:
    return f"| {what} | default | interval | kind | source |\n|---|---|---|---|---|"


def _cells(value: Value) -> str:
    return f"{value.value:g} | {value.low:g} to {value.high:g} | {value.kind} | {value.source}"


def _span(value: Value) -> str:
    return f"{value.value:g} ({value.low:g} to {value.high:g})"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/sensors.md")
    path.write_text(filled_page(path.read_text(encoding="utf-8")), encoding="utf-8")
