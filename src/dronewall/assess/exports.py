"""PROV-JSON and STIX 2.1 of an assessment, for others' tools.

PROV-JSON (W3C member submission, 24 April 2013): reports, claims and the threat are entities; speakers, publishers and
reviewers are agents; reading, estimating and each act of review are activities. STIX 2.1 (OASIS, 10 June 2021): each
report is a `report`, each claim a `note` about it, each speaker an `identity`. Ids are UUIDv5 of content, so a re-run
writes the same.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from dronewall import __version__
from dronewall.assess.claims import Claim, figure_text, sha256
from dronewall.assess.language.edtf import span_days
from dronewall.assess.lineage import Lineage
from dronewall.assess.reports import Report
from dronewall.records.threat import Threat

PREFIX = "dw"
NAMESPACE = uuid.UUID("7d1b6a5e-0f43-5a53-9d0f-6f1f2f3a9c11")
# STIX wants a time; an assessment has no clock, so objects carry that of their report, or this day
EPOCH = "2000-01-01T00:00:00.000Z"


def _name(text: str) -> str:
    return f"{PREFIX}:{text}"


def provenance(reports: Sequence[Report], claims: Sequence[Claim], lineage: Lineage, threat: Threat) -> dict[str, Any]:
    """The PROV-JSON document."""
    entity: dict[str, Any] = {}
    agent: dict[str, Any] = {
        _name("program"): {
            "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
            "prov:label": f"dronewall {__version__}",
        }
    }
    activity: dict[str, Any] = {
        _name("reading"): {"prov:label": "claims read from reports"},
        _name("estimating"): {"prov:label": "chain of factors by Monte Carlo", _name("seed"): threat.seed},
    }
    relations: dict[str, dict[str, Any]] = {
        key: {}
        for key in ("wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "used", "wasAssociatedWith", "hadMember")
    }

    def relate(kind: str, **ends: str) -> None:
        relations[kind][f"_:{kind}{len(relations[kind])}"] = {f"prov:{key}": value for key, value in ends.items()}

    ids = {report.name: _name(f"report-{sha256(report.name + report.text_sha256)[:12]}") for report in reports}
    for report in reports:
        entity[ids[report.name]] = {
            "prov:label": report.name,
            _name("sha256"): report.text_sha256,
            **({_name("published"): report.published} if report.published else {}),
            **({_name("url"): report.url} if report.url else {}),
        }
        relate("used", activity=_name("reading"), entity=ids[report.name])
        if report.publisher:
            relate("wasAttributedTo", entity=ids[report.name], agent=_agent(agent, report.publisher))
    for one in lineage.derivations:
        relate(
            "wasDerivedFrom", generatedEntity=ids[reports[one.document].name], usedEntity=ids[reports[one.source].name]
        )
    people: dict[str, None] = {}
    for claim in claims:
        own = _name(claim.id)
        entity[own] = {
            "prov:label": figure_text(claim),
            "prov:value": claim.quote,
            _name("start"): claim.start,
            _name("end"): claim.end,
            _name("quote_sha256"): claim.quote_sha256,
            _name("root"): claim.root,
            _name("measure"): claim.measure,
        }
        relations["wasDerivedFrom"][f"_:q{claim.id}"] = {
            "prov:generatedEntity": own,
            "prov:usedEntity": ids[claim.name],
            "prov:type": {"$": "prov:Quotation", "type": "prov:QUALIFIED_NAME"},
        }
        relate("wasGeneratedBy", entity=own, activity=_name("reading"))
        if claim.speaker:
            relate("wasAttributedTo", entity=own, agent=_agent(agent, claim.speaker))
        for source in claim.derived_from:
            relate("wasDerivedFrom", generatedEntity=own, usedEntity=_name(source))
        for number, act in enumerate(claim.history):
            name = _name(f"review-{claim.id}-{number}")
            activity[name] = {
                "prov:label": f"{act['act']} {act.get('field', '')}".strip(),
                "prov:startTime": _instant(act["when"]),
            }
            relate("used", activity=name, entity=own)
            relate("wasAssociatedWith", activity=name, agent=_agent(agent, act["who"]))
            people[act["who"]] = None
    entity[_name("threat")] = {"prov:label": "threat.json"}
    relate("wasGeneratedBy", entity=_name("threat"), activity=_name("estimating"))
    cited = {citation.claim for factor in threat.factors for citation in factor.citations} | {
        citation.claim for level in threat.stress_levels for citation in level.citations
    }
    for key in sorted(cited):
        relate("wasDerivedFrom", generatedEntity=_name("threat"), usedEntity=_name(key))
    for factor in threat.factors:
        if factor.judge:
            relate("wasAssociatedWith", activity=_name("estimating"), agent=_agent(agent, factor.judge))
    relate("wasAssociatedWith", activity=_name("reading"), agent=_name("program"))
    return {
        "prefix": {PREFIX: "urn:dronewall:assess:"},
        "entity": entity,
        "agent": agent,
        "activity": activity,
        **{key: value for key, value in relations.items() if value},
    }


def _agent(agents: dict[str, Any], who: str) -> str:
    name = _name(f"agent-{sha256(who)[:12]}")
    agents.setdefault(name, {"prov:label": who})
    return name


def _instant(edtf: str | None) -> str:
    if edtf and "T" in edtf:
        return edtf if edtf.endswith("Z") or "+" in edtf else f"{edtf}Z"
    span = span_days(edtf)
    return f"{span[0].isoformat()}T00:00:00.000Z" if span else EPOCH


def _id(kind: str, key: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind} {key}')}"


def stix(reports: Sequence[Report], claims: Sequence[Claim], grades: Mapping[str, str]) -> dict[str, Any]:
    """The STIX 2.1 bundle."""
    objects: dict[str, dict[str, Any]] = {}
    program = _id("identity", "dronewall")
    objects[program] = {
        "type": "identity",
        "spec_version": "2.1",
        "id": program,
        "created": EPOCH,
        "modified": EPOCH,
        "name": f"dronewall {__version__}",
        "identity_class": "system",
    }
    when = {report.name: _instant(report.published) for report in reports}
    for speaker in sorted({claim.speaker for claim in claims if claim.speaker}):
        key = _id("identity", speaker)
        objects[key] = {
            "type": "identity",
            "spec_version": "2.1",
            "id": key,
            "created": EPOCH,
            "modified": EPOCH,
            "name": speaker,
        }
    by_report: dict[str, list[Claim]] = {report.name: [] for report in reports}
    for claim in claims:
        by_report[claim.name].append(claim)
    for report in reports:
        own = by_report[report.name]
        key = _id("report", f"{report.name} {report.text_sha256}")
        references = [_id("note", claim.id) for claim in own] or [program]
        objects[key] = {
            "type": "report",
            "spec_version": "2.1",
            "id": key,
            "created": when[report.name],
            "modified": when[report.name],
            "created_by_ref": program,
            "name": (report.title or report.name)[:200],
            "published": when[report.name],
            "report_types": ["threat-report"],
            "object_refs": references,
            "external_references": [
                {
                    "source_name": report.publisher or report.name,
                    "description": f"sha256 of the bytes {report.text_sha256}; "
                    f"source grade {grades.get(report.name, 'F')}",
                    **({"url": report.url} if report.url else {}),
                }
            ],
        }
        for claim in own:
            note = _id("note", claim.id)
            said = f"{claim.speaker} " if claim.speaker else "unattributed "
            objects[note] = {
                "type": "note",
                "spec_version": "2.1",
                "id": note,
                "created": when[report.name],
                "modified": when[report.name],
                "created_by_ref": program,
                "abstract": f"{claim.measure}: {figure_text(claim)}",
                "content": f"{said}({claim.modality}): {claim.quote}",
                "object_refs": [key] + ([_id("identity", claim.speaker)] if claim.speaker else []),
                "external_references": [
                    {
                        "source_name": claim.name,
                        "description": f"code points {claim.start} to {claim.end}, sha256 {claim.quote_sha256}, "
                        f"root {claim.root}, grade {claim.source_grade}{claim.item_grade}",
                    }
                ],
            }
    return {"type": "bundle", "id": _id("bundle", " ".join(sorted(objects))), "objects": list(objects.values())}
