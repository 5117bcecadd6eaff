"""The line: whatever comes in, nothing that goes out names a nation, says hostile, or lacks a person's approval."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.picture.alerts import alert_json
from dronewall.picture.desk import Act, ActKind, Call
from dronewall.picture.identity import in_words, public_identity
from dronewall.records.alert import AlertState, Message
from dronewall.records.words import LABELS, IdentityStatus
from tests.picture.scenes import at_s, desk, presence, track
from tests.picture.words import FORBIDDEN

ROWS = st.fixed_dictionaries(
    {
        "east_m": st.floats(-60_000.0, 60_000.0),
        "north_m": st.floats(-60_000.0, 60_000.0),
        "course_deg": st.floats(0.0, 360.0),
        "speed_mps": st.floats(0.0, 300.0),
        "label": st.sampled_from(LABELS),
        "p_label": st.floats(0.3, 1.0),
        "p_exists": st.floats(0.0, 1.0),
        "status": st.sampled_from(["tentative", "confirmed", "coasting", "ended"]),
        "identity": st.sampled_from([None, "icao:4ca1fa", "rid:hostile-russia-1", "session:9"]),
        "identity_status": st.sampled_from([str(s) for s in IdentityStatus]),
        "course_sd_deg": st.floats(0.1, 200.0),
        "place_sd_m": st.floats(1.0, 20_000.0),
    }
)
ACTS = st.lists(
    st.tuples(st.sampled_from(list(ActKind)), st.sampled_from(["anna", "", "system", "gateway"]), st.integers(1, 4)),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3), st.lists(ROWS, min_size=1, max_size=3), ACTS)
def test_nothing_that_goes_out_crosses_the_line(
    first: list[dict[str, Any]], then: list[dict[str, Any]], acts: list[tuple[ActKind, str, int]]
) -> None:
    on, told = desk([], [presence()])
    said: list[Any] = []
    second = 10.0
    for rows in (first, then):
        told.rows = [track(f"t-{i:06d}", last_s=second, now_s=second, **row) for i, row in enumerate(rows)]
        for _ in range(12):
            second += 1.0
            said += [[e.kind, dict(e.payload)] for e in on.tick(at_s(second))]
        for kind, actor, revision in acts:
            where = Call(latitude_rad=0.986, longitude_rad=0.477, radius_m=1_000.0, seen_ns=at_s(second))
            act = Act(time_ns=at_s(second), kind=kind, actor=actor, alert="a-0001", revision=revision, call=where)
            said += [[e.kind, dict(e.payload)] for e in on.act(act)]
    for alert in on.alerts:
        said.append(alert_json(alert))
        assert alert.area_km2 <= 1_500.0
        if alert.state not in (AlertState.DRAFT, AlertState.EXPIRED, AlertState.CANCELLED):
            assert alert.approved_by not in (None, "", "system")
        if alert.message in (Message.ALL_CLEAR, Message.CANCEL):
            assert alert.supersedes
    text = json.dumps(said, ensure_ascii=False, allow_nan=False)
    assert not FORBIDDEN.search(text)
    assert "rid:" not in text


def test_no_label_and_no_word_of_identity_crosses_the_line() -> None:
    words = [*LABELS, *(in_words(status) for status in IdentityStatus), *(str(state) for state in AlertState)]
    assert not FORBIDDEN.search(" ".join(words).replace("_", " "))


def test_a_private_drone_s_serial_is_no_public_identity() -> None:
    assert public_identity("rid:1581f5bk") is None
    assert public_identity("icao:4ca1fa") == "icao:4ca1fa"
