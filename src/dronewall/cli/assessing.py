"""`dronewall assess`: reports in, cited claims and one estimate out."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from dronewall.cli.commands import AsJson, _progress, app

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
    as_json: AsJson = False,
) -> None:
    """Turn reports into cited claims, roots, conflicts and one estimate, with a page that leads to every word."""
    from dronewall.assess.run import assess as run

    with _progress() as bar:
        task = bar.add_task("reading reports", total=1.0)
        found = run(
            reports,
            output,
            sources=sources,
            review=review,
            model=model,
            seed=seed,
            workers=workers,
            progress=lambda share: bar.update(task, completed=share),
        )
    for note in found.notes:
        print(f"dronewall: {note}", file=sys.stderr)
    roots = len({claim.root for claim in found.claims})
    estimate = found.threat.crossings_per_week
    said = {
        "output": str(output),
        "documents": len(found.documents),
        "read": found.read,
        "mentions": len(found.claims),
        "claims": len({(claim.name, claim.claim) for claim in found.claims}),
        "roots": roots,
        "conflicts": len(found.conflicts),
        "changes": len(found.changes),
        "crossings_per_week": estimate.model_dump() if estimate else None,
        "reason": found.threat.reason,
        "notes": found.notes,
    }
    if as_json:
        print(json.dumps(said))
        return
    print(
        f"{output}: {said['documents']} reports, {said['mentions']} mentions of {said['claims']} claims, "
        f"{roots} roots, {said['conflicts']} conflicts, {said['changes']} changes on the way"
    )
    if estimate is None:
        print(f"estimate: {found.threat.reason}")
    else:
        print(f"estimate: {estimate.p50:,.3g} a week (P10 {estimate.p10:,.3g}, P90 {estimate.p90:,.3g})")
        print(f"confidence: {found.threat.confidence}")
    print(f"open {output / 'report.html'}")
