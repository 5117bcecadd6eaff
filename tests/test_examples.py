"""The examples run as they stand, against the small night."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dronewall.watch.roles import Person, Role
from examples.receive_alerts import make_server
from tests.watch.small import KEY, Watch
from tests.watch.test_app import serving


def test_reading_tracks_prints_a_line_for_each(tmp_path: Path, root: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        with serving(watch.station) as address:
            script = str(root / "examples" / "read_tracks.py")
            done = subprocess.run(
                [sys.executable, script, f"{address}/?token={watch.token(Role.VIEWER)}"],
                capture_output=True,
                text=True,
                timeout=240,
                check=True,
            )
    assert "fixed_wing_piston" in done.stdout
    assert "a-0001 revision" in done.stdout


def test_a_gateway_of_ones_own_receives_what_was_approved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server = make_server(KEY, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    uri = f"exercise+http://127.0.0.1:{server.server_address[1]}/alerts"
    with Watch(tmp_path, uri=uri) as watch:
        watch.until(watch.at_end)
        row = next(row for row in watch.station.alerts().result(240.0)["alerts"] if row["state"] == "draft")
        watch.station.act(row["id"], "approve", row["revision"], Person(user="anna", role=Role.OPERATOR)).result(240.0)
        watch.until(lambda: "alert.received" in [row["kind"] for row in watch.rows()])
    server.shutdown()
    server.server_close()
    thread.join()
    assert "Exercise Alert" in capsys.readouterr().out
