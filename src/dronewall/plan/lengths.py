"""How long borders are, pair of nations by pair: parts joined to lines, measured along geodesics of WGS-84."""

from pathlib import Path
from typing import Any

from dronewall.errors import BadInput
from dronewall.geo.border import ATTRIBUTION, GAP_M, border, pairs
from dronewall.plan.lines import joined, length_m, read_parts
from dronewall.units import Floats


def lengths(text: str | None = None, gap_m: float = GAP_M) -> dict[str, Any]:
    """What `plan border --json` says of the borders that ship, of one pair, of a file, or of one line of it.

    `km` is the length of the joined lines, of which `bridged_km` are straight lines over gaps; `longest_gap_km` is the
    widest of these, and `lines` how many pieces are left. Features of one name are one border.

    Raises
    ------
    BadInput
        No such pair or file, the file holds no lines, or parts lie farther apart than `gap_m`.
    """
    rows, source = [], None
    if text is None or text.upper() in pairs():
        source = ATTRIBUTION
        for pair in pairs() if text is None else (text.upper(),):
            whole = border(pair, gap_m)
            rows.append(_row(pair.lower(), whole.lines, whole.bridged_m))
    elif Path(text.partition("#")[0]).suffix.lower() in (".json", ".geojson"):
        name, _, only = text.partition("#")
        path, parts = Path(name), dict[str, tuple[Floats, ...]]()
        for found, more in read_parts(path, only or None):
            parts[found] = parts.get(found, ()) + more
        rows = [_row(found, *joined(whole, gap_m, path, found)) for found, whole in parts.items()]
    else:
        raise BadInput(f"{text}: give a GeoJSON file of lines, or one that ships: {', '.join(pairs())}", key="border")
    return {
        "tolerance_km": gap_m / 1000.0,
        "ellipsoid": "WGS-84",
        "source": source,
        "borders": rows,
        "km": round(sum(row["km"] for row in rows), 3),
    }


def _row(pair: str, lines: tuple[Floats, ...], bridged_m: tuple[float, ...]) -> dict[str, Any]:
    return {
        "pair": pair,
        "km": round(sum(length_m(line) for line in lines) / 1000.0, 3),
        "lines": len(lines),
        "bridged": len(bridged_m),
        "bridged_km": round(sum(bridged_m) / 1000.0, 3),
        "longest_gap_km": round(max(bridged_m, default=0.0) / 1000.0, 3),
    }
