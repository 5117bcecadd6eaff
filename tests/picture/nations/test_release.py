"""Nothing that the rules withhold is in anything that leaves: asked of random rules and random pictures."""

import contextlib
import json
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from dronewall.errors import BadInput
from dronewall.picture.nations.facts import AlertFacts, TrackFacts, alert_facts
from dronewall.picture.nations.messages import Frame, Part, decoded, encoded
from dronewall.picture.nations.release import METRES_PER_DEGREE, Releaser, rounded
from dronewall.picture.nations.telling import Telling
from dronewall.records.alert import Alert, AlertState, Level
from dronewall.records.release import ALERT_FIELDS, EXACT_ONLY, TRACK_FIELDS, Rule, Rules
from dronewall.settings import check
from tests.picture.nations import made

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


def allowed(rules: Rules, partner: str, what: str, place: Point | Polygon, label: str | None) -> frozenset[str]:
    """What a person reading the file would say that the partner may see, read once more and more slowly."""

    def there(zones: list[str]) -> bool:
        areas = {area.id: Polygon(area.polygon) for area in [*rules.area, *rules.stretch]}
        return "everywhere" in zones or any(areas[zone].intersects(place) for zone in zones)

    words: set[str] = set()
    for rule in rules.rule:
        ours = rule.partner == partner and rule.what == what and "exercise" in rule.pictures
        if ours and there(rule.zones) and (not rule.labels or label in rule.labels):
            words |= set(rule.fields)
    every = TRACK_FIELDS if what == "tracks" else ALERT_FIELDS
    for held in rules.withhold:
        meant = held.what == what and (not held.partners or partner in held.partners)
        if meant and there(held.zones) and (not held.labels or label in held.labels):
            words -= set(held.fields or every)
    if "position_exact" not in words:
        words -= set(EXACT_ONLY)
    return frozenset(words)


def leaks(message: dict[str, object], words: frozenset[str], keys: dict[str, tuple[str, ...]]) -> list[str]:
    """Keys of a message that none of the words gives."""
    return [
        key
        for key, value in message.items()
        if value is not None and key not in made.ALWAYS and not set(keys.get(key, ())) & words
    ]


def releaser(rules: Rules) -> Releaser:
    return Releaser(rules, secret=made.SECRET, exercise=True)


def sent(item: object) -> dict[str, object]:
    """A message after the wire: what its receiver reads."""
    part = Part(seq=1, sent_ns=1, items=[item])  # type: ignore[list-item]
    frame = Frame(sender="LV", to="LT", run="0" * 16, prev=0, sent_ns=1, exercise=True, parts=[part])
    read = json.loads(encoded(decoded(encoded(frame))))
    found: dict[str, object] = read["parts"][0]["items"][0]
    return found


def no_leak_in_a_track(rules: Rules, facts: TrackFacts, other: TrackFacts, partner: str) -> None:
    door = releaser(rules)
    message = door.track(partner, facts)
    words = allowed(rules, partner, "tracks", Point(facts.longitude_deg, facts.latitude_deg), facts.label)
    assert (message is None) == (not words)
    if message is None:
        return
    read = sent(message)
    assert not leaks(read, words, made.TRACK_KEYS)
    text = json.dumps(read)
    assert facts.track not in text
    if "sensors" not in words:
        assert not any(name in text for name in facts.sensors)
    if "position_exact" not in words:
        squares = {rule.round_to_m for rule in rules.rule if rule.round_to_m is not None}
        told = (read.get("latitude_deg"), read.get("longitude_deg"))
        corners = {rounded(facts.latitude_deg, facts.longitude_deg, step_m) for step_m in squares}
        assert told == (None, None) or told in corners
    same = door.track(partner, made.otherwise(facts, other, words))
    assert same is not None
    assert sent(same) == read


def no_leak_in_an_alert(rules: Rules, facts: AlertFacts, partner: str, seen: bool) -> None:
    door = releaser(rules)
    known = frozenset({door.shared_id("t-000007")}) if seen else frozenset()
    message = door.alert(partner, facts, known)
    words = allowed(rules, partner, "alerts", Polygon(facts.area[0]), None)
    assert (message is None) == (not words)
    if message is None:
        return
    read = sent(message)
    assert not leaks(read, words, made.ALERT_KEYS)
    text = json.dumps(read)
    for mark in (facts.headlines[0][1], facts.texts[0][1]):
        assert (mark in text) == ("texts" in words)
    assert ("people" in read) == ("people" in words)
    assert not any(local in text for local in facts.tracks)
    assert (door.shared_id("t-000007") in text) == ("tracks" in words and seen)


@settings(max_examples=150, suppress_health_check=SLOW)
@given(made.rule_files(), made.tracks(), made.tracks(), st.sampled_from(made.PARTNERS))
def test_a_track_gives_no_field_that_the_rules_withhold(
    rules: Rules, facts: TrackFacts, other: TrackFacts, partner: str
) -> None:
    no_leak_in_a_track(rules, facts, other, partner)


@settings(max_examples=120, suppress_health_check=SLOW)
@given(made.rule_files(), made.alerts(), st.sampled_from(made.PARTNERS), st.booleans())
def test_an_alert_gives_no_field_that_the_rules_withhold(
    rules: Rules, facts: AlertFacts, partner: str, seen: bool
) -> None:
    no_leak_in_an_alert(rules, facts, partner, seen)


@pytest.mark.long
def test_a_hundred_thousand_messages_hold_no_withheld_field() -> None:
    count = 0

    @settings(max_examples=1_700, suppress_health_check=SLOW, database=None)
    @given(
        made.rule_files(),
        st.lists(made.tracks(), min_size=4, max_size=4),
        st.lists(made.alerts(), min_size=2, max_size=2),
    )
    def many(rules: Rules, some: list[TrackFacts], alerts: list[AlertFacts]) -> None:
        nonlocal count
        for partner in made.PARTNERS:
            for facts in some:
                for other in some:
                    no_leak_in_a_track(rules, facts, other, partner)
                    count += 1
            for alert in alerts:
                for seen in (False, True):
                    no_leak_in_an_alert(rules, alert, partner, seen)
                    count += 1

    while count < 100_000:
        many()


@settings(max_examples=100, suppress_health_check=SLOW)
@given(made.rule_files(), st.lists(made.tracks(), min_size=1, max_size=4), st.sampled_from(made.PARTNERS))
def test_what_a_partner_is_told_over_time_holds_no_withheld_field(
    rules: Rules, steps: list[TrackFacts], partner: str
) -> None:
    telling = Telling(releaser(rules), partner)
    for facts in steps:
        words = allowed(rules, partner, "tracks", Point(facts.longitude_deg, facts.latitude_deg), facts.label)
        for item in telling.tracks([facts], facts.time_ns):
            assert not leaks(sent(item), words, made.TRACK_KEYS)
            assert (item.kind == "gone") == (not words)


@given(made.places, made.places, st.sampled_from([100.0, 2_500.0, 20_000.0]))
def test_two_places_in_one_square_are_told_as_one(
    place: tuple[float, float], other: tuple[float, float], step_m: float
) -> None:
    here = rounded(*place, step_m)
    north_m = (here[0] - place[0]) * METRES_PER_DEGREE
    east_m = (here[1] - place[1]) * METRES_PER_DEGREE * math.cos(math.radians(here[0]))
    assert abs(north_m) <= 0.5 * step_m + 0.2
    assert abs(east_m) <= 0.5 * step_m + 0.2
    assert rounded(*here, step_m) == here
    if rounded(*other, step_m) == here:
        assert abs(other[0] - place[0]) * METRES_PER_DEGREE <= step_m + 0.4


def test_a_partner_without_a_rule_sees_nothing() -> None:
    rules = made.rule_files().filter(lambda found: not any(rule.partner == "EE" for rule in found.rule))

    @settings(max_examples=20, suppress_health_check=[*SLOW, HealthCheck.filter_too_much])
    @given(rules, made.tracks(), made.alerts())
    def nothing(found: Rules, track: TrackFacts, alert: AlertFacts) -> None:
        door = releaser(found)
        assert door.track("EE", track) is None
        assert door.alert("EE", alert, frozenset()) is None

    nothing()


RULE = {
    "id": "a",
    "partner": "LT",
    "what": "tracks",
    "zones": ["everywhere"],
    "fields": ["position_exact"],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fields": ["position"]}, "'position' is no field of tracks; it may be: position_exact, position_rounded"),
        ({"fields": ["people"]}, "'people' is no field of tracks"),
        ({"fields": []}, "at least 1 item"),
        ({"fields": ["accuracy", "label"]}, "accuracy would tell the exact place; add position_exact"),
        ({"fields": ["position_rounded"]}, "round_to_m and the field position_rounded belong together"),
        ({"round_to_m": 500.0}, "round_to_m and the field position_rounded belong together"),
        ({"labels": ["decoy"]}, "'decoy' is no label"),
        ({"partner": "Lithuania"}, "partner"),
        ({"feilds": ["label"]}, "there is no such key here; it takes: id, partner, what, zones"),
        ({"what": "detections"}, "'tracks' or 'alerts'"),
        ({"pictures": ["live"]}, "'exercise' or 'real'"),
        ({"zones": []}, "at least 1 item"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_in_one_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(Rule, RULE | change, "release.toml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_draft_and_what_nobody_signed_are_never_offered() -> None:
    alert = Alert(
        alert="a-0001",
        revision=1,
        level=Level.WARNING,
        state=AlertState.DRAFT,
        exercise=True,
        authority="duty",
        owner="duty",
        zones=(),
        area=(),
        area_km2=1.0,
        people=0,
        texts={},
        tracks=(),
        presences=(),
        clock={"drafted": 1, "approved": 2},
        last_useful_ns=3,
        expires_ns=4,
        approved_by="somebody",
    )
    assert list(alert_facts((alert,))) == []
    assert list(alert_facts((replace(alert, state=AlertState.APPROVED, approved_by=None),))) == []
    assert list(alert_facts((replace(alert, state=AlertState.APPROVED, approved_by="system"),))) == []
    assert [one.alert for one in alert_facts((replace(alert, state=AlertState.APPROVED),))] == ["a-0001"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"version": 7}', "schema version 7, and this dronewall reads version 1"),
        (b'{"version": 1, "secret-word": 5}', "the frame's sender: missing"),
        (b"x" * 1_000_000, "at most"),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused_without_repeating_it(body: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        decoded(body)
    assert "secret-word" not in str(caught.value)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_one_sentence(body: bytes) -> None:
    with contextlib.suppress(BadInput):
        decoded(body)
