"""`dronewall zones`: a state's geographical zones (ED-269, ED-318) as the `[[zone]]` tables of a wall."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dronewall.cli.commands import AsJson, app
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from dronewall.records.airspace import Airspace, Limit

KINDS = ("protected", "airport", "authorised", "quiet")


@app.command("zones")
def zones(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="ED-269 or ED-318, as a state publishes them.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="A TOML file of [[zone]] tables.")] = Path(
        "zones.toml"
    ),
    bbox: Annotated[
        str | None, typer.Option(help="west,south,east,north in degrees: zones that touch this box alone.")
    ] = None,
    prohibited_as: Annotated[str, typer.Option(help="Kind of zones where flying is prohibited.")] = "quiet",
    as_json: AsJson = False,
) -> None:
    """Turn geographical zones for drones into zones of a wall: airports, and where flights may be authorised."""
    from dronewall.formats.zones import read_zones
    from dronewall.records.wall import ZoneSpec

    if prohibited_as not in KINDS:
        raise BadInput(f"--prohibited-as {prohibited_as}: it is one of: {', '.join(KINDS)}", key="prohibited_as")
    box = _box(bbox)
    written: dict[str, str] = {}
    lost: dict[str, int] = {}
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None
        found, left = read_zones(data, str(file))
        for what, n in left.items():
            lost[what] = lost.get(what, 0) + n
        for zone in found:
            kind = _kind(zone, prohibited_as)
            why = "without a restriction" if kind is None else "outside the box" if not _inside(zone, box) else ""
            name = _name(zone.identifier, written)
            if not why and kind is not None:
                try:
                    ZoneSpec.model_validate({"id": name, "kind": kind, "polygon": list(zone.ring)})
                    written[name] = _table(name, kind, zone)
                except ValueError:
                    why = "whose outline crosses itself"
            if why:
                lost[why] = lost.get(why, 0) + 1
    if not written:
        raise BadInput("no zone is left to write: " + (", ".join(f"{n} {what}" for what, n in lost.items()) or "none"))
    output.write_text("\n".join(written.values()), encoding="utf-8")
    if as_json:
        print(json.dumps({"output": str(output), "zones": len(written), "left_out": lost}))
        return
    print(f"{output}: {len(written)} zones; put them into the wall file")
    for what, n in sorted(lost.items()):
        print(f"left out: {n} {what}")


def _box(said: str | None) -> tuple[float, float, float, float] | None:
    if said is None:
        return None
    try:
        west, south, east, north = (float(word) for word in said.split(","))
    except ValueError:
        raise BadInput(f"--bbox {said}: give west,south,east,north in degrees", key="bbox") from None
    return west, south, east, north


def _inside(zone: "Airspace", box: tuple[float, float, float, float] | None) -> bool:
    if box is None:
        return True
    longitudes, latitudes = [corner[0] for corner in zone.ring], [corner[1] for corner in zone.ring]
    beside = min(longitudes) > box[2] or max(longitudes) < box[0]
    return not (beside or min(latitudes) > box[3] or max(latitudes) < box[1])


def _kind(zone: "Airspace", prohibited: str) -> str | None:
    """Round an airport drones fly by leave of its tower, so that comes first; elsewhere what the restriction says."""
    if zone.restriction == "NO_RESTRICTION":
        return None
    if "AIR_TRAFFIC" in zone.reasons:
        return "airport"
    return prohibited if zone.restriction == "PROHIBITED" else "authorised"


def _name(identifier: str, taken: dict[str, str]) -> str:
    plain = re.sub(r"[^a-z0-9._-]+", "-", identifier.lower()).strip("-._")[:48] or "zone"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def _table(name: str, kind: str, zone: "Airspace") -> str:
    said = f"{zone.country} {zone.identifier}: {zone.name} ({zone.restriction.lower()}"
    said += f"; {', '.join(zone.reasons).lower()})" if zone.reasons else ")"
    when = "" if zone.permanent else "; applies at times: see the source"
    lines = [f"# {' '.join(said.split())}{when}", "[[zone]]", f'id = "{name}"', f'kind = "{kind}"']
    lines += _height("floor_m", zone.floor) + _height("ceiling_m", zone.ceiling)
    corners = ", ".join(f"[{longitude:.6f}, {latitude:.6f}]" for longitude, latitude in zone.ring)
    return "\n".join([*lines, f"polygon = [{corners}]", ""])


def _height(key: str, limit: "Limit | None") -> list[str]:
    return [] if limit is None else [f"{key} = {limit.metres:.1f}  # {limit.reference}"]
