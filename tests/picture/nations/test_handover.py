"""Alerts between authorities: each step on record, nobody forgotten, and the all-clear travels."""

import pytest
from pydantic import ValidationError

from dronewall.errors import BadInput
from dronewall.picture.nations.abroad import Abroad
from dronewall.picture.nations.handover import WITHIN_NS, Handover
from dronewall.picture.nations.messages import Part, SharedAlert, SharedGone, SharedReceipt, SharedTrack
from dronewall.units import SECOND_NS
from tests.picture.nations.skies import START_NS, name, seen
from tests.picture.nations.test_common import rng

ALERT = SharedAlert(id="LV-AAAAAAAAAA", revision=1, message="alert", exercise=True, level=3)


def test_an_alert_goes_is_received_and_is_acknowledged_by_an_authority() -> None:
    giver, taker = Handover(), Handover()
    assert [kind for kind, _ in giver.give("LT", "a-0001", ALERT, 1)] == ["handover.sent"]
    told, receipt = taker.take("LV", ALERT, 2)
    assert [kind for kind, _ in told] == ["handover.taken"]
    assert receipt is not None
    assert [kind for kind, _ in giver.receipt("LT", receipt)] == ["handover.received"]
    (kind, payload), partner, answer = taker.acknowledge(ALERT.id, 1, "lt-police", 3)
    assert (kind, partner, payload["authority"]) == ("handover.acknowledged_here", "LV", "lt-police")
    assert [kind for kind, _ in giver.receipt("LT", answer)] == ["handover.acknowledged"]
    assert giver.given[0].authority == "lt-police"
    assert giver.tick(10 * WITHIN_NS) == taker.tick(10 * WITHIN_NS) == []


def test_what_nobody_acknowledges_is_overdue_here_and_escalated_there_once() -> None:
    giver, taker = Handover(), Handover()
    giver.give("LT", "a-0001", ALERT, 0)
    taker.take("LV", ALERT, 0)
    assert giver.tick(WITHIN_NS) == taker.tick(WITHIN_NS) == []
    assert [kind for kind, _ in giver.tick(WITHIN_NS + 1)] == ["handover.overdue"]
    assert [kind for kind, _ in taker.tick(WITHIN_NS + 1)] == ["handover.escalated"]
    assert giver.tick(2 * WITHIN_NS) == taker.tick(2 * WITHIN_NS) == []


def test_an_all_clear_travels_and_is_a_matter_of_its_own() -> None:
    taker = Handover()
    taker.take("LV", ALERT, 0)
    taker.acknowledge(ALERT.id, 1, "lt-police", 1)
    taker.take("LV", ALERT.model_copy(update={"revision": 2, "message": "all_clear"}), 2)
    (taken,) = taker.taken
    assert taken.over
    assert not taken.acknowledged_ns


def test_what_comes_twice_counts_once_and_gets_its_receipt_again() -> None:
    giver, taker = Handover(), Handover()
    giver.give("LT", "a-0001", ALERT, 0)
    assert giver.give("LT", "a-0001", ALERT, 5) == []
    _, first = taker.take("LV", ALERT, 0)
    assert first is not None
    told, again = taker.take("LV", ALERT, 9)
    assert (told, again and again.word) == ([], "received")
    assert giver.receipt("LT", first)
    assert giver.receipt("LT", first) == []
    old, none = taker.take("LV", ALERT.model_copy(update={"revision": 2}), 10)
    assert old
    assert none is not None
    assert taker.take("LV", ALERT, 11) == ([], None)


def test_a_receipt_of_what_was_never_given_counts_for_nothing() -> None:
    lie = SharedReceipt(id="LV-BBBBBBBBBB", revision=1, word="acknowledged", authority="x", time_ns=1)
    assert Handover().receipt("LT", lie) == []


@pytest.mark.parametrize(
    ("alert", "revision", "said"), [("LV-CCCCCCCCCC", 1, "no partner gave us"), (ALERT.id, 2, "look again")]
)
def test_acknowledging_what_is_not_there_is_refused(alert: str, revision: int, said: str) -> None:
    taker = Handover()
    taker.take("LV", ALERT, 0)
    with pytest.raises(BadInput, match=said):
        taker.acknowledge(alert, revision, "lt-police", 1)


def test_who_has_it_is_known_after_a_restart() -> None:
    taker = Handover()
    taker.take("LV", ALERT, 0)
    taker.restore_acknowledged({"alert": ALERT.id, "revision": 1, "authority": "lt-police"}, 5)
    with pytest.raises(BadInput, match="acknowledged before"):
        taker.acknowledge(ALERT.id, 1, "lt-army", 6)


def parts(*items: object, fresh: bool = False) -> list[Part]:
    return [Part(seq=1, sent_ns=1, fresh=fresh, items=list(items))]  # type: ignore[arg-type]


def abroad(mine_m: tuple[float, float], theirs_m: tuple[float, float]) -> tuple[Abroad, int]:
    """Latvia's node, its own track and one of Lithuania's, a minute and a half in."""
    node, end_ns = Abroad("LV"), START_NS + 90 * SECOND_NS
    ours, theirs = seen("LV", 1, rng(1), start_m=mine_m), seen("LT", 1, rng(2), start_m=theirs_m)
    for one, other in zip(ours[:90], theirs[:90], strict=True):
        node.own([one])
        node.heard("LT", parts(other), end_ns, 0)
    node.settle(end_ns)
    return node, end_ns


def test_one_thing_is_one_row_with_both_its_owners() -> None:
    node, end_ns = abroad((0, 0), (0, 0))
    (row,) = node.things(end_ns)
    assert row["owners"] == ["LT", "LV"]
    assert row["own"] == name("LV", 1)
    assert row["disagrees"] == []
    assert "identity" in row["tracks"][0]["not_given"]


def test_a_partner_is_not_believed_over_our_own_sensors() -> None:
    node, end_ns = abroad((0, 0), (0, 0))
    before = node.things(end_ns)[0]
    lie = seen("LT", 1, rng(2), start_m=(0, 3_000), to_s=91)[90]
    node.heard("LT", parts(lie), end_ns + SECOND_NS, 0)
    (row,) = node.things(end_ns + SECOND_NS)
    assert row["disagrees"] == ["LT"]
    assert row["lat"] == pytest.approx(before["lat"], abs=0.002)


def test_a_track_of_the_far_future_is_not_believed() -> None:
    node = Abroad("LV")
    ahead = seen("LT", 1, rng(2), start_m=(0, 0))[60]
    node.heard("LT", parts(ahead), START_NS, 0)
    assert node.things(START_NS) == []
    assert node.unbelieved == {"LT": 1}
    node.heard("LT", parts(ahead), START_NS, 60 * SECOND_NS)
    assert len(node.things(START_NS)) == 1


def test_what_is_gone_or_was_before_a_restart_is_not_shown() -> None:
    node, end_ns = abroad((0, 0), (0, 0))
    other = SharedTrack(id=name("LT", 2), time_ns=end_ns, status="confirmed", stretch="north")
    node.heard("LT", parts(other), end_ns, 0)
    assert len(node.things(end_ns)) == 2
    node.heard("LT", parts(SharedGone(id=name("LT", 2), time_ns=end_ns)), end_ns, 0)
    assert len(node.things(end_ns)) == 1
    node.heard("LT", parts(fresh=True), end_ns, 0)
    assert node.things(end_ns) == []


def test_a_partner_that_floods_is_drawn_and_logged_to_a_limit() -> None:
    node, many = Abroad("LV"), [seen("LT", i, rng(i), start_m=(9_000.0 * i, 0), to_s=1)[0] for i in range(1_010)]
    node.heard("LT", parts(*many), START_NS, 0)
    assert len(node.things(START_NS)) == 1_000
    assert node.unbelieved == {"LT": 10}
    taker = Handover()
    kinds = []
    for i in range(310):
        told, _ = taker.take("LT", ALERT.model_copy(update={"id": name("LT", i)}), 0)
        kinds += [kind for kind, _ in told]
    assert kinds.count("handover.taken") == 300
    assert kinds.count("handover.crowded") == 1


def test_a_partner_that_dates_its_words_back_costs_a_little_and_not_everything() -> None:
    node, now_ns = abroad((0, 0), (0, 0))
    later = now_ns + 1_200 * SECOND_NS
    assert node.settle(later, most=10_000)
    asked = node.common.asked
    for second in range(9):
        old = seen("LT", 2, rng(3), start_m=(0, 5_000), from_s=second, to_s=second + 1)[0]
        node.heard("LT", parts(old), later, 0)
        node.settle(later + second * SECOND_NS, most=10_000)
    assert node.common.asked - asked <= 300
    node.heard("LT", parts(seen("LT", 3, rng(3), start_m=(0, 0), to_s=1)[0]), later + 3_600 * SECOND_NS, 0)
    assert node.unbelieved == {"LT": 1}


@pytest.mark.parametrize(
    "change", [{"velocity_mps": (1e300, 0.0, 0.0)}, {"covariance": (1e300,) * 36}, {"sensor_places": [(1e9, 0.0)]}]
)
def test_numbers_that_nothing_has_are_no_message(change: dict[str, object]) -> None:
    one = seen("LT", 1, rng(1), start_m=(0, 0), to_s=1)[0]
    with pytest.raises(ValidationError):
        SharedTrack.model_validate(one.model_dump() | change)
