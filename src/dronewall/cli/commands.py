"""Every command: what it takes, what it says. What it needs is imported when it runs, so that --help is quick."""

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dronewall import __version__
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    name="dronewall",
    help="The open drone wall: plan where to watch, rehearse the night before it comes, watch it live, warn people in "
    "time.\n\n"
    "It receives from sensors, tracks, and drafts alerts that a person approves. It steers nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rehearse = typer.Typer(help="Play a night that has not come against a wall.", no_args_is_help=True)
audit = typer.Typer(help="Check the record of what was known when, and who did what.", no_args_is_help=True)
app.add_typer(rehearse, name="rehearse")
app.add_typer(audit, name="audit")

FORMATS = (
    "aircraft_json, asterix, asterix_pcap, avr, beast, cot, jsonl, modes_csv, remote_id_jsonl, remote_id_mavlink, "
    "remote_id_pcap, rs1090, "
    "sapient, sbs"
)
"""The names in `dronewall.formats.PARTS`, which is not imported for --help; a test compares."""
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Seed = Annotated[int, typer.Option(help="The same seed is the same night.", min=0, max=2**63 - 1)]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 is any free one.", min=0, max=65_535)]
Speed = Annotated[float, typer.Option(help="Scenario seconds per second; 0 is as fast as it goes.", min=0)]
Data = Annotated[
    Path | None, typer.Option(help="Folder of the event log, history and vault; go on from what is there.")
]
Coverage = Annotated[
    Path | None,
    typer.Option(
        help="Folder of 'plan coverage': layers on the map, for planners only. Left out, 'coverage' in --data. "
        "Prints a planner's address too."
    ),
]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the map in the browser, or only say the address.")
]


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Say the version and end.")] = False) -> None:
    if version:
        print(f"dronewall {__version__}")
        raise typer.Exit


def _announce(*, browser: bool, what: str = "the map") -> Callable[[str], None]:
    def announce(address: str) -> None:
        print(f"dronewall: {what} is at {address}", flush=True)
        print("dronewall: Ctrl-C ends it", flush=True)
        if browser:
            open_soon(address)

    return announce


def open_soon(address: str) -> None:
    """Open a page in the browser, once the service behind it answers."""
    import webbrowser

    opening = threading.Timer(0.3, webbrowser.open, [address])
    opening.daemon = True
    opening.start()


def _there(path: Path | None, wanted: str) -> None:
    """Refuse a path that is not there before anything heavy is imported."""
    if path is not None and not path.exists():
        raise BadInput(f"{path} is not there; {wanted}", file=str(path))


def _progress() -> "Progress":
    """A progress bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


@app.command()
def demo(
    port: Port = 8000,
    seed: Seed = 1,
    speed: Speed = 20.0,
    browser: Browser = True,
    data: Data = None,
    coverage: Coverage = None,
    headless: Annotated[bool, typer.Option("--headless", help="No page: play the night and say how it went.")] = False,
    seconds: Annotated[
        float, typer.Option(help="Headless: play it in so many seconds; 0 is as fast as it goes.", min=0)
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Show the Rezekne night on the map: two drones, an acoustic line with holes, one radar, a late call."""
    if headless:
        _headless(seed, seconds, as_json)
        return
    from dronewall.cli.nights import Script, serve_rehearsal
    from dronewall.cli.serving import Serving

    announce = _announce(browser=browser)
    serving = Serving(data=data, host="127.0.0.1", port=port, announce=announce, coverage=coverage)
    serve_rehearsal(Script.named("rezekne"), serving, seed=seed, speed=speed)


def _headless(seed: int, seconds: float, as_json: bool) -> None:
    from dronewall.cli.nights import Script, headless

    with _progress() as bar:
        task = bar.add_task("the Rezekne night", total=1.0)
        outcome = headless(Script.named("rezekne"), seed, seconds, lambda share: bar.update(task, completed=share))
    if as_json:
        print(json.dumps(outcome))
        return
    for intruder in outcome["intruders"]:
        print(_told(intruder))
    print(f"false alerts: {outcome['false_alerts']}; people warned in vain: {outcome['people_warned_in_vain']}")


def _told(intruder: dict[str, Any]) -> str:
    name = intruder.get("target", "intruder")
    lead = intruder.get("lead_time_received_s")
    if lead is None:
        return f"{name}: no alert was received before the impact ({intruder.get('missed_because') or 'unknown'})"
    return f"{name}: alert received {lead:.0f} s before the impact, area {intruder['area_km2']:.0f} km2"


@rehearse.command("record")
def rehearse_record(
    what: Annotated[str, typer.Argument(metavar="NAME|WALL", help="A night that ships, or a wall file.")],
    scenario: Annotated[Path | None, typer.Argument(help="With a wall file: the scenario file.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the recording.")] = Path("recording"),
    seed: Seed = 1,
    threat: Annotated[
        Path | None, typer.Option(help="threat.json of an assessment: its load takes the place of the public ladder's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate one night and write it down as a recording, the same as one from the field plus the truth."""
    from dronewall.archive.recording import check_target
    from dronewall.cli.nights import Script, night
    from dronewall.rehearse.record import record

    script = Script.of(what, scenario)
    check_target(output)
    with _progress() as bar:
        task = bar.add_task("simulating and writing", total=1.0)
        pieces = night(script, seed, threat=threat)
        wall_toml = script.wall_path.read_text("utf-8")
        done = record(pieces, output, wall_toml=wall_toml, progress=lambda share: bar.update(task, completed=share))
    said = {"recording": str(output), "looks": done.looks, "detections": done.detections, "seed": seed}
    print(json.dumps(said) if as_json else f"{output}: {said['looks']} looks, {said['detections']} detections")


@app.command()
def track(
    recording: Annotated[Path, typer.Argument(help="The recording's folder, or a capture of a known format.")],
    wall: Annotated[Path | None, typer.Option(help="Another wall file than the recording's own.")] = None,
    every: Annotated[float, typer.Option(help="A row per track each so many seconds.")] = 1.0,
    at_truth: Annotated[bool, typer.Option("--at-truth", help="At the times of the recording's truth.")] = False,
    date: Annotated[str | None, typer.Option(help="YYYY-MM-DD, of a capture whose messages carry no day.")] = None,
    as_known: Annotated[bool, typer.Option("--as-known", help="What was known at t, not what came later.")] = False,
    sectors: Annotated[int, typer.Option(help="Cut the border into so many sectors; the rows are the same.")] = 1,
    workers: Annotated[
        int, typer.Option(min=0, help="A process for each of so many stretches of the border; 0: all in this one.")
    ] = 0,
    smoothed: Annotated[
        bool, typer.Option("--smoothed", help="Looked back upon: smooth paths from the first detection on.")
    ] = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="The track file.")] = Path("tracks.parquet"),
    as_json: AsJson = False,
) -> None:
    """Track a recording: one row per live track and output time."""
    _there(recording, "a recording is a folder with detections.parquet and wall.toml; a capture is a file")
    _there(wall, "--wall takes a wall file, or a recording's folder")
    from dronewall.cli.files import track_file

    with _progress() as bar:
        task = bar.add_task("tracking", total=1.0)
        said = track_file(
            recording,
            output,
            wall=wall,
            date=date,
            every_s=every,
            at_truth=at_truth,
            as_known=as_known,
            sectors=sectors,
            workers=workers,
            smoothed=smoothed,
            progress=lambda share: bar.update(task, completed=share),
            tell=lambda kind, said: print(f"{kind}: {json.dumps(said)}", file=sys.stderr),
        )
    print(json.dumps(said) if as_json else f"{output}: {said['rows']} rows of {said['tracks']} tracks")


@app.command()
def score(
    tracks: Annotated[Path, typer.Argument(help="The track file.")],
    recording: Annotated[Path, typer.Argument(help="The folder of a recording with truth.")],
    burn: Annotated[float, typer.Option(help="Seconds left out at the start.")] = 10.0,
    until: Annotated[float, typer.Option(help="Score no frame after so many seconds.")] = float("inf"),
    radius: Annotated[float, typer.Option(help="Metres from a radar; inf scores everything.")] = 24_500.0,
    cooperative: Annotated[str, typer.Option(help="Which truths to keep: all, yes or no.")] = "all",
    as_json: AsJson = False,
) -> None:
    """Score tracks against truth: GOSPA, OSPA(2), SIAP, identity switches, latency, consistency."""
    _there(tracks, "a track file is written by: dronewall track RECORDING -o tracks.parquet")
    _there(recording, "a recording is a folder with detections.parquet and wall.toml")
    from dronewall.scoring import Options, score
    from dronewall.scoring.table import lines

    options = Options(burn_s=burn, until_s=until, radius_m=radius, cooperative=cooperative)
    figures = score(tracks, recording, options)
    print(json.dumps(figures) if as_json else "\n".join(lines(figures)))


@app.command()
def convert(
    source: Annotated[
        Path, typer.Argument(help="A file of a wire format, a recording's folder, tracks, or a watch's data folder.")
    ],
    target: Annotated[
        Path,
        typer.Argument(
            help="The recording's folder, or a file: .jsonl .geojson .kml .asterix (.ast) .cot .sapient .sbs "
            ".aircraft_json; from frames of Mode S also .beast .avr .rs1090 .modes_csv, "
            "from Remote ID also .pcap .remote_id_jsonl .remote_id_mavlink"
        ),
    ],
    from_: Annotated[
        str | None, typer.Option("--from", help=f"The format; left out, the bytes tell. One of: {FORMATS}.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help="recording, or a name as the endings of TARGET are; left out, TARGET's ending tells."
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(help="YYYY-MM-DD, where the messages carry no day.")] = None,
    wall: Annotated[Path | None, typer.Option(help="The wall that the sensor is of.")] = None,
    personal: Annotated[
        bool,
        typer.Option(help="Remote ID to Remote ID: identities and operators too, into a file that only you can read."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a capture, tracks, a recording or a watch's data into another format, and say what that could not hold."""
    _there(source, f"give a file of one of: {FORMATS}; or a recording's folder, tracks, or a watch's data folder")
    _there(wall, "--wall takes a wall file, or a recording's folder")
    from dronewall.cli.files import convert_file

    summary = convert_file(
        source, target, source_format=from_, target_format=to, date=date, wall=wall, personal=personal
    )
    print(json.dumps(asdict(summary)) if as_json else summary.text())


@app.command()
def validate(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {FORMATS}; cap, ed269, ed318, geojson.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Messages: frames, or JSON where there is.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per message, a line each.")] = False,
) -> None:
    """Judge messages by the rules of their standard, each broken rule with its field. Exit code 1 if one is broken.

    SAPIENT (BSI Flex 335 v2.0): a stream of frames, one bare message, or the JSON form of messages. cot: each event by
    CoT 2.0. jsonl: each line. cap: an alert by OASIS' schema, the standard's rules beyond it, and its signature. ed269,
    ed318, geojson: the file and each feature. Of other formats: what their decoder counts as bad, line by line, block
    by block, frame by frame, packet by packet.
    """
    from dronewall.cli.validating import validate

    good = True
    for verdict in validate(format_, files, time.time_ns()):
        good &= verdict.valid
        print(json.dumps(asdict(verdict), ensure_ascii=False) if as_json else verdict.text())
    if not good:
        raise typer.Exit(1)


@app.command()
def watch(
    wall: Annotated[
        Path | None, typer.Argument(help="The wall file, or a recording's folder; --rehearse NAME has its own.")
    ] = None,
    replay: Annotated[Path | None, typer.Option(help="Play this recording instead of the wall's feeds.")] = None,
    rehearse: Annotated[str | None, typer.Option(help="Play a simulated night: NAME or a scenario file.")] = None,
    seed: Seed = 1,
    speed: Speed = 1.0,
    flights: Annotated[
        Path | None,
        typer.Option(help="Authorised flights (F3548, plans): a file, or a folder of *.json, read as it changes."),
    ] = None,
    sectors: Annotated[
        int,
        typer.Option(min=0, help="Divide the border among so many worker processes, and one that stands by; 0: none."),
    ] = 0,
    data: Data = None,
    coverage: Coverage = None,
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback is your decision.")] = (
        "127.0.0.1"
    ),
    port: Port = 8000,
    tls: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="CERT KEY", help="Serve https: the certificate's file and its key's, both PEM."),
    ] = None,
    browser: Browser = False,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            envvar="DRONEWALL_STORE",
            help="Carry log and paths to PostgreSQL too: postgresql://USER@HOST/DATABASE, password in ~/.pgpass.",
        ),
    ] = None,
) -> None:
    """Serve the map: live feeds of the wall, a recording, or a simulated night. Alerts leave when a person approves."""
    from dronewall.cli.serving import Serving, serve_live, serve_replay
    from dronewall.watch.tls import Pair

    serving = Serving(
        data=data,
        host=host,
        port=port,
        announce=_announce(browser=browser),
        tls=None if tls is None else Pair.read(*tls),
        coverage=coverage,
        store=store,
        flights=flights,
        sectors=sectors,
    )
    if replay is not None and rehearse is not None:
        raise BadInput("--replay and --rehearse exclude each other; give one of them")
    if store is not None and data is None and (replay is not None or rehearse is not None):
        raise BadInput("--store needs --data here: what waits for the store has to be kept somewhere")
    if rehearse is not None:
        from dronewall.cli.nights import Script, serve_rehearsal

        serve_rehearsal(Script.of(rehearse, None, wall=wall), serving, seed=seed, speed=speed)
    elif wall is None:
        raise BadInput("there is no wall to watch; give a wall file, or --rehearse and the name of a night that ships")
    elif replay is not None:
        serve_replay(wall, replay, serving, speed=speed)
    else:
        serve_live(wall, serving)


@audit.command("verify")
def audit_verify(
    data: Annotated[
        str, typer.Argument(metavar="DATA|URI", help="The data folder, an event log, or a shared store: each site's.")
    ],
    key: Annotated[
        Path | None, typer.Option(help="The key of the log's head, where it does not lie beside the log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether the event log is whole: no edit, gap, swap or missing end. Exit code 1 if it is not."""
    from dronewall.watch.store.address import is_store

    if is_store(data):
        from dronewall.cli.storing import verified

        verdicts = [(f"{site}: ", verdict) for site, verdict in verified(data, key)]
    else:
        from dronewall.eventlog import verify

        verdicts = [("", verify(Path(data), key_path=key))]
    for site, verdict in verdicts:
        if as_json:
            head = {"seq": verdict.head.seq, "hash": verdict.head.hash.hex()}
            found = {"whole": verdict.whole, "events": verdict.events, "witnessed": verdict.witnessed, "head": head}
            named = {"site": site.removesuffix(": ")} if site else {}
            print(json.dumps({**named, **found, "findings": list(verdict.findings)}))
            continue
        for finding in verdict.findings:
            print(f"{site}not whole: {finding}")
        if verdict.whole:
            unknown = "nothing tells whether its end is missing" + (": --key" if key is None else "")
            end = "its signed head agrees" if verdict.witnessed else unknown
            print(f"{site}whole: {verdict.events} events, the chain holds, {end}")
    if not all(verdict.whole for _, verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def warm() -> None:
    """Compile the kernels now, so that the next start does not wait for them."""
    from dronewall.cli.machine import warm_up

    with _progress() as bar:
        task = bar.add_task("compiling kernels", total=1)
        took = warm_up(
            lambda step, done, total: bar.update(task, description=step, completed=done, total=total),
        )
    print(f"dronewall: kernels are compiled ({took:.1f} s)")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look whether this machine has what dronewall needs, and say what to do where it has not."""
    from dronewall.cli.machine import examine

    found = examine()
    if as_json:
        print(json.dumps({"ok": all(row["ok"] for row in found), "checks": found}))
    else:
        for row in found:
            print(f"{'ok  ' if row['ok'] else 'not '} {row['what']}: {row['said']}")
    if not all(row["ok"] for row in found):
        raise typer.Exit(1)
