"""A line with real servers: in order, each once, whatever is cut or killed; and closed to everybody else."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import nats
import nats.errors
import pytest

from dronewall.errors import BadInput
from dronewall.picture.nations.messages import Part
from dronewall.watch.share.identity import Identity, Partner
from dronewall.watch.share.issuing import make
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.server import Dial, NatsServer
from dronewall.watch.share.state import LIMIT_BURST, Bucket
from tests.watch.share.lines import NOW, Pair, frame, track


def test_twenty_minutes_in_the_dark_arrive_in_order_each_once(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            lv, lt = pair.lines["LV"], pair.lines["LT"]
            await pair.until(lambda: lv.state.up and lt.state.up)
            lv.put([track(0)], 1)
            await pair.until(lambda: pair.heard["LT"] == [0])
            pair.proxy.cut()
            for second in range(1_200):  # 2,000 updates a minute, without waiting for the minutes
                lv.put([track(1 + 34 * second + i) for i in range(34)], 1)
                lt.put([track(second, name="LT-AAAAAAAAAA")], 1)
                await asyncio.sleep(0)
            await pair.until(lambda: not lv.state.up and not lt.state.up)
            assert pair.heard["LT"] == [0]
            pair.proxy.mend()
            await pair.until(lambda: len(pair.heard["LT"]) >= 40_801 and len(pair.heard["LV"]) >= 1_200)
            await asyncio.sleep(0.3)
            assert pair.heard["LT"] == list(range(40_801))
            assert pair.heard["LV"] == list(range(1_200))
            assert {"share.line_down", "share.line_up"} <= set(pair.kinds("LV"))
            assert lv.state.lapsed == lt.state.lapsed == 0

    asyncio.run(night())


def test_a_server_killed_at_once_and_a_program_begun_anew_lose_and_double_nothing(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            lv = pair.lines["LV"]
            await pair.until(lambda: lv.state.up)
            for i in range(300):
                lv.put([track(i)], 1)
                if i in (100, 200):
                    pid = pair.servers["LV" if i == 100 else "LT"].pid
                    assert pid is not None
                    os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.005)
            await pair.until(lambda: len(pair.heard["LT"]) >= 300)
            assert pair.servers["LV"].starts == pair.servers["LT"].starts == 2
            await lv.stop()
            await pair.lines["LT"].stop()
            await pair.join("LT")
            await pair.join("LV")
            pair.lines["LV"].put([track(300)], 1)
            await pair.until(lambda: 300 in pair.heard["LT"])
            await asyncio.sleep(0.3)
            assert pair.heard["LT"] == list(range(301))

    asyncio.run(night())


def test_a_partner_that_is_not_there_keeps_nobody_from_starting_and_stopping(tmp_path: Path) -> None:
    async def night() -> None:
        make("EE", tmp_path, ["127.0.0.1"], NOW)
        make("LV", tmp_path, ["127.0.0.1"], NOW)
        me = Identity.read(tmp_path / "LV.crt", tmp_path / "LV.key", "LV")
        other = Partner.read(tmp_path / "EE.crt", "EE")
        dial = Dial(partner="EE", address="127.0.0.1:9")
        server = NatsServer(tmp_path / "n", me, {"EE": other}, listen=None, dials=(dial,), said=lambda _: None)
        await server.start()
        ears = Ears(take=lambda *_: None, tell=lambda *_: None)
        line = Line(me, other, server, ears, clock=time.time_ns, exercise=True)
        await line.start()
        line.put([track(1)], 1)
        await asyncio.sleep(1.0)
        assert not line.state.up
        assert line.state.waiting == 1
        await line.stop()
        await server.stop()

    asyncio.run(night())


def test_what_is_not_signed_not_ours_or_not_an_exercise_is_refused_in_one_sentence(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            lv, lt = pair.identity("LV"), pair.identity("LT")
            other = Part(seq=1, sent_ns=1, items=[track(7, name="EE-AAAAAAAAAA")])
            cases = [
                (b"\0" * 64 + frame(), "the frame is not signed by LV"),
                (b"", "the frame is not signed by LV"),
                (lt.sign(frame()) + frame(), "the frame is not signed by LV"),
                (lv.sign(frame(to="EE")) + frame(to="EE"), "the frame is not from LV to LT"),
                (
                    lv.sign(frame(exercise=False)) + frame(exercise=False),
                    "this node is an exercise and the frame is not",
                ),
                (
                    lv.sign(b'{"version": 2}') + b'{"version": 2}',
                    "the frame is of schema version 2, and this dronewall",
                ),
                (
                    lv.sign(frame(parts=[other])) + frame(parts=[other]),
                    "LV may speak of its own tracks and alerts only",
                ),
            ]
            for data, said in cases:
                answer = await pair.sent(data)
                assert set(answer) == {"refused"}
                assert str(answer["refused"]).startswith(said)
            assert pair.heard["LT"] == []
            assert pair.lines["LT"].state.refused == len(cases)
            assert 1 <= pair.kinds("LT").count("share.refused") < len(cases)  # once in ten seconds

    asyncio.run(night())


def test_a_line_ends_although_its_cancelling_is_lost_to_an_answer(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            line, asked = pair.lines["LV"], asyncio.Event()
            await pair.until(lambda: line.state.up)

            async def answered_just_then(body: bytes) -> dict[str, Any]:
                line.post.ask = told  # type: ignore[method-assign]
                asked.set()
                with suppress(asyncio.CancelledError):  # as `wait_for` of Python 3.11 does
                    await asyncio.sleep(3_600.0)
                return {}

            told, line.post.ask = line.post.ask, answered_just_then  # type: ignore[method-assign]
            await asked.wait()
            async with asyncio.timeout(60.0):
                await line.stop()

    asyncio.run(night())


def test_a_partner_reaches_nothing_but_the_line(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            client = await nats.connect(pair.servers["LT"].url, **pair.servers["LT"].credentials("LV"))
            for subject in ("$JS.LV.API.INFO", "$JS.API.STREAM.NAMES", "$SYS.REQ.SERVER.PING", "OUT_LT.part"):
                with pytest.raises((nats.errors.NoRespondersError, nats.errors.TimeoutError)):
                    await client.request(subject, b"", timeout=0.5)
            await client.close()

    asyncio.run(night())


def test_a_certificate_that_is_not_pinned_does_not_come_in(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            aside = tmp_path / "aside"
            make("LT", aside, ["127.0.0.1"], NOW)  # says that it is LT, with a key that nobody pinned
            false = Identity.read(aside / "LT.crt", aside / "LT.key", "LT")
            dial = Dial(partner="LV", address=f"127.0.0.1:{pair.proxy.port}")
            lines: list[str] = []
            server = NatsServer(
                aside / "n", false, {"LV": pair.partner("LV")}, listen=None, dials=(dial,), said=lines.append
            )
            await server.start()
            client = await nats.connect(server.url, **server.credentials("LV"))
            await pair.until(lambda: any("TLS leafnode handshake error" in line for line in pair.said["LV"]))
            with pytest.raises((nats.errors.NoRespondersError, nats.errors.TimeoutError)):
                await client.request("to.LV.from.LT.frame", frame(), timeout=0.5)
            await client.close()
            await server.stop()
            assert pair.lines["LV"].state.refused == 0

    asyncio.run(night())


def test_a_clock_five_seconds_ahead_is_noticed(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path, ahead_ns=5 * 10**9) as pair:
            # The frame that was quickest tells; on a busy machine that need not be the first.
            await pair.until(lambda: abs(pair.lines["LT"].state.clock_offset_s - 5.0) <= 0.5)
            await pair.until(lambda: abs(pair.lines["LV"].state.clock_offset_s + 5.0) <= 0.5)

    asyncio.run(night())


@pytest.mark.parametrize("answer", [b"", b"null", b"[1]", b'{"has": "x"}', b'{"wait_s": []}', b'{"run": 1, "has": -5}'])
def test_whatever_a_partner_answers_the_line_goes_on(tmp_path: Path, answer: bytes) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            await pair.lines["LT"].stop()
            del pair.lines["LT"]
            client = await nats.connect(pair.servers["LT"].url, **pair.servers["LT"].credentials("LV"))
            asked: list[bytes] = []

            async def lie(message: Any) -> None:
                asked.append(message.data)
                await message.respond(answer)

            lies = await client.subscribe("to.LT.from.LV.*", cb=lie)
            pair.lines["LV"].put([track(1)], 1)
            await pair.until(lambda: len(asked) >= 2)
            await lies.unsubscribe()
            await pair.join("LT")
            await pair.until(lambda: pair.heard["LT"] == [1])
            await client.close()

    asyncio.run(night())


def test_a_partner_that_floods_is_asked_to_wait() -> None:
    bucket = Bucket()
    assert bucket.take(int(LIMIT_BURST), 1)
    assert not bucket.take(1_000, 1)
    assert bucket.take(1_000, 1 + 10**9)
    assert not bucket.take(10_000, 1 + 10**9)


def test_a_certificate_of_the_wrong_nation_is_refused(tmp_path: Path) -> None:
    make("LV", tmp_path, ["127.0.0.1"], NOW)
    with pytest.raises(BadInput, match="is the certificate of LV, not of EE"):
        Partner.read(tmp_path / "LV.crt", "EE")


def test_a_key_that_others_can_read_or_of_another_pair_is_refused(tmp_path: Path) -> None:
    make("LV", tmp_path / "a", ["127.0.0.1"], NOW)
    make("LV", tmp_path / "b", ["127.0.0.1"], NOW)
    with pytest.raises(BadInput, match="is not the key of"):
        Identity.read(tmp_path / "a" / "LV.crt", tmp_path / "b" / "LV.key", "LV")
    (tmp_path / "a" / "LV.key").chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        Identity.read(tmp_path / "a" / "LV.crt", tmp_path / "a" / "LV.key", "LV")
    with pytest.raises(BadInput, match="is there already"):
        make("LV", tmp_path / "a", ["127.0.0.1"], NOW)
    with pytest.raises(BadInput, match="is no nation"):
        make("lv", tmp_path / "c", ["127.0.0.1"], NOW)
