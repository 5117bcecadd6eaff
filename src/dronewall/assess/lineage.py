"""Which documents and claims are one source.

Three kinds of evidence, from plain to subtle: shared runs of five words (a copy), shared quotations, and shared claims
(a rewrite: the same figures of the same things in the same places, though no five words in a row are the same).
Claims that quote one speech, and the same claim told by several documents, have one root. What nobody is named for
belongs to the document's own voice. Support is counted in roots.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dronewall.assess.claims import Claim, sha256
from dronewall.assess.document import Document
from dronewall.assess.language.names import is_body
from dronewall.assess.language.places import by_name
from dronewall.assess.matching import alike, same_plant, same_speaker, speech_key
from dronewall.assess.sketch import resemblance

COPY, PARTLY = 0.5, 0.12
LARGEST_BUCKET = 60
COMPARED = 40
KEYS = 32
"""How many of a sketch's hashes look for likely copies."""


@dataclass(slots=True, kw_only=True)
class Derivation:
    """One document comes from another: how, and what shows it."""

    document: int
    source: int
    kind: str
    resemblance: float
    shared: int
    evidence: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of claim ids: there, here."""


class Sets:
    """Disjoint sets of integers; the least is the name of each."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def find(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        a, b = sorted((self.find(one), self.find(other)))
        self.parent[b] = a


@dataclass(slots=True, kw_only=True)
class Lineage:
    """Derivations of documents, and the root of each document; claims carry their own `root`."""

    derivations: list[Derivation]
    document_roots: list[str]
    matches: list[tuple[int, int]]
    """Pairs of claims (by index, source first) that are one claim in two documents."""


def trace(documents: Sequence[Document], claims: Sequence[Claim]) -> Lineage:
    """Find the lineage of documents and set `root` and `derived_from` of their claims."""
    owner = {claim.id: index for index, document in enumerate(documents) for claim in document.claims}
    at = [owner[claim.id] for claim in claims]
    copies = _copies(documents, [_depth(document) for document in documents])
    derivations = _derivations(documents, claims, at, copies)
    family = Sets(len(documents))
    for one in derivations:
        family.join(one.document, one.source)
    kin = [family.find(index) for index in range(len(documents))]
    matches = _matches(claims, at, kin, copies) + _copied_claims(documents, claims, at, copies)
    sets = Sets(len(claims) + len(documents))
    _same_claims(claims, at, sets)
    _speeches(claims, at, sets)
    matched = set()
    for first, second in matches:
        sets.join(first, second)
        matched |= {first, second}
    # in its own voice: what nobody is named for and no other document tells
    attributed = {index for index, claim in enumerate(claims) if claim.speaker}
    voiced = {sets.find(index) for index in attributed | matched}
    for index in range(len(claims)):
        if sets.find(index) not in voiced and sets.find(index) < len(claims):
            sets.join(index, len(claims) + at[index])
    for document, head in enumerate(kin):
        sets.join(len(claims) + document, len(claims) + head)
    rank = _upstream(documents, derivations)
    roots = _named(claims, at, documents, sets, rank)
    ordered = [(a, b) if rank[at[a]] <= rank[at[b]] else (b, a) for a, b in matches]
    derived = {(one.source, one.document) for one in derivations}
    for source, here in ordered:
        if (at[source], at[here]) in derived:
            claims[here].derived_from = [*claims[here].derived_from, claims[source].id]
    document_roots = []
    for place, told in enumerate(documents):
        led = next((c for c in told.claims if c.volume or c.statement), None)
        alone = f"r-{told.report.text_sha256[:10]}"
        document_roots.append(led.root if led else roots.get(sets.find(len(claims) + place), alone))
    _share_document_roots(document_roots, derivations, kin)
    return Lineage(derivations=derivations, document_roots=document_roots, matches=ordered)


def _share_document_roots(document_roots: list[str], derivations: Sequence[Derivation], kin: Sequence[int]) -> None:
    """Documents of one family have the root of the one that none of them comes from."""
    derived = {one.document for one in derivations}
    head: dict[int, str] = {}
    for index, root in enumerate(document_roots):
        if index not in derived:
            head.setdefault(kin[index], root)
    for index in range(len(document_roots)):
        document_roots[index] = head.get(kin[index], document_roots[index])


def _facts(
    claims: Sequence[Claim], at: Sequence[int], copies: dict[int, tuple[int, float]]
) -> dict[tuple[object, ...], list[int]]:
    """Claims by what they count: the buckets in which likenesses are sought. Copies stand aside."""
    buckets: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        if at[index] in copies:
            continue
        if claim.statement:
            for place in (claim.place or "").split("; "):
                if place:
                    buckets["facility", place].append(index)
        else:
            buckets[claim.unit, claim.value].append(index)
    return buckets


def _copies(documents: Sequence[Document], rank: Sequence[tuple[object, ...]]) -> dict[int, tuple[int, float]]:
    """Each document that is a near copy, with the head of its copies and how near it is; heads come first by rank.

    Only heads are held against one another afterwards, so a hundred copies cost a hundred comparisons.
    """
    heads: dict[int, list[int]] = defaultdict(list)
    whole: dict[str, int] = {}
    found: dict[int, tuple[int, float]] = {}
    for index in sorted(range(len(documents)), key=lambda i: (rank[i], i)):
        document = documents[index]
        same = whole.get(document.report.text_sha256)
        if same is not None:
            found[index] = (same, 1.0)
            continue
        near: dict[int, int] = defaultdict(int)
        for one in document.sketch[:KEYS]:
            for head in heads.get(one, ()):
                near[head] += 1
        likely = sorted(near, key=lambda head: (-near[head], head))[:8]
        best = max(((resemblance(document.sketch, documents[head].sketch), -head) for head in likely), default=(0.0, 0))
        if best[0] >= COPY:
            found[index] = (-best[1], round(best[0], 3))
            continue
        whole[document.report.text_sha256] = index
        for one in document.sketch[:KEYS]:
            heads[one].append(index)
    return found


def _derivations(
    documents: Sequence[Document], claims: Sequence[Claim], at: Sequence[int], copies: dict[int, tuple[int, float]]
) -> list[Derivation]:
    pairs: set[tuple[int, int]] = set()
    by_hash: dict[int, list[int]] = defaultdict(list)
    for index, document in enumerate(documents):
        if index not in copies:
            for one in document.sketch[:KEYS]:
                by_hash[one].append(index)
            for one in document.quotes:
                by_hash[-1 - one].append(index)
    for holders in by_hash.values():
        if len(holders) <= LARGEST_BUCKET:
            pairs |= {(first, second) for place, second in enumerate(holders) for first in holders[:place]}
    likeness: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for bucket in _facts(claims, at, copies).values():
        if len(bucket) > LARGEST_BUCKET:
            continue
        for place, second in enumerate(bucket):
            for first in bucket[:place]:
                if at[first] != at[second] and alike(claims[first], claims[second], kin=True):
                    likeness[at[first], at[second]].append((first, second))
    found: list[Derivation] = []
    rank = [_depth(document) for document in documents]
    plants = {
        pair
        for pair, both in likeness.items()
        if len(both) == 2 and same_plant([(claims[one], claims[other]) for one, other in both])
    }
    for first, second in sorted(pairs | plants | {pair for pair, both in likeness.items() if len(both) >= 3}):
        judged = _judge(documents, claims, first, second, likeness.get((first, second), []), rank)
        if judged is not None:
            found.append(judged)
    own = [
        Derivation(document=copy, source=head, kind="copy", resemblance=near, shared=len(documents[copy].claims))
        for copy, (head, near) in copies.items()
    ]
    return sorted([*_nearest(found), *own], key=lambda one: one.document)


def _copied_claims(
    documents: Sequence[Document], claims: Sequence[Claim], at: Sequence[int], copies: dict[int, tuple[int, float]]
) -> list[tuple[int, int]]:
    """Each claim of a copy with the claim of its head that stands in the same words."""
    held: dict[int, dict[tuple[object, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    heads = {head for head, _ in copies.values()}
    for index, claim in enumerate(claims):
        if at[index] in heads:
            held[at[index]][claim.quote, claim.unit, claim.value].append(index)
    found = []
    for index, claim in enumerate(claims):
        if at[index] in copies:
            same = held[copies[at[index]][0]].get((claim.quote, claim.unit, claim.value), [])
            near = min(same, key=lambda i: abs(claims[i].text_start - claim.text_start), default=None)
            if near is not None:
                found.append((near, index))
    return found


def _judge(
    documents: Sequence[Document],
    claims: Sequence[Claim],
    first: int,
    second: int,
    both: list[tuple[int, int]],
    rank: Sequence[tuple[object, ...]],
) -> Derivation | None:
    """Whether the second of two documents comes from the first, or the other way round."""
    a, b = documents[first], documents[second]
    near = 1.0 if a.report.text_sha256 == b.report.text_sha256 else resemblance(a.sketch, b.sketch)
    shared = {(claims[i].unit, claims[i].value, claims[i].statement) for i, _ in both}
    figures = [{(c.unit, c.value) for c in d.claims if not c.statement} for d in (a, b)]
    least = min(len(figures[0]), len(figures[1])) or 1
    numbers = {key for key in shared if not key[2]}
    volumes = {key for key in numbers if key[0] in ("drones", "balloons", "objects")}
    said_same = len(set(a.quotes) & set(b.quotes))
    kind = None
    if near >= PARTLY:
        kind = "copy in part"
    elif (
        len(numbers) >= 3 and len(volumes) >= 2 and len(numbers) >= 0.6 * least and not _other_origin(a, b)
    ) or _all_of_one_plant(a, b, claims, both):
        kind = "rewrite"
    elif said_same and len(volumes) >= 1 and len(numbers) >= 0.5 * least and len(numbers) >= 2:
        kind = "rewrite with quotations"
    if kind is None:
        return None
    source, document = (first, second) if (rank[first], first) <= (rank[second], second) else (second, first)
    evidence = [(claims[i].id, claims[j].id) if source == first else (claims[j].id, claims[i].id) for i, j in both]
    return Derivation(
        document=document, source=source, kind=kind, resemblance=round(near, 3), shared=len(numbers), evidence=evidence
    )


def _all_of_one_plant(a: Document, b: Document, claims: Sequence[Claim], both: list[tuple[int, int]]) -> bool:
    """Whether all that the shorter of two documents counts is what the other one tells of the same plant."""
    shared = {(claims[i].unit, claims[i].value) for i, _ in both if claims[i].volume}
    told = [{(c.unit, c.value) for c in document.claims if c.volume} for document in (a, b)]
    whole = any(len(figures) >= 2 and figures <= shared for figures in told)
    return whole and not _other_origin(a, b) and same_plant([(claims[i], claims[j]) for i, j in both])


def _other_origin(first: Document, second: Document) -> bool:
    """Two releases of two authorities are no rewrites of one another, whatever numbers they share."""
    one, other = first.report.publisher, second.report.publisher
    return bool(one and other and one != other and is_body(one) and is_body(other))


def _depth(document: Document) -> tuple[object, ...]:
    """Sorts documents from upstream to downstream: earlier first, then whoever names more voices and quotes more."""
    return (
        document.report.published or "9999",
        -len(document.speakers),
        -len(document.quotes),
        -len(document.report.text),
        document.report.text_sha256,
    )


def _nearest(found: list[Derivation]) -> list[Derivation]:
    """One source for each document: the nearest."""
    best: dict[int, Derivation] = {}
    for one in found:
        held = best.get(one.document)
        if held is None or (one.resemblance, one.shared, -one.source) > (held.resemblance, held.shared, -held.source):
            best[one.document] = one
    return [best[key] for key in sorted(best)]


def _matches(
    claims: Sequence[Claim], at: Sequence[int], kin: Sequence[int], copies: dict[int, tuple[int, float]]
) -> list[tuple[int, int]]:
    """Pairs of claims in different documents that are one claim."""
    found: list[tuple[int, int]] = []
    taken: set[tuple[int, int]] = set()
    for bucket in _facts(claims, at, copies).values():
        # In a crowded bucket each claim is held against one of each group found so far
        heads: list[int] = []
        for second in bucket:
            hit = False
            for first in reversed(heads[-COMPARED:]) if len(bucket) > COMPARED else heads:
                if at[first] == at[second]:
                    continue
                if (first, second) not in taken and alike(
                    claims[first], claims[second], kin=kin[at[first]] == kin[at[second]]
                ):
                    found.append((first, second))
                    taken.add((first, second))
                    hit = True
                    if len(bucket) > COMPARED:
                        break
            if not hit or len(bucket) <= COMPARED:
                heads.append(second)
    facilities = _near_facilities(claims, at, kin, copies)
    return found + [pair for pair in facilities if pair not in taken]


def _near_facilities(
    claims: Sequence[Claim], at: Sequence[int], kin: Sequence[int], copies: dict[int, tuple[int, float]]
) -> list[tuple[int, int]]:
    """A factory that one document puts in a town and another in its country."""
    towns: dict[str, list[int]] = defaultdict(list)
    lands: dict[str, list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        for name in (claim.place or "").split("; ") if claim.statement and at[index] not in copies else ():
            place = by_name(name)
            if place is not None:
                (lands if place.kind == "country" else towns)[place.country].append(index)
    found = []
    for country, inner in towns.items():
        for outer in lands.get(country, [])[:COMPARED]:
            for one in inner[:COMPARED]:
                if at[one] != at[outer] and alike(claims[one], claims[outer], kin=kin[at[one]] == kin[at[outer]]):
                    found.append((one, outer))
    return found


def _same_claims(claims: Sequence[Claim], at: Sequence[int], sets: Sets) -> None:
    first: dict[tuple[int, str], int] = {}
    for index, claim in enumerate(claims):
        sets.join(index, first.setdefault((at[index], claim.claim), index))


def _speeches(claims: Sequence[Claim], at: Sequence[int], sets: Sets) -> None:
    """Claims of one document that one voice told on one occasion have one root.

    A sentence that goes on with somebody's words seldom repeats when they were said: where the document gives a voice
    one occasion at most, all its words are of that one.
    """
    occasions: dict[tuple[int, str], set[str]] = defaultdict(set)
    for index, claim in enumerate(claims):
        if claim.speaker:
            who, when = speech_key(claim)
            occasions[at[index], who] |= {when} - {""}
    first: dict[tuple[object, ...], int] = {}
    for index, claim in enumerate(claims):
        if claim.speaker:
            who, when = speech_key(claim)
            key = (at[index], who, when if len(occasions[at[index], who]) > 1 else "")
            sets.join(index, first.setdefault(key, index))


def _upstream(documents: Sequence[Document], derivations: Sequence[Derivation]) -> list[int]:
    """How far each document is from the head of its family."""
    source = {one.document: one.source for one in derivations}
    depth = []
    for index in range(len(documents)):
        steps, here = 0, index
        while here in source and steps < 50:
            here, steps = source[here], steps + 1
        depth.append(steps)
    order = sorted(range(len(documents)), key=lambda i: (depth[i], _depth(documents[i]), i))
    rank = [0] * len(documents)
    for place, index in enumerate(order):
        rank[index] = place
    return rank


def _named(
    claims: Sequence[Claim], at: Sequence[int], documents: Sequence[Document], sets: Sets, rank: Sequence[int]
) -> dict[int, str]:
    """Name each root after the claim furthest upstream, by content, so that a copy more or less renames nothing."""
    members: dict[int, list[int]] = defaultdict(list)
    for index in range(len(claims)):
        members[sets.find(index)].append(index)
    names: dict[int, str] = {}
    for head, group in members.items():
        first = min(group, key=lambda i: (rank[at[i]], claims[i].text_start, claims[i].id))
        names[head] = (
            "r-" + sha256(f"{claims[first].text_sha256} {claims[first].text_start} {claims[first].quote}")[:10]
        )
    for index, claim in enumerate(claims):
        claim.root = names[sets.find(index)]
    return names


def support(claims: Iterable[Claim]) -> int:
    """How many roots stand behind some claims."""
    return len({claim.root for claim in claims if claim.live})


def label(claims: Sequence[Claim]) -> str:
    """A root in words: the first voice that is named, else the document that speaks for itself."""
    named = next((claim.speaker for claim in claims if claim.speaker), None)
    return named or f"unattributed, {re.sub(r'^.*/', '', claims[0].name)}"


__all__ = ["Derivation", "Lineage", "label", "same_speaker", "support", "trace"]
