"""A browser, and the stand-in for the service that the page is tested against."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.chromium import Chromium

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "dronewall" / "watch" / "page" / "index.html"
READY = "window.dronewallProbe?.ready && window.dronewallProbe.last !== null"

Start = Callable[..., tuple[str, subprocess.Popen[bytes]]]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answered(address: str, process: subprocess.Popen[bytes], timeout_s: float = 180.0) -> None:
    """Return once the address answers."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended before it answered"
        try:
            httpx.get(address, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} did not answer within {timeout_s:.0f} s")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the stand-in with options; ends it with the test."""
    assert PAGE.exists(), "the page is not built; run `make page`"
    running: list[subprocess.Popen[bytes]] = []

    def begin(*options: str) -> tuple[str, subprocess.Popen[bytes]]:
        port = free_port()
        command = [sys.executable, str(ROOT / "web" / "dev" / "fake.py"), "--port", str(port), *options]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        running.append(process)
        address = f"http://127.0.0.1:{port}/"
        answered(address, process)
        return address, process

    yield begin
    for process in running:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One browser for all: it takes seconds to begin."""
    with Chromium() as one:
        yield one


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Chromium]:
    """The browser with an empty page; afterwards it is asked whether the page stayed on this machine."""
    chromium.open("about:blank")
    chromium.resize(1440, 900)
    chromium.requests.clear()
    chromium.complaints.clear()
    yield chromium
    strangers = [a for a in chromium.requests if not a.startswith((*LOOPBACK, "data:", "blob:", "about:"))]
    assert not strangers, "the page asked outside this machine"


LOOPBACK = ("http://127.0.0.1:", "ws://127.0.0.1:")
