"""Rule files and pictures at random, with a mark in every field of a picture that no other field has."""

import string
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from hypothesis import strategies as st

from dronewall.picture.nations.facts import AlertFacts, TrackFacts
from dronewall.records.release import ALERT_FIELDS, EVERYWHERE, EXACT_ONLY, TRACK_FIELDS, Rules
from dronewall.records.words import LABELS

PARTNERS = ("EE", "LT", "PL")
SQUARES = {
    "north": [(27.0, 57.0), (28.0, 57.0), (28.0, 57.5), (27.0, 57.5)],
    "middle": [(27.0, 56.4), (28.0, 56.4), (28.0, 57.1), (27.0, 57.1)],
    "south": [(27.0, 56.0), (28.0, 56.0), (28.0, 56.5), (27.0, 56.5)],
}
ZONES = (*SQUARES, EVERYWHERE)
SECRET = b"a secret of the tests"


@st.composite
def track_rules(draw: st.DrawFn, name: str) -> dict[str, object]:
    fields = set(draw(st.sets(st.sampled_from(sorted(TRACK_FIELDS)), min_size=1)))
    if fields & set(EXACT_ONLY):
        fields.add("position_exact")
    if "sensor_places" in fields:
        fields.add("sensors")
    rule: dict[str, object] = {
        "id": name,
        "partner": draw(st.sampled_from(PARTNERS)),
        "what": "tracks",
        "zones": draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2)),
        "labels": draw(st.lists(st.sampled_from(LABELS), max_size=3)),
        "pictures": draw(st.lists(st.sampled_from(["exercise", "real"]), min_size=1, max_size=2)),
        "fields": sorted(fields),
        "every_s": draw(st.sampled_from([0.2, 1.0, 7.0, 60.0])),
    }
    if "position_rounded" in fields:
        rule["round_to_m"] = draw(st.sampled_from([100.0, 2_500.0, 20_000.0]))
    return rule


@st.composite
def alert_rules(draw: st.DrawFn, name: str) -> dict[str, object]:
    return {
        "id": name,
        "partner": draw(st.sampled_from(PARTNERS)),
        "what": "alerts",
        "zones": draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2)),
        "pictures": draw(st.lists(st.sampled_from(["exercise", "real"]), min_size=1, max_size=2)),
        "fields": sorted(draw(st.sets(st.sampled_from(sorted(ALERT_FIELDS)), min_size=1))),
    }


@st.composite
def withholds(draw: st.DrawFn, name: str) -> dict[str, object]:
    what = draw(st.sampled_from(["tracks", "alerts"]))
    words = TRACK_FIELDS if what == "tracks" else ALERT_FIELDS
    one: dict[str, object] = {
        "id": name,
        "partners": draw(st.lists(st.sampled_from(PARTNERS), max_size=2)),
        "what": what,
        "zones": draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2)),
        "fields": draw(st.lists(st.sampled_from(sorted(words)), max_size=4)),
    }
    if what == "tracks":
        one["labels"] = draw(st.lists(st.sampled_from(LABELS), max_size=2))
    return one


@st.composite
def rule_files(draw: st.DrawFn) -> Rules:
    names = (f"r{i}" for i in count())
    rules = [draw(track_rules(next(names))) for _ in range(draw(st.integers(0, 4)))]
    rules += [draw(alert_rules(next(names))) for _ in range(draw(st.integers(0, 3)))]
    held = [draw(withholds(next(names))) for _ in range(draw(st.integers(0, 2)))]
    return Rules.model_validate(
        {
            "schema_version": 1,
            "release": {"nation": "LV", "approved_by": "a test", "approved_on": date(2026, 11, 22)},
            "stretch": [{"id": name, "polygon": corners} for name, corners in SQUARES.items()],
            "rule": rules,
            "withhold": held,
        }
    )


words = st.text(string.ascii_lowercase, min_size=8, max_size=8)
places = st.tuples(st.floats(55.95, 57.55), st.floats(26.9, 28.1))


@st.composite
def tracks(draw: st.DrawFn, *, name: str = "t-000007") -> TrackFacts:
    latitude, longitude = draw(places)
    sensors = tuple(f"sensor-{draw(words)}" for _ in range(draw(st.integers(1, 3))))
    time_ns = draw(st.integers(10**18, 2 * 10**18))
    return TrackFacts(
        track=name,
        time_ns=time_ns,
        status=draw(st.sampled_from(["confirmed", "coasting"])),
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_hae_m=draw(st.one_of(st.none(), st.floats(0.0, 9_000.0))),
        velocity_mps=draw(st.tuples(*[st.floats(-90.0, 90.0)] * 3)),
        covariance=tuple(draw(st.lists(st.floats(1.0, 1e6), min_size=36, max_size=36))),
        p_exists=draw(st.floats(0.0, 1.0)),
        label=draw(st.sampled_from(LABELS)),
        label_probability=draw(st.floats(0.0, 1.0)),
        identity=draw(st.one_of(st.none(), words.map(lambda word: f"icao:{word}"))),
        identity_status=draw(st.sampled_from(["cooperative", "conflicting", "unknown"])),
        sensors=sensors,
        sensor_places=tuple(draw(places) for _ in sensors),
        detections=draw(st.integers(1, 10**9)),
        rows=tuple((name, draw(st.integers(0, 10**9)), 0, time_ns) for name in sensors),
        first_ns=time_ns - draw(st.integers(0, 10**13)),
        last_ns=time_ns - draw(st.integers(0, 10**10)),
        confirmed_ns=time_ns - draw(st.integers(0, 10**12)),
    )


@st.composite
def alerts(draw: st.DrawFn, *, name: str = "a-0003", names: tuple[str, ...] = ("t-000007",)) -> AlertFacts:
    (latitude, longitude), size = draw(places), draw(st.floats(0.001, 0.3))
    corners = ((0.0, 0.0), (size, 0.0), (size, size), (0.0, size))
    ring = tuple((longitude + x, latitude + y) for x, y in corners)
    approved_ns = draw(st.integers(10**18, 2 * 10**18))
    return AlertFacts(
        alert=name,
        revision=draw(st.integers(1, 9)),
        message=draw(st.sampled_from(["alert", "update", "cancel", "all_clear"])),
        exercise=True,
        level=draw(st.integers(1, 3)),
        area=(ring,),
        headlines=(("lv", f"headline {draw(words)}"),),
        texts=(("lv", f"text {draw(words)}"),),
        people=draw(st.integers(10**6, 10**9)),
        tracks=names,
        drafted_ns=approved_ns - draw(st.integers(1, 10**12)),
        approved_ns=approved_ns,
        expires_ns=approved_ns + draw(st.integers(1, 10**13)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of a message that a word of the rules fills."""

    keys: tuple[str, ...]


TRACK_KEYS = {
    "latitude_deg": ("position_exact", "position_rounded"),
    "longitude_deg": ("position_exact", "position_rounded"),
    "grid_m": ("position_rounded",),
    "stretch": ("position_stretch",),
    "altitude_hae_m": ("height",),
    "velocity_mps": ("velocity",),
    "covariance": ("accuracy",),
    "p_exists": ("accuracy",),
    "label": ("label",),
    "label_probability": ("label",),
    "identity": ("identity",),
    "identity_status": ("identity",),
    "sensors": ("sensors",),
    "sensor_places": ("sensor_places",),
    "detections": ("detections",),
    "rows": ("detections",),
    "first_ns": ("times",),
    "last_ns": ("times",),
    "confirmed_ns": ("times",),
}
ALERT_KEYS = {
    "level": ("level",),
    "area": ("area_exact",),
    "stretches": ("area_stretch",),
    "headlines": ("texts",),
    "texts": ("texts",),
    "people": ("people",),
    "tracks": ("tracks",),
    "drafted_ns": ("times",),
    "approved_ns": ("times",),
    "expires_ns": ("times",),
}
ALWAYS = {"kind", "id", "time_ns", "status", "revision", "message", "exercise"}


def otherwise(facts: TrackFacts, other: TrackFacts, allowed: frozenset[str]) -> TrackFacts:
    """The same track with every value that the allowed words do not give taken from another one. What the rules look
    at, its place and its label, stays as long as anything may depend on it."""
    given = {
        "height": ("altitude_hae_m",),
        "velocity": ("velocity_mps",),
        "accuracy": ("covariance", "p_exists"),
        "label": ("label_probability",),
        "identity": ("identity", "identity_status"),
        "sensors": ("sensors", "rows"),
        "sensor_places": ("sensor_places",),
        "detections": ("detections", "rows"),
        "times": ("first_ns", "last_ns", "confirmed_ns"),
    }
    changed = {name: getattr(other, name) for word, names in given.items() if word not in allowed for name in names}
    return replace(facts, **changed)
