"""A home-made sensor posts to its feed: who may, what it is told, what is kept of it, and that it decodes once more."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from dronewall.archive import read_recording
from dronewall.cli.files import convert_file
from dronewall.errors import BadInput, Corrupt
from dronewall.units import SECOND_NS
from dronewall.vault import Vault
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.sources.meter import Meter
from dronewall.watch.sources.raw import FrameKeeper
from tests.formats.samples import SERIAL
from tests.watch.test_app import serving
from tests.watch.test_feeds import Bench, health, wall, watching

WAIT_S = 180.0
PLACE = {"latitude_deg": 56.52, "longitude_deg": 27.35}


def lines(*rows: dict[str, object]) -> bytes:
    return b"\n".join(json.dumps(PLACE | row).encode() for row in rows)


class Posted:
    """A watch whose sensor `rid` posts."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, f"{address}/api/feeds/rid"
        self._tokens = Tokens(folder / "tokens.json", now_ns=0)

    def token(self, user: str, role: Role) -> str:
        return self._tokens.issue(user, role, now_ns=time.time_ns())

    def post(self, body: bytes, user: str = "rid", role: Role = Role.SENSOR) -> httpx.Response:
        head = {"Authorization": f"Bearer {self.token(user, role)}"}
        return httpx.post(self.address, content=body, headers=head, timeout=WAIT_S, trust_env=False)


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posted]:
    folder = tmp_path_factory.mktemp("posted")
    with watching(folder, "push:", "jsonl", "rid") as station, serving(station) as address:
        one = Posted(folder, address)
        one.station = station
        yield one


def test_what_is_posted_is_judged_at_once(posted: Posted) -> None:
    body = lines({"altitude_hae_m": 230.0}, {"label": "hostile"}, {"bearing": 3}) + b"\n" + b"{}"
    said = posted.post(body).json()
    assert (said["messages"], said["detections"], said["malformed"]) == (4, 1, 3)
    assert said["reasons"] == {"no such label": 1, "unknown key": 1, "nothing measured": 1}


def test_the_health_page_says_rate_age_errors_and_clock(posted: Posted) -> None:
    behind = {"time_ns": time.time_ns() - 4 * SECOND_NS}
    assert posted.post(lines(behind)).json()["detections"] == 1
    row = health(posted.station)
    assert row["state"] == "ok"
    assert row["rate_hz"] > 0
    assert row["age_s"] < 30
    assert row["clock_offset_s"] < 10
    assert row["raw_kept"] >= 1


def test_the_last_message_that_was_refused_is_told_and_its_bytes_to_few(posted: Posted) -> None:
    posted.post(b'{"bearing": 3}')
    base = posted.address.removesuffix("/api/feeds/rid")

    def seen(role: Role) -> dict[str, object]:
        head = {"Authorization": f"Bearer {posted.token('a person', role)}"}
        answer = httpx.get(f"{base}/api/health", headers=head, timeout=WAIT_S, trust_env=False)
        found: dict[str, object] = answer.json()["feeds"][0]["last_refused"]
        return found

    told = seen(Role.VIEWER)
    assert (told["reason"], told["bytes"], "head" in told) == ("unknown key", 14, False)
    assert bytes.fromhex(str(seen(Role.INTEGRATOR)["head"])) == b'{"bearing": 3}'


def test_bytes_that_may_be_personal_are_told_of_to_nobody(posted: Posted) -> None:
    posted.post(json.dumps({"identity": f"rid:{SERIAL}", "bearing": 3}).encode())
    told = health(posted.station)["last_refused"]
    assert (told["bytes"], told["head"]) == (None, "")


def test_a_clock_that_is_ahead_is_refused_by_name(posted: Posted) -> None:
    ahead = {"time_ns": time.time_ns() + 60 * SECOND_NS}
    assert posted.post(lines(ahead)).json()["reasons"] == {"time is in the future": 1}


@pytest.mark.parametrize(("user", "role"), [("other", Role.SENSOR), ("rid", Role.VIEWER), ("rid", Role.OPERATOR)])
def test_only_the_sensor_itself_may_post(posted: Posted, user: str, role: Role) -> None:
    answer = posted.post(lines({}), user, role)
    assert answer.status_code == 403
    assert "dronewall token issue DATA rid --role sensor" in answer.json()["detail"]
    assert httpx.post(posted.address, content=lines({}), timeout=WAIT_S, trust_env=False).status_code == 401


def test_a_sensors_token_reads_nothing(posted: Posted) -> None:
    head = {"Authorization": f"Bearer {posted.token('rid', Role.SENSOR)}"}
    base = posted.address.removesuffix("/api/feeds/rid")
    for path in ("/api/wall", "/api/tracks", "/api/alerts", "/api/events"):
        assert httpx.get(base + path, headers=head, timeout=WAIT_S, trust_env=False).status_code == 403
    health = httpx.get(f"{base}/api/health", headers=head, timeout=WAIT_S, trust_env=False).json()
    assert set(health) == {"status", "version"}


def test_a_flood_in_one_request_is_refused(posted: Posted) -> None:
    assert posted.post(b"x" * (5 << 20)).status_code == 413


def test_the_adapter_of_the_examples_is_a_sensor(posted: Posted, root: Path) -> None:
    before = health(posted.station)
    command = [sys.executable, str(root / "examples" / "sensor_adapter.py"), "--look-s", "0.2"]
    done = subprocess.run(
        [*command, "--post", posted.address, "--token", posted.token("rid", Role.SENSOR)],
        input="71.5,105.0,9.0\nno reading\n72.0,105.0,9.5\n",
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert done.stderr == "not a reading: 'no reading'\n"
    after = health(posted.station)
    assert after["detections"] - before["detections"] == 2
    assert after["malformed"] == before["malformed"]


def test_what_came_in_lies_sealed_and_decodes_once_more_to_the_same(tmp_path: Path) -> None:
    sent = [lines({"identity": f"rid:{SERIAL}", "altitude_hae_m": 200.0 + n}) for n in range(5)] + [b"rubbish"]
    vault = Vault(tmp_path / "data" / "vault")
    with Bench(tmp_path, "push:", "jsonl", "rid") as bench:
        bench.feed.raw = FrameKeeper(vault, "rid")
        for body in sent:
            bench.feed.push(body)
    files = [file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert not any(SERIAL.encode() in held or b"latitude" in held for held in files)
    said = convert_file(tmp_path / "data", tmp_path / "again", wall=wall(tmp_path, "push:", "jsonl", "rid")[1])
    assert (said.messages, said.faults, said.personal_left_out) == (6, {"not JSON": 1}, 5)
    again = [scan for scan in read_recording(tmp_path / "again").scans() if len(scan.detections)]
    assert [scan.received_ns for scan in again] == [scan.received_ns for scan in bench.scans]
    for one, other in zip(again, bench.scans, strict=True):
        np.testing.assert_allclose(one.detections.values, other.detections.values, rtol=1e-15)
    vault.expire(time.time_ns() + 10 * 86_400 * SECOND_NS)
    assert not list((tmp_path / "data").rglob("*.raw"))
    with pytest.raises(BadInput, match="keeps nothing that can still be read"):
        convert_file(tmp_path / "data", tmp_path / "gone", wall=tmp_path / "wall.toml")


def test_of_a_day_that_is_full_no_more_is_kept_and_it_is_counted(tmp_path: Path) -> None:
    keeper = FrameKeeper(Vault(tmp_path), "rid", largest_day=100)
    for n in range(10):
        keeper.add(n, os.urandom(200))
        keeper.flush()
    assert (keeper.kept, keeper.left_out) == (1, 9)


def test_a_raw_block_that_was_changed_is_noticed_and_one_cut_short_is_left_out(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    for n in range(3):
        vault.append(n, "rid", b"block %d" % n)
    (file,) = tmp_path.glob("*.raw")
    whole = file.read_bytes()
    file.write_bytes(whole[:-3])
    assert list(vault.blocks("rid")) == [b"block 0", b"block 1"]
    vault.append(9, "rid", b"block 9")
    assert list(Vault(tmp_path).blocks("rid")) == [b"block 0", b"block 1", b"block 9"]
    changed = bytearray(whole)
    changed[20] ^= 1
    file.write_bytes(changed)
    with pytest.raises(Corrupt, match="was changed"):
        list(vault.blocks("rid"))


def test_a_meter_forgets_after_a_minute() -> None:
    meter = Meter()
    for second in range(1, 31):
        meter.count(second * SECOND_NS, 4)
        meter.lag(second * SECOND_NS, (5 - second % 3) * SECOND_NS)
    assert meter.rate_hz(30 * SECOND_NS) == pytest.approx(120 / 29)
    assert meter.clock_offset_s(30 * SECOND_NS) == 3.0
    assert meter.rate_hz(200 * SECOND_NS) == 0.0
    assert meter.clock_offset_s(200 * SECOND_NS) is None


def test_a_meter_is_never_seen_empty_while_it_counts() -> None:
    meter, over = Meter(), threading.Event()
    meter.count(SECOND_NS, 1)
    meter.lag(SECOND_NS, SECOND_NS)

    def count() -> None:
        while not over.is_set():
            meter.count(SECOND_NS + 1, 1)
            meter.lag(SECOND_NS + 1, SECOND_NS)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        counting = threading.Thread(target=count)
        counting.start()
        seen = [(meter.rate_hz(2 * SECOND_NS), meter.clock_offset_s(2 * SECOND_NS)) for _ in range(20_000)]
    finally:
        over.set()
        counting.join()
        sys.setswitchinterval(before)
    assert all(rate > 0.0 and offset == 1.0 for rate, offset in seen)
