"""CAP alerts by the rules of the standard: our own keep them, and each is broken by one alert."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.signer import XMLSigner

from dronewall.formats.cap_rules import judge

ALERT = b"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>KSTO1055887203</identifier><sender>KSTO@NWS.NOAA.GOV</sender>
<sent>2026-05-07T03:57:00-07:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Met</category><event>THUNDERSTORM</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Observed</certainty><expires>2026-05-07T04:57:00-07:00</expires>
<area><areaDesc>HERE</areaDesc><polygon>38.47,-120.14 38.34,-119.95 38.52,-119.74 38.47,-120.14</polygon>
<circle>32.9525,-115.5527 0</circle><altitude>0</altitude><ceiling>400</ceiling></area></info></alert>
"""
REFERENCES = b"<references>KSTO@NWS.NOAA.GOV,KSTO1,2026-05-07T03:50:00-07:00</references>"
BROKEN = [
    (b"KSTO1055887203", b"KSTO 1055887203", "identifier", "token"),
    (b"KSTO1055887203", b"KSTO<!-- x -->1 055,", "identifier", "token"),
    (b"-120.14</polygon>", b"-120.14<!-- x --> 99,999</polygon>", "info[0].area[0].polygon[0]", "polygon"),
    (b"KSTO@NWS", b"KSTO,NWS", "sender", "token"),
    (b"<sent>2026-05-07T03:57:00-07:00", b"<sent>2026-05-07T10:57:00+00:00", "sent", "time"),
    (b"<expires>2026-05-07T04:57:00-07:00", b"<expires>2026-05-07T04:57:00Z", "info[0].expires", "time"),
    (b"<expires>2026-05-07", b"<expires>2026-13-07", "info[0].expires", "time"),
    (b"Actual", b"actual", "status", "schema"),
    (b"<scope>Public</scope>", b"", "scope", "mandatory"),
    (b"<scope>Public", b"<scope>Private", "addresses", "conditional"),
    (b"<scope>Public", b"<scope>Restricted", "restriction", "conditional"),
    (b"<msgType>Alert", b"<msgType>Update", "references", "references"),
    (b"</scope>", b"</scope><references>KSTO1</references>", "references", "references"),
    (b" 38.47,-120.14</polygon>", b" 38.48,-120.14</polygon>", "info[0].area[0].polygon[0]", "polygon"),
    (b"38.52,-119.74 ", b"", "info[0].area[0].polygon[0]", "polygon"),
    (b"38.52,-119.74", b"98.52,-119.74", "info[0].area[0].polygon[0]", "polygon"),
    (b"38.52,-119.74", b"38.52, -119.74", "info[0].area[0].polygon[0]", "polygon"),
    (b"-115.5527 0<", b"-115.5527 -1<", "info[0].area[0].circle[0]", "circle"),
    (b"-115.5527 0<", b"-115.5527<", "info[0].area[0].circle[0]", "circle"),
    (b"<altitude>0</altitude>", b"", "info[0].area[0].ceiling", "conditional"),
    (b"<altitude>0", b"<altitude>401", "info[0].area[0].ceiling", "height"),
    (b"<event>THUNDERSTORM</event>", b"", "info[0].event", "mandatory"),
    (b"<areaDesc>HERE</areaDesc>", b"", "info[0].area[0].areaDesc", "mandatory"),
    (b"cap:1.2", b"cap:1.1", "", "root"),
    (b"</alert>", b"", "", "xml"),
]


def test_a_sound_alert_keeps_every_rule():
    assert judge(ALERT) == ("alert Actual Alert", [])
    kind, broken = judge(ALERT.replace(b"Type>Alert", b"Type>Cancel").replace(b"</scope>", b"</scope>" + REFERENCES))
    assert (kind, broken) == ("alert Actual Cancel", [])


@pytest.mark.parametrize(("good", "bad", "field", "rule"), BROKEN)
def test_each_broken_rule_is_named_with_its_element(good, bad, field, rule):
    assert ALERT.count(good) >= 1
    _, broken = judge(ALERT.replace(good, bad, 1))
    assert (field, rule) in [(one.field, one.rule) for one in broken]


def test_no_entity_is_followed():
    bomb = b'<!DOCTYPE alert [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + ALERT.split(b"?>\n", 1)[1]
    _, broken = judge(bomb.replace(b"HERE", b"&a;"))
    assert [one.rule for one in broken] == ["xml"]


def signed(method: SignatureMethod = SignatureMethod.RSA_SHA256, *, days: int = 3_000) -> bytes:
    key = rsa.generate_private_key(65_537, 2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    begins = datetime(2025, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    signer = XMLSigner(signature_algorithm=method, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    whole = signer.sign(etree.fromstring(ALERT), key=secret, cert=certificate.public_bytes(Encoding.PEM).decode())
    return bytes(etree.tostring(whole, encoding="UTF-8", xml_declaration=True))


SIGNED = signed()


def test_a_signature_that_holds_is_said_and_one_of_a_changed_alert_breaks_a_rule():
    document = signed()
    assert judge(document) == ("alert Actual Alert, signed", [])
    kind, (broken,) = judge(document.replace(b"THUNDERSTORM", b"SUNSHINE"))
    assert kind == "alert Actual Alert, signed"
    assert (broken.field, broken.rule) == ("Signature", "signature")


def test_a_certificate_that_had_expired_breaks_a_rule():
    _, (broken,) = judge(signed(days=30))
    assert (broken.field, broken.rule) == ("Signature", "certificate")
    assert "from 2025-01-01 to 2025-01-31" in broken.said


def test_a_signature_that_cannot_be_checked_breaks_no_rule_and_is_said():
    kind, broken = judge(signed().replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-whirlpool"))
    assert broken == []
    assert "signature not checked" in kind


def test_a_prefix_of_the_namespace_makes_no_difference():
    prefixed = ALERT.replace(b'xmlns="', b'xmlns:cap="')
    for name in (b"alert", b"identifier", b"sender", b"sent", b"status", b"msgType", b"scope", b"info", b"category"):
        prefixed = prefixed.replace(b"<%s" % name, b"<cap:%s" % name).replace(b"</%s" % name, b"</cap:%s" % name)
    _, broken = judge(prefixed)
    assert broken
    assert ("info[0].event", "mandatory") in [(one.field, one.rule) for one in broken]  # it is of no namespace now


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(ALERT)), length=st.integers(0, 40), into=st.binary(max_size=12))
def test_whatever_was_damaged_gets_a_verdict(at, length, into):
    kind, broken = judge(ALERT[:at] + into + ALERT[at + length :])
    assert kind.startswith("alert")
    assert all(one.rule and one.said for one in broken)


@pytest.mark.parametrize("at", range(0, 960, 97))
def test_a_damaged_certificate_or_key_gets_a_verdict(at):
    begins = SIGNED.index(b"<ds:X509Certificate>") + 20
    kind, broken = judge(SIGNED[: begins + at] + b"AAAA" + SIGNED[begins + at + 4 :])
    assert kind.startswith(("alert Actual Alert, signed", "alert Actual Alert, signature not checked"))
    assert {one.rule for one in broken} <= {"signature", "certificate"}
