"""How long the picture takes to a TAK client: our output, the server taky (which we did not write), a client beside it.

    make bench-formats runs it last; alone: python -m benchmarks.tak [--tracks 50] [--pictures 60]

From the moment that a picture is handed to the output to the moment that the client has read the last of its tracks.
One picture after another; what else the machine does counts in.
"""

import argparse
import socket
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from dronewall.outputs.cot import beacon
from dronewall.outputs.publish import Publisher
from dronewall.records.wall import OutputSpec, Wall
from tests.outputs.rows import tracks
from tests.outputs.taky import served

WANTED_MS = 100.0


def delays_ms(port: int, root: Path, count: int, pictures: int) -> list[float]:
    """Of each picture of `count` tracks."""
    wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "bench"}})
    spec = OutputSpec(id="tak", uri=f"exercise+tcp://127.0.0.1:{port}", format="cot", release_to=["LV"])
    publisher = Publisher(spec, wall, root, lambda kind, payload: None)
    client = socket.create_connection(("127.0.0.1", port), timeout=30.0)
    client.sendall(beacon("client", time.time_ns(), exercise=False))
    publisher.start()
    found = []
    try:
        for number in range(pictures + 3):
            now_ns = time.time_ns()
            names = [{"track": f"t-{number:03d}{n:03d}"} for n in range(count)]
            last = f"dronewall-bench-{names[-1]['track']}".encode()
            began, text = time.perf_counter(), b""
            publisher.put(tracks(*names, time_ns=now_ns), now_ns)
            while last not in text:
                piece = client.recv(1 << 20)
                if not piece:
                    raise SystemExit("taky closed the line")
                text = text[-200:] + piece
            if number >= 3:  # the first open the line
                found.append((time.perf_counter() - began) * 1e3)
            time.sleep(0.1)
    finally:
        publisher.stop()
        client.close()
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--tracks", type=int, default=50)
    options.add_argument("--pictures", type=int, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as port:
        found = delays_ms(port, Path(folder), given.tracks, given.pictures)
    middle, high = statistics.median(found), float(np.quantile(found, 0.95))
    said = f"{given.tracks} tracks through taky, {len(found)} pictures: median {middle:.1f} ms, p95 {high:.1f} ms"
    print(f"{said} (wanted {WANTED_MS:.0f} ms)")


if __name__ == "__main__":
    main()
