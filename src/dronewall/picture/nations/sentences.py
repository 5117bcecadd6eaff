"""A rule file in plain sentences: what each partner sees, and what it never sees."""

from dronewall.records.release import EVERYWHERE, FIELDS, Rule, Rules, Withhold


def sentences(rules: Rules) -> list[str]:
    """One paragraph line after the other, partner by partner; what nobody releases is named as well."""
    table = rules.release
    said = [f"{table.nation}: approved by {table.approved_by} on {table.approved_on}." + _basis(table.basis)]
    if not rules.rule:
        said.append("There is no rule, so no partner sees anything.")
    for partner in rules.partners:
        for what in FIELDS:
            own = [rule for rule in rules.rule if rule.partner == partner and rule.what == what]
            if not own:
                said.append(f"{partner} sees no {what}.")
                continue
            said += [_rule(rule) for rule in own]
            given = {word for rule in own for word in rule.fields}
            never = [FIELDS[what][word] for word in FIELDS[what] if word not in given]
            if never:
                said.append(f"{partner} never sees of {what}: {'; '.join(never)}.")
    said += [_withhold(one) for one in rules.withhold]
    return said


def _rule(rule: Rule) -> str:
    pictures = " and ".join("exercises" if picture == "exercise" else "the real picture" for picture in rule.pictures)
    labels = f" that seem to be {' or '.join(rule.labels)}," if rule.labels else ""
    given = "; ".join(FIELDS[rule.what][word] for word in FIELDS[rule.what] if word in rule.fields)
    square = "" if rule.round_to_m is None else f" (round_to_m is {rule.round_to_m:g} m)"
    often = f", every {rule.every_s:g} s" if rule.what == "tracks" else ""
    why = f" Why: {rule.why}" if rule.why else ""
    return (
        f"{rule.partner} sees of {rule.what} {_zones(rule.zones)},{labels} in {pictures}{often}: "
        f"{given}{square}. [{rule.id}]{why}"
    )


def _withhold(one: Withhold) -> str:
    who = " and ".join(one.partners) if one.partners else "any partner"
    labels = f" that seem to be {' or '.join(one.labels)}" if one.labels else ""
    what = "; ".join(FIELDS[one.what][word] for word in one.fields) if one.fields else "anything"
    why = f" Why: {one.why}" if one.why else ""
    return (
        f"Whatever a rule says, withheld from {who} of {one.what} {_zones(one.zones)}{labels}: {what}. [{one.id}]{why}"
    )


def _zones(zones: list[str]) -> str:
    return "everywhere" if EVERYWHERE in zones else f"in {' or '.join(zones)}"


def _basis(basis: str) -> str:
    return f" Basis: {basis}." if basis else ""
