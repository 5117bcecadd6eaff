"""One life of a watch in a process of its own, for the test that kills it. Preloaded by the fork server, so that a life
begins in an instant."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.picture.desk import Desk
from dronewall.units import SECOND_NS
from dronewall.watch import engine
from dronewall.watch.hub import Hub
from dronewall.watch.roles import Person, Role
from tests.watch.small import Watch, night

engine.SNAPSHOT_NS = 15 * SECOND_NS


class Telling(Hub):
    """Writes what it tells into a file: whoever listened has seen this much."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def event(self, text: str) -> None:
        os.write(self._out, text.encode() + b"\n")


def _warm() -> None:
    played = night()
    desk = Desk(played.wall, played.sensors, weather=played.weather)
    for scan in played.scans():
        if scan.received_ns > played.start_ns + 40 * SECOND_NS:
            break
        desk.take(scan)
    desk.tick(played.start_ns + 40 * SECOND_NS)


_warm()


def live(data: Path, uri: str, speed: float, to_the_end: bool) -> None:
    """Run until killed; or to the end of the night, and leave the tracks of the end in `data`."""
    anna = Person(user="anna", role=Role.OPERATOR)
    with Watch(data, speed=speed, uri=uri, hub=Telling(data.with_suffix(".told"))) as watch:
        over = threading.Event()
        hand = threading.Thread(target=_approve, args=(watch, anna, data.with_suffix(".acts"), over), daemon=True)
        hand.start()
        if not to_the_end:
            time.sleep(600.0)
        watch.until(watch.at_end)
        over.set()  # what is approved from here on might not be received before the end
        hand.join()
        ends = night().end_ns
        tracks = watch.station.engine.ask(lambda: watch.station.engine.desk.tracks(ends)).result(240.0)
        np.savez(data.with_suffix(".npz"), **_numbers(tracks))
        watch.until(lambda: _carried(watch, "alert.approved") == _carried(watch, "alert.received"))


def _carried(watch: Watch, kind: str) -> list[tuple[str, int]]:
    return sorted((row["payload"]["alert"], row["payload"]["revision"]) for row in watch.rows() if row["kind"] == kind)


def _numbers(tracks: Any) -> dict[str, Any]:
    return {
        "track": tracks.track.astype(str),
        "status": tracks.status.astype(str),
        "latitude_rad": tracks.latitude_rad,
        "longitude_rad": tracks.longitude_rad,
        "altitude_hae_m": tracks.altitude_hae_m,
        "velocity_enu_mps": tracks.velocity_enu_mps,
        "covariance": tracks.covariance,
        "p_exists": tracks.p_exists,
        "class_probability": tracks.class_probability,
        "detections": tracks.detections,
    }


def _approve(watch: Watch, who: Person, file: Path, over: threading.Event) -> None:
    """Approve every draft until it is over, and write down each approval that the service acknowledged."""
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    last = False
    while not last:
        last = over.wait(0.05)  # what is there when it is over is approved still
        for row in watch.station.alerts().result(240.0)["alerts"]:
            if row["state"] == "draft":
                asked = watch.station.act(row["id"], "approve", row["revision"], who)
                if asked.exception(240.0) is None:
                    os.write(out, f"{row['id']} {row['revision']}\n".encode())
