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
from dronewall.assess.claims import Claim, cited_by, figure_text, sha256
from dronewall.assess.language.edtf import span_days
from dronewall.assess.lineage import Lineage
from dronewall.assess.reports import Report
from dronewall.records.threat import Threat

PREFIX = "dw"
NAMESPACE = uuid.UUID("7d1b6a5e-0f43-5a53-9d0f-6f1f2f3a9c11")
# STIX wants a time; an assessment has no clock, so objects carry that of their report, or this day
EPOCH = "2000-01-01T00:00:00.000Z"
_RELATIONS = ("wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "used", "wasAssociatedWith", "hadMember")


def _name(text: str) -> str:
    return f"{PREFIX}:{text}"


def provenance(reports: Sequence[Report], claims: Sequence[Claim], lineage: Lineage, threat: Threat) -> dict[str, Any]:
    """The PROV-JSON document."""
    graph = _Provenance()
    graph.activity[_name("estimating")][_name("seed")] = threat.seed
    names = [_name(f"report-{sha256(report.name + report.text_sha256)[:12]}") for report in reports]
    for report, name in zip(reports, names, strict=True):
        graph.report(report, name)
    for one in lineage.derivations:
        graph.relate("wasDerivedFrom", generatedEntity=names[one.document], usedEntity=names[one.source])
    by_name = {report.name: name for report, name in zip(reports, names, strict=True)}
    for claim in claims:
        graph.claim(claim, by_name[claim.name])
    graph.threat(threat)
    return graph.document()


class _Provenance:
    """The entities, agents and activities of PROV, and how they hang together."""

    def __init__(self) -> None:
        self.entity: dict[str, Any] = {}
        self.agent: dict[str, Any] = {
            _name("program"): {
                "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
                "prov:label": f"dronewall {__version__}",
            }
        }
        self.activity: dict[str, Any] = {
            _name("reading"): {"prov:label": "claims read from reports"},
            _name("estimating"): {"prov:label": "chain of factors by Monte Carlo"},
        }
        self.relations: dict[str, dict[str, Any]] = {key: {} for key in _RELATIONS}

    def relate(self, kind: str, **ends: str) -> None:
        """One relation between what is named."""
        held = self.relations[kind]
        held[f"_:{kind}{len(held)}"] = {f"prov:{key}": value for key, value in ends.items()}

    def person(self, who: str) -> str:
        """The name of an agent, kept on its first mention."""
        name = _name(f"agent-{sha256(who)[:12]}")
        self.agent.setdefault(name, {"prov:label": who})
        return name

    def report(self, report: Report, name: str) -> None:
        """A report, that it was read, and its publisher."""
        self.entity[name] = {
            "prov:label": report.name,
            _name("sha256"): report.text_sha256,
            **({_name("published"): report.published} if report.published else {}),
            **({_name("url"): report.url} if report.url else {}),
        }
        self.relate("used", activity=_name("reading"), entity=name)
        if report.publisher:
            self.relate("wasAttributedTo", entity=name, agent=self.person(report.publisher))

    def claim(self, claim: Claim, report: str) -> None:
        """A claim as a quotation of its report, its speaker, whence it came, and what review did to it."""
        own = _name(claim.id)
        self.entity[own] = {
            "prov:label": figure_text(claim),
            "prov:value": claim.quote,
            **{_name(key): getattr(claim, key) for key in ("start", "end", "quote_sha256", "root", "measure")},
        }
        self.relations["wasDerivedFrom"][f"_:q{claim.id}"] = {
            "prov:generatedEntity": own,
            "prov:usedEntity": report,
            "prov:type": {"$": "prov:Quotation", "type": "prov:QUALIFIED_NAME"},
        }
        self.relate("wasGeneratedBy", entity=own, activity=_name("reading"))
        if claim.speaker:
            self.relate("wasAttributedTo", entity=own, agent=self.person(claim.speaker))
        for source in claim.derived_from:
            self.relate("wasDerivedFrom", generatedEntity=own, usedEntity=_name(source))
        for number, act in enumerate(claim.history):
            self._review(own, _name(f"review-{claim.id}-{number}"), act)

    def _review(self, claim: str, name: str, act: Mapping[str, Any]) -> None:
        """An act of review as an activity of the person who did it."""
        self.activity[name] = {
            "prov:label": f"{act['act']} {act.get('field', '')}".strip(),
            "prov:startTime": _instant(act["when"]),
        }
        self.relate("used", activity=name, entity=claim)
        self.relate("wasAssociatedWith", activity=name, agent=self.person(act["who"]))

    def threat(self, threat: Threat) -> None:
        """The threat, the claims on which it rests, and who judged its factors."""
        name = _name("threat")
        self.entity[name] = {"prov:label": "threat.json"}
        self.relate("wasGeneratedBy", entity=name, activity=_name("estimating"))
        for key in sorted(cited_by(threat)):
            self.relate("wasDerivedFrom", generatedEntity=name, usedEntity=_name(key))
        for factor in threat.factors:
            if factor.judge:
                self.relate("wasAssociatedWith", activity=_name("estimating"), agent=self.person(factor.judge))
        self.relate("wasAssociatedWith", activity=_name("reading"), agent=_name("program"))

    def document(self) -> dict[str, Any]:
        """The PROV-JSON document of all that was kept."""
        return {
            "prefix": {PREFIX: "urn:dronewall:assess:"},
            "entity": self.entity,
            "agent": self.agent,
            "activity": self.activity,
            **{key: value for key, value in self.relations.items() if value},
        }


def _instant(edtf: str | None) -> str:
    if edtf and "T" in edtf:
        return edtf if edtf.endswith("Z") or "+" in edtf else f"{edtf}Z"
    span = span_days(edtf)
    return f"{span[0].isoformat()}T00:00:00.000Z" if span else EPOCH


def _id(kind: str, key: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind} {key}')}"


def stix(reports: Sequence[Report], claims: Sequence[Claim], grades: Mapping[str, str]) -> dict[str, Any]:
    """The STIX 2.1 bundle."""
    program = _identity("dronewall") | {"name": f"dronewall {__version__}", "identity_class": "system"}
    found = [program, *map(_identity, sorted({claim.speaker for claim in claims if claim.speaker}))]
    by_report: dict[str, list[Claim]] = {report.name: [] for report in reports}
    for claim in claims:
        by_report[claim.name].append(claim)
    for report in reports:
        own, head = by_report[report.name], _head(report, program["id"])
        about = _report(report, own, grades.get(report.name, "F"), head)
        found += [about, *(_note(claim, about["id"], head) for claim in own)]
    # of two objects with one id the later one holds
    objects = {one["id"]: one for one in found}
    return {"type": "bundle", "id": _id("bundle", " ".join(sorted(objects))), "objects": list(objects.values())}


def _identity(name: str) -> dict[str, Any]:
    """The identity of a speaker, or of the program."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _id("identity", name),
        "created": EPOCH,
        "modified": EPOCH,
        "name": name,
    }


def _head(report: Report, program: str) -> dict[str, Any]:
    """What the objects of one report begin with, after their id."""
    when = _instant(report.published)
    return {"created": when, "modified": when, "created_by_ref": program}


def _report(report: Report, own: Sequence[Claim], grade: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """A report with its claims; one without any refers to the program, as the standard wants a reference."""
    description = f"sha256 of the bytes {report.text_sha256}; source grade {grade}"
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": _id("report", f"{report.name} {report.text_sha256}"),
        **head,
        "name": (report.title or report.name)[:200],
        "published": head["created"],
        "report_types": ["threat-report"],
        "object_refs": [_id("note", claim.id) for claim in own] or [head["created_by_ref"]],
        "external_references": [
            {
                "source_name": report.publisher or report.name,
                "description": description,
                **({"url": report.url} if report.url else {}),
            }
        ],
    }


def _note(claim: Claim, report: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as a note about its report and its speaker."""
    said = f"{claim.speaker} " if claim.speaker else "unattributed "
    return {
        "type": "note",
        "spec_version": "2.1",
        "id": _id("note", claim.id),
        **head,
        "abstract": f"{claim.measure}: {figure_text(claim)}",
        "content": f"{said}({claim.modality}): {claim.quote}",
        "object_refs": [report] + ([_id("identity", claim.speaker)] if claim.speaker else []),
        "external_references": [
            {
                "source_name": claim.name,
                "description": f"code points {claim.start} to {claim.end}, sha256 {claim.quote_sha256}, "
                f"root {claim.root}, grade {claim.source_grade}{claim.item_grade}",
            }
        ],
    }
