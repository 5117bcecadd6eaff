"""How soon a start shows the first moving track, and what the service weighs after the night.

    .venv/bin/python benchmarks/service.py [--starts 5] [--speed 60]

`dronewall demo --no-browser` is started so many times, each with a new data folder; the clock runs from the start of
the process to the first answer of the page, and to the first track in `/api/tracks` that moves. Then one night is
watched to its end at that speed and the process's resident memory read. The figures of the issue: 5 s, and 500 MB.
"""

import argparse
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOVES_MPS = 1.0
POLL_S = 0.05


class Service:
    """One `dronewall demo` and the address that it said."""

    def __init__(self, data: str, speed: float) -> None:
        self.began = time.monotonic()
        command = [sys.executable, "-m", "dronewall", "demo", "--no-browser", "--port", "0", "--data", data]
        self.process = subprocess.Popen([*command, "--speed", str(speed)], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r"(http://\S+?)/\?token=(\S+)", self.process.stdout.readline())
        assert found, "the service did not say its address"
        self.address, self.token = found.groups()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def get(self, path: str) -> bytes:
        """What the service answers."""
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def wait(self, what: str, limit_s: float = 120.0) -> float:
        """Seconds from the start of the process until `page` answers or something `moves`."""
        while time.monotonic() - self.began < limit_s:
            try:
                if what == "page":
                    self.get("/")
                    return time.monotonic() - self.began
                rows = json.loads(self.get("/api/tracks"))
                tracks = rows["tracks"] if isinstance(rows, dict) else rows
                if any(abs(t["ve"]) + abs(t["vn"]) > MOVES_MPS for t in tracks):
                    return time.monotonic() - self.began
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(POLL_S)
        raise SystemExit(f"no {what} within {limit_s:.0f} s")

    def memory_mb(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1000.0


@contextmanager
def service(speed: float) -> Iterator[Service]:
    """A service that is ended again."""
    with tempfile.TemporaryDirectory() as data:
        running = Service(data, speed)
        try:
            yield running
        finally:
            running.process.send_signal(signal.SIGINT)
            running.process.wait(30)


def start(speed: float) -> tuple[float, float]:
    """Seconds to the page and to the first moving track."""
    with service(speed) as running:
        return running.wait("page"), running.wait("track")


def night(speed: float) -> float:
    """Resident megabytes after a whole night."""
    with service(speed) as running:
        running.wait("track")
        while True:
            replay = json.loads(running.get("/api/replay"))
            if replay["t"] is not None and replay["t"] >= replay["end"] - 1.0:
                time.sleep(2.0)
                return running.memory_mb()
            time.sleep(1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--speed", type=float, default=60.0, help="of the night that is watched to its end")
    given = parser.parse_args()
    starts = [start(20.0) for _ in range(given.starts)]
    page = statistics.median(p for p, _ in starts)
    track = statistics.median(t for _, t in starts)
    print(f"to the page {page:.1f} s, to the first moving track {track:.1f} s (median of {given.starts}; must: 5 s)")
    print(f"memory after the night {night(given.speed):.0f} MB (must: 500 MB)")


if __name__ == "__main__":
    main()
