"""`dronewall history`, `dronewall store ...`: what tracks did where and when, and the shared store on PostgreSQL."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dronewall.cli.commands import AsJson, app
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from dronewall.eventlog import Verdict
    from dronewall.watch.store.address import Address
    from dronewall.watch.store.local import LocalPaths
    from dronewall.watch.store.postgres import SharedStore, Site

store = typer.Typer(
    help="The shared store: event logs and paths of many watches in PostgreSQL with PostGIS.", no_args_is_help=True
)
app.add_typer(store, name="store")

Uri = Annotated[
    str,
    typer.Argument(
        metavar="URI",
        envvar="DRONEWALL_STORE",
        show_envvar=True,
        help="postgresql://USER@HOST:PORT/DATABASE; a password belongs into ~/.pgpass.",
    ),
]


def store_at(uri: str | None) -> "Address | None":
    """The shared store for a watch. One that does not answer now is no obstacle; one that is of another version is.

    Raises
    ------
    BadInput
        It is no address, or what is there cannot be written to by this version.
    """
    if uri is None:
        return None
    from dronewall.watch.store.address import Address, Away
    from dronewall.watch.store.postgres import SharedStore

    address = Address(uri)
    try:
        SharedStore(address).close()
    except Away as error:
        print(f"dronewall: {error}; what is for it waits in the data folder", flush=True)
    return address


@app.command()
def history(
    where: Annotated[str, typer.Argument(metavar="DATA|URI", help="A watch's data folder, or a shared store.")],
    area: Annotated[
        str | None, typer.Option(metavar="W,S,E,N", help="Degrees: which tracks were in this box, and when.")
    ] = None,
    track: Annotated[str | None, typer.Option(help="Instead of --area: where this track went.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="TIME", help="UTC, such as 2026-05-07T00:30Z.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="TIME", help="UTC; left out, until the newest.")] = None,
    most: Annotated[int, typer.Option(help="Say at most so many tracks.", min=1)] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Say which tracks were in an area within a time, or where one track went."""
    from dronewall.watch.store.asking import EVER, Area

    if (area is None) == (track is None):
        raise BadInput("give either --area W,S,E,N or --track ID")
    begins = EVER[0] if from_ is None else _time_ns(from_, "--from")
    ends = EVER[1] if to is None else _time_ns(to, "--to")
    if from_ is not None and to is not None and ends < begins:
        raise BadInput(f"--to {to} is before --from {from_}")
    begins, ends = (min(max(one, EVER[0]), EVER[1]) for one in (begins, ends))
    box = None if area is None else Area.of(area)
    with _opened(where) as paths:
        if box is not None:
            rows = [visit.row() for visit in paths.visits(box, begins, ends, most=most)]
            _say(rows, as_json, "no track was there", "{first}  {last}  {track}  {label}  {site}{exercise}")
        else:
            assert track is not None
            rows = [
                {
                    "site": site,
                    "time": datetime.fromtimestamp(t, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                    "longitude_deg": round(lon, 7),
                    "latitude_deg": round(lat, 7),
                    "altitude_hae_m": round(height, 1),
                }
                for site, points in paths.positions(track, begins, ends)
                for lon, lat, height, t in points.tolist()
            ]
            _say(rows, as_json, f"there is no track '{track}' then", "{time}  {latitude_deg}  {longitude_deg}  {site}")


@store.command()
def migrate(uri: Uri, as_json: AsJson = False) -> None:
    """Make the tables, or bring them to this version. PostGIS must be installed there; all or nothing."""
    from dronewall.watch.store.address import Address
    from dronewall.watch.store.migrate import migrate as bring

    address = Address(uri)
    with address.connect() as connection, address.said():
        done = bring(connection, str(address))
    if as_json:
        print(json.dumps({"store": str(address), "applied": [one.version for one in done]}))
    else:
        said = ", ".join(f"{one.version} ({one.name})" for one in done)
        print(f"{address}: {f'applied {said}' if done else 'nothing to do, it is of this version'}")


@store.command()
def grant(
    uri: Uri,
    role: Annotated[str, typer.Option(help="The role in PostgreSQL.")],
    write: Annotated[bool, typer.Option("--write", help="A watch's: it may carry its data there.")] = False,
) -> None:
    """Let a role ask, or with --write carry. Neither may change an event, nor the tables."""
    from dronewall.watch.store.address import Address
    from dronewall.watch.store.migrate import check
    from dronewall.watch.store.migrate import grant as let

    address = Address(uri)
    with address.connect() as connection, address.said():
        check(connection, str(address))
        let(connection, role, write=write)
    print(f"{address}: {role} may {'ask and carry' if write else 'ask'}")


@store.command()
def status(uri: Uri, as_json: AsJson = False) -> None:
    """Say which watches carry there, how far, when last; and what each day of paths takes."""
    from dronewall.watch.store.address import Address
    from dronewall.watch.store.postgres import SharedStore

    with SharedStore(Address(uri)) as opened:
        sites, days = opened.sites(), opened.sizes()
    if as_json:
        rows = [{**site.about._asdict(), **_carried(site)} for site in sites]
        print(json.dumps({"sites": rows, "days": [{"day": day, "bytes": size} for day, size in days]}))
        return
    for site in sites:
        heard = datetime.fromtimestamp(site.heard_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        exercise = ", exercise" if site.about.exercise else ""
        said = f"{site.events} events, {site.pieces} pieces, heard {heard}"
        print(f"{site.about.name} ({site.about.source}{exercise}): {said}")
    for day, size in days:
        print(f"{day}: {size / 1e6:.1f} MB")
    if not sites:
        print("nobody has carried anything there yet")


def _carried(site: "Site") -> dict[str, Any]:
    return {"events": site.events, "pieces": site.pieces, "heard_t": site.heard_s, "key": site.key}


def verified(uri: str, key: Path | None) -> "list[tuple[str, Verdict]]":
    """Each site of a shared store by name, and whether its copy of the log is whole; the key confirms the end."""
    from dronewall.errors import Corrupt
    from dronewall.eventlog import verify_rows
    from dronewall.eventlog.chain import SignedHead
    from dronewall.watch.store.address import Address
    from dronewall.watch.store.postgres import SharedStore

    if key is not None and not key.is_file():
        raise BadInput(f"{key} is not there; the key of a log is events.sqlite.key in its data folder", file=str(key))
    verdicts = []
    with SharedStore(Address(uri)) as opened:
        for site in opened.sites():
            heads, findings = [], []
            if key is not None and site.head is not None:
                try:
                    signed = SignedHead(key, key)
                    heads.append(signed.confirmed(site.head, f"the head of '{site.about.name}'"))
                except Corrupt as error:
                    findings.append(str(error))
            verdicts.append((site.about.name, verify_rows(opened.events(site.site), heads, findings)))
    return verdicts


def _opened(where: str) -> "SharedStore | LocalPaths":
    from dronewall.watch.store.address import Address, is_store
    from dronewall.watch.store.local import FILE_NAME, LocalPaths
    from dronewall.watch.store.postgres import SharedStore

    if is_store(where):
        return SharedStore(Address(where))
    file = Path(where) / FILE_NAME
    if not file.is_file():
        raise BadInput(f"{where} is no data folder of a watch: it has no {FILE_NAME}", file=where)
    return LocalPaths(file, read_only=True)


def _time_ns(text: str, option: str) -> int:
    from dronewall.units import utc_ns

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} {text} is no time; give UTC such as 2026-05-07T00:30Z") from None
    return utc_ns(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _say(rows: list[dict[str, Any]], as_json: bool, nothing: str, line: str) -> None:
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        shown = {**row, "label": row.get("label") or "-", "exercise": " (exercise)" if row.get("exercise") else ""}
        print(line.format(**shown))
    if not rows:
        print(nothing)
