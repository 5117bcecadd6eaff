"""The verb as a whole: bad input, the cache, the review file, HTML, exports."""

import json
import os
from datetime import date
from pathlib import Path

import prov.model
import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dronewall.assess.extract import read_document
from dronewall.assess.reports import Beside, from_bytes
from dronewall.assess.run import Assessment, assess
from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.records.threat import load_threat

TEXT = """Plant in Gomel

MINSK, March 7, 2025 (BelWire) - The plant in Gomel can build up to 5,000 drones a year, the ministry said on Thursday.

Ukraine's air force said it had shot down 57 of 81 drones overnight.
"""


def files(folder: Path, **texts: str | bytes) -> list[Path]:
    """Reports by name, written into a folder."""
    made = []
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        made.append(path)
    return made


def run(folder: Path, *paths: Path, **options: Path) -> Assessment:
    return assess(paths, folder / "out", workers=1, **options)


def test_a_second_run_reads_only_what_is_new(tmp_path: Path) -> None:
    first, second = files(tmp_path, a=TEXT, b="Two balloons entered Lithuania on 3 May 2025, the army said.\n")
    assert run(tmp_path, first).read == 1
    both = run(tmp_path, first, second)
    assert both.read == 1
    assert [claim.line() for claim in run(tmp_path, first, second).claims] == [claim.line() for claim in both.claims]


def test_a_date_beside_a_report_reads_it_anew(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a="Ten drones crossed into Latvia on Tuesday.\n")
    assert run(tmp_path, report).claims[0].time_edtf is None
    (tmp_path / "a.toml").write_text('published = "2025-09-11"\npublisher = "LETA"\nsource_grade = "B"\n')
    claim = run(tmp_path, report).claims[0]
    assert (claim.time_edtf, claim.source_grade) == ("2025-09-09", "B")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x00\x01\x02\x03" * 400, "is not text"),
        (b"x" * 9_000_000, "9 MB"),
        ("Sieben Drohnen über Görlitz, größer als früher. Übung".encode("cp1252") * 9, "windows-1252"),
        ("Nichts von Belang.".encode("utf-16"), "UTF-16"),
        (bytes(range(256)) * 40, "is not text"),
        ("ميليشيا أطلقت طائرات مسيرة على المدينة".encode(), "not in Latin letters"),
    ],
    ids=["empty", "blank", "pdf", "binary", "large", "cp1252", "utf-16", "bytes", "arabic"],
)
def test_what_is_no_report_is_one_sentence_and_the_others_are_kept(tmp_path: Path, data: bytes, words: str) -> None:
    bad, good = files(tmp_path, bad=data, good=TEXT)
    found = run(tmp_path, bad, good)
    assert [note for note in found.notes if "bad.txt" in note and words in note]
    assert [claim.value for claim in found.claims if claim.volume] == [5000, 57, 81]


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "a.txt is empty"), (bytes(range(256)) * 12, "a.txt is not text"), (b"%PDF-1.7", "a PDF")]
)
def test_nothing_that_can_be_read_is_bad_input_and_writes_nothing(tmp_path: Path, data: bytes, words: str) -> None:
    (report,) = files(tmp_path, a=data)
    with pytest.raises(BadInput, match=f"{words}.*; give") as refused:
        run(tmp_path, report)
    assert refused.value.exit_code == 2
    assert not list((tmp_path / "out").glob("*.json*"))


def test_several_that_cannot_be_read_are_named_in_one_sentence(tmp_path: Path) -> None:
    bad = files(tmp_path, a=b"", b=b"%PDF-1.7", c=b"", d=b"", e=b"")
    with pytest.raises(BadInput, match=r"none of the 5 reports can be read: .*a\.txt is empty.*b\.txt.*; and 2 more"):
        run(tmp_path, *bad)


def test_a_report_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there"):
        run(tmp_path, tmp_path / "none.txt")


def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", tmp_path):
        with pytest.raises(BadInput, match="not a regular file"):
            run(tmp_path, path)


@pytest.mark.parametrize("output", ["/proc/x", "x" * 300, "a\0b"])
def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, output: str) -> None:
    (report,) = files(tmp_path, a=TEXT)
    with pytest.raises(BadInput, match="cannot be the folder of an assessment"):
        assess([report], tmp_path / output, workers=1)


def test_right_to_left_text_and_a_date_in_the_future_are_read(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a="\u202bطائرات مسيرة\u202c\n\nPoland will buy 3,000 drones in 2031, the army said.\n")
    claim = run(tmp_path, report).claims[0]
    assert (claim.value, claim.measure, claim.time_edtf) == (3000, "plan", "2031")


def test_a_report_from_the_future_is_named_and_read(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a="Published: 7 March 2031\n\nTen drones crossed into Latvia on Tuesday.\n")
    found = assess([report], tmp_path / "out", workers=1, today=date(2026, 11, 22))
    assert any("2031-03-07, lies ahead" in note for note in found.notes)
    assert found.claims[0].value == 10
    assert not any("lies ahead" in note for note in run(tmp_path, report).notes)


SHORT_PAGE = """<html><head><title>Incursions of 2025</title></head><body><h1>Incursions of 2025</h1>
<p>What border guards counted.</p>
<table><tr><th>State</th><th>Drones</th><th>Balloons</th><th>Persons held</th></tr>
<tr><td>Estonia</td><td>44</td><td>12</td><td>3</td></tr>
<tr><td>Latvia</td><td>31</td><td>58</td><td>7</td></tr></table></body></html>"""


def test_the_table_of_a_short_page_keeps_its_columns_and_counts_no_persons(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(SHORT_PAGE)
    volumes = [claim for claim in run(tmp_path, page).claims if claim.volume]
    assert [(claim.value, claim.unit, claim.place) for claim in volumes] == [
        (44, "drones", "Estonia"),
        (12, "balloons", "Estonia"),
        (31, "drones", "Latvia"),
        (58, "balloons", "Latvia"),
    ]
    assert all(SHORT_PAGE[claim.start : claim.end] == claim.quote for claim in volumes)


def test_html_claims_point_into_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html><head><title>x</title>"
        '<meta property="article:published_time" content="2025-09-12T08:00:00Z">'
        '<meta property="og:site_name" content="Baltic Wire"></head><body><nav>Home 300 drones</nav>'
        "<article><h1>Balloons again</h1>"
        "<p>Lithuania&rsquo;s border guard counted <b>66&nbsp;balloons</b> over Vilnius on Thursday, "
        "it said in a statement to the press.</p>"
        "<figure><figcaption>Some 900 drones. Photo: AP</figcaption></figure>"
        "<p>Nobody was hurt, and the airport reopened after the night. The guard keeps watching.</p></article>"
        "<footer>© 2026 Daily 40 drones</footer></body></html>"
    )
    (claim,) = [claim for claim in run(tmp_path, page).claims if claim.volume]
    assert (claim.value, claim.unit, claim.time_edtf) == (66, "balloons", "2025-09-11")
    assert "66" in page.read_text()[claim.start : claim.end]


REVIEW = """schema_version = 1
[[act]]
kind = "correct"
claim = "{claim}"
who = "Ana"
when = 2026-01-02
why = "the original says planned"
[act.set]
measure = "plan"
[[act]]
kind = "grade"
file = "a.txt"
source_grade = "C"
who = "Ana"
when = 2026-01-02
[[act]]
kind = "reject"
claim = "c-gone"
who = "Ben"
when = 2026-01-03
"""


def test_a_review_survives_re_runs_and_other_edits_of_the_report(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a=TEXT)
    claim = next(claim for claim in run(tmp_path, report).claims if claim.value == 5000)
    (tmp_path / "out" / "review.toml").write_text(REVIEW.format(claim=claim.id))
    files(tmp_path, a="Updated headline\n\n" + TEXT)
    found = run(tmp_path, report)
    again = next(one for one in found.claims if one.value == 5000)
    assert (again.measure, again.source_grade) == ("plan", "C")
    assert [(act["who"], act["before"], act["after"]) for act in again.history if act["field"] == "measure"] == [
        ("Ana", "capacity", "plan")
    ]
    assert [note for note in found.notes if "c-gone" in note and "is gone" in note]


def test_roots_are_merged_by_a_person(tmp_path: Path) -> None:
    paths = files(tmp_path, a="Ten drones crossed, Poland said.\n", b="Latvia said 30 drones had crossed.\n")
    roots = sorted({claim.root for claim in run(tmp_path, *paths).claims})
    assert len(roots) == 2
    act = f'[[act]]\nkind = "merge"\nroots = {json.dumps(roots)}\nwho = "Ana"\nwhen = 2026-01-02\nwhy = "one call"\n'
    (tmp_path / "review.toml").write_text(f"schema_version = 1\n{act}")
    found = run(tmp_path, *paths, review=tmp_path / "review.toml")
    assert {claim.root for claim in found.claims} == {roots[0]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('schema_version = 1\n[[act]]\nkind = "sign"\nfactor = "ramp"\nwho = "x"\nwhen = 2026-01-01\n', "needs 'why'"),
        (
            'schema_version = 1\n[[act]]\nkind = "correct"\nclaim = "c"\nwho = "x"\nwhen = 2026-01-01\n'
            '[act.set]\nmeasure = "made"\n',
            "capacity",
        ),
        ("schema_version = 1\nact = 3\n", "act"),
    ],
)
def test_a_review_that_cannot_be_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    (report,) = files(tmp_path, a=TEXT)
    (tmp_path / "review.toml").write_text(text)
    with pytest.raises(BadInput, match=words):
        run(tmp_path, report, review=tmp_path / "review.toml")


def test_others_read_the_exports(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a=TEXT)
    found = run(tmp_path, report)
    bundle = stix2.parse((tmp_path / "out" / "stix.json").read_text())
    assert sum(one.type == "note" for one in bundle.objects) == len(found.claims)
    document = prov.model.ProvDocument.deserialize(content=(tmp_path / "out" / "provenance.json").read_text())
    labels = {
        str(label)
        for record in document.get_records(prov.model.ProvEntity)
        for label in record.get_attribute("prov:label")
    }
    assert {"a.txt", "threat.json"} <= labels
    assert load_threat(tmp_path / "out" / "threat.json") == found.threat


def test_the_page_cannot_be_broken_out_of(tmp_path: Path) -> None:
    (report,) = files(
        tmp_path, a="Ten drones crossed </script><script>alert(1)</script> into Latvia, <!-- Poland said.\n"
    )
    run(tmp_path, report)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script>alert" not in page
    assert page.count("</script>") == 2
    assert "default-src 'none'" in page


@given(st.text(max_size=400))
def test_no_text_breaks_the_grammar(text: str) -> None:
    data = f"Drones\n\n{text} 57 drones crossed".encode("utf-8", errors="replace")
    report, _ = from_bytes(data, "x.txt", "x.txt", Beside(published="2025-03-07"))
    if report is not None:
        for claim in read_document(report).claims:
            assert report.text[claim.text_start : claim.text_start + len(claim.quote)] == claim.quote


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    (report,) = files(tmp_path, a=TEXT)
    done = CliRunner().invoke(app, ["assess", str(report), "-o", str(tmp_path / "out"), "--json"])
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.exit_code, said["documents"], said["crossings_per_week"]) == (0, 1, None)
