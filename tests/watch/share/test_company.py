"""Three nations on one machine: the night of the cut line, and a demonstration whose lines can be cut by hand."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dronewall.cli.company import Company, play
from dronewall.errors import BadInput
from dronewall.records.company import CompanySpec
from dronewall.settings import check
from dronewall.watch.share.cables import Cables
from dronewall.watch.share.server import free_port


@pytest.mark.long
def test_in_the_night_of_the_cut_line_nothing_is_lost_and_all_share_a_name(tmp_path: Path) -> None:
    said = play("link-cut", seed=2, speed=40.0, folder=tmp_path, progress=lambda _: None)
    assert said["lost"] == said["lapsed"] == said["refused"] == 0
    assert all(said["parts_said"][line] > 0 for line in said["parts_said"])
    names = said["shared_names"]
    # Names that lived only while a line was down are known to those who used them, so not every list is the same.
    assert set(names["EE"]) & set(names["LT"]) & set(names["LV"])


def test_the_wall_of_the_night_is_divided_by_nation_and_each_line_is_dialled_once(tmp_path: Path) -> None:
    company = Company("link-cut", seed=1, speed=1.0, folder=tmp_path)
    assert company.nations == ("EE", "LT", "LV")
    members = {nation: company.member(nation) for nation in company.nations}
    sensors = [spec.id for member in members.values() for spec in member.wall.sensor]
    assert sorted(sensors) == sorted(spec.id for spec in company.wall.sensor)
    assert [one.id for one in members["LT"].wall.authority] == ["lt-civil-protection"]
    dialled = [
        {nation, partner.nation}
        for nation, member in members.items()
        for partner in (member.wall.share.partner if member.wall.share else [])
        if partner.address
    ]
    assert sorted(map(sorted, dialled)) == [["EE", "LT"], ["EE", "LV"], ["LT", "LV"]]
    assert not (tmp_path / "LV.key").stat().st_mode & 0o077


def test_a_line_is_cut_and_mended_by_hand(tmp_path: Path) -> None:
    ends, other = frozenset({"LV", "LT"}), frozenset({"LV", "EE"})
    with Cables({ends: free_port()}) as cables:
        assert cables.known(ends)
        assert not cables.known(other)
        cables.cut(ends, True)
        assert wait(lambda: cables.is_cut(ends))
        cables.cut(ends, False)
        assert wait(lambda: not cables.is_cut(ends))


def wait(what: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 60.0
    while not what() and time.monotonic() < ends:
        time.sleep(0.02)
    return what()


def test_a_night_of_one_nation_is_no_company(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a night of one nation; link-cut is one of several"):
        Company("rezekne", seed=1, speed=1.0, folder=tmp_path)


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ({"between": ["LV", "LV"], "from_s": 1, "to_s": 2}, "a line is between two nations"),
        ({"between": ["LV", "LT"], "from_s": 2, "to_s": 1}, "from_s must lie before to_s"),
        ({"between": ["LV", "Lithuania"], "from_s": 1, "to_s": 2}, "between"),
    ],
)
def test_a_cut_that_means_nothing_is_refused(cut: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check(CompanySpec, {"schema_version": 1, "cut": [cut]}, "nations.toml")
