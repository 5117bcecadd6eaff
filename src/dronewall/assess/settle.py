"""Mentions of one report to claims: those that say one thing share an id, and a retraction reaches every mention."""

from collections.abc import Sequence

from dronewall.assess.claims import PRODUCTION, Claim
from dronewall.assess.language.places import agree


def settle(claims: Sequence[Claim]) -> None:
    """Set `claim`; a title takes measure, place, time and speaker of what it summarises."""
    for index, claim in enumerate(claims):
        for earlier in claims[:index]:
            if earlier.claim == earlier.id and same_claim(earlier, claim):
                claim.claim = earlier.claim
                break
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.claim, []).append(claim)
    for group in groups.values():
        body = [claim for claim in group if not claim.in_title]
        for claim in group:
            if claim.in_title and body:
                claim.measure, claim.object_class = body[0].measure, body[0].object_class
                claim.place = next((one.place for one in body if one.place), claim.place)
                claim.status = claim.status or body[0].status
                if claim.time_edtf is None:
                    told = body[0]
                    claim.time_edtf, claim.time_role, claim.time_words = told.time_edtf, told.time_role, told.time_words
                    claim.time_anchor, claim.statement_edtf = told.time_anchor, told.statement_edtf
                if claim.speaker is None:
                    claim.speaker, claim.relays = body[0].speaker, list(body[0].relays)
    for gone in [claim for claim in claims if claim.status == "retracted" and not claim.statement]:
        for claim in claims:
            if claim.per and gone.per and claim.per != gone.per:
                # "2,700 a week. It is 2,700 a month."
                continue
            if claim.unit == gone.unit and claim.value == gone.value and claim.status != "retracted":
                claim.status = "retracted"
                claim.notes.append(f"retracted by the report itself ({gone.id})")


def same_claim(first: Claim, second: Claim) -> bool:
    """Whether two mentions in one report are one claim: one number of one thing, and nothing tells them apart."""
    if first.statement != second.statement or first.unit != second.unit:
        return False
    if first.statement:
        named = first.place is not None and second.place is not None
        return named and first.status == second.status and agree(first.place, second.place)
    if (first.low, first.high) != (second.low, second.high) and first.value != second.value:
        return False
    if "range" in (first.bound, second.bound) and first.bound != second.bound:
        return False
    if first.per and second.per and first.per != second.per:
        return False
    title = first.in_title or second.in_title
    # a title may call a capacity a plan, never a plan a count of what was shot down
    kin = title and (first.measure in PRODUCTION) == (second.measure in PRODUCTION)
    if first.measure != second.measure and "other" not in (first.measure, second.measure) and not kin:
        return False
    spoken = "statement" in (first.time_role, second.time_role)
    timed = first.time_edtf and second.time_edtf
    if timed and first.time_edtf != second.time_edtf and not spoken:
        return False
    if len({first.object_class, second.object_class} - {"any", "unknown"}) > 1:
        return False
    if title:
        return True
    # small numbers meet by chance
    small = first.value < 20 and first.unit == "drones"
    if small and first.time_edtf != second.time_edtf and first.place != second.place:
        return False
    return agree(first.place, second.place)
