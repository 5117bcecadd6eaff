"""A watch whose things are followed by workers: the same desk, with a border's crew in the place of its tracker."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dronewall.picture.desk import Desk
from dronewall.records.event import Event
from dronewall.records.wall import Wall
from dronewall.watch.prepare import Standing
from dronewall.watch.sectors.border import Border
from dronewall.watch.sectors.crew import Crew
from dronewall.watch.service import Context, Prepare, Prepared


def divided(prepare: Prepare, wall: Wall, file: Path, ground: Standing, count: int) -> Prepare:
    """The same watch, its border divided among so many workers.

    Raises (when it prepares)
    ------
    BadInput
        The number is none.
    Unavailable
        nats-server is not installed, or the workers do not start.
    """

    def ready(context: Context) -> Prepared:
        found = prepare(context)

        def tell(kind: str, payload: Mapping[str, Any]) -> None:
            context.tell(Event(time_ns=found.clock.now_ns(), kind=kind, actor="system", payload=payload))

        crew = Crew(
            wall, file, ground.sensors, count, folder=context.data / "sectors", weather=found.weather, tell=tell
        )
        try:
            crew.start(context.say)
        except BaseException:
            crew.stop()
            raise

        def make_desk(saved: bytes | None) -> Desk:
            if saved is None:
                return Desk(wall, ground.sensors, weather=found.weather, terrain=ground.terrain, tracker=Border(crew))
            return Desk.restore(
                saved,
                wall,
                ground.sensors,
                weather=found.weather,
                terrain=ground.terrain,
                follow=lambda state: Border(crew, state),
            )

        return replace(found, make_desk=make_desk, crew=crew)

    return ready
