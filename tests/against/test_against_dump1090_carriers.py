"""What `convert` writes as Beast and AVR, as Debian's dump1090-mutability 1.15 reads it over its own ports.

dump1090 (GPL) is a program of its own, started here on loopback and without a receiver; it hands on what it took in.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dronewall.convert import convert
from dronewall.formats import beast, modes_csv
from dronewall.formats.decoding import Faults
from dronewall.formats.modes.carried import Carried
from tests.shared import shared_files

PROGRAM = shutil.which("dump1090-mutability") or "dump1090-mutability"  # `make debian` installs it
SAMPLES = shared_files("data/adsb/pyModeS_sample_data_adsb.csv")


def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def reached(number: int) -> socket.socket:
    for _ in range(100):
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", number), timeout=1.0)
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {number}")


@contextmanager
def dump1090() -> Iterator[dict[str, int]]:
    ports = {name: port() for name in ("ri", "ro", "sbs", "bi", "bo")}
    chosen = [text for name, number in ports.items() for text in (f"--net-{name}-port", str(number))]
    command = [PROGRAM, "--net-only", "--quiet", "--net-verbatim", "--net-bind-address", "127.0.0.1", *chosen]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        yield ports
    finally:
        process.terminate()
        process.wait(10)


def handed_on(data: bytes, way: str, wanted: int) -> list[Carried]:
    """The frames that dump1090 hands on of what is fed to one of its ports."""
    with dump1090() as ports, reached(ports["bo"]) as out, reached(ports[way]) as into:
        time.sleep(0.5)
        into.sendall(data)
        got, until = b"", time.monotonic() + 20.0
        while time.monotonic() < until and len(found := list(beast.carried([got], Faults()))) < wanted:
            with suppress(TimeoutError):
                got += out.recv(65_536)
    return found


@pytest.mark.parametrize("capture", SAMPLES, ids=["shared"])
@pytest.mark.parametrize(("to", "way"), [("beast", "bi"), ("avr", "ri")])
def test_it_reads_every_frame_that_was_in_the_source(tmp_path: Path, capture: Path, to: str, way: str) -> None:
    convert(capture, tmp_path / "out", target_format=to)
    frames = [one.frame for one in modes_csv.carried([capture.read_bytes()], Faults())]
    written = (tmp_path / "out").read_bytes()
    found = handed_on(written, way, len(frames))
    assert [one.frame for one in found] == frames
    if to == "beast":
        assert [one.ticks for one in found] == [one.ticks for one in beast.carried([written], Faults())]
