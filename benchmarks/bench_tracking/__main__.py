"""The command line of `make bench-tracking`."""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.bench_tracking import engine as engine_module
from benchmarks.bench_tracking import judge, pages, runs
from benchmarks.bench_tracking.consistency import nis
from benchmarks.bench_tracking.recordings import KIT, Recording, recording
from benchmarks.bench_tracking.starts import starts
from benchmarks.peer.environment import stone_soup
from benchmarks.peer.tuned import settings_of
from dronewall import __version__
from dronewall.scoring import Options, score

FULL: Final = (
    *("wall-20", "wall-100", "wall-300", "wall-1000", "wallH-300", "wallS-300", "wallB-1000", "wallO-300"),
    *("wall-10000", "wallL-10000"),
)
QUICK: Final = ("wall-100", "wallH-100", "wallS-100", "wallB-100", "wallO-100")
MANOEUVRES: Final = ("wallT-300", "wallM-300", "wallR-300")
UNSCORED: Final = "wallL-100000"
TIMED: Final = ("wall-1000", "wall-10000", "wallL-10000", "wallL-100000")
JPDA: Final = frozenset({"wall-100", "wall-300"})  # the others are left out to save time


def main() -> int:
    """Run, print the table, keep the figures."""
    options = arguments()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    has_kit = (KIT / "wall_n.py").exists()
    makers = {"auto": ["own", "kit"] if has_kit else ["own"], "no": ["own"], "only": ["kit"]}[options.kit]
    said = f"with the bench kit's generator and floor ({KIT})" if "kit" in makers else "our own generator alone"
    tell(f"recordings: {said}; seeds {options.seeds}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        result = measured(options, folder, seeds, makers)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
        tell(f"figures in {options.json}")
    print(judge.table(list(judge.rows(result))))
    if options.page:
        pages.write(options.page, result)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-tracking", description="dronewall, Stone Soup and the floor.")
    parser.add_argument("--quick", action="store_true", help="recordings of 100 targets: some ten minutes")
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--kit", choices=("auto", "no", "only"), default="auto", help="the bench kit's recordings too")
    parser.add_argument("--only", nargs="*", help="only these recordings")
    parser.add_argument("--again", type=Path, help="take the others' figures from this earlier run, where it has them")
    parser.add_argument("--no-peer", action="store_true", help="leave Stone Soup out")
    parser.add_argument("--no-speed", action="store_true", help="accuracy alone")
    parser.add_argument("--huge", action="store_true", help="wallL-100000 too: 4 million detections")
    parser.add_argument("--keep", type=Path, help="folder in which recordings are kept or found")
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument("--page", type=Path, help="write the tables into this page")
    return parser.parse_args()


def measured(options: argparse.Namespace, folder: Path, seeds: Sequence[int], makers: Sequence[str]) -> dict[str, Any]:
    """Every figure of the run."""
    result: dict[str, Any] = {"run": machine(seeds, makers), "recordings": {}, "same": {}, "engine": {}, "nis": {}}
    names = options.only or (QUICK if options.quick else FULL)
    again = json.loads(options.again.read_text("utf-8"))["recordings"] if options.again else {}
    for maker in makers:
        chosen = [*names, *(MANOEUVRES if maker == "own" and not options.only else ())]
        for name in chosen:
            for seed in seeds:
                one = recording(folder, name, seed, maker).made()
                tell(f"{maker}/{name}, seed {seed}")
                peers = () if options.no_peer else ("gnn", "jpda") if name in JPDA and seed == 1 else ("gnn",)
                known = again.get(f"{maker}/{name}", {}).get(str(seed))
                scores = runs.figures(one, peers=peers, known=known)
                if name.startswith("wall-"):
                    for who, burnt in after_thirty(one, scores, known is None):
                        scores[who]["burnt_gospa_mean_m"] = burnt
                result["recordings"].setdefault(f"{maker}/{name}", {})[str(seed)] = scores
                if name.startswith("wallO-"):
                    twin = recording(folder, name.replace("wallO", "wall"), seed, maker).made()
                    same = runs.same_tables(runs.tracked(one), runs.tracked(twin, wall=one.folder / "wall.toml"))
                    result["same"].setdefault(f"{maker}/{name}", {})[str(seed)] = same
    if not options.no_speed:
        result["engine"] = speed(options, folder, makers[0], names)
        first = recording(folder, "wall-100", seeds[0], makers[0]).made()
        tell("starts, warm and cold")
        result["starts"] = starts(first.folder)
    for name in ("wall-300", *MANOEUVRES) if "own" in makers and not options.only else ():
        tell(f"NIS of {name}")
        result["nis"][name] = nis(recording(folder, name, seeds[0], "own").made().folder)
    return result


def after_thirty(one: Recording, scores: dict[str, Any], everybody: bool) -> list[tuple[str, float]]:
    """GOSPA after 30 s, of everybody or of dronewall alone, to hold wallB against."""
    files = {"dronewall": one.folder.with_suffix(".dronewall.parquet")}
    if everybody:
        files["floor"] = one.floor()
    if everybody and judge.PEER in scores:
        family = one.name.partition("-")[0]
        files[judge.PEER] = stone_soup(one.folder, settings_of(family, "gnn")).tracks
    return [(who, score(file, one.folder, Options(burn_s=30.0))["gospa_mean_m"]) for who, file in files.items()]


def speed(options: argparse.Namespace, folder: Path, maker: str, names: Sequence[str]) -> dict[str, Any]:
    """The engine's cost on the recordings that are timed, each in a process of its own."""
    timed = ["wall-100"] if options.quick else [n for n in TIMED if n in names or (n == UNSCORED and options.huge)]
    found: dict[str, Any] = {}
    for name in timed:
        one = recording(folder, name, 1, maker).made()
        for flags in ([], ["--files"]):
            tell(f"speed of {name} {' '.join(flags)}".rstrip())
            command = [sys.executable, "-m", engine_module.__name__, str(one.folder), *flags]
            command += ["--repeat", "1" if name == UNSCORED else "3"]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found.setdefault(f"{maker}/{name}", {}).update(json.loads(done.stdout.splitlines()[-1]))
    return found


def machine(seeds: Sequence[int], makers: Sequence[str]) -> dict[str, Any]:
    """What may differ between runs."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _cpuinfo().splitlines() if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "program": f"dronewall {__version__}",
        "python": platform.python_version(),
        "processor": cpu,
        "seeds": list(seeds),
        "makers": list(makers),
        "peer": "stonesoup 1.9.1",
        "command": "make bench-tracking ARGS='" + " ".join(sys.argv[1:]) + "'",
    }


def _cpuinfo() -> str:
    file = Path("/proc/cpuinfo")
    return file.read_text() if file.exists() else ""


def tell(text: str) -> None:
    """Progress, on standard error."""
    print(f"bench-tracking: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
