"""Every default has a source, a kind of source and an interval, and stands in docs/sensors.md."""

from pathlib import Path
from typing import get_args

import pytest

from dronewall.errors import BadInput
from dronewall.records.words import LABELS
from dronewall.sensors import PARTS
from dronewall.sensors.catalogue import DEFAULT_MODEL, ROWS, Row, SourceKind, Value, row
from dronewall.sensors.page import tables
from dronewall.sensors.signatures import EMISSION_DBM, RCS_DBSM, SIZE_M, SOUNDS

PAGE = Path(__file__).parents[2] / "docs" / "sensors.md"
VALUES = [(f"{r.kind}/{r.model} {key}", value) for r in ROWS for key, value in r.values.items()]
VALUES += [(f"rcs {label}", value) for label, value in RCS_DBSM.items()]
VALUES += [(f"emission {label}", value) for label, value in EMISSION_DBM.items() if value]
VALUES += [(f"size {label}", value) for label, value in SIZE_M.items()]
VALUES += [
    (f"{label} {what}", v)
    for label, s in SOUNDS.items()
    if s
    for what, v in (("level", s.level_db), ("tone", s.tone_hz))
]


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[name for name, _ in VALUES])
def test_a_value_lies_in_its_interval_and_says_where_it_is_from(name: str, value: Value) -> None:
    assert value.low <= value.value <= value.high
    assert value.low < value.high
    assert value.kind in get_args(SourceKind)
    assert len(value.source) > 10


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[name for name, _ in VALUES])
def test_what_only_the_press_says_has_a_wide_interval(name: str, value: Value) -> None:
    assert value.kind != "press" or value.high >= 4.0 * value.low


def test_every_kind_has_a_default_model() -> None:
    assert set(DEFAULT_MODEL) == set(PARTS)


def test_every_label_has_a_radar_cross_section() -> None:
    assert set(RCS_DBSM) == set(LABELS)


def test_the_acoustic_default_is_1500_m_from_700_to_5000_and_an_assumption() -> None:
    nominal = row("acoustic", None).values["max_range_m"]
    assert (nominal.value, nominal.low, nominal.high, nominal.kind) == (1500.0, 700.0, 5000.0, "assumption")


@pytest.mark.parametrize("found", ROWS, ids=lambda found: f"{found.kind}/{found.model}")
def test_the_page_holds_every_row_as_the_catalogue_has_it(found: Row) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert tables()[f"{found.kind}/{found.model}"] in page


@pytest.mark.parametrize("name", ["rcs", "sound", "wind", "emission", "size"])
def test_the_page_holds_the_other_tables_as_the_code_has_them(name: str) -> None:
    assert tables()[name] in PAGE.read_text(encoding="utf-8")


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(BadInput, match="it has: array"):
        row("acoustic", "ear")
