"""What goes over a line is for its two ends: who stands between reads nothing and can say nothing for them."""

import asyncio
from pathlib import Path
from typing import Any

import nats
import pytest

from dronewall.errors import BadInput
from dronewall.watch.share.post import PLAIN, SEALED
from dronewall.watch.share.sealing import Seal, seal
from tests.watch.share.lines import Pair, frame, track

WAY = "to.LT.from.LV"


def test_a_frame_is_opened_by_who_it_is_for_and_its_answer_by_who_asked() -> None:
    lt = Seal()
    sealed, answers = seal(b"where it is", lt.public, WAY)
    assert lt.fits(sealed)
    assert b"where it is" not in sealed
    body, back = lt.open(sealed, WAY)
    assert body == b"where it is"
    first, second = back.seal(b"thanks"), back.seal(b"thanks")
    assert first != second  # a frame that comes twice is answered twice, and no two answers share a nonce
    assert answers.open(first) == answers.open(second) == b"thanks"


@pytest.mark.parametrize("at", [0, 8, 20, 40, 45, -1])
def test_a_frame_that_was_touched_is_opened_by_nobody(at: int) -> None:
    lt = Seal()
    sealed = bytearray(seal(b"where it is", lt.public, WAY)[0])
    sealed[at] ^= 1
    if at == 0:
        assert not lt.fits(bytes(sealed))
        return
    with pytest.raises(BadInput, match="not sealed for this node"):
        lt.open(bytes(sealed), WAY)


def test_a_frame_of_another_way_for_another_or_cut_short_is_opened_by_nobody() -> None:
    lt, other = Seal(), Seal()
    sealed, answers = seal(b"where it is", lt.public, WAY)
    for key, data, way in ((lt, sealed, "to.LT.from.EE"), (other, sealed, WAY), (lt, sealed[:30], WAY), (lt, b"", WAY)):
        with pytest.raises(BadInput, match="not sealed for this node"):
            key.open(data, way)
    assert answers.open(b"") is None
    assert answers.open(bytes(60)) is None
    with pytest.raises(BadInput, match="key for sealing is none"):
        seal(b"x", b"short", WAY)
    with pytest.raises(BadInput, match="key for sealing is none"):
        seal(b"x", bytes(32), WAY)  # a key that makes every secret the same


def test_who_listens_on_the_line_between_two_nodes_sees_no_word_of_a_track(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            heard: list[bytes] = []

            async def listen(message: Any) -> None:
                heard.append(message.subject.encode() + b" " + message.data)

            ear = await nats.connect(pair.servers["LT"].url, **pair.servers["LT"].credentials("LV"))
            await ear.subscribe(">", cb=listen)
            await ear.flush()
            pair.lines["LV"].put([track(1)], 1)
            await pair.until(lambda: pair.heard["LT"] == [1])
            await pair.until(lambda: any(one.startswith(b"to.LT.from.LV.frame") for one in heard))
            assert not [one for one in heard if b"AAAAAAAAAA" in one or b"latitude" in one or b"parts" in one]
            await ear.close()

    asyncio.run(night())


def test_an_answer_that_the_partner_did_not_make_is_not_believed_and_holds_nothing_up(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            liar = await nats.connect(pair.servers["LT"].url, **pair.servers["LT"].credentials("LV"))
            lies = [PLAIN + b'{"run": "x", "has": 99}', SEALED + bytes(80), b"", PLAIN + b'{"wait": true}']

            async def lie(message: Any) -> None:
                for one in lies:
                    await message.respond(one)

            await liar.subscribe("to.LT.from.LV.>", cb=lie)
            await liar.flush()
            for number in range(20):
                pair.lines["LV"].put([track(number)], 1)
            await pair.until(lambda: pair.heard["LT"] == list(range(20)))
            await pair.until(lambda: pair.lines["LV"].state.waiting == 0)
            await liar.close()

    asyncio.run(night())


def test_what_is_sealed_for_nobody_here_is_refused_in_plain_and_counted(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path) as pair:
            await pair.until(lambda: pair.lines["LT"].state.up)
            touched = bytearray(seal(frame(), pair.lines["LT"].post.public, WAY)[0])
            touched[-1] ^= 1
            for data in (bytes(touched), b""):
                answer = await pair.asked(data)
                assert answer == PLAIN + b'{"refused": "the frame is not sealed for this node"}'
            assert pair.lines["LT"].state.refused == 2
            assert "share.refused" in pair.kinds("LT")
            old = seal(frame(), Seal().public, WAY)[0]  # for a program that has ended: no offence, but nothing is taken
            assert await pair.asked(old) == PLAIN + b'{"anew": true}'
            assert pair.lines["LT"].state.refused == 2

    asyncio.run(night())
