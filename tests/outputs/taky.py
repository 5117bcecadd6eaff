"""A TAK server that we did not write: taky, on a free port of loopback, for tests and benchmarks."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONF = """
[taky]
hostname = localhost
bind_ip = 127.0.0.1
root_dir = {root}
public_ip = 127.0.0.1
[cot_server]
port = {port}
mon_ip = 127.0.0.1
log_cot =
[ssl]
enabled = false
"""
STARTS_WITHIN_S = 120.0


@contextmanager
def served(root: Path) -> Iterator[int]:
    """Its port, once it answers; it keeps its files in `root`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (root / "taky.conf").write_text(CONF.format(root=root, port=port))
    program = Path(sys.executable).with_name("taky")
    server = subprocess.Popen(
        [program, "-c", str(root / "taky.conf"), "-l", "error"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=root,
    )
    try:
        ends = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
                break
            except OSError:
                assert time.monotonic() < ends, "taky does not answer"
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)
