"""Decode a capture with pyModeS, in an environment of its own, and write what it says as JSON lines.

    python scripts/oracle_pymodes.py CAPTURE.csv [-n 500] > oracle.jsonl

pyModeS is GPL-3.0: it is a peer that runs beside the tests, in `.cache/oracle`, and is never imported by the program,
installed with it, or shipped. Needs a package index. Each line: `frame`, and pyModeS's `latitude`, `longitude` (by the
last position), `altitude_ft`, `speed_kt`, `track_deg`, `rate_ft_min`; null where it gives none.
"""

import argparse
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "oracle"
RELEASE = "pyModeS==2.21.1"
READ = r"""
import json, sys
import pyModeS as pms
place, pair = None, {}
for line in sys.stdin:
    time, frame = line.split(",")[:2]
    time, frame = float(time), frame.strip().strip('"')
    if len(frame) != 28 or pms.df(frame) != 17 or pms.crc(frame) != 0:
        continue
    said = dict.fromkeys(("latitude", "longitude", "altitude_ft", "speed_kt", "track_deg", "rate_ft_min"))
    code = pms.adsb.typecode(frame)
    if 9 <= code <= 18:
        pair[pms.adsb.oe_flag(frame)] = (time, frame)
        if place is None and len(pair) == 2:
            (t0, even), (t1, odd) = pair[0], pair[1]
            place = pms.adsb.airborne_position(even, odd, t0, t1)
        if place is not None:
            place = pms.adsb.airborne_position_with_ref(frame, *place)
            said["latitude"], said["longitude"] = place
        said["altitude_ft"] = pms.adsb.altitude(frame)
    elif code == 19:
        said["speed_kt"], said["track_deg"], said["rate_ft_min"] = pms.adsb.velocity(frame)[:3]
    print(json.dumps({"frame": frame, **said}))
"""


def python() -> Path:
    """The interpreter of the oracle's environment, made on first use."""
    interpreter = FOLDER / "bin" / "python"
    if not interpreter.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-q", RELEASE], check=True, stdout=sys.stderr)
    return interpreter


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("-n", type=int, default=500)
    options = parser.parse_args()
    lines = options.capture.read_text(encoding="utf-8-sig").splitlines(keepends=True)[: options.n]
    return subprocess.run([python(), "-c", READ], input="".join(lines), text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
