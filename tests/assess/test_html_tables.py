"""Tables of pages whose headings fill several rows or whose cells span."""

from dronewall.assess.html_tables import with_tables
from tests.assess.test_corrections import claims

TABLE = """<table><thead>
<tr><th rowspan="2">Month</th><th colspan="2">Strike drones</th><th>Missiles</th></tr>
<tr><th>launched</th><th>downed</th><th>launched</th></tr></thead>
<tr><td>Nov 2025</td><td>5,444</td><td>4,437</td><td>213</td></tr>
<tr><td>Dec 2025</td><td>5,131</td><td>4,188</td><td>176</td></tr></table>"""


def test_two_rows_of_headings_become_one() -> None:
    text, together = with_tables(f"<html><body>{TABLE}</body></html>", "Nothing here.")
    head = "| Month | Strike drones launched | Strike drones downed | Missiles launched |"
    assert head in text.splitlines()
    assert together == {head}


def test_each_figure_is_read_under_both_of_its_headings() -> None:
    head = "<h1>Attacks</h1><p>The months in short, by the bulletins.</p>"
    page = f"<html><body><article>{head}{TABLE}</article></body></html>"
    found = claims(page, "x.html")
    assert [(claim.value, claim.measure) for claim in found] == [
        (5444.0, "launched"),
        (4437.0, "shot_down"),
        (5131.0, "launched"),
        (4188.0, "shot_down"),
    ]
    assert [page[claim.start : claim.end] for claim in found] == ["5,444", "4,437", "5,131", "4,188"]


def test_a_span_that_is_no_number_counts_once() -> None:
    odd = TABLE.replace('colspan="2"', 'colspan="all"').replace('rowspan="2"', 'rowspan="-3"')
    text, _ = with_tables(f"<html><body>{odd}</body></html>", "")
    assert "5,444" in text


def test_a_year_at_the_head_of_a_row_is_its_time() -> None:
    table = "Drones imported, by year\n\nYear | Drones imported | Value\n2023 | 4,310 | 9.6\n2024 | 11,870 | 21.4\n"
    assert [(claim.value, claim.time_edtf) for claim in claims(table)] == [(4310.0, "2023"), (11870.0, "2024")]
