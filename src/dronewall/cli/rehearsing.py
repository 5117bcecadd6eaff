"""`dronewall rehearse run` and `compare`: many nights, one scorecard; two walls on the same nights."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dronewall.cli.commands import AsJson, rehearse
from dronewall.cli.interrupt import INTERRUPTED, heeding
from dronewall.cli.workforce import RayAddress, Workers, pool_for
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from rich.progress import Progress

    from dronewall.records.scorecard import Scorecard
    from dronewall.rehearse.order import Order


@rehearse.command("run")
def rehearse_run(
    what: Annotated[str, typer.Argument(metavar="NAME|WALL", help="A scenario that ships, or a wall file.")],
    scenario: Annotated[Path | None, typer.Argument(help="With a wall file: the scenario file, or a NAME.")] = None,
    nights: Annotated[int, typer.Option(help="How many nights.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the first night; the next has the next.")] = 1,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the nights, scorecard.json and report.html.")
    ] = Path("rehearsal"),
    threat: Annotated[
        Path | None, typer.Option(help="threat.json of an assessment: rates, and what they cite.")
    ] = None,
    workers: Workers = None,
    ray: RayAddress = None,
    approver: Annotated[str, typer.Option(help="Who is on duty: present, slow or absent.")] = "present",
    detail: Annotated[
        bool, typer.Option("--detail", help="For planners: each miss in full. Written to the audit log.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Play many nights against a wall and write a scorecard and a page; what is there already is not played again.

    Ctrl-C breaks off; the same command goes on. Raise --nights to go on further. Exit code 0 also where a line of
    acceptance fails: the scorecard says so.
    """
    from dronewall.rehearse.run import REPORT, run
    from dronewall.watch.clock import LiveClock

    pool = pool_for(workers, ray)
    order = _order(what, scenario, nights, seed, threat, approver, detail)
    if detail:
        _audited(order, output)
    with _progress() as bar, heeding() as heed:
        task = bar.add_task(f"nights of {order.name or order.scenario_path.stem}", total=nights)

        def progress(done: float) -> None:
            heed()
            bar.update(task, completed=done)

        try:
            card = run(
                order,
                output,
                pool,
                now_ns=LiveClock().now_ns,
                told={"workers": workers or 1, "ray": ray, "processors": os.cpu_count()},
                progress=progress,
            )
        except KeyboardInterrupt:
            bar.stop()
            print(f"dronewall: broken off; the nights done are in {output}, the same command goes on", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
    if as_json:
        from dronewall.rehearse.scorecard import to_json

        print(json.dumps(to_json(card)))
        return
    _say(card)
    print(f"open {output / REPORT}")


@rehearse.command("compare")
def rehearse_compare(
    before: Annotated[Path, typer.Argument(metavar="DIR_A", help="Folder of a run.")],
    after: Annotated[Path, typer.Argument(metavar="DIR_B", help="Folder of a run of the same nights, another wall.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Also write a page.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hold two walls beside each other on the same nights: the difference of every metric, paired, with its bounds."""
    from dronewall.rehearse.compare import compared, lines
    from dronewall.rehearse.folder import write
    from dronewall.rehearse.report_compare import page

    found = compared(before, after)
    if output is not None:
        write(output, page(found))
    print(json.dumps(found) if as_json else "\n".join(lines(found)))


def _say(card: "Scorecard") -> None:
    for line in card.acceptance:
        verdict = "FAIL" if line.word == "fail" else line.word
        value = "nothing to say" if line.value is None else f"{line.value:.4g}"
        bounds = "" if line.low is None or line.high is None else f" ({line.low:.4g} to {line.high:.4g})"
        print(f"{verdict}  {line.line}: {value}{bounds}")
    if any(line.word == "undecided" for line in card.acceptance):
        print("undecided: the value would do, but not yet its bound; more nights may show it, or the contrary")
    if not card.acceptance:
        print(f"{card.scenario}: the scenario has no [[accept]] line, so nothing is judged")
    missed = sum(len(night.missed) for night in card.worst_nights)
    for night in card.worst_nights if missed else ():
        for miss in night.missed:
            print(f"seed {night.seed}: {miss.target} ({miss.label}) {miss.because}")
        print(f"  {night.replay}")


def _order(
    what: str,
    scenario: Path | None,
    nights: int,
    seed: int,
    threat: Path | None,
    approver: str,
    detail: bool,
) -> "Order":
    from dronewall import scenarios
    from dronewall.cli.nights import Script
    from dronewall.rehearse.approver import APPROVERS
    from dronewall.rehearse.order import Order

    if approver not in APPROVERS:
        raise BadInput(f"--approver {approver} is none of: {', '.join(APPROVERS)}", key="approver")
    if scenario is not None and not scenario.exists() and str(scenario) in scenarios.names():
        script = Script.of(str(scenario), None, wall=Path(what))
    else:
        script = Script.of(what, scenario)
    return Order(
        name=script.name,
        wall_path=script.wall_path,
        scenario_path=script.scenario_path,
        nights=nights,
        seed=seed,
        threat_path=threat,
        approver=approver,
        detail=detail,
    )


def _progress() -> "Progress":
    """A bar with the time that is left, on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _audited(order: "Order", output: Path) -> None:
    """Write down who asked for misses in full, before anything of them is made."""
    from dronewall.cli.planning import _who
    from dronewall.eventlog import EventLog
    from dronewall.records.event import Event
    from dronewall.watch.clock import LiveClock

    log = output.with_name(output.name + ".audit.db")
    payload = {"wall": str(order.wall_path.resolve()), "output": str(output.resolve())}
    with EventLog(log) as events:
        events.append(Event(time_ns=LiveClock().now_ns(), kind="rehearse.detail", actor=_who(), payload=payload))
    log.chmod(0o600)
