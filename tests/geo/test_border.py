"""The border: one line from end to end, whatever order and direction its pieces come in."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import BadInput
from dronewall.geo import border

PAIRS = border.pairs()


@pytest.mark.parametrize("pair", PAIRS)
def test_the_shipped_borders_are_one_line_each_but_where_a_lake_is_too_wide_to_be_bridged(pair: str) -> None:
    assert len(border.border(pair).lines) == (2 if pair == "LTU-BLR" else 1)


@pytest.mark.parametrize(
    ("pair", "official_km"), [("LVA-RUS", 284), ("LVA-BLR", 173), ("LTU-BLR", 679), ("POL-BLR", 418)]
)
def test_the_length_is_near_the_official_one(pair: str, official_km: float) -> None:
    # State Border Guard of Latvia: 283.6 km and 172.9 km; Lithuania and Poland: 679 km and 418 km, as often told.
    # Ours cuts the corners of lakes and rivers.
    assert border.border(pair).length_m / 1000 == pytest.approx(official_km, rel=0.04)


@pytest.mark.parametrize("pair", PAIRS)
def test_no_bridged_gap_is_longer_than_the_tolerance(pair: str) -> None:
    assert max(border.border(pair).bridged_m) <= border.GAP_M


@pytest.mark.parametrize("pair", PAIRS)
def test_lines_run_from_north_to_south(pair: str) -> None:
    assert all(line[0, 1] >= line[-1, 1] for line in border.border(pair).lines)


def test_stretches_cover_the_border_end_to_end() -> None:
    found = border.stretches("LVA-RUS", 20_000.0)
    assert sum(part.length_m for part in found) == pytest.approx(border.border("LVA-RUS").length_m, rel=1e-9)
    assert all(np.array_equal(a.line[-1], b.line[0]) for a, b in pairwise(found))
    assert [part.stretch for part in found[:2]] == ["lva-rus-01", "lva-rus-02"]


def test_a_part_between_two_latitudes_reaches_both() -> None:
    part = border.between("LVA-RUS", 56.3, 56.9)
    assert part[0, 1] == pytest.approx(56.9)
    assert part[-1, 1] == pytest.approx(56.3)


def test_latitudes_that_the_border_does_not_reach_are_refused_with_those_that_it_does() -> None:
    with pytest.raises(BadInput, match=r"runs from 56\.\d\d to 57\.\d\d degrees north"):
        border.between("LVA-RUS", 60.0, 61.0)


def test_an_unknown_border_is_refused_with_those_that_ship() -> None:
    with pytest.raises(BadInput, match="LTU-BLR, LVA-BLR, LVA-RUS, POL-BLR"):
        border.border("LVA-XXX")


def test_the_map_is_told_whom_to_credit() -> None:
    assert "OpenStreetMap" in str(border.geojson()["attribution"])


@given(st.permutations(range(6)), st.lists(st.booleans(), min_size=6, max_size=6))
def test_joining_does_not_depend_on_order_or_direction(order: list[int], turned: list[bool]) -> None:
    """Six pieces of a winding line with gaps of some 10 m between them."""
    t = np.linspace(0.0, 1.0, 60)
    line = np.column_stack([27.0 + 0.1 * np.sin(5.0 * t), 57.0 - t])
    pieces = [line[10 * i : 10 * i + 10] for i in order]
    pieces = [piece[::-1] if turn else piece for piece, turn in zip(pieces, turned, strict=True)]
    lines, bridged_m = border.merged(tuple(pieces), 5_000.0)
    assert len(lines) == 1
    assert np.array_equal(lines[0], line)
    assert len(bridged_m) == 5
