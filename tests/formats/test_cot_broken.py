"""More events that break CoT 2.0: what Python would read and xs:dateTime and xs:decimal do not have, and the schema."""

import numpy as np
import pytest

from dronewall.formats.cot_rules import judge
from tests.formats.samples import read

EVENT = (
    "<event version='2.0' uid='x' type='a-u-A' how='m-r' time='2026-05-07T00:00:00Z' start='2026-05-07T00:00:00Z'"
    " stale='2026-05-07T00:01:00Z'><point lat='56.5' lon='27.3' hae='300' ce='10.0' le='9999999.0'/>"
    "<detail><track course='90' speed='40'/></detail></event>"
)
NO_TIMES = [
    *("2026-W19-4T00:00:00Z", "20260507T000000Z", "2026-05-07T000000Z", "2026-127T00:00:00Z", "2026-05-07"),
    *("2026-05-07 00:00:00Z", "2026-05-07t00:00:00z", "2026-05-07T00:00Z", "2026-05-07T00:00:00,5Z"),
    *("2026-05-07T00:00:00+0300", "2026-05-07T00:00:00+03", "2026-05-07T00:00:00+25:00", "2026-05-07T23:59:60Z"),
    *("2026-02-30T00:00:00Z", "٢٠٢٦-٠٥-٠٧T٠٠:٠٠:٠٠Z", "2026-05-07T00:00:00", "1778112723", ""),
]
NO_NUMBERS = ["5_6.5", "٥٦.٥", "５６.5", "nan", "INF", "1e1", "0x38", "56,5", "56.5N", "\u00a056.5", "5 6", "--56", ""]
BROKEN = [  # what it was, what it becomes, the field, the rule; CoT 2.0, schema of the event and of the point
    ("version='2.0'", "version='2'", None, None),
    ("version='2.0'", "version='1.99'", "event.version", "value"),
    ("version='2.0'", "version='2_0'", "event.version", "value"),
    ("version='2.0'", "version='2.0.1'", "event.version", "value"),
    ("version='2.0' ", "", "event.version", "mandatory"),
    ("uid='x'", "uid=''", "event.uid", "value"),
    ("type='a-u-A'", "type=''", "event.type", "value"),
    ("type='a-u-A'", "type='a--A'", "event.type", "value"),
    ("type='a-u-A'", "type='-a-u'", "event.type", "value"),
    ("type='a-u-A'", "type='a-u-A-'", "event.type", "value"),
    ("type='a-u-A'", "type='a_u_A'", "event.type", "value"),
    ("type='a-u-A'", "type='a-u-A;x;y'", "event.type", "value"),
    ("type='a-u-A'", "type='a-u-A;x y.z'", None, None),
    ("how='m-r'", "how=''", "event.how", "value"),
    ("how='m-r'", "how='machine-r'", "event.how", "value"),
    ("how='m-r'", "how='m-g-d-0'", None, None),
    ("how='m-r'", "how='m-r' qos='5-r-g'", None, None),
    ("how='m-r'", "how='m-r' qos='high'", "event.qos", "value"),
    ("how='m-r'", "how='m-r' opex='e-dronewall'", None, None),
    ("how='m-r'", "how='m-r' opex='x-dronewall'", "event.opex", "value"),
    ("lat='56.5'", "lat='90.0000001'", "point.lat", "range"),
    ("lat='56.5' ", "", "point.lat", "mandatory"),
    ("lon='27.3'", "lon='-180.5'", "point.lon", "range"),
    ("le='9999999.0'", "le='-0.1'", "point.le", "range"),
    ("le='9999999.0'", "", "point.le", "mandatory"),
    ("hae='300'", "hae=' 300 '", None, None),
    ("<detail>", "<point lat='1' lon='1' hae='1' ce='1' le='1'/><detail>", "point", "twice"),
    ("<detail>", "<detail/><detail>", "detail", "twice"),
    ("stale='2026-05-07T00:01:00Z'", "stale='2026-05-07T00:59:00+01:00'", "event.stale", "time"),
    ("stale='2026-05-07T00:01:00Z'", "stale='2026-05-06T24:00:00Z'", None, None),
    ("stale='2026-05-07T00:01:00Z'", "stale='2026-05-07T02:01:00.123456789012+02:00'", None, None),
    ("<event ", "<Event ", "", "xml"),
    ("how='m-r'", "how='m-r' how='m-g'", "", "xml"),
    ("uid='x'", "uid='&nbsp;'", "", "xml"),
]


def judged(was: str, becomes: str) -> list[tuple[str, str]]:
    assert was in EVENT
    return [(one.field, one.rule) for one in judge(EVENT.replace(was, becomes).encode())]


@pytest.mark.parametrize("name", ["time", "start", "stale"])
@pytest.mark.parametrize("text", NO_TIMES)
def test_a_time_that_xml_schema_has_not_breaks_the_rule_and_is_no_detection(name, text):
    was = next(part for part in EVENT.split() if part.startswith(f"{name}=")).rstrip(">").split("><")[0]
    assert judged(was, f"{name}='{text}'") == [(f"event.{name}", "time")]
    found, one = read("cot", EVENT.replace(was, f"{name}='{text}'").encode())
    assert (len(found.detections), one.faults.count) == (0, 1)


@pytest.mark.parametrize(("name", "was"), [("lat", "56.5"), ("lon", "27.3"), ("hae", "300"), ("ce", "10.0")])
@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_number_that_xml_schema_has_not_breaks_the_rule(name, was, text):
    assert judged(f"{name}='{was}'", f"{name}='{text}'") == [(f"point.{name}", "value")]


@pytest.mark.parametrize("text", [text for text in NO_NUMBERS if text != "1e1"])
def test_a_number_that_is_none_is_never_data(text):
    found, one = read("cot", EVENT.replace("lat='56.5'", f"lat='{text}'").encode())
    assert (len(found.detections), one.faults.reasons) == (0, {"no such place": 1})
    whole, _ = read("cot", EVENT.encode())
    for was in ("hae='300'", "ce='10.0'", "course='90'", "speed='40'"):
        found, one = read("cot", EVENT.replace(was, f"{was[: was.index('=')]}='{text}'").encode())
        assert np.isfinite(found.detections.values).sum() < np.isfinite(whole.detections.values).sum()
        assert one.faults.unread == {"numbers that are none": 1}


@pytest.mark.parametrize(("was", "becomes", "field", "rule"), BROKEN)
def test_what_the_schema_forbids_is_named_and_what_it_allows_is_not(was, becomes, field, rule):
    assert judged(was, becomes) == ([] if rule is None else [(field, rule)])
