"""A watch with a store: what it carries, what it says of it, and what may be asked over HTTP."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.eventlog import EventLog
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import EVER, Area
from dronewall.watch.store.local import LocalPaths
from dronewall.watch.store.postgres import SharedStore
from tests.watch.small import Watch

EVERYWHERE = Area.of("-180,-90,180,90")


def test_a_night_stands_in_the_shared_store_as_in_the_files_once_the_watch_has_ended(tmp_path: Path, uri: str) -> None:
    with Watch(tmp_path / "data", store=Address(uri)) as watch:
        watch.until(watch.at_end)
        health = watch.station.health().result(120.0)["store"]
        assert health["paths"]["state"] == "ok"
        assert "pieces_waiting" in health["shared"]
    with (
        SharedStore(Address(uri)) as store,
        LocalPaths(tmp_path / "data" / "paths.sqlite", read_only=True) as local,
        EventLog(tmp_path / "data" / "events.sqlite") as log,
    ):
        (site,) = store.sites()
        assert site.about == ("Small", "small night", True)
        assert [row.hash for row in store.events(site.site)] == [row.hash for row in log.rows(0, 100_000)]
        visits = store.visits(EVERYWHERE, *EVER)
        assert visits == local.visits(EVERYWHERE, *EVER)
        assert visits
        times = store.positions(visits[0].track, *EVER)[0][1][:, 3]
        assert set(times[1:] - times[:-1]) == {1.0}


def test_a_watch_whose_store_is_away_goes_on_and_says_so(tmp_path: Path) -> None:
    with Watch(tmp_path / "data", store=Address("postgresql://a@127.0.0.1:9/d")) as watch:
        watch.until(watch.at_end)
        watch.until(lambda: any(row["kind"] == "store.away" for row in watch.rows()))
        watch.until(lambda: watch.station.health().result(120.0)["store"]["shared"]["state"] == "away")
        shared = watch.station.health().result(120.0)["store"]["shared"]
    assert shared["store"] == "postgresql://a@127.0.0.1:9/d"
    assert shared["events_waiting"] > 0


@pytest.mark.parametrize("words", ["--area 1,2,3,4 --track t", "", "--area 1,2,3,4 --from noon", "--area 4,3,2,1"])
def test_what_cannot_be_asked_is_one_sentence(tmp_path: Path, words: str) -> None:
    done = CliRunner().invoke(app, ["history", str(tmp_path), *words.split()])
    assert isinstance(done.exception, BadInput)
