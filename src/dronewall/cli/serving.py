"""Composition for `dronewall watch`: a recording or the wall's own feeds, in front of a wall file."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dronewall.archive import Recording, read_recording
from dronewall.cli import machine
from dronewall.cli.storing import store_at
from dronewall.errors import BadInput, Unavailable
from dronewall.outputs.gateway import Key
from dronewall.records.wall import Wall, load_wall
from dronewall.watch.prepare import Standing, live, replay, standing
from dronewall.watch.service import Context, Prepare, Prepared, Site, serve
from dronewall.watch.tls import Pair

NO_BUS = "workers need packages that are not here; type: pip install 'dronewall[nations]'"


def announce_planner(address: str) -> None:
    """Say where planners see the coverage."""
    print(f"dronewall: for planners, with the coverage: {address}", flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What a watch is told beside its wall.

    Without `data`, live feeds have the wall's own folder, and a recording or a night one that is gone afterwards.
    """

    data: Path | None
    host: str
    port: int
    announce: Callable[[str], None]
    tls: Pair | None = None
    coverage: Path | None = None
    store: str | None = None
    flights: Path | None = None
    sectors: int = 0

    def site(self, data: Path, base: Path, keys: Mapping[str, Key] | None = None) -> Site:
        """The same for the service, with its data in that folder."""
        return Site(
            data=data,
            base=base,
            keys=dict(keys or {}),
            host=self.host,
            port=self.port,
            tls=self.tls,
            announce=self.announce,
            announce_planner=announce_planner,
            coverage=self.coverage,
            flights=self.flights,
            store=store_at(self.store),
        )


def wall_file(path: Path) -> Path:
    """The wall file that a path means: itself, or the one in a recording's folder."""
    return path / "wall.toml" if path.is_dir() else path


def warmed(prepare: Prepare) -> Prepare:
    """The same, with the kernels compiled first where they are not: only the first start ever waits for that."""

    def ready(context: Context) -> Prepared:
        if not machine.is_warm():
            machine.warm_up_apart(context.say)
        return prepare(context)

    return ready


def by_workers(prepare: Prepare, wall: Wall, file: Path, ground: Standing, count: int) -> Prepare:
    """The same, with the border divided among so many workers; 0: none, the watch's own process does it.

    Raises
    ------
    Unavailable
        The packages that they need are not installed.
    """
    if not count:
        return prepare
    try:
        from dronewall.watch.sectors.desk import divided
    except ImportError:
        raise Unavailable(NO_BUS) from None
    return divided(prepare, wall, file, ground, count)


def default_data(wall: Wall) -> Path:
    """Where a wall's data lie when nothing is said: the user's data folder, by the wall's name."""
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    name = re.sub(r"[^a-z0-9]+", "-", wall.wall.name.lower()).strip("-") or "wall"
    return base / "dronewall" / name


@contextmanager
def folder(data: Path | None) -> Iterator[Path]:
    """The folder given, or one that is gone afterwards."""
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="dronewall-") as fresh:
        yield Path(fresh)


def check_sensors(known: Recording, wall: Wall, recording: Path, file: Path) -> None:
    """Refuse a wall that lacks a sensor of the recording: its detections would be dropped without a word."""
    missing = sorted({str(s) for s in set(known.rows.sensor.tolist())} - {s.id for s in wall.sensor})
    if missing:
        raise BadInput(
            f"{recording}: its sensor '{missing[0]}' is not in {file}; give the wall that was recorded, "
            f"such as {recording / 'wall.toml'}",
            file=str(file),
        )


def serve_replay(wall_path: Path, recording: Path, serving: Serving, *, speed: float) -> None:
    """Play a recording in front of a wall.

    Nothing leaves a replay: what is on the air is over, so the wall's outputs and its [share] are left out.
    """
    file = wall_file(wall_path)
    wall = load_wall(file)
    silent = [authority.model_copy(update={"output": None}) for authority in wall.authority]
    wall = wall.model_copy(update={"output": [], "authority": silent, "share": None})
    known = read_recording(recording)
    check_sensors(known, wall, recording, file)
    ground = standing(wall, file)
    with folder(serving.data) as place:
        site = serving.site(place, file.parent)
        prepare = by_workers(replay(known, speed, wall, ground), wall, file, ground, serving.sectors)
        serve(wall, file.read_text("utf-8"), warmed(prepare), site)


def serve_live(wall_path: Path, serving: Serving) -> None:
    """Watch what the wall's feeds bring; with a coverage a wall without feeds is shown too, and nothing comes in.

    Raises
    ------
    BadInput
        The wall has no feeds, and there is no coverage to look at.
    """
    from dronewall.watch.sources.feeds import check_feeds

    file = wall_file(wall_path)
    wall = load_wall(file)
    if not wall.feed and serving.coverage is None:
        raise BadInput(
            f"{file}: there is no [[feed]], so nothing would ever come in; add one, or give --replay or --rehearse, or "
            "--coverage to look at a plan",
            file=str(file),
            key="feed",
        )
    check_feeds(wall, str(file))
    site = serving.site(serving.data or default_data(wall), file.parent)
    ground = standing(wall, file)
    prepare = by_workers(live(wall, file, ground), wall, file, ground, serving.sectors)
    serve(wall, file.read_text("utf-8"), warmed(prepare), site)
