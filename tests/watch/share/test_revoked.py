"""A certificate that its authority took back: believed by nobody who has the list, from the moment that it is there."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dronewall.errors import BadInput
from dronewall.watch.share.certificates import Authority, read
from dronewall.watch.share.identity import Identity, Partner
from dronewall.watch.share.issuing import issue, make, make_authority, replace, revoke
from dronewall.watch.share.post import SEALED, _packed, _said
from dronewall.watch.share.revoked import Revoked
from dronewall.watch.share.sealing import Seal
from tests.watch.share.lines import NOW, Pair, frame, track

YEAR = timedelta(days=365)
HERE = ["127.0.0.1"]


def company(folder: Path, *nations: str) -> None:
    """An authority with a list that is not empty, and its nodes."""
    make_authority(folder, NOW)
    for nation in ("FI", *nations):
        issue(nation, folder, HERE, NOW, YEAR)
    take_back(folder, "FI")


def take_back(folder: Path, nation: str) -> None:
    signed, _, _ = revoke(folder / f"{nation}.crt", folder, NOW, timedelta(days=30), "keyCompromise")
    replace(folder / "authority.crl", signed)


def identity(folder: Path, nation: str) -> Identity:
    return Identity.read(folder / f"{nation}.crt", folder / f"{nation}.key", nation)


def test_a_line_goes_down_when_a_certificate_is_revoked_and_up_again_with_a_new_one(tmp_path: Path) -> None:
    company(tmp_path, "LV", "LT")

    async def night() -> None:
        async with Pair(tmp_path, authority=True) as pair:
            lv = pair.lines["LV"]
            await pair.until(lambda: lv.state.up and pair.lines["LT"].state.up)
            stolen = identity(tmp_path, "LT")
            take_back(tmp_path, "LT")
            why = f"the certificate of LT was revoked on {NOW:%Y-%m-%d} (key compromise)"
            await pair.until(lambda: not lv.state.up and lv.state.why == why)
            await pair.until(
                lambda: lv.state.refused > 0 or "own certificate was revoked" in pair.lines["LT"].state.why
            )
            lv.put([track(1)], 1)
            await pair.lines["LT"].stop()

            asked: list[str] = []  # who stole the key comes in by TLS, and answers as LT did
            thief = await nats.connect(pair.servers["LT"].url, **pair.servers["LT"].credentials("LV"))

            async def answer(message: Any) -> None:
                asked.append(message.subject)
                public = Seal().public
                signature = stolen.sign(_said("to.LV.from.LT", message.data, public))
                await message.respond(SEALED + _packed(stolen.shown, signature + public))

            sub = await thief.subscribe("to.LT.from.LV.>", cb=answer)
            await thief.flush()
            (tmp_path / "LT.key").unlink()
            (tmp_path / "LT.crt").unlink()
            issue("LT", tmp_path, HERE, NOW, YEAR)
            await pair.join("LT")  # with a key of its own again
            await pair.until(lambda: pair.heard["LT"] == [1])
            assert "to.LT.from.LV.key" in asked
            await sub.unsubscribe()
            await thief.close()

    asyncio.run(night())


def test_a_frame_under_a_revoked_certificate_is_refused_in_one_sentence(tmp_path: Path) -> None:
    company(tmp_path, "LV", "LT")

    async def night() -> None:
        async with Pair(tmp_path, authority=True) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            lv = identity(tmp_path, "LV")
            await pair.lines["LV"].stop()
            take_back(tmp_path, "LV")
            answer = await pair.sent(lv.sign(frame()) + frame(), lv.shown)
            assert answer == {"refused": f"the certificate of LV was revoked on {NOW:%Y-%m-%d} (key compromise)"}
            assert pair.heard["LT"] == []
            assert pair.lines["LT"].state.refused >= 1
            assert "share.refused" in pair.kinds("LT")

    asyncio.run(night())


def test_the_list_takes_on_what_was_revoked_and_takes_nobody_back_twice(tmp_path: Path) -> None:
    company(tmp_path, "LV", "LT")
    take_back(tmp_path, "LV")
    authority = Authority.read(tmp_path / "authority.crt", tmp_path / "authority.crl")
    assert authority.revoked is not None
    assert authority.revoked.number == 2
    assert [bool(authority.took_back(read(tmp_path / f"{n}.crt"))) for n in ("FI", "LV", "LT")] == [True, True, False]
    with pytest.raises(BadInput, match=r"was revoked on .* already"):
        take_back(tmp_path, "LV")
    make("EE", tmp_path, HERE, NOW)
    with pytest.raises(BadInput, match="not signed by the authority"):
        take_back(tmp_path, "EE")


def test_a_list_that_is_not_the_authoritys_is_refused_and_one_that_becomes_none_changes_nothing(tmp_path: Path) -> None:
    company(tmp_path, "LV")
    company(tmp_path / "other", "LV")
    (tmp_path / "rubbish.crl").write_text("no list")
    for file, said in (
        (tmp_path / "other" / "authority.crl", "was not signed by the authority"),
        (tmp_path / "rubbish.crl", "is no list of revoked certificates"),
        (tmp_path / "nowhere.crl", "cannot be read"),
    ):
        with pytest.raises(BadInput, match=said):
            Authority.read(tmp_path / "authority.crt", file)
    known = Revoked(tmp_path / "authority.crl", read(tmp_path / "authority.crt"))
    (tmp_path / "authority.crl").write_text("half a")
    fi = read(tmp_path / "FI.crt")
    assert known.why(fi)
    assert "is no list" in known.state(NOW).why
    (tmp_path / "authority.crl").unlink()
    assert known.why(fi)
    assert "cannot be read" in known.state(NOW).why


def test_a_list_in_der_is_read_and_one_that_is_old_holds_and_is_spoken_of(tmp_path: Path) -> None:
    company(tmp_path, "LV")
    found = x509.load_pem_x509_crl((tmp_path / "authority.crl").read_bytes())
    (tmp_path / "authority.der").write_bytes(found.public_bytes(Encoding.DER))
    authority = Authority.read(tmp_path / "authority.crt", tmp_path / "authority.der")
    assert authority.revoked is not None
    assert authority.revoked.state(NOW).why == ""
    late = NOW + timedelta(days=31)
    assert "was to be replaced by" in authority.revoked.state(late).why
    with pytest.raises(BadInput, match="the certificate of FI was revoked"):
        Partner.vouched(authority, "FI").certificate(identity(tmp_path, "FI").shown, late)
