"""More alerts that break CAP 1.2, each with the section that says so, and some that only look broken."""

import pytest

from dronewall.formats.cap_rules import judge
from tests.formats.test_cap_rules import ALERT, REFERENCES

AREA = "info[0].area[0]"
CODE = f"{AREA}.geocode[0]"
SENT = b"<sent>2026-05-07T03:57:00-07:00"
FILE = b"<resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType></resource><area>"
RESOURCE = "info[0].resource[0]"
GEOCODE = b"<geocode><valueName>LAU</valueName><value>LV0042000</value></geocode><altitude>"


def beside(text: bytes) -> bytes:
    """A file with more behind its type."""
    return FILE.replace(b"</mimeType>", b"</mimeType>" + text)


def about(good: bytes, bad: bytes) -> bytes:
    """References in which something is otherwise."""
    assert good in REFERENCES
    return b"</scope>" + REFERENCES.replace(good, bad)


BROKEN = [  # what it was, what it becomes, the field, the rule, the section of the standard
    (SENT, b"<sent>2026-05-07T10:57:00Z", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07T10:57:00.5-00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07T10:57:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07T10:57-00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07 10:57:00-00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-W19-4T10:57:00-00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>20260507T105700-00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07T10:57:00-15:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-05-07T10:57:00,00:00", "sent", "time", "3.3.2"),
    (SENT, b"<sent>2026-02-30T10:57:00-00:00", "sent", "time", "3.3.2"),
    (SENT, "<sent>٢٠٢٦-05-07T10:57:00-00:00".encode(), "sent", "time", "3.3.2"),
    (SENT, b"<sent>", "sent", "time", "3.2.1"),
    (SENT + b"</sent>", b"", "sent", "mandatory", "3.2.1"),
    (b"<expires>2026-05-07T04:57:00-07:00", b"<expires>2026-05-07T11:57:00+00:00", "info[0].expires", "time", "3.3.2"),
    (b"<severity>Severe</severity>", b"", "info[0].severity", "mandatory", "3.2.2"),
    (b"<severity>Severe", b"<severity>severe", "info[0].severity", "schema", "3.2.2"),
    (b"<severity>Severe", b"<severity> Severe", "info[0].severity", "schema", "3.2.2"),
    (b"<certainty>Observed", b"<certainty>Very Likely", "info[0].certainty", "schema", "3.2.2"),  # of CAP 1.0
    (b"<category>Met</category>", b"", "info[0].category", "mandatory", "3.2.2"),
    (b"<category>Met", b"<category>Drone", "info[0].category[0]", "schema", "3.2.2"),
    (b"<info><category>", b"<info><language>lv_LV</language><category>", "info[0].language", "schema", "3.2.2"),
    (b"<info>", b"<info/><info>", "info[0].event", "mandatory", "3.2.2"),
    (b"<event>", b"<event>x</event><event>", "info[0].event[1]", "schema", "3.2.2"),
    (b"<urgency>Immediate</urgency>", b"<urgency/>", "info[0].urgency", "schema", "3.2.2"),
    (b"<expires>", b"<effect>now</effect><expires>", "info[0].effect", "schema", "3.2.2"),
    (b"<area>", b"<web>example.org/alert</web><area>", "info[0].web", "uri", "3.2.2"),
    (b"<area>", FILE.replace(b"image/png", b"png"), f"{RESOURCE}.mimeType", "value", "3.2.3"),
    (b"<area>", FILE.replace(b"<mimeType>image/png</mimeType>", b""), f"{RESOURCE}.mimeType", "mandatory", "3.2.3"),
    (b"<area>", beside(b"<uri>map.png</uri>"), f"{RESOURCE}.uri", "uri", "3.2.3"),
    (b"<area>", beside(b"<size>1.5</size>"), f"{RESOURCE}.size", "schema", "3.2.3"),
    (b"<area>", beside(b"<size>-1</size>"), f"{RESOURCE}.size", "value", "3.2.3"),
    (b"<altitude>", GEOCODE.replace(b"<value>LV0042000</value>", b""), f"{CODE}.value", "mandatory", "3.2.4"),
    (b"<altitude>", GEOCODE.replace(b"<valueName>LAU</valueName>", b""), f"{CODE}.valueName", "mandatory", "3.2.4"),
    (b"<altitude>0<", b"<altitude>1e2<", f"{AREA}.altitude", "schema", "3.2.4"),
    (b"<altitude>0<", "<altitude>١<".encode(), f"{AREA}.altitude", "schema", "3.2.4"),
    (b"<ceiling>400<", b"<ceiling>4_00<", f"{AREA}.ceiling", "schema", "3.2.4"),
    (b"38.34,", "٣٨.34,".encode(), f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b" 38.34,", "\u00a038.34,".encode(), f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b"38.34,-119.95", b"3.834e1,-119.95", f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b"38.34,-119.95", b"-119.95,38.34", f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b"38.34,-119.95", b"38.34,-119.95,0", f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b"38.34,-119.95", b"38.34;-119.95", f"{AREA}.polygon[0]", "polygon", "3.2.4"),
    (b"-115.5527 0<", "-115.5527\u00a00<".encode(), f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"-115.5527 0<", b"-115.5527 1 2<", f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"-115.5527 0<", b"-115.5527 5_0<", f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"-115.5527 0<", b"-115.5527 inf<", f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"-115.5527 0<", b"-115.5527,0<", f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"<circle>32.9525", b"<circle>92.9525", f"{AREA}.circle[0]", "circle", "3.2.4"),
    (b"</scope>", about(b"KSTO1,", b"KST&lt;O1,"), "references", "references", "3.2.1"),
    (b"</scope>", about(b"KSTO@", b"K&amp;R@"), "references", "references", "3.2.1"),
    (b"</scope>", about(b"03:50:00-07:00", b"10:50:00+00:00"), "references", "references", "3.3.2"),
    (b"</scope>", about(b"03:50:00-07:00", b"10:50:00Z"), "references", "references", "3.3.2"),
    (b"</scope>", about(b",2026", b";2026"), "references", "references", "3.2.1"),
    (b"</scope>", about(b"KSTO1,", b","), "references", "references", "3.2.1"),
    (b"</scope>", about(b",2026", b", 2026"), "references", "references", "3.2.1"),
    (b"<identifier>KSTO1055887203", b"<identifier>", "identifier", "token", "3.2.1"),
    (b"<identifier>KSTO1055887203", b"<identifier>KSTO&amp;1", "identifier", "token", "3.2.1"),
    (b"<sender>KSTO@NWS.NOAA.GOV", b"<sender>&lt;KSTO", "sender", "token", "3.2.1"),
    (b"<identifier>KSTO1055887203", "<identifier>KSTO\u00a01".encode(), "identifier", "token", "3.2.1"),
    (b"<scope>Public</scope>", b"<scope>Private</scope><addresses> </addresses>", "addresses", "conditional", "3.2.1"),
    (b"<msgType>Alert", b"<msgType>Cancel", "references", "references", "3.2.1"),
    (b"<msgType>Alert</msgType>", b"", "msgType", "mandatory", "3.2.1"),
]  # fmt: skip
SOUND = [
    (SENT, b"<sent>\n 2026-05-07T10:57:00-00:00 "),
    (SENT, b"<sent>2026-05-07T24:00:00+14:00"),
    (b"38.34,-119.95 ", b"38.34,-119.95\n\t+38.4,-119.9 "),
    (b"-115.5527 0<", b"-115.5527 .5<"),
    (b"<altitude>0<", b"<altitude>-12.5<"),
    (b"</scope>", about(b"</ref", b"\n  KSTO@NWS.NOAA.GOV,KSTO0,2026-05-07T10:50:00-00:00</ref")),
    (b"<area>", b"<web>https://example.org/a?b=c&amp;d</web><area>"),
    (b"<area>", FILE),
    (b"<area>", beside(b"<uri>map.png</uri><derefUri>iVBORw0KGgo=</derefUri>")),
    (b"<altitude>", GEOCODE),
    (b"<info><category>", b"<info><language>lv</language><category>"),
    (b"<category>Met</category>", b"<category>Met</category><category>Safety</category>"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "field", "rule", "section"), BROKEN)
def test_what_the_standard_forbids_is_named_with_its_element(good, bad, field, rule, section):
    assert good in ALERT
    _, broken = judge(ALERT.replace(good, bad, 1))
    assert (field, rule) in [(one.field, one.rule) for one in broken], section


@pytest.mark.parametrize(("good", "other"), SOUND)
def test_what_the_standard_allows_breaks_nothing(good, other):
    assert good in ALERT
    assert judge(ALERT.replace(good, other, 1))[1] == []


def test_a_rule_is_told_once_of_an_element():
    _, broken = judge(
        ALERT.replace(b"<severity>Severe", b"<severity>severe").replace(b"<event>THUNDERSTORM</event>", b"")
    )
    assert [(one.field, one.rule) for one in broken] == [("info[0].event", "mandatory"), ("info[0].severity", "schema")]
