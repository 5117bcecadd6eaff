"""Nodes that one authority vouches for: who comes in, who does not, what is said to whom, and how long it lasts."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dronewall.errors import BadInput
from dronewall.records.wall import PartnerSpec, ShareSpec
from dronewall.watch.lasting import Lasting
from dronewall.watch.share.certificates import Authority, nation_of, read
from dronewall.watch.share.handshakes import Handshakes, Refused
from dronewall.watch.share.identity import Identity, Partner, known
from dronewall.watch.share.issuing import certify, issue, make, make_authority, unsigned
from dronewall.watch.share.server import Dial, NatsServer
from tests.watch.share.lines import NOW, Pair, frame, track

YEAR = timedelta(days=365)
HERE = ["127.0.0.1"]


def company(folder: Path, *nations: str, lasts: timedelta = YEAR) -> Path:
    """An authority and its nodes' files."""
    make_authority(folder, NOW)
    for nation in nations:
        issue(nation, folder, HERE, NOW, lasts)
    return folder


def identity(folder: Path, nation: str, name: str | None = None) -> Identity:
    return Identity.read(folder / f"{name or nation}.crt", folder / f"{name or nation}.key", nation)


def test_two_nodes_of_one_authority_know_each_other_without_each_others_files(tmp_path: Path) -> None:
    async def night() -> None:
        async with Pair(tmp_path, authority=True) as pair:
            for line in pair.lines.values():
                assert line.partner.pinned is None
            pair.lines["LV"].put([track(1)], 1)
            pair.lines["LT"].put([track(2, name="LT-AAAAAAAAAA")], 1)
            await pair.until(lambda: pair.heard == {"LV": [2], "LT": [1]})
            assert nation_of(pair.lines["LV"].theirs or read(tmp_path / "LV.crt")) == "LT"

    asyncio.run(night())


def test_a_frame_under_a_certificate_that_is_not_to_be_believed_is_refused_in_one_sentence(tmp_path: Path) -> None:
    other = company(tmp_path / "other", "LV")
    company(tmp_path, "LV", "LT", "EE")
    old = tmp_path / "old"
    shutil.copytree(tmp_path, old, ignore=shutil.ignore_patterns("old", "other"))
    issue("LV", old, HERE, NOW, -timedelta(days=1))
    own = tmp_path / "own"
    make("LV", own, HERE, NOW)

    async def night() -> None:
        async with Pair(tmp_path, authority=True) as pair:
            await pair.until(lambda: pair.lines["LV"].state.up)
            lv, ee = identity(tmp_path, "LV"), identity(tmp_path, "EE")
            stranger, ended, alone = identity(other, "LV"), identity(old, "LV"), identity(own, "LV")
            unsigned = "the certificate was not signed by the authority that this node trusts"
            cases = [
                (ee.sign(frame()) + frame(), ee.shown, "the certificate is of EE, not of LV"),
                (ee.sign(frame()) + frame(), lv.shown, "the frame is not signed by LV"),
                (stranger.sign(frame()) + frame(), stranger.shown, unsigned),
                (alone.sign(frame()) + frame(), alone.shown, unsigned),
                (
                    ended.sign(frame()) + frame(),
                    ended.shown,
                    f"the certificate of LV ended on {NOW - timedelta(days=1):%Y-}",
                ),
                (lv.sign(frame()) + frame(), b"", "the frame brings no certificate of LV that can be read"),
                (lv.sign(frame()) + frame(), b"0" * 300, "the frame brings no certificate of LV that can be read"),
                (lv.sign(frame()) + frame(), lv.shown * 20, "the frame brings no certificate of LV that can be read"),
            ]
            for data, shown, said in cases:
                answer = await pair.sent(data, shown)
                assert set(answer) == {"refused"}
                assert str(answer["refused"]).startswith(said)
            assert pair.heard["LT"] == []
            assert pair.lines["LT"].state.refused == len(cases)
            assert "share.refused" in pair.kinds("LT")
            assert "share.refused" not in pair.kinds("LV")  # who was refused heard it in the answer

    asyncio.run(night())


async def knocks(pair: Pair, me: Identity, trusted: Path, said: Callable[[str], None]) -> NatsServer:
    """Another node that dials LV's server with its own certificate."""
    dial = Dial(partner="LV", address=f"127.0.0.1:{pair.proxy.port}")
    partners = {"LV": Partner.vouched(Authority.read(trusted), "LV")}
    server = NatsServer(trusted.parent / "knocks", me, partners, listen=None, dials=(dial,), said=said)
    await server.start()
    return server


@pytest.mark.parametrize(
    ("case", "here", "there"),
    [
        ("nation", "its certificate is of no nation that is a partner here", "does not know our certificate"),
        ("ended", "its certificate has ended, or has not begun", None),
        ("authority", "neither pinned here nor of the authority", None),
        ("address", "it does not accept our certificate", "does not name the address that we dial"),
    ],
)
def test_a_certificate_that_is_not_a_partners_does_not_come_in_and_both_sides_are_told_why(
    tmp_path: Path, case: str, here: str, there: str | None
) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    company(a, "LT", "EE")
    issue("LV", a, ["lv.example"] if case == "address" else HERE, NOW, YEAR)
    shutil.copytree(a, b)
    if case == "ended":
        issue("LT", b, HERE, NOW, -timedelta(days=1))
    if case == "authority":
        shutil.rmtree(b)
        company(b, "LT")
    me = identity(b, "EE" if case == "nation" else "LT")

    async def night() -> None:
        ours, theirs = Handshakes(), Handshakes()
        heard: list[Refused] = []
        async with Pair(a, authority=True) as pair:
            server = await knocks(pair, me, a / "authority.crt", lambda t: heard.extend(filter(None, [theirs.read(t)])))
            told: list[Refused] = []

            def look() -> bool:
                while pair.said["LV"]:
                    told.extend(filter(None, [ours.read(pair.said["LV"].pop(0))]))
                return any(here in one.reason for one in told)

            await pair.until(look)
            if there is not None:
                await pair.until(lambda: any(there in one.reason and one.partner == "LV" for one in heard))
            assert all(one.partner is None for one in told)
            await server.stop()

    asyncio.run(night())


def test_a_line_that_is_up_when_a_certificate_ends_is_closed_and_opens_with_the_new_one(tmp_path: Path) -> None:
    async def night() -> None:
        company(tmp_path, "LV")
        issue("LT", tmp_path, HERE, NOW, timedelta(days=30))
        async with Pair(tmp_path, authority=True) as pair:
            lv, lt = pair.lines["LV"], pair.lines["LT"]
            await pair.until(lambda: lv.state.up and lt.state.up and lv.theirs is not None)
            pair.later = timedelta(days=31)
            lv.put([track(1)], 1)
            await pair.until(lambda: not lv.state.up and not lt.state.up)
            await pair.until(lambda: lv.state.why.startswith("the certificate of LT ended on"))
            await pair.until(lambda: lt.state.why.startswith("our own certificate ended on"))
            assert pair.heard["LT"] == []
            await lt.stop()
            issue("LT", tmp_path, HERE, NOW, YEAR)
            await pair.join("LT")
            await pair.until(lambda: pair.heard["LT"] == [1])

    asyncio.run(night())


def test_a_certificate_is_spoken_of_from_fourteen_days_before_its_end(tmp_path: Path) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    found = [Lasting(of="LV", until=now + timedelta(days=days), now=now) for days in (15, 14, 1, -1)]
    assert [one.state for one in found] == ["ok", "ends_soon", "ends_soon", "ended"]
    assert found[1].row() == {"of": "LV", "until": "2026-11-15T00:00:00Z", "days": 14, "state": "ends_soon"}


def share(**changes: object) -> ShareSpec:
    spec = ShareSpec(
        nation="LV",
        rules="r",
        certificate="LV.crt",
        key="LV.key",
        authority="authority.crt",
        partner=[PartnerSpec(nation="LT", address="127.0.0.1:1")],
    )
    return spec.model_copy(update=changes)


def test_the_wall_names_the_authority_and_our_own_certificate_must_be_its(tmp_path: Path) -> None:
    company(tmp_path, "LV")
    me, partners = known(share(), tmp_path)
    assert me.nation == "LV"
    assert partners["LT"].file == tmp_path / "authority.crt"
    with pytest.raises(BadInput, match="is the certificate of a node, not of an authority"):
        known(share(authority="LV.crt"), tmp_path)
    with pytest.raises(BadInput, match="is the certificate of LV, not of EE"):
        known(share(nation="EE"), tmp_path)
    company(tmp_path / "b")
    with pytest.raises(BadInput, match="not signed by the authority that this node trusts"):
        known(share(authority="b/authority.crt"), tmp_path)


def test_an_own_certificate_that_has_ended_does_not_keep_the_watch_from_starting(tmp_path: Path) -> None:
    company(tmp_path, "LV", lasts=-timedelta(days=1))
    assert known(share(), tmp_path)[0].nation == "LV"


def test_an_authority_signs_what_a_nation_made_by_itself_and_never_sees_its_key(tmp_path: Path) -> None:
    company(tmp_path)
    mine, key = make("LT", tmp_path / "lt", ["lt.example", "192.0.2.1"], NOW)
    signed, nation, hosts = certify(mine, tmp_path, NOW, YEAR)
    assert (nation, hosts) == ("LT", ["lt.example", "192.0.2.1"])
    mine.write_bytes(signed)
    me = Identity.read(mine, key, "LT")
    names = me.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lt.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.1"]
    partner = Partner.vouched(Authority.read(tmp_path / "authority.crt"), "LT")
    assert partner.verify(b"x", me.sign(b"x"), me.shown, NOW) == me.certificate


def test_an_authority_that_stood_before_us_signs_as_well(tmp_path: Path) -> None:
    key = generate_private_key(SECP256R1())  # a public administration's own, of another kind of key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "State authority")])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (tmp_path / "state.crt").write_bytes(built.public_bytes(Encoding.PEM))
    make("LV", tmp_path, HERE, NOW)
    own = read(tmp_path / "LV.crt").public_key()
    node = unsigned("LV", own, [], NOW, NOW + YEAR)  # type: ignore[arg-type]
    signed = node.issuer_name(subject).sign(key, SHA256())
    (tmp_path / "LV.crt").write_bytes(signed.public_bytes(Encoding.PEM))
    me = identity(tmp_path, "LV")
    partner = Partner.vouched(Authority.read(tmp_path / "state.crt"), "LV")
    assert partner.verify(b"x", me.sign(b"x"), me.shown, NOW) == me.certificate


@pytest.mark.parametrize(
    "more",
    [
        [x509.UniformResourceIdentifier("urn:dronewall:nation:LT")],
        [x509.UniformResourceIdentifier("URN:dronewall:nation:LT")],
        [x509.UniformResourceIdentifier("urn:dronewall:nation:%4cT")],
        [x509.DNSName("urn:dronewall:nation:LT")],
        [x509.RFC822Name("urn:dronewall:nation:LT@x")],
    ],
)
def test_a_certificate_that_could_be_taken_for_another_nations_is_of_none(
    tmp_path: Path, more: list[x509.GeneralName]
) -> None:
    key = Ed25519PrivateKey.generate()
    for names, nation in (([x509.DNSName("lv.example")], "LV"), (more, "")):
        built = unsigned("LV", key.public_key(), names, NOW, NOW + YEAR).issuer_name(x509.Name([]))
        assert nation_of(built.sign(key, None)) == nation


def test_a_key_that_is_there_stays_when_a_certificate_is_renewed(tmp_path: Path) -> None:
    company(tmp_path, "LV")
    before, key = (tmp_path / "LV.crt").read_bytes(), (tmp_path / "LV.key").read_bytes()
    issue("LV", tmp_path, HERE, NOW, YEAR)
    assert (tmp_path / "LV.key").read_bytes() == key
    assert (tmp_path / "LV.crt").read_bytes() != before
    assert not (tmp_path / "LV.key").stat().st_mode & 0o077
    with pytest.raises(BadInput, match="is there already"):
        make_authority(tmp_path, NOW)
    with pytest.raises(BadInput, match="is no host name or address"):
        issue("LV", tmp_path, ["a host"], NOW, YEAR)
