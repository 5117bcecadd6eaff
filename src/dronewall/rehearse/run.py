"""`rehearse run`: many nights of an order, kept one by one, and the scorecard and page that they make."""

import json
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dronewall import __version__
from dronewall.records.scorecard import Scorecard
from dronewall.rehearse.folder import Folder, write
from dronewall.rehearse.nights import Nights
from dronewall.rehearse.order import Order
from dronewall.rehearse.report import report
from dronewall.rehearse.scorecard import scorecard, to_json
from dronewall.units import seconds, utc_text
from dronewall.workers.pool import Pool

SCORECARD = "scorecard.json"
REPORT = "report.html"


def run(
    order: Order,
    output: Path,
    pool: Pool,
    *,
    now_ns: Callable[[], int],
    told: Mapping[str, Any] | None = None,
    progress: Callable[[float], None] = lambda nights: None,
) -> Scorecard:
    """Play what is missing of an order's nights, keep each as it is done, and write scorecard.json and report.html.

    Parameters
    ----------
    output : Path
        A new folder, or one that holds nights of the same order.
    now_ns : the clock, for the part of the scorecard that says how this run went
    told : what else that part says
    progress : hears how many nights are done, parts of one too

    Raises
    ------
    BadInput
        A file is wrong, or the folder holds something else.
    Unavailable
        Workers cannot be had or do not stay alive.
    """
    standing = order.stage()
    folder = Folder(output)
    folder.claim(order.inputs())
    began_ns = now_ns()
    rows = {seed: row for seed in order.seeds if (row := folder.night(seed)) is not None}
    found = len(rows)
    missing = [seed for seed in order.seeds if seed not in rows]
    progress(found)
    if missing:
        with pool.team(Nights(order)) as team:
            for seed, row in team.do(missing, lambda share: progress(len(rows) + share)):
                folder.keep(row)
                rows[seed] = row
                progress(len(rows))
    ended_ns = now_ns()
    ran = {
        "began": utc_text(began_ns),
        "ended": utc_text(ended_ns),
        "took_s": round(seconds(ended_ns - began_ns), 3),
        "played": len(missing),
        "taken_up": found,
        "program": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "invented_sites": standing.wall.wall.invented_sites,
        **(told or {}),
    }
    ordered = [rows[seed] for seed in order.seeds]
    card = scorecard(order, standing, ordered, ran)
    write(output / SCORECARD, json.dumps(to_json(card), indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    write(output / REPORT, report(card, standing, ordered, approver=order.approver))
    return card
