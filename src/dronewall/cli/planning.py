"""`dronewall plan`: where to stand, and where something would slip through."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dronewall.cli.commands import AsJson, _progress, app
from dronewall.cli.interrupt import INTERRUPTED, heeding
from dronewall.cli.workforce import RayAddress, Workers, pool_for

if TYPE_CHECKING:
    from dronewall.plan.conditions import Conditions

plan = typer.Typer(help="Where a wall sees, where it would miss, and where to stand.", no_args_is_help=True)
app.add_typer(plan, name="plan")

WallFile = Annotated[Path, typer.Argument(help="The wall file, or a recording's folder.")]
Classes = Annotated[str, typer.Option(help="Classes with commas between them.")]
Heights = Annotated[str, typer.Option("--heights-m", help="Heights above ground with commas between them.")]
Wind = Annotated[float, typer.Option("--wind-mps", help="Wind at 10 m.")]
WindFrom = Annotated[float, typer.Option("--wind-from-deg", help="Where it comes from, clockwise from north.")]
Rain = Annotated[float, typer.Option("--rain-mm-h", help="Rain.")]
Cell = Annotated[float | None, typer.Option("--cell-m", help="Cell of the maps; left out, by their size.")]
Box = Annotated[str | None, typer.Option("--bbox", help="west,south,east,north in degrees; left out, all in reach.")]
Without = Annotated[list[str] | None, typer.Option("--without", help="A sensor that is out of order; may be repeated.")]
LandCover = Annotated[
    Path | None, typer.Option("--land-cover", help="GeoTIFF of land-cover classes: what stands on bare ground.")
]
Clutter = Annotated[
    str | None, typer.Option(help="How high classes stand, as 311=20,112=8; left out, as ESA WorldCover's.")
]
Border = Annotated[
    str | None,
    typer.Option(help="GeoJSON of the line to watch, or LVA-RUS, LVA-BLR; left out, what ships and is near."),
]
Firm = Annotated[
    bool, typer.Option("--firm", help="Also say what of it survives other ground, other trees and other values.")
]
Gap = Annotated[float, typer.Option("--gap-m", help="Parts of a border are joined over gaps up to this.", min=0.0)]

CLASSES = "fixed_wing_piston,fixed_wing_small,multirotor"
HEIGHTS = "50,100,300"


@contextmanager
def _watched(task: str, kept: str) -> Iterator[Callable[[float], None]]:
    """A bar whose share (0 to 1) is told to what is yielded; Ctrl-C ends the command with what was kept."""
    with _progress() as bar, heeding() as heed:
        number = bar.add_task(task, total=1.0)

        def progress(share: float) -> None:
            heed()
            bar.update(number, completed=share)

        try:
            yield progress
        except KeyboardInterrupt:
            bar.stop()
            print(f"dronewall: broken off; {kept}, the same command goes on", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None


@plan.command("coverage")
def plan_coverage(
    wall: WallFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for maps, coverage.json and report.html.")],
    classes: Classes = CLASSES,
    heights: Heights = HEIGHTS,
    wind: Wind = 0.0,
    wind_from: WindFrom = 0.0,
    rain: Rain = 0.0,
    cell: Cell = None,
    box: Box = None,
    without: Without = None,
    land_cover: LandCover = None,
    clutter: Clutter = None,
    kth: Annotated[int, typer.Option(help="Also the height that 2 .. K sites see.", min=1, max=9)] = 1,
    workers: Workers = None,
    ray: RayAddress = None,
    as_json: AsJson = False,
) -> None:
    """Map how low the wall sees, how likely each class is seen at each height, and what ends coverage where.

    The same maps on any number of workers. Ctrl-C breaks off; the same command goes on with what was done.
    """
    from dronewall.plan.run import coverage
    from dronewall.workers.pool import Processes

    asked = _conditions(classes, heights, wind, wind_from, rain, cell, box, without, land_cover, clutter)
    pool = pool_for(workers, ray)
    near = None if ray is None else Processes(os.cpu_count() or 1)
    with _watched("looking over the map", f"what is done is in {output}") as progress:
        said = coverage(wall, output, asked, kth=kth, pool=pool, near=near, progress=progress)
    if as_json:
        print(json.dumps(said))
        return
    for note in said["notes"]:
        print(f"dronewall: {note}", file=sys.stderr)
    for row in said["maps"]:
        seen = row["km2_seen_in_half_of_crossings"]
        print(
            f"{row['label']} at {row['height_m']:g} m: seen in half of crossings over {seen['low']:,.0f} to "
            f"{seen['high']:,.0f} km2 ({seen['value']:,.0f} as assumed)"
        )
    print(f"open {output / 'report.html'}")


@plan.command("sites")
def plan_sites(
    wall: WallFile,
    candidates: Annotated[Path, typer.Option(help="CSV or GeoJSON of places, or TOML that lays them on a grid.")],
    budget: Annotated[float, typer.Option(help="In the unit of the candidates' cost.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new wall file.")],
    lose: Annotated[int, typer.Option(help="What is counted still holds when any so many sites are lost.")] = 0,
    firm: Firm = False,
    border: Border = None,
    gap: Gap = 5_000.0,
    classes: Classes = "fixed_wing_piston",
    heights: Heights = "100",
    wind: Wind = 0.0,
    wind_from: WindFrom = 0.0,
    rain: Rain = 0.0,
    cell: Annotated[float | None, typer.Option("--cell-m", help="Cell of sightlines; left out, by the map.")] = None,
    box: Box = None,
    without: Without = None,
    land_cover: LandCover = None,
    clutter: Clutter = None,
    as_json: AsJson = False,
) -> None:
    """Choose sites for a budget: what comes in is seen, then early, then much ground; with bound and gap."""
    from dronewall.plan.sites import sites

    asked = _conditions(classes, heights, wind, wind_from, rain, cell, box, without, land_cover, clutter)
    with _watched("asking each site", "sites that were asked are kept") as progress:
        said = sites(
            wall,
            candidates,
            budget,
            output,
            asked,
            lose=lose,
            border=border,
            gap_m=gap,
            firm=firm,
            progress=progress,
        )
    if as_json:
        print(json.dumps(said))
        return
    _say_ground(said)
    names, many = ", ".join(said["chosen"]) or "none", len(said["chosen"])
    print(f"{output}: {many} {'site' if many == 1 else 'sites'} for {said['cost']:g} of {budget:g}: {names}")
    for rank in said["ranks"]:
        if not rank["bound"]:
            continue
        end = (
            "proved best of these candidates"
            if rank["proved"]
            else f"at most {rank['bound']:,.1f}, gap {rank['gap']:.1%}"
        )
        before = said["without_them"][rank["name"]]
        print(f"{rank['name']}: {rank['objective']:,.1f} {rank['unit']} ({end}; {before:,.1f} without them)")
    print("this holds for straight ways in, as assumed; `dronewall plan holes` looks for ways that bend")
    _say_firmness(said)


@plan.command("holes")
def plan_holes(
    wall: WallFile,
    output: Annotated[Path, typer.Option("-o", "--output", help="GeoJSON; its owner alone may read it.")],
    from_side: Annotated[str | None, typer.Option("--from-side", help="Only this stretch, as lva-rus-03.")] = None,
    detail: Annotated[
        bool, typer.Option("--detail", help="For planners: the way itself. Written to the audit log.")
    ] = False,
    audit: Annotated[
        Path | None, typer.Option(help="Event log that --detail is written to; left out, OUTPUT.audit.db.")
    ] = None,
    firm: Firm = False,
    border: Border = None,
    gap: Gap = 5_000.0,
    classes: Classes = CLASSES,
    heights: Heights = HEIGHTS,
    wind: Wind = 0.0,
    wind_from: WindFrom = 0.0,
    rain: Rain = 0.0,
    cell: Cell = None,
    box: Box = None,
    without: Without = None,
    land_cover: LandCover = None,
    clutter: Clutter = None,
    workers: Workers = None,
    ray: RayAddress = None,
    as_json: AsJson = False,
) -> None:
    """Say on which stretches a wall watches least, at which height, and which one site would close each.

    The same file on any number of workers. Ctrl-C breaks off; the same command goes on with what was done.
    """
    from dronewall.plan.holes import holes
    from dronewall.workers.pool import Processes

    asked = _conditions(classes, heights, wind, wind_from, rain, cell, box, without, land_cover, clutter)
    if detail:
        _audited(audit or output.with_name(output.name + ".audit.db"), wall, output)
    pool = pool_for(workers, ray)
    near = None if ray is None else Processes(os.cpu_count() or 1)
    with _watched("looking for holes", "what is done is kept") as progress:
        said = holes(
            wall,
            output,
            asked,
            border=border,
            gap_m=gap,
            from_side=from_side,
            detail=detail,
            firm=firm,
            pool=pool,
            near=near,
            progress=progress,
        )
    if as_json:
        print(json.dumps(said))
        return
    _say_ground(said)
    for feature in said["features"]:
        hole = feature["properties"]
        height = "any height" if hole["height_m"] is None else f"{hole['height_m']:g} m"
        site = hole["closing_site"]
        closes = "no site tried along that way makes it better watched"
        if site is None and hole["closed"]:
            closes = "watched well enough as assumed"
        elif site is not None and hole["closed"]:
            closes = f"closed by one {hole['closing_kind']} near {site[1]:.3f}, {site[0]:.3f}"
        elif site is not None:
            closes = (
                f"none tried along that way closes it; best one {hole['closing_kind']} near {site[1]:.3f}, "
                f"{site[0]:.3f}, then {hole['p_seen_with_site']:.2f}"
            )
        print(
            f"{hole['label']} at {height}, {hole['rank']}: {hole['stretch']}, seen with {hole['p_seen_low']:.2f} to "
            f"{hole['p_seen_high']:.2f} ({hole['p_seen']:.2f} as assumed); {closes}"
        )
    for row in said["disjoint_barriers"]:
        chains = "one disjoint barrier" if row["barriers"] == 1 else f"{row['barriers']} disjoint barriers"
        print(f"{row['label']} at {row['height_m']:g} m: {chains} from end to end")
    _say_firmness(said)
    print(f"{output}: each stretch with the figures behind it; for its owner's eyes only")


@plan.command("border")
def plan_border(
    line: Annotated[
        str | None,
        typer.Argument(help="GeoJSON of borders (FILE#NAME: one of them), or a pair as LTU-BLR; left out, what ships."),
    ] = None,
    gap: Gap = 5_000.0,
    as_json: AsJson = False,
) -> None:
    """Say how long borders are, pair of nations by pair, along the ellipsoid, and how wide the gaps were."""
    from dronewall.plan.lengths import lengths

    said = lengths(line, gap)
    if as_json:
        print(json.dumps(said))
        return
    for row in said["borders"]:
        pieces = "one line" if row["lines"] == 1 else f"{row['lines']} lines"
        gaps = f"{row['bridged']} gaps of {row['longest_gap_km']:.1f} at most"
        straight = f", {row['bridged_km']:.1f} of them straight over {gaps}" if row["bridged"] else ""
        print(f"{row['pair']}: {row['km']:,.1f} km in {pieces}{straight}")
    print(f"together {said['km']:,.1f} km; gaps of up to {said['tolerance_km']:g} km are joined")


def _say_ground(said: dict[str, Any]) -> None:
    """What the answer stands on and what it leaves out, on the error stream."""
    for note in said["notes"]:
        print(f"dronewall: {note}", file=sys.stderr)
    for item in said["left_out"]:
        print(f"dronewall: {item['sensor']} is left out: {item['reason']}", file=sys.stderr)


def _say_firmness(said: dict[str, Any]) -> None:
    for row in said.get("firmness", ()):
        what = f"{row['label']}: {row['decision']}" if "label" in row else row["decision"]
        print(f"{what}: {'survives' if row['survives'] else 'hangs on ' + '; '.join(row['hangs_on'])}")


def _audited(log: Path, wall: Path, output: Path) -> None:
    """Write down who asked for the detail of which wall, before anything of it is made."""
    from dronewall.eventlog import EventLog
    from dronewall.records.event import Event
    from dronewall.watch.clock import LiveClock

    payload = {"wall": str(wall.resolve()), "output": str(output.resolve())}
    with EventLog(log) as events:
        events.append(Event(time_ns=LiveClock().now_ns(), kind="plan.detail", actor=_who(), payload=payload))
    for file in (log, log.with_name(log.name + ".head")):
        if file.exists():
            file.chmod(0o600)


def _who() -> str:
    """Who runs this, as the machine knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _conditions(
    classes: str,
    heights: str,
    wind: float,
    wind_from: float,
    rain: float,
    cell: float | None,
    box: str | None,
    without: list[str] | None,
    land_cover: Path | None,
    clutter: str | None,
) -> "Conditions":
    import numpy as np

    from dronewall.geo.landcover import clutter as heights_of
    from dronewall.plan.conditions import Conditions, bounds, numbers
    from dronewall.records.weather import Weather

    return Conditions(
        labels=tuple(word.strip() for word in classes.split(",") if word.strip()),
        heights_m=numbers(heights, "heights-m"),
        weather=Weather(wind_from_rad=float(np.radians(wind_from)), wind_mps=wind, rain_mm_h=rain),
        cell_m=cell,
        bounds_deg=None if box is None else bounds(box),
        without=tuple(without or ()),
        land_cover=land_cover,
        clutter_m=None if clutter is None else tuple(sorted(heights_of(clutter).items())),
    )
