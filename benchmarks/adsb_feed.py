"""How fast a Beast feed becomes a recording, and in how much memory: python benchmarks/adsb_feed.py [HOURS] [AIRCRAFT]

A synthetic feed: each aircraft flies straight and sends two positions and two velocities in a second.
"""

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from dronewall.convert import convert
from dronewall.formats import beast
from dronewall.formats.modes import cpr, crc

STEP_S = 0.5


def frames(aircraft: int, step: int) -> list[bytes]:
    """What all aircraft send in one half second."""
    bodies = np.zeros((2 * aircraft, 14), np.uint8)
    odd = step % 2 == 1
    for index in range(aircraft):
        north, east = cpr.encode(50.0 + 0.05 * index + 1e-4 * (step % 20_000), 20.0, odd, surface=False)
        position = 11 << 51 | 0xC38 << 36 | int(odd) << 34 | north << 17 | east
        velocity = 19 << 51 | 1 << 48 | 1 << 32 | 44 << 21 | 1 << 20 | 10
        for row, me in ((2 * index, position), (2 * index + 1, velocity)):
            head = b"\x8d" + (0x4CA000 + index).to_bytes(3, "big")
            bodies[row, :11] = np.frombuffer(head + me.to_bytes(7, "big"), np.uint8)
    parity = crc.remainders(bodies)
    for shift, column in ((16, 11), (8, 12), (0, 13)):
        bodies[:, column] = parity >> np.uint32(shift) & np.uint32(255)
    return [row.tobytes() for row in bodies]


def main() -> None:
    """Make a feed, convert it, and print what it took."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    aircraft = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as folder:
        feed, recording = Path(folder) / "feed.bin", Path(folder) / "recording"
        with feed.open("wb") as out:
            for step in range(int(hours * 3600.0 / STEP_S)):
                sent = frames(aircraft, step)
                ticks = 1 + step * 6_000_000
                out.write(b"".join(beast.encode(frame, ticks + 1_000 * k) for k, frame in enumerate(sent)))
        before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        start = time.process_time()
        said = convert(feed, recording, date=date(2026, 5, 7))
        taken_s = time.process_time() - start
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        size_mb = sum(file.stat().st_size for file in recording.iterdir()) / 1e6
    print(f"{hours:g} h of {aircraft} aircraft: {said.messages} messages, {said.detections} detections")
    print(
        f"{taken_s:.1f} s of CPU, {said.messages / taken_s:.0f} messages a second, {hours * 3600 / taken_s:.0f} x life"
    )
    print(f"peak memory {peak_mib:.0f} MiB ({before_mib:.0f} before), recording {size_mb:.1f} MB")


if __name__ == "__main__":
    main()
