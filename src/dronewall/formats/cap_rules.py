"""The rules that one CAP 1.2 alert keeps or breaks, each with the element that it is about.

    xml, root      well-formed XML without a document type, whose root is an `alert` of CAP 1.2
    schema         the schema of OASIS (`schemas/CAP-v1.2.xsd`): elements, their order, their words
    token          identifier and sender: not empty, no blank, comma, < or & (3.2.1)
    time           a time that there is, with + or - before its offset; UTC is -00:00 (3.3.2)
    conditional    scope Private has addresses, Restricted a restriction (3.2.1); a ceiling has an altitude (3.2.4)
    references     each sender,identifier,sent (3.2.1); msgType Update, Cancel, Ack and Error name what they are about
    polygon        latitude,longitude pairs on the earth, four or more, the last the first again (3.2.4)
    circle         latitude,longitude and a radius of 0 km or more (3.2.4)
    height         a ceiling above its altitude (3.2.4)
    signature      an enveloped signature that holds under the certificate or key that it brings (3.3.4.1)
    certificate    that certificate was in force when the alert was sent

Whose a certificate is, and whether one trusts it, the file cannot say. A signature of a method that cannot be checked
here (SHA-1 among them) breaks no rule, as the standard asks; the verdict's kind says that it was not checked.
Source: OASIS Common Alerting Protocol Version 1.2, 1 July 2010.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES: Final = "{http://www.w3.org/2000/09/xmldsig#}"
CAP: Final = f"{{{NAMESPACE}}}"
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
TIMES: Final = ("sent", "effective", "onset", "expires")
REFERRING: Final = ("Update", "Cancel", "Ack", "Error")
FORBIDDEN: Final = re.compile(r"[\s,<&]")
FEWEST: Final = 4
UNCHECKED: Final = (  # what a signature of a method or a key that is not known here ends in
    SignXMLException,
    UnsupportedAlgorithm,
    etree.LxmlError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
SHOWN: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One rule that an alert breaks."""

    field: str
    rule: str
    said: str


def judge(text: bytes) -> tuple[str, list[Broken]]:
    """What an alert is (its status and msgType, and whether it is signed), and every rule that it breaks."""
    parser = etree.XMLParser(  # a comment inside a value would hide what stands behind it
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = str(getattr(error, "msg", error)).splitlines()[0][:120]
        return "alert", [Broken(field="", rule="xml", said=f"it is no XML: {why}")]
    if root.getroottree().docinfo.doctype:
        return "alert", [Broken(field="", rule="xml", said="it has a document type; CAP has none")]
    if root.tag != f"{CAP}alert":
        return "alert", [
            Broken(field="", rule="root", said=f"its root is {str(root.tag)[:SHOWN]!r}, not CAP 1.2's alert")
        ]
    broken = [*_schema(root), *_alert(root), *_times(root)]
    for info in root.iterfind(f"{CAP}info"):
        for area in info.iterfind(f"{CAP}area"):
            broken += _area(area)
    signed, found = _signature(root, text)
    kind = " ".join(word for word in ("alert", _text(root, "status"), _text(root, "msgType")) if word)
    return f"{kind}, {signed}" if signed else kind, broken + found


@cache
def _oasis() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring((files("dronewall.formats") / "schemas" / "CAP-v1.2.xsd").read_bytes()))


def _schema(root: etree._Element) -> Iterator[Broken]:
    schema = _oasis()
    schema.validate(root)
    prefixes = {prefix: uri for element in root.iter("*") for prefix, uri in element.nsmap.items() if prefix}
    for error in schema.error_log:
        at = root.getroottree().xpath(error.path, namespaces=prefixes) if error.path else []
        said = re.sub(r"\{(?:urn|http)[^}]*\}", "", error.message)
        if "[facet 'pattern']" in said:
            continue  # the same is said again of the type, with its name
        yield Broken(field=_path(at[0]) if at else "", rule="schema", said=said[:300])


def _alert(root: etree._Element) -> Iterator[Broken]:
    for name in ("identifier", "sender"):
        said = _text(root, name)
        if said is not None and (not said or FORBIDDEN.search(said)):
            why = "it is empty" if not said else f"{said[:SHOWN]!r} has a blank, a comma, < or & in it"
            yield Broken(field=f"alert.{name}", rule="token", said=why)
    scope = _text(root, "scope")
    for wanted, name in (("Private", "addresses"), ("Restricted", "restriction")):
        if scope == wanted and not _text(root, name):
            yield Broken(field=f"alert.{name}", rule="conditional", said=f"scope is {wanted}, so it is mandatory")
    references, kind = _text(root, "references"), _text(root, "msgType")
    if kind in REFERRING and not references:
        yield Broken(
            field="alert.references", rule="references", said=f"msgType is {kind}: it must say of which alerts"
        )
    for one in (references or "").split():
        parts = one.split(",")
        if len(parts) != 3 or not all(parts) or _instant(parts[2]) is None:
            said = f"{one[:SHOWN]!r} is not sender,identifier,sent"
            yield Broken(field="alert.references", rule="references", said=said)


def _times(root: etree._Element) -> Iterator[Broken]:
    for element in root.iter(*(f"{CAP}{name}" for name in TIMES)):
        said = (element.text or "").strip()
        if _instant(said) is None:
            why = f"{said[:SHOWN]!r} is no time such as 2026-05-07T03:12:00+03:00"
        elif said.endswith("+00:00"):
            why = "UTC is written -00:00"
        else:
            continue
        yield Broken(field=_path(element), rule="time", said=why)


def _instant(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said) if TIME.fullmatch(said) else None
    except ValueError:
        return None


def _area(area: etree._Element) -> Iterator[Broken]:
    for element in area.iterfind(f"{CAP}polygon"):
        if why := _polygon(element.text or ""):
            yield Broken(field=_path(element), rule="polygon", said=why)
    for element in area.iterfind(f"{CAP}circle"):
        if why := _circle(element.text or ""):
            yield Broken(field=_path(element), rule="circle", said=why)
    altitude, ceiling = (_number(_text(area, name)) for name in ("altitude", "ceiling"))
    if area.find(f"{CAP}ceiling") is not None and area.find(f"{CAP}altitude") is None:
        yield Broken(field=f"{_path(area)}.ceiling", rule="conditional", said="it stands only with an altitude")
    if altitude is not None and ceiling is not None and ceiling < altitude:
        yield Broken(field=f"{_path(area)}.ceiling", rule="height", said=f"{ceiling:g} ft is below {altitude:g} ft")


def _polygon(said: str) -> str | None:
    corners = [_place(pair) for pair in said.split()]
    if None in corners:
        return f"{said.split()[corners.index(None)][:SHOWN]!r} is no latitude,longitude on the earth"
    if len(corners) < FEWEST:
        return f"it has {len(corners)} corners; it takes {FEWEST} or more, the last the first again"
    return None if corners[0] == corners[-1] else "its last corner is not its first again"


def _circle(said: str) -> str | None:
    middle, _, radius = said.strip().partition(" ")
    if _place(middle) is None:
        return f"{middle[:SHOWN]!r} is no latitude,longitude on the earth"
    size = _number(radius)
    return None if size is not None and size >= 0.0 else f"{radius[:SHOWN]!r} is no radius in km"


def _place(pair: str) -> tuple[float, float] | None:
    numbers = [_number(part) for part in pair.split(",")]
    if len(numbers) != 2:
        return None
    latitude, longitude = numbers
    if latitude is None or longitude is None or abs(latitude) > 90.0 or abs(longitude) > 180.0:
        return None
    return latitude, longitude


def _signature(root: etree._Element, text: bytes) -> tuple[str, list[Broken]]:
    """Whether it is signed, in a word for the verdict's kind, and what is wrong with the signature."""
    found = root.findall(f"{SIGNATURES}Signature")
    if not found:
        return "", []
    certificate = next(found[0].iter(f"{SIGNATURES}X509Certificate"), None)
    try:
        known = (
            None if certificate is None else x509.load_der_x509_certificate(base64.b64decode(certificate.text or ""))
        )
    except (ValueError, UnsupportedAlgorithm) as error:
        said = f"the certificate in it cannot be read: {str(error)[:120]}"
        return "signed", [Broken(field="alert.Signature", rule="signature", said=said)]
    try:
        when = None if known is None else known.not_valid_before_utc  # whether it was in force is judged below
        expect = SignatureConfiguration(require_x509=known is not None, location="./", verification_time=when)
        covered = XMLVerifier().verify(text.strip(), x509_cert=known, expect_config=expect)
    except (InvalidSignature, InvalidDigest) as error:
        return "signed", [
            Broken(field="alert.Signature", rule="signature", said=f"it does not hold: {str(error)[:160]}")
        ]
    except UNCHECKED as error:
        return f"signature not checked ({str(error).splitlines()[0][:80] if str(error) else 'unknown method'})", []
    signed = (covered[0] if isinstance(covered, list) else covered).signed_xml
    if signed is None or signed.tag != root.tag:
        return "signed", [Broken(field="alert.Signature", rule="signature", said="it does not cover the alert")]
    return "signed", [] if known is None else list(_in_force(known, root))


def _in_force(certificate: x509.Certificate, root: etree._Element) -> Iterator[Broken]:
    sent = _instant(_text(root, "sent") or "")
    if sent is None:
        return
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= sent.astimezone(UTC) <= ends:
        said = (
            f"the certificate is in force from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}; the alert was sent {sent:%Y-%m-%d}"
        )
        yield Broken(field="alert.Signature", rule="certificate", said=said)


def _text(parent: etree._Element, name: str) -> str | None:
    said = parent.findtext(f"{CAP}{name}")
    return None if said is None else said.strip()


def _number(said: str | None) -> float | None:
    if said is None or not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", said.strip()):
        return None
    number = float(said)
    return number if isfinite(number) else None


def _path(element: etree._Element) -> str:
    """Where an element stands, such as alert.info[2].area[1].polygon[1]."""
    names = []
    for one in (element, *element.iterancestors()):
        name, parent = str(etree.QName(one).localname), one.getparent()
        same = [] if parent is None else parent.findall(str(one.tag))
        often = name in ("info", "area", "polygon", "circle", "resource", "parameter", "eventCode", "geocode")
        names.append(f"{name}[{same.index(one) + 1}]" if often and same else name)
    return ".".join(reversed(names))
