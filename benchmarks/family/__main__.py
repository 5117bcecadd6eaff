"""python -m benchmarks.family NAME -o DIR [--seed 1] [--answers FILE]"""

import argparse
import sys
from pathlib import Path

from benchmarks.family import FAMILIES, write
from dronewall.errors import BadInput


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make a recording of the wall-N family.")
    parser.add_argument("name", help=f"FAMILY-N; families: {' '.join(FAMILIES)}")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the recording's folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=Path, help="also write the radars' biases here")
    options = parser.parse_args()
    try:
        night = write(options.name, options.seed, options.output, options.answers)
    except BadInput as error:
        print(f"benchmarks.family: {error}", file=sys.stderr)
        return 2
    false = (night.cause < 0).mean()
    print(f"{options.output}: {len(night.cause)} detections ({false:.1%} false) in {len(night.look_ns)} looks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
