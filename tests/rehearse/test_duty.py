"""The people on duty: who does what, how long after."""

import numpy as np
import pytest

from dronewall.picture.act import ActKind
from dronewall.records.alert import AlertState
from dronewall.rehearse.approver import APPROVERS, Delivery, approver
from dronewall.rehearse.duty import Duty
from tests.rehearse.alerts import START_NS, alert


def duty(name: str) -> Duty:
    return Duty(approver(name), Delivery(), np.random.default_rng(1))


def after_s(act) -> float:
    return (act.time_ns - START_NS) / 1e9


def test_a_present_approver_approves_a_minute_after_the_draft():
    acts = duty("present").acts([alert()], START_NS)
    assert [after_s(a) for a in acts if a.kind is ActKind.APPROVE] == [60.0]


def test_a_slow_approver_takes_five_minutes():
    acts = duty("slow").acts([alert()], START_NS)
    assert [after_s(a) for a in acts if a.kind is ActKind.APPROVE] == [300.0]


def test_nobody_acts_where_nobody_is():
    assert duty("absent").acts([alert()], START_NS) == []


def test_the_deputy_decides_a_minute_after_the_escalation():
    relieved = alert(escalated_ns=START_NS, owner="lv-duty-deputy")
    (act,) = duty("absent").acts([relieved], START_NS)
    assert (act.kind, act.actor, after_s(act)) == (ActKind.APPROVE, "lv-duty-deputy", 60.0)


def test_a_better_draft_does_not_begin_the_wait_anew():
    people = duty("present")
    people.acts([alert()], START_NS)
    later = people.acts([alert(revision=2)], START_NS + 30 * 10**9)
    assert [a for a in later if a.kind is ActKind.APPROVE] == []


def test_what_is_approved_is_the_newest_draft():
    people = duty("present")
    (due,) = (a for a in people.acts([alert()], START_NS) if a.kind is ActKind.APPROVE)
    done = people.current(due, [alert(revision=1, state=AlertState.RECEIVED), alert(revision=2)])
    assert done is not None
    assert done.revision == 2


def test_nothing_is_approved_where_no_draft_is_left():
    people = duty("present")
    (due,) = (a for a in people.acts([alert()], START_NS) if a.kind is ActKind.APPROVE)
    assert people.current(due, [alert(state=AlertState.CANCELLED)]) is None


def test_an_approved_alert_is_sent_accepted_and_received_in_that_order():
    acts = duty("present").acts([alert(state=AlertState.APPROVED)], START_NS)
    assert [a.kind for a in acts] == [ActKind.SENT, ActKind.ACCEPTED, ActKind.RECEIVED]
    assert [a.time_ns for a in acts] == sorted(a.time_ns for a in acts)


def test_an_alert_is_sent_once():
    people = duty("present")
    people.acts([alert(state=AlertState.APPROVED)], START_NS)
    assert people.acts([alert(state=AlertState.APPROVED)], START_NS + 10**9) == []


def test_delivery_takes_its_median():
    rng = np.random.default_rng(2)
    received = [Delivery().draw_ns(rng)[1] / 1e9 for _ in range(2_000)]
    assert np.median(received) == pytest.approx(10.0, rel=0.05)


@pytest.mark.parametrize("name", APPROVERS)
def test_every_model_of_a_person_says_that_it_is_an_assumption(name):
    assert approver(name).why.startswith("assumption")
