"""ASTERIX against libasterix 0.36 (MIT), tshark 4 (GPL, run as a program): our tables, reading and writing.

libasterix reads every field of records that we write, and we every field of what it reads; tshark is an outside judge
that shares no specification with the two. Samples: CroatiaControlLtd/asterix, real radars, where they may be read.
"""

import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asterix import base
from asterix import generated as editions
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dronewall.formats.asterix.encode import block
from dronewall.formats.asterix.pcap import _payload
from dronewall.formats.asterix.reading import blocks, records
from dronewall.formats.asterix.tables import categories, layouts, specification
from tests.formats.asterix_records import SOURCE
from tests.formats.samples import captured
from tests.shared import shared_files

ALL = [(category, edition) for category, known in sorted(categories().items()) for edition in known]
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "asterix_tables.py"


def theirs(category: int, edition: str) -> Any:
    return getattr(editions, f"Cat_{category:03d}_{edition.replace('.', '_')}")


def read_by_libasterix(category: int, edition: str, data: bytes) -> list[Any]:
    """The records of one block."""
    raw = base.RawDatablock.parse(base.Bits.from_bytes(data))
    (one,) = raw if isinstance(raw, list) else base.RawDatablock.parse(base.Bits.from_bytes(data))
    cat = theirs(category, edition)
    if issubclass(cat.cv_uap, base.UapSingle):
        found = cat.cv_uap.parse(one.get_raw_records())
    else:
        found = cat.cv_uap.parse(next(iter(cat.cv_uap.cv_uaps)), one.get_raw_records())
    assert not isinstance(found, ValueError), found
    return list(found)


def leaf(one: dict[str, Any]) -> st.SearchStrategy[float]:
    """Any value that an element can hold, on its steps."""
    size, signed = one["bits"], one.get("signed", 0)
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)
    step = one.get("lsb", 1)
    return st.integers(low, high).map(lambda coded: coded * step)


def fields_of(items: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: item_of(one) for name, one in items if name is not None})


def item_of(one: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = one["kind"]
    if kind == "element":
        return leaf(one)
    if kind == "group":
        return fields_of(one["items"])
    if kind == "extended":
        known = [item for part in one["parts"] for item in part if item is not None and item[0] is not None]
        # I021/271 of edition 2.1 ends without an FX bit: its last field is left out
        known = [item for item in known if item[0] != "LW"] if one["parts"][-1][-1] is not None else known
        return st.fixed_dictionaries(
            {known[0][0]: item_of(known[0][1])}, optional={n: item_of(i) for n, i in known[1:]}
        )
    if kind == "compound":
        known = {item[0]: item_of(item[1]) for item in one["items"] if item is not None}
        return st.fixed_dictionaries({}, optional=known).filter(bool)
    if kind == "repetitive":
        return st.lists(item_of(one["of"]), min_size=1, max_size=3)
    return st.binary(min_size=1, max_size=8)


def records_of(category: int, edition: str) -> st.SearchStrategy[dict[str, Any]]:
    orders = specification(category, edition)
    items = [item for item in orders[min(orders)] if item is not None and item[1]["kind"] != "rfs"]
    optional = {name: item_of(one) for name, one in items if (category, name) != (1, "020")}
    return st.fixed_dictionaries({}, optional=optional).filter(bool)


def value_of(record: Any, path: str) -> Any:
    """What libasterix says of a field, as it is coded; None where it is not there."""
    parts = path.split("/")
    found = record.get_item(parts[0])
    if found is None:
        return None
    inner = found.variation
    for name in parts[1:]:
        found = inner.get_item(name)
        if found is None:
            return None
        inner = found.variation
    return inner.as_uint()


@pytest.mark.parametrize(("category", "edition"), ALL)
@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_libasterix_reads_what_we_write_and_every_field_agrees(category, edition, data):
    said = data.draw(st.lists(records_of(category, edition), min_size=1, max_size=3))
    written = block(category, said, edition=edition)
    others = read_by_libasterix(category, edition, written)
    assert len(others) == len(said)
    view = np.frombuffer(written, np.uint8)
    table, stop = blocks(view)
    assert stop == len(written)
    made, bad = records(view, table, layouts(category, edition)[:1])
    assert (len(made[0]), len(bad)) == (len(said), 0)
    for path, field in made[0].layout.fields.items():
        ours, there = made[0]._column(path)
        for row, other in enumerate(others):
            theirs_said = value_of(other, path)
            assert bool(there[row]) == (theirs_said is not None), path
            if theirs_said is not None:
                assert int(ours[row]) % (1 << field.bits) == theirs_said, path


def datagrams(file: Path) -> list[bytes]:
    """The datagrams of a libpcap file of Ethernet frames."""
    data, found, at = file.read_bytes(), [], 24
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        payload = _payload(data[at + 16 : at + 16 + length], 1)
        found.append(payload or b"")
        at += 16 + length
    return found


@pytest.mark.parametrize("file", shared_files("data/asterix/*.pcap"), ids=lambda file: file.name)
def test_every_field_of_real_radars_is_what_libasterix_says(file):
    compared = 0
    for datagram in datagrams(file):
        view = np.frombuffer(datagram, np.uint8)
        for row in blocks(view)[0]:
            category = int(row[0])
            edition = categories()[category][-1]
            (made,), bad = records(view, row[None, :], layouts(category, edition))
            assert not len(bad)
            others = read_by_libasterix(category, edition, datagram[int(row[1]) - 3 : int(row[2])])
            assert len(others) == len(made)
            for path, field in made.layout.fields.items():
                ours, there = made._column(path)
                for index, other in enumerate(others):
                    said = value_of(other, path)
                    assert bool(there[index]) == (said is not None)
                    assert said is None or int(ours[index]) % (1 << field.bits) == said
                    compared += said is not None
    assert compared > 1000


def by_tshark(file: Path, *names: str) -> list[list[str]]:
    """Fields of every packet, as tshark dissects it."""
    shown = [word for name in names for word in ("-e", name)]
    command = [
        "tshark",
        "-r",
        str(file),
        "-d",
        "udp.port==1-65535,asterix",
        "-T",
        "fields",
        "-E",
        "aggregator=;",
        *shown,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("file", shared_files("data/asterix/*.pcap"), ids=lambda file: file.name)
def test_tshark_says_the_same_of_real_radars(file):
    ranges, azimuths, times = [], [], []
    for datagram in datagrams(file):
        view = np.frombuffer(datagram, np.uint8)
        for row in blocks(view)[0]:
            if row[0] == 48:
                (made,), _ = records(view, row[None, :], layouts(48, categories()[48][-1]))
                ranges += made.number("040/RHO")[made.has("040")].tolist()
                azimuths += made.number("040/THETA")[made.has("040")].tolist()
                times += made.number("140")[made.has("140")].tolist()
    rows = by_tshark(file, "asterix.048_040_RHO", "asterix.048_040_THETA", "asterix.048_140_VALUE")
    said = [[float(v) for row in rows for v in row[at].split(";") if v] for at in range(3)]
    assert len(ranges) == len(said[0]) > 100
    np.testing.assert_allclose(ranges, said[0], atol=1e-6)
    np.testing.assert_allclose(azimuths, said[1], atol=1e-6)
    assert times == pytest.approx(said[2], abs=1e-6)


def test_tshark_reads_the_system_tracks_that_we_write(tmp_path):
    track = {
        "010": SOURCE,
        "070": 43_200.5,
        "105": {"LAT": 56.5, "LON": 27.3},
        "185": {"VX": 40.0, "VY": -30.0},
        "040": 77,
        "080": {"CNF": 0},
        "130": 1000.0,
    }
    file = tmp_path / "tracks.pcap"
    file.write_bytes(captured(block(62, [track])))
    names = ("062_105_LAT", "062_105_LON", "062_185_VX", "062_185_VY", "062_070_VALUE", "062_040_VALUE")
    (row,) = by_tshark(file, *(f"asterix.{name}" for name in names))
    assert [float(int(v, 0)) if v.startswith("0x") else float(v) for v in row] == pytest.approx(
        [56.5, 27.3, 40.0, -30.0, 43_200.5, 77.0], abs=1e-5
    )


def test_the_tables_are_those_that_the_script_makes(root):
    done = subprocess.run([*_python(), str(SCRIPT), "--check"], check=False, cwd=root)
    assert done.returncode == 0


def _python() -> list[str]:
    import sys

    return [sys.executable]


def test_a_quantity_of_libasterix_has_the_step_of_our_tables():
    (other,) = read_by_libasterix(48, "1.32", block(48, [{"010": SOURCE, "040": {"RHO": 10.0, "THETA": 45.0}}]))
    rho = other.get_item("040").variation.get_item("RHO").variation.content.as_quantity()
    assert math.isclose(rho, 10.0)
