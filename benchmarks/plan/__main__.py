"""The tables of `plan`, one after the other."""

import argparse

from benchmarks.plan import crossings, lorena, rehearsal, segment, viewshed

PARTS = {
    "viewshed": (viewshed, "the lowest visible height beside profiles, GDAL and GRASS"),
    "lorena": (lorena, "siting to proof on Lorena's instances"),
    "crossings": (crossings, "the least-watched way over 9 million cells, and beside scipy's"),
    "rehearsal": (rehearsal, "a plan beside rehearsed crossings"),
    "segment": (segment, "300 km of border with 60 sensors"),
}


def main() -> None:
    """Print what is asked for."""
    listed = "\n".join(f"  {name:10s} {what}" for name, (_, what) in PARTS.items())
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.plan",
        description=f"Print the tables of plan, all of them (some minutes) or some:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help="these parts")
    asked = words.parse_args()
    for name, (part, _) in PARTS.items():
        if name in asked.only:
            part.main()


if __name__ == "__main__":
    main()
