"""The tables of `docs/benchmarks.md`, written from a run's figures, so that they are those of a run.

python -m benchmarks.bench_tracking.pages            from docs/benchmarks.json into docs/benchmarks.md
python -m benchmarks.bench_tracking.pages --check    say whether the page is what the figures give
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.bench_tracking import judge

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
SHOWN: Final = (
    *(("gospa_mean_m", "GOSPA, m", 1), ("missed", "missed", 1), ("false", "false", 1), ("rmse_3d_m", "RMSE, m", 1)),
    *(("siap_completeness", "SIAP C", 4), ("siap_spuriousness", "SIAP S", 4), ("id_switches", "switches", 0)),
    *(("ospa2_m", "OSPA(2), m", 1), ("latency_median_s", "confirmed after, s", 1), ("nees_per_dof", "NEES/6", 2)),
)
WHO: Final = {
    "dronewall": "dronewall",
    "stonesoup_gnn": "Stone Soup",
    "stonesoup_jpda": "Stone Soup, JPDA",
    "floor": "floor",
}


def write(page: Path, result: Mapping[str, Any]) -> None:
    """Put the tables between their marks."""
    page.write_text(filled(page.read_text("utf-8"), result), encoding="utf-8")


def filled(text: str, result: Mapping[str, Any]) -> str:
    """The page's text with the tables of this run."""
    for name, part in (("demanded", demanded(result)), ("scores", scores(result)), ("run", run(result))):
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        head, _, rest = text.partition(begin)
        text = head + begin + part + "\n" + end + rest.partition(end)[2]
    return text


def demanded(result: Mapping[str, Any]) -> str:
    """What must be reached, and what was."""
    return judge.table(list(judge.rows(result)))


def scores(result: Mapping[str, Any]) -> str:
    """Every recording and everybody's figures, means over the seeds."""
    titles = ["recording", "who", *(title for _, title, _ in SHOWN)]
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for name, seeds in result["recordings"].items():
        for who, called in WHO.items():
            found = [figures[who] for figures in seeds.values() if who in figures]
            if found:
                cells = [_mean([of.get(key) for of in found], digits) for key, _, digits in SHOWN]
                lines.append("| " + " | ".join([f"{name} ({len(found)})", called, *cells]) + " |")
    return "\n".join(lines)


def run(result: Mapping[str, Any]) -> str:
    """On what, and with which command."""
    of = result["run"]
    seeds = ", ".join(map(str, of["seeds"]))
    return f"`{of['command']}`: {of['program']}, {of['peer']}, Python {of['python']}, {of['processor']}; seeds {seeds}."


def _mean(values: list[float | None], digits: int) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):.{digits}f}" if known else "-"


def main() -> int:
    """The command line."""
    page = DOCS / "benchmarks.md"
    result = json.loads((DOCS / "benchmarks.json").read_text("utf-8"))
    if "--check" in sys.argv[1:]:
        return int(filled(page.read_text("utf-8"), result) != page.read_text("utf-8"))
    write(page, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
