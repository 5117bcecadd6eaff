"""A small wall and scenarios for it: a radar, a node and receivers on a smooth earth near Rezekne."""

from dronewall.geo.terrain import SmoothEarth
from dronewall.records.scenario import Scenario
from dronewall.records.wall import Wall
from dronewall.rehearse.pieces import PIECE_NS, Pieces
from dronewall.rehearse.simulate import Night, simulate
from dronewall.sensors import build_sensors

BOX = [[27.4, 56.4], [27.6, 56.4], [27.6, 56.6], [27.4, 56.6]]
PLACE = {"latitude_deg": 56.5, "longitude_deg": 27.5, "height_agl_m": 20.0}
WALL = Wall.model_validate(
    {
        "schema_version": 1,
        "wall": {"name": "small"},
        "sensor": [
            {"id": "radar", "kind": "radar", "model": "xband-3d", **PLACE},
            {"id": "node", "kind": "acoustic", "model": "array", **PLACE},
            {"id": "rid", "kind": "remote_id", "model": "receiver", **PLACE},
        ],
    }
)
SENSORS = build_sensors(WALL, SmoothEarth(), file="wall.toml")


def scenario(*populations, duration_s=1_200.0, start="2026-05-07T00:00:00Z", **more) -> Scenario:
    """A scenario of those populations."""
    head = {"name": "small", "start": start, "duration_s": duration_s} | more.pop("scenario", {})
    return Scenario.model_validate({"schema_version": 1, "scenario": head, "population": list(populations), **more})


def multirotor(**more) -> dict:
    """A population of one multirotor that circles over the wall."""
    plain = {"label": "multirotor", "entry": BOX, "route": "loiter", "speed_mps": [8, 12], "height_agl_m": [50, 100]}
    return (
        plain
        | ({} if {"rate_per_hour", "rate_per_day", "rate_per_week", "rate_from"} & set(more) else {"count": 1})
        | more
    )


def played(some: Scenario, seed=1, **more) -> Night:
    return simulate(WALL, SENSORS, some, seed, terrain=SmoothEarth(), file="scenario.toml", **more)


def pieces(some: Scenario, seed=1, piece_ns=PIECE_NS, **more) -> Pieces:
    return Pieces(WALL, SENSORS, some, seed, terrain=SmoothEarth(), file="scenario.toml", piece_ns=piece_ns, **more)
