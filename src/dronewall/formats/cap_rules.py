"""The rules that one CAP 1.2 alert keeps or breaks, each with the element that it is about.

    xml, root      well-formed XML without a document type, whose root is an `alert` of CAP 1.2
    mandatory      what the schema of OASIS (`schemas/CAP-v1.2.xsd`) wants and is not there
    schema         the same schema: elements, their order, their words, numbers
    token          identifier and sender: not empty, no blank, comma, < or & (3.2.1)
    time           a time that there is, with + or - before its offset; UTC is -00:00 (3.3.2)
    uri            web is absolute; a resource's uri too, unless its content comes along as derefUri (3.2.2, 3.2.3)
    value          a resource's mimeType is type/subtype, its size not negative (3.2.3)
    conditional    scope Private has addresses, Restricted a restriction (3.2.1); a ceiling has an altitude (3.2.4)
    references     each sender,identifier,sent, which keep the rules of these (3.2.1); msgType Update, Cancel, Ack and
                   Error name what they are about
    polygon        latitude,longitude pairs on the earth, four or more, the last the first again (3.2.4)
    circle         latitude,longitude and a radius of 0 km or more (3.2.4)
    height         a ceiling above its altitude (3.2.4)
    signature      an enveloped signature that holds under the certificate or key that it brings (3.3.4.1)
    certificate    that certificate was in force when the alert was sent

A field is an element's path below `alert`, places in lists from 0: `info[0].area[1].polygon[0]`.
Whose a certificate is, and whether one trusts it, the file cannot say. A signature of a method that cannot be checked
here (SHA-1 among them) breaks no rule, as the standard asks; the verdict's kind says that it was not checked.
Source: OASIS Common Alerting Protocol Version 1.2, 1 July 2010.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dronewall.formats.broken import Broken
from dronewall.formats.lexical import BLANKS, Moment, date_time, decimal
from dronewall.units import utc_ns

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES: Final = "{http://www.w3.org/2000/09/xmldsig#}"
CAP: Final = f"{{{NAMESPACE}}}"
SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema}"
TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[-+][0-9]{2}:[0-9]{2}")
ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")
MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+/[A-Za-z0-9!#$%&'*+.^_`|~-]+([ \t]*;.*)?")
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
    broken = [*_missing(root), *_schema(root), *_alert(root), *_times(root)]
    for info in root.iterfind(f"{CAP}info"):
        broken += _links(info)
        for area in info.iterfind(f"{CAP}area"):
            broken += _area(area)
    signed, found = _signature(root, text)
    kind = " ".join(word for word in ("alert", _text(root, "status"), _text(root, "msgType")) if word)
    return f"{kind}, {signed}" if signed else kind, broken + found


@cache
def _tree() -> etree._Element:
    return etree.fromstring((files("dronewall.formats") / "schemas" / "CAP-v1.2.xsd").read_bytes())


@cache
def _oasis() -> etree.XMLSchema:
    return etree.XMLSchema(_tree())


@cache
def _content() -> Mapping[str, Mapping[str, tuple[bool, bool]]]:
    """Of each element that holds others: which, in order, whether they are mandatory, and may come again."""
    found: dict[str, dict[str, tuple[bool, bool]]] = {}
    for parent in _tree().iter(f"{SCHEMA}element"):
        for child in parent.iterfind(f"{SCHEMA}complexType/{SCHEMA}sequence/{SCHEMA}element"):
            name = child.get("name") or str(child.get("ref")).rpartition(":")[2]
            often = child.get("maxOccurs") == "unbounded"
            found.setdefault(str(parent.get("name")), {})[name] = child.get("minOccurs") != "0", often
    return found


def _wanting(element: etree._Element) -> list[str]:
    """The names of what the schema wants in an element and is not there."""
    content = _content().get(str(etree.QName(element).localname), {})
    return [name for name, (wanted, _) in content.items() if wanted and element.find(f"{CAP}{name}") is None]


def _missing(root: etree._Element) -> Iterator[Broken]:
    for element in root.iter(f"{CAP}*"):
        for name in _wanting(element):
            where = f"{_path(element)}.{name}".removeprefix(".")
            yield Broken(field=where, rule="mandatory", said="it is mandatory and not there")


def _completed(root: etree._Element) -> etree._Element:
    """The alert with what was missing in its place, since a schema looks at nothing behind a gap."""
    whole = deepcopy(root)
    for element in list(whole.iter(f"{CAP}*")):
        order = list(_content().get(str(etree.QName(element).localname), {}))
        for name in _wanting(element):
            words = _tree().find(f".//{SCHEMA}element[@name='{name}']//{SCHEMA}enumeration")
            added = etree.Element(f"{CAP}{name}")
            added.text = str(words.get("value")) if words is not None else "2000-01-01T00:00:00-00:00"
            behind = [f"{CAP}{other}" for other in order[order.index(name) + 1 :]]
            at = next((place for place, child in enumerate(element) if child.tag in behind), len(element))
            element.insert(at, added)
    return whole


def _schema(root: etree._Element) -> Iterator[Broken]:
    """What the schema says beyond what is missing, once of each element; of times, `_times` says it."""
    schema, whole = _oasis(), _completed(root)
    schema.validate(whole)
    prefixes = {prefix: uri for element in whole.iter("*") for prefix, uri in element.nsmap.items() if prefix}
    told: set[str] = set()
    for error in schema.error_log:
        found = whole.getroottree().xpath(error.path, namespaces=prefixes) if error.path else []
        at = found[0] if found else whole
        if at.tag not in [f"{CAP}{name}" for name in TIMES] and _path(at) not in told:
            told.add(_path(at))
            said = re.sub(r"\{(?:urn|http)[^}]*\}", "", error.message)
            yield Broken(field=_path(at), rule="schema", said=said[:300])


def _alert(root: etree._Element) -> Iterator[Broken]:
    for name in ("identifier", "sender"):
        said = root.findtext(f"{CAP}{name}")
        if said is not None and (why := _token(said)):
            yield Broken(field=name, rule="token", said=why)
    scope = _text(root, "scope")
    for wanted, name in (("Private", "addresses"), ("Restricted", "restriction")):
        if scope == wanted and not _text(root, name):
            yield Broken(field=name, rule="conditional", said=f"scope is {wanted}, so it is mandatory")
    references, kind = _text(root, "references"), _text(root, "msgType")
    if kind in REFERRING and not references:
        yield Broken(field="references", rule="references", said=f"msgType is {kind}: it must say of which alerts")
    for one in _words(references or ""):
        if why := _reference(one):
            yield Broken(field="references", rule="references", said=f"{one[:SHOWN]!r}: {why}")


def _token(said: str) -> str | None:
    if not said:
        return "it is empty"
    return f"{said[:SHOWN]!r} has a blank, a comma, < or & in it" if FORBIDDEN.search(said) else None


def _reference(said: str) -> str | None:
    parts = said.split(",")
    if len(parts) != 3:
        return "it is not sender,identifier,sent"
    return _token(parts[0]) or _token(parts[1]) or _time(parts[2])


def _links(info: etree._Element) -> Iterator[Broken]:
    web = info.find(f"{CAP}web")
    if web is not None and not ABSOLUTE.fullmatch((web.text or "").strip(BLANKS)):
        yield Broken(field=_path(web), rule="uri", said="it is no absolute URI such as https://example.org/alert")
    for resource in info.iterfind(f"{CAP}resource"):
        where, uri, size = _path(resource), _text(resource, "uri"), _text(resource, "size")
        if uri is not None and not ABSOLUTE.fullmatch(uri) and resource.find(f"{CAP}derefUri") is None:
            said = "it is no absolute URI, and no derefUri brings its content along"
            yield Broken(field=f"{where}.uri", rule="uri", said=said)
        media = _text(resource, "mimeType")
        if media is not None and not MEDIA_TYPE.fullmatch(media):
            yield Broken(field=f"{where}.mimeType", rule="value", said=f"{media[:SHOWN]!r} is no type/subtype")
        if size is not None and size.startswith("-") and size.strip("-0"):
            yield Broken(field=f"{where}.size", rule="value", said=f"{size[:SHOWN]} bytes cannot be")


def _times(root: etree._Element) -> Iterator[Broken]:
    for element in root.iter(*(f"{CAP}{name}" for name in TIMES)):
        if why := _time((element.text or "").strip(BLANKS)):
            yield Broken(field=_path(element), rule="time", said=why)


def _time(said: str) -> str | None:
    if _instant(said) is None:
        return f"{said[:SHOWN]!r} is no time such as 2026-05-07T03:12:00+03:00"
    return "UTC is written -00:00" if said.endswith("+00:00") else None


def _instant(said: str) -> Moment | None:
    return date_time(said) if TIME.fullmatch(said) else None


def _area(area: etree._Element) -> Iterator[Broken]:
    for element in area.iterfind(f"{CAP}polygon"):
        if why := _polygon(element.text or ""):
            yield Broken(field=_path(element), rule="polygon", said=why)
    for element in area.iterfind(f"{CAP}circle"):
        if why := _circle(element.text or ""):
            yield Broken(field=_path(element), rule="circle", said=why)
    altitude, ceiling = (decimal(_text(area, name) or "") for name in ("altitude", "ceiling"))
    if area.find(f"{CAP}ceiling") is not None and area.find(f"{CAP}altitude") is None:
        yield Broken(field=f"{_path(area)}.ceiling", rule="conditional", said="it stands only with an altitude")
    if altitude is not None and ceiling is not None and ceiling < altitude:
        yield Broken(field=f"{_path(area)}.ceiling", rule="height", said=f"{ceiling:g} ft is below {altitude:g} ft")


def _polygon(said: str) -> str | None:
    pairs = _words(said)
    corners = [_place(pair) for pair in pairs]
    if None in corners:
        return f"{pairs[corners.index(None)][:SHOWN]!r} is no latitude,longitude on the earth"
    if len(corners) < FEWEST:
        return f"it has {len(corners)} corners; it takes {FEWEST} or more, the last the first again"
    return None if corners[0] == corners[-1] else "its last corner is not its first again"


def _circle(said: str) -> str | None:
    middle, *rest = _words(said) or [""]
    if _place(middle) is None:
        return f"{middle[:SHOWN]!r} is no latitude,longitude on the earth"
    size = decimal(rest[0]) if len(rest) == 1 else None
    return None if size is not None and size >= 0.0 else f"{' '.join(rest)[:SHOWN]!r} is no radius in km"


def _place(pair: str) -> tuple[float, float] | None:
    numbers = [decimal(part) for part in pair.split(",")]
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
        return "signed", [Broken(field="Signature", rule="signature", said=said)]
    try:
        when = None if known is None else known.not_valid_before_utc  # whether it was in force is judged below
        expect = SignatureConfiguration(require_x509=known is not None, location="./", verification_time=when)
        covered = XMLVerifier().verify(text.strip(), x509_cert=known, expect_config=expect)
    except (InvalidSignature, InvalidDigest) as error:
        return "signed", [Broken(field="Signature", rule="signature", said=f"it does not hold: {str(error)[:160]}")]
    except UNCHECKED as error:
        return f"signature not checked ({str(error).splitlines()[0][:80] if str(error) else 'unknown method'})", []
    signed = (covered[0] if isinstance(covered, list) else covered).signed_xml
    if signed is None or signed.tag != root.tag:
        return "signed", [Broken(field="Signature", rule="signature", said="it does not cover the alert")]
    return "signed", [] if known is None else list(_in_force(known, root))


def _in_force(certificate: x509.Certificate, root: etree._Element) -> Iterator[Broken]:
    text = _text(root, "sent") or ""
    sent = _instant(text)
    if sent is None:
        return
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not utc_ns(begins) <= sent.time_ns <= utc_ns(ends):
        said = f"the certificate is in force from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}; the alert was sent {text[:10]}"
        yield Broken(field="Signature", rule="certificate", said=said)


def _text(parent: etree._Element, name: str) -> str | None:
    said = parent.findtext(f"{CAP}{name}")
    return None if said is None else said.strip(BLANKS)


def _words(said: str) -> list[str]:
    """What stands between blanks of XML; others, such as one that does not break lines, are part of a word."""
    return re.findall(f"[^{BLANKS}]+", said)


def _path(element: etree._Element) -> str:
    """Where an element stands below the alert, such as info[1].area[0].polygon[0]; empty for the alert itself."""
    names = []
    for one in (element, *element.iterancestors()):
        parent = one.getparent()
        if parent is None:
            break
        name, same = str(etree.QName(one).localname), parent.findall(str(one.tag))
        _, often = _content().get(str(etree.QName(parent).localname), {}).get(name, (False, False))
        names.append(f"{name}[{same.index(one)}]" if often or len(same) > 1 else name)
    return ".".join(reversed(names))
