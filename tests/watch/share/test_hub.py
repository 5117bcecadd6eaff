"""Nations that dial one hub: who hears whom, what the hub sees, and what its end costs."""

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any, Self

import nats
import nats.errors
import pytest

from dronewall.errors import BadInput
from dronewall.picture.nations.messages import Part
from dronewall.records.wall import Wall
from dronewall.settings import check
from dronewall.watch.share.hub import certificate_of, write
from dronewall.watch.share.identity import Identity, Partner
from dronewall.watch.share.issuing import make, make_authority
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.server import NatsServer, Through, free_port, program
from tests.watch.share.lines import NOW, track

NATIONS = ("LV", "LT", "EE")


class Star:
    """Three nations and a hub that is a plain nats-server; a context manager on the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.heard: dict[str, list[int]] = {nation: [] for nation in NATIONS}
        self.lines: dict[tuple[str, str], Line] = {}
        self.servers: dict[str, NatsServer] = {}
        for nation in NATIONS:
            make(nation, folder, ["127.0.0.1"], NOW)
        trusted = [folder / f"{nation}.crt" for nation in NATIONS]
        listen = f"127.0.0.1:{self.port}"
        hub = write(folder / "hub", NATIONS, listen=listen, hosts=["127.0.0.1"], trusted=trusted, now=NOW)
        self.conf, self.crt = hub.conf, hub.certificate

    def begin(self) -> None:
        """The hub is started."""
        with (self.folder / "hub.log").open("ab") as log:
            self.hub = subprocess.Popen([program(), "-c", str(self.conf)], stdout=log, stderr=log)

    def kill(self) -> None:
        """The hub is killed."""
        os.kill(self.hub.pid, signal.SIGKILL)
        self.hub.wait()

    async def __aenter__(self) -> Self:
        self.begin()
        pinned = {nation: Partner.read(self.folder / f"{nation}.crt", nation) for nation in NATIONS}
        for nation in NATIONS:
            me = Identity.read(self.folder / f"{nation}.crt", self.folder / f"{nation}.key", nation)
            partners = {other: pinned[other] for other in NATIONS if other != nation}
            through = Through(address=f"127.0.0.1:{self.port}", file=self.crt, partners=frozenset(partners))
            server = NatsServer(self.folder / nation, me, partners, through=through, said=lambda _: None)
            await server.start()
            self.servers[nation] = server
            ears = Ears(take=self._taker(nation), tell=lambda *_: None)
            for other in partners:
                line = Line(me, partners[other], server, ears, clock=time.time_ns, exercise=True)
                await line.start()
                self.lines[nation, other] = line
        return self

    def _taker(self, nation: str) -> Callable[[str, Sequence[Part]], None]:
        def take(_: str, parts: Sequence[Part]) -> None:
            self.heard[nation] += [item.time_ns for part in parts for item in part.items if item.kind == "track"]

        return take

    async def __aexit__(self, *_: object) -> None:
        for line in self.lines.values():
            await line.stop()
        for server in self.servers.values():
            await server.stop()
        self.kill()

    async def until(self, what: Callable[[], bool], seconds: float = 180.0) -> None:
        """Wait for something, and fail if it does not come."""
        ends = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < ends, "it did not happen"
            await asyncio.sleep(0.02)

    def all_up(self) -> bool:
        return all(line.state.up for line in self.lines.values())


def test_a_hub_killed_and_started_again_loses_and_doubles_nothing_and_each_hears_what_is_for_it(tmp_path: Path) -> None:
    async def night() -> None:
        async with Star(tmp_path) as star:
            await star.until(star.all_up)
            for number in range(300):
                star.lines["LV", "LT"].put([track(number)], 1)
                star.lines["LV", "EE"].put([track(1_000 + number)], 1)
                star.lines["EE", "LV"].put([track(2_000 + number, name="EE-AAAAAAAAAA")], 1)
                if number == 100:
                    star.kill()
                await asyncio.sleep(0.005)
            await star.until(lambda: not any(line.state.up for line in star.lines.values()))
            assert len(star.heard["LT"]) < 300
            star.begin()
            await star.until(lambda: all(len(star.heard[nation]) >= 300 for nation in NATIONS))
            await star.until(lambda: all(line.state.waiting == 0 for line in star.lines.values()))
            assert star.heard["LT"] == list(range(300))
            assert star.heard["EE"] == list(range(1_000, 1_300))
            assert star.heard["LV"] == list(range(2_000, 2_300))

    asyncio.run(night())


def test_a_third_nation_at_the_hub_hears_nothing_that_is_not_for_it_and_speaks_for_nobody(tmp_path: Path) -> None:
    async def night() -> None:
        async with Star(tmp_path) as star:
            await star.until(star.all_up)
            heard: list[str] = []

            async def listen(message: Any) -> None:
                heard.append(message.subject)

            ear = await nats.connect(star.servers["EE"].url, **star.servers["EE"].credentials("LV"))
            await ear.subscribe(">", cb=listen)
            await ear.flush()
            for number in range(20):
                star.lines["LV", "LT"].put([track(number)], 1)
                star.lines["LV", "EE"].put([track(number)], 1)
            await star.until(lambda: star.heard["LT"] == star.heard["EE"] == list(range(20)))
            await star.until(lambda: any(subject.startswith("to.EE.from.LV.frame") for subject in heard))
            ways = {f"to.{to}.from.{sender}" for to, sender in permutations(NATIONS, 2) if "EE" in (to, sender)}
            assert {
                subject.rsplit(".", 2)[0] if ".answer." in subject else subject.rpartition(".")[0] for subject in heard
            } <= ways
            before = star.lines["LT", "LV"].state.refused
            await ear.publish("to.LT.from.LV.frame", b"not LV")  # in its own account at the hub, where nobody listens
            with pytest.raises((nats.errors.NoRespondersError, nats.errors.TimeoutError)):
                await ear.request("to.LT.from.LV.key", bytes(16), timeout=1.0)
            assert star.lines["LT", "LV"].state.refused == before
            await ear.close()

    asyncio.run(night())


def test_a_hub_lets_in_only_its_nations_and_no_client(tmp_path: Path) -> None:
    make("FI", tmp_path, ["127.0.0.1"], NOW)

    async def night() -> None:
        async with Star(tmp_path) as star:
            me = Identity.read(tmp_path / "FI.crt", tmp_path / "FI.key", "FI")
            partners = {"LV": Partner.read(tmp_path / "LV.crt", "LV")}
            said: list[str] = []
            through = Through(address=f"127.0.0.1:{star.port}", file=star.crt, partners=frozenset(partners))
            server = NatsServer(tmp_path / "FI", me, partners, through=through, said=said.append)
            await server.start()
            log = tmp_path / "hub.log"
            await star.until(lambda: "TLS leafnode handshake error" in log.read_text())
            await server.stop()
            await star.until(lambda: "Listening for client connections on" in log.read_text())
            found = re.search(r"client connections on 127.0.0.1:(\d+)", log.read_text())
            assert found is not None
            reader, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
            assert b'"auth_required":true' in await reader.readline()
            writer.write(b'CONNECT {"verbose":false}\r\nPING\r\n')
            assert b"Authorization Violation" in await reader.readline()
            writer.close()
            await writer.wait_closed()

    asyncio.run(night())


def test_the_files_of_a_hub_stay_and_name_no_nation(tmp_path: Path) -> None:
    for nation in ("LV", "LT"):
        make(nation, tmp_path, ["127.0.0.1"], NOW)
    trusted = [tmp_path / "LV.crt", tmp_path / "LT.crt"]

    def made(*nations: str, listen: str = "127.0.0.1:1") -> None:
        write(tmp_path / "hub", nations, listen=listen, hosts=["hub.example"], trusted=trusted, now=NOW)

    made("LV", "LT")
    before = (tmp_path / "hub" / "hub.crt").read_bytes()
    made("LV", "LT")
    assert (tmp_path / "hub" / "hub.crt").read_bytes() == before
    assert not (tmp_path / "hub" / "hub.key").stat().st_mode & 0o077
    assert not (tmp_path / "hub" / "hub.conf").stat().st_mode & 0o077
    assert certificate_of(tmp_path / "hub" / "hub.crt")
    with pytest.raises(BadInput, match="is not the certificate of a hub"):
        certificate_of(tmp_path / "LV.crt")
    with pytest.raises(BadInput, match="no certificate of EE among those to trust"):
        made("LV", "LT", "EE")
    make_authority(tmp_path, NOW)
    trusted.append(tmp_path / "authority.crt")
    with pytest.raises(BadInput, match="an authority's certificate or those of the nations, not both"):
        made("LV", "LT")
    trusted[:] = [tmp_path / "hub" / "hub.crt"]
    with pytest.raises(BadInput, match="not of an authority"):
        made("LV", "LT")
    with pytest.raises(BadInput, match="between two nations or more"):
        made("LV", "LV")
    with pytest.raises(BadInput, match="--listen everywhere is no address"):
        made("LV", "LT", listen="everywhere")
    trusted[:] = [tmp_path / "LV.crt", tmp_path / "LT.crt"]
    (tmp_path / "hub" / "hub.key").unlink()
    with pytest.raises(BadInput, match="is there already"):
        made("LV", "LT")


@pytest.mark.parametrize(
    ("share", "partner", "said"),
    [
        ({}, {"hub": True}, "has hub = true: that takes a [share.hub], and no address"),
        ({"hub": {"address": "a:1", "certificate": "h"}}, {"hub": True, "address": "b:1"}, "and no address"),
        ({"hub": {"address": "a:1", "certificate": "h"}}, {"address": "b:1"}, "no [[share.partner]] has hub = true"),
        ({"revoked": "a.crl"}, {"address": "b:1"}, "[share] has no authority"),
    ],
)
def test_a_hub_in_the_wall_that_cannot_be_is_refused(
    share: dict[str, object], partner: dict[str, object], said: str
) -> None:
    known = {"nation": "LV", "rules": "r", "certificate": "c", "key": "k"}
    given = known | share | {"partner": [{"nation": "LT", "certificate": "LT.crt"} | partner]}
    with pytest.raises(BadInput) as caught:
        check(Wall, {"schema_version": 1, "wall": {"name": "x"}, "share": given}, "wall.toml")
    assert said in str(caught.value)
