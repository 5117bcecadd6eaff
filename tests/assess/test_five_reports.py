"""T1 to T15 of FIELD.md section 5.5, on the five reports; they lie beside the checkout and are not committed."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from dronewall.assess.claims import Claim
from dronewall.assess.run import Assessment, assess
from tests.shared import shared_files

REPORTS = shared_files("reports/*.txt")
FIVE = pytest.mark.parametrize("reports", [REPORTS] if REPORTS else [], ids=["five"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("five")


def run(reports: list[Path], folder: Path, sources: str = "") -> Assessment:
    """An assessment of some reports, with a sources file."""
    file = folder / "sources.toml"
    file.write_text(sources)
    return assess(reports, folder / "out", sources=file if sources else None, workers=1)


@pytest.fixture(scope="module")
def dated(folder: Path) -> Assessment:
    """The five, the first published on 7 March 2025."""
    name = REPORTS[0].name
    return run(REPORTS, folder, f'[[report]]\nfile = "{name}"\npublished = "2025-03-07"\n')


def of(found: Assessment, report: str) -> list[Claim]:
    return [claim for claim in found.claims if claim.name.startswith(report)]


def volumes(found: Assessment, report: str) -> list[Claim]:
    return [claim for claim in of(found, report) if claim.volume]


def one(claims: list[Claim], value: float) -> Claim:
    return next(claim for claim in claims if claim.value == value)


@FIVE
def test_t1_three_to_four_million_is_a_range(reports: list[Path], dated: Assessment) -> None:
    for report in ("000", "001"):
        claim = next(claim for claim in volumes(dated, report) if claim.bound == "range")
        assert (claim.low, claim.high, claim.measure, claim.modality, claim.time_edtf) == (
            3e6,
            4e6,
            "goal",
            "wants",
            "2025",
        )


@FIVE
def test_t2_the_plants_ceiling_is_one_claim_told_three_times(reports: list[Path], dated: Assessment) -> None:
    told = [claim for claim in volumes(dated, "000") if claim.high == 100_000]
    assert len(told) == 3
    assert len({claim.claim for claim in told}) == 1
    assert {claim.measure for claim in told} == {"capacity"}
    assert [claim.bound for claim in told if not claim.in_title] == ["at_most", "at_most"]
    assert all(claim.low is None and claim.per == "year" for claim in told if not claim.in_title)


@FIVE
def test_t3_the_weekly_tally_is_of_mixed_classes_shot_down(reports: list[Path], dated: Assessment) -> None:
    claim = one(volumes(dated, "000"), 1000)
    assert (claim.bound, claim.measure, claim.per, claim.object_class) == ("approximately", "shot_down", "week", "any")
    assert claim.speaker == "Ukraine's air force"


@FIVE
def test_t4_thursday_is_known_with_a_day_of_publication_and_unknown_without(
    reports: list[Path], dated: Assessment, tmp_path: Path
) -> None:
    told = [claim.time_edtf for claim in volumes(dated, "000") if claim.time_words == "Thursday"]
    assert told == ["2025-03-06"]
    bare = run(reports, tmp_path)
    assert [claim.time_edtf for claim in volumes(bare, "000") if claim.time_words == "Thursday"] == [None]
    assert not any(claim.time_edtf and claim.time_edtf.startswith("2025-04") for claim in volumes(bare, "000"))


@FIVE
def test_t5_the_rewrite_comes_from_the_repost_and_adds_no_root(reports: list[Path], dated: Assessment) -> None:
    pairs = [(d.document, d.source, d.kind) for d in dated.lineage.derivations]
    assert pairs == [(1, 0, "rewrite")]
    assert dated.lineage.document_roots[0] == dated.lineage.document_roots[1]
    assert {claim.root for claim in of(dated, "001")} <= {claim.root for claim in of(dated, "000")}


@FIVE
def test_t6_gomel_and_yelabuga_have_one_root_each(reports: list[Path], dated: Assessment) -> None:
    def roots(report: str, place: str) -> set[str]:
        return {claim.root for claim in of(dated, report) if claim.place == place}

    assert roots("002", "Gomel") == roots("003", "Gomel")
    assert roots("002", "Yelabuga") == {
        claim.root for claim in of(dated, "004") if claim.place == "Yelabuga" and claim.statement
    }
    assert not roots("002", "Gomel") & roots("002", "Yelabuga")


@FIVE
def test_t6_two_plants_in_belarus_are_two_projects(reports: list[Path], dated: Assessment) -> None:
    assert not {claim.root for claim in of(dated, "000")} & {claim.root for claim in of(dated, "002")}


@FIVE
def test_t7_yelabuz_is_yelabuga(reports: list[Path], dated: Assessment) -> None:
    claim = next(claim for claim in of(dated, "002") if "Yelabuz" in claim.quote)
    assert (claim.place, claim.speaker, claim.relays, claim.status) == (
        "Yelabuga",
        "Biden administration",
        ["ISW"],
        "building",
    )


@FIVE
def test_t8_january_2021_stands_out(reports: list[Path], dated: Assessment) -> None:
    flagged = [finding for finding in dated.conflicts if finding.kind == "time"]
    assert ["January 2021" in finding.sentence for finding in flagged] == [True]


@FIVE
def test_t9_nothing_else_is_read_as_a_volume(reports: list[Path], dated: Assessment) -> None:
    found = {
        report: sorted({claim.value for claim in volumes(dated, report)})
        for report in ("000", "001", "002", "003", "004")
    }
    assert found == {
        "000": [1000, 2000, 100_000, 1.4e6, 3.5e6],
        "001": [2000, 100_000, 3.5e6],
        "002": [],
        "003": [3],
        "004": [6000],
    }


@FIVE
def test_t9_counts_of_other_things_have_other_units(reports: list[Path], dated: Assessment) -> None:
    assert [(c.value, c.unit, c.bound) for c in of(dated, "002") if not c.statement] == [
        (500_000, "rials", "at_least"),
        (47.5, "percent", "approximately"),
    ]
    assert [(c.value, c.unit, c.place) for c in of(dated, "003") if c.unit == "people"] == [(10, "people", "Crimea")]
    assert {c.value for c in dated.claims if c.unit == "countries"} == {6}


@FIVE
def test_t10_hedges_are_kept_and_their_loss_is_reported(reports: list[Path], dated: Assessment) -> None:
    assert "approximately" in one(volumes(dated, "004"), 6000).hedges
    assert {"about", "typically"} <= set(one(volumes(dated, "000"), 1000).hedges)
    lost = [finding.sentence for finding in dated.changes if finding.kind == "hedge lost"]
    assert any("up to 100,000" in sentence and "001_" in sentence for sentence in lost)
    assert any("hearsay" in sentence and "003_" in sentence for sentence in lost)


@FIVE
def test_the_speaker_of_the_two_thousand_is_in_conflict(reports: list[Path], dated: Assessment) -> None:
    assert any(
        f.kind == "speaker" and "Belarusian officials" in f.sentence and "Russian representatives" in f.sentence
        for f in dated.conflicts
    )
    assert one(volumes(dated, "000"), 2000).object_class == "agricultural"


@FIVE
def test_building_and_studying_one_plant_are_in_conflict(reports: list[Path], dated: Assessment) -> None:
    told = [finding.sentence for finding in dated.conflicts if finding.kind == "status"]
    assert any(s.count("002_") == 2 and "building" in s and "in Gomel: studied" in s for s in told)
    assert any("building in 002_" in s and "studied in 003_" in s for s in told)


def numbers(found: Assessment) -> list[object]:
    """Everything of the estimate that is a number."""
    threat = found.threat
    return [[(f.name, f.quantiles) for f in threat.factors], threat.crossings_per_week, threat.by_label, threat.drivers]


SIGNED = "\n".join(
    ["schema_version = 1"]
    + [
        f'[[act]]\nkind = "sign"\nfactor = "{name}"\nwho = "A. Analyst"\nwhen = 2026-11-22\nwhy = "a test"'
        for name in ("ramp", "use", "share_by_class", "share_launched", "share_meets_wall")
    ]
)


def estimate(reports: list[Path], folder: Path) -> Assessment:
    (folder / "review.toml").write_text(SIGNED)
    return assess(reports, folder / "out", review=folder / "review.toml", workers=1)


@FIVE
def test_t11_removing_the_rewrite_changes_no_digit(reports: list[Path], tmp_path: Path) -> None:
    whole = estimate(reports, tmp_path)
    assert whole.threat.crossings_per_week is not None
    (tmp_path / "less").mkdir()
    assert numbers(estimate([r for r in reports if not r.name.startswith("001")], tmp_path / "less")) == numbers(whole)


@FIVE
def test_t12_a_hundred_copies_change_no_digit(reports: list[Path], tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copies = [Path(shutil.copy(reports[0], tmp_path / "copies" / f"copy-{n:03}.txt")) for n in range(100)]
    whole = estimate(reports, tmp_path)
    many = estimate([*copies, *reports], tmp_path / "copies")
    assert numbers(many) == numbers(whole)
    assert len({c.root for c in many.claims}) == len({c.root for c in whole.claims})


@FIVE
def test_an_independent_capacity_moves_the_estimate_and_the_page_says_why(reports: list[Path], tmp_path: Path) -> None:
    before = estimate(reports, tmp_path)
    other = tmp_path / "independent.txt"
    other.write_text(
        "Satellite firm on the Minsk plant\n\nThe halls of the plant in Belarus can hold lines for at most 30,000 "
        "drones a year, analysts of Orbital Eye said after measuring them.\n"
    )
    after = estimate([*reports, other], tmp_path)
    assert before.threat.crossings_per_week is not None
    assert after.threat.crossings_per_week is not None
    assert after.threat.crossings_per_week.p50 < before.threat.crossings_per_week.p50
    assert any("a root came" in line and "30,000" in line for line in after.threat.changes)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "a root came" in page


@FIVE
def test_t13_furniture_gives_no_claims(reports: list[Path], dated: Assessment) -> None:
    for document in dated.documents:
        for start, end, _ in document.furniture:
            assert not [claim for claim in document.claims if start <= claim.start < end]
    marked = " ".join(why for document in dated.documents for *_, why in document.furniture)
    assert all(kind in marked for kind in ("navigation", "caption", "after the article", "pointer to another article"))


@FIVE
def test_t14_capacity_plan_and_goal_are_never_one_claim(reports: list[Path], dated: Assessment) -> None:
    measures: dict[tuple[str, str], set[str]] = {}
    for claim in dated.claims:
        measures.setdefault((claim.name, claim.claim), set()).add(claim.measure)
    assert all(len(kinds) == 1 for kinds in measures.values())
    assert {(c.value, c.measure) for c in volumes(dated, "000")} >= {
        (100_000, "capacity"),
        (2000, "plan"),
        (3.5e6, "goal"),
        (1.4e6, "capacity"),
    }


@FIVE
def test_t15_every_figure_leads_to_its_words(reports: list[Path], dated: Assessment, folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "out" / "claims.jsonl").read_text().splitlines()]
    assert lines
    for line in lines:
        data = Path(line["file"]).read_bytes()
        assert line["text_sha256"] == hashlib.sha256(data).hexdigest()
        assert data.decode("utf-8")[line["start"] : line["end"]] == line["quote"]
        assert line["quote_sha256"] == hashlib.sha256(line["quote"].encode()).hexdigest()
    ids = {line["id"] for line in lines}
    threat = json.loads((folder / "out" / "threat.json").read_text())
    cited = [
        c["claim"] for part in (threat["factors"], threat["stress_levels"]) for row in part for c in row["citations"]
    ]
    assert cited
    assert set(cited) <= ids
    assert threat["stress_levels"][2]["rate_per_week"] == 1000.0
    assert threat["crossings_per_week"] is None
    assert threat["reason"].startswith("none supported; stress levels only")
