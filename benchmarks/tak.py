"""How long the picture takes to a TAK client: our output, the server taky (which we did not write), a client beside it.

    make bench-formats runs it last; alone: python -m benchmarks.tak [--tracks 50] [--pictures 60]

From the moment that a picture is handed to the output to the moment that the client has read the last of its tracks.
One picture after another; what else the machine does counts in.
"""

import argparse
import contextlib
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


def delays_ms(port: int, root: Path, count: int, pictures: int, *, join_s: float = 30.0) -> list[float]:
    """Of each picture of `count` tracks, once the server has joined the client to what we send, `join_s` at most."""
    wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "bench"}})
    spec = OutputSpec(id="tak", uri=f"exercise+tcp://127.0.0.1:{port}", format="cot", release_to=["LV"])
    publisher = Publisher(spec, wall, root, lambda kind, payload: None)
    publisher.start()
    client = joined(port, publisher, join_s)
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
                    raise SystemExit("the server closed the line")
                text = text[-200:] + piece
            if number >= 3:  # the first open the line
                found.append((time.perf_counter() - began) * 1e3)
            time.sleep(0.1)
    finally:
        publisher.stop()
        client.close()
    return found


def joined(port: int, publisher: Publisher, within_s: float) -> socket.socket:
    """A client to which the server passes on what we send.

    OpenTAKServer makes a client's queue when it first says who it is, and only if its line to the broker stands by
    then: so a client that hears nothing comes again and waits longer before it speaks.
    """
    ends, wait_s = time.monotonic() + within_s, 0.0
    while time.monotonic() < ends:
        client = socket.create_connection(("127.0.0.1", port), timeout=30.0)
        time.sleep(wait_s)
        client.sendall(beacon("client", time.time_ns(), exercise=False))
        if _hears(client, publisher, 5.0):
            client.settimeout(30.0)
            return client
        client.close()
        wait_s = 2.0 * wait_s + 1.0
    raise TimeoutError("the server passed nothing on")


def _hears(client: socket.socket, publisher: Publisher, within_s: float) -> bool:
    ends, text = time.monotonic() + within_s, b""
    client.settimeout(1.0)
    while time.monotonic() < ends:
        publisher.put(tracks({"track": "t-first"}, time_ns=time.time_ns()), time.time_ns())
        with contextlib.suppress(TimeoutError):
            text += client.recv(1 << 20)
        if b"dronewall-bench-t-first" in text:
            return True
    return False


def said(server: str, found: list[float], count: int) -> str:
    """Median and p95 in one line."""
    middle, high = statistics.median(found), float(np.quantile(found, 0.95))
    heads = f"{count} tracks through {server}, {len(found)} pictures"
    return f"{heads}: median {middle:.1f} ms, p95 {high:.1f} ms (wanted {WANTED_MS:.0f} ms)"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--tracks", type=int, default=50)
    options.add_argument("--pictures", type=int, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as port:
        found = delays_ms(port, Path(folder), given.tracks, given.pictures)
    print(said("taky", found, given.tracks))


if __name__ == "__main__":
    main()
