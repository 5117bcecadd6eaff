"""`dronewall assess`: reports in, cited claims and one estimate out."""

import getpass
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dronewall.cli.commands import AsJson, Browser, Port, _announce, _progress, app
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from dronewall.assess.reviewing import Job, Reviewing
    from dronewall.assess.run import Assessment

TomlFile = Path | None


@app.command()
def assess(
    reports: Annotated[list[Path], typer.Argument(metavar="REPORT...", help="Text or HTML files, or folders of them.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for what is written.")],
    sources: Annotated[
        TomlFile, typer.Option(help="TOML: publisher, published, url, source_grade of each report.")
    ] = None,
    review: Annotated[
        TomlFile, typer.Option(help="TOML: what people decided; left out, review.toml in the output folder.")
    ] = None,
    model: Annotated[TomlFile, typer.Option(help="TOML: the chain of factors; left out, the one that ships.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed is the same estimate.", min=0)] = 1,
    workers: Annotated[int, typer.Option(help="Processes that read reports.", min=1)] = 2,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve the page on which claims are reviewed, on this machine only.")
    ] = False,
    who: Annotated[str, typer.Option(help="With --serve: your name, as the review file will have it.")] = "",
    port: Port = 8000,
    browser: Browser = True,
    as_json: AsJson = False,
) -> None:
    """Turn reports into cited claims, roots, conflicts and one estimate, with a page that leads to every word."""
    from dronewall.assess.reviewing import Job

    if as_json and serve:
        raise BadInput("--json says what was found and ends, --serve goes on; give one of them")
    if who and not serve:
        raise BadInput("--who is the name for the page's decisions; give --serve with it")
    job = Job(
        reports=reports,
        output=output,
        sources=sources,
        review=review,
        model=model,
        seed=seed,
        workers=workers,
        today=date.today(),
    )
    with _progress() as bar:
        task = bar.add_task("reading reports", total=1.0)
        reviewing, found = _run(job, lambda share: bar.update(task, completed=share), serve=serve)
    for note in found.notes:
        print(f"dronewall: {note}", file=sys.stderr)
    if as_json:
        print(json.dumps(_said(found, output)))
        return
    _print(found, output)
    if reviewing is not None:
        _serve(reviewing, output, who=who, port=port, browser=browser)


def _run(job: "Job", progress: Callable[[float], None], *, serve: bool) -> "tuple[Reviewing | None, Assessment]":
    """The assessment; with what keeps it under review, where it is to be served."""
    from dataclasses import asdict

    from dronewall.assess.reviewing import Reviewing
    from dronewall.assess.run import assess as run

    if serve:
        reviewing = Reviewing(job, progress)
        return reviewing, reviewing.found
    given = asdict(job)
    return None, run(given.pop("reports"), given.pop("output"), **given, progress=progress)


def _serve(reviewing: "Reviewing", output: Path, *, who: str, port: int, browser: bool) -> None:
    from dronewall.assess.router import review_router
    from dronewall.watch.doors import somebody
    from dronewall.watch.pages import Place, serve_page

    print(f"every decision goes into {reviewing.file}, with who and when")
    serve_page(
        review_router(reviewing, viewer=somebody, operator=somebody),
        "review.html",
        Place(
            data=output / ".page",
            user=who.strip() or getpass.getuser(),
            port=port,
            announce=_announce(browser=browser, what="the review page"),
        ),
    )


def _said(found: "Assessment", output: Path) -> dict[str, Any]:
    estimate = found.threat.crossings_per_week
    return {
        "output": str(output),
        "documents": len(found.documents),
        "read": found.read,
        "mentions": len(found.claims),
        "claims": len({(claim.name, claim.claim) for claim in found.claims}),
        "roots": len({claim.root for claim in found.claims}),
        "conflicts": len(found.conflicts),
        "changes": len(found.changes),
        "crossings_per_week": estimate.model_dump() if estimate else None,
        "reason": found.threat.reason,
        "notes": found.notes,
    }


def _print(found: "Assessment", output: Path) -> None:
    said = _said(found, output)
    estimate = found.threat.crossings_per_week
    print(
        f"{output}: {_many(said['documents'], 'report')}, {_many(said['mentions'], 'mention')} of "
        f"{_many(said['claims'], 'claim')}, {_many(said['roots'], 'root')}, {_many(said['conflicts'], 'conflict')}, "
        f"{_many(said['changes'], 'change')} on the way"
    )
    if estimate is None:
        print(f"estimate: {found.threat.reason}")
    else:
        print(f"estimate: {estimate.p50:,.3g} a week (P10 {estimate.p10:,.3g}, P90 {estimate.p90:,.3g})")
        print(f"confidence: {found.threat.confidence}")
    print(f"open {output / 'report.html'}")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
