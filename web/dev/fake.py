"""A stand-in for the watch service, for building and testing the page alone: `python web/dev/fake.py --port 8765`.

It speaks the contract between service and page and moves a believable picture; it knows nothing of tracking. Tokens are
`operator` and `viewer`. `--tracks N` adds N more tracks, for measuring how fast the page draws.
"""

import argparse
import asyncio
import json
import math
import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles
from feeds import FLIGHTS, feeds
from night import Night

PAGE = Path(__file__).parents[2] / "src" / "dronewall" / "watch" / "page"
ROLES = {"operator": "operator", "viewer": "viewer"}
GATEWAY = (("sent", 0.6), ("accepted", 1.4), ("received", 2.6))


class Fake:
    """The fake's clock and what people did to its one alert."""

    def __init__(self, tracks: int, speed: float, offset_s: float, exercise: bool) -> None:
        self.night = Night(extra=tracks, exercise=exercise)
        self.speed, self.paused = speed, False
        self._t, self._wall = self.night.start + offset_s, time.time()
        self.acts: dict[str, float] = {}
        self.state: str | None = None
        self.seq = 0
        self.calls: list[dict[str, Any]] = []
        self.feeds = False

    def now(self) -> float:
        if not self.paused:
            wall = time.time()
            self._t = min(self._t + (wall - self._wall) * self.speed, self.night.end)
        self._wall = time.time()
        return self._t

    def set(self, change: dict[str, Any]) -> None:
        self.now()
        self.speed = change.get("speed", self.speed)
        self.paused = change.get("paused", self.paused)
        if "t" in change:
            self._t = change["t"]
            self.acts, self.state = {}, None

    def replay(self) -> dict[str, Any]:
        return {
            "live": False,
            "speed": self.speed,
            "paused": self.paused,
            "t": self.now(),
            "start": self.night.start,
            "end": self.night.end,
        }

    def alerts(self, t: float) -> list[dict[str, Any]]:
        alert = self.night.alert(t)
        if alert is None:
            return []
        clock = alert["clock"] | {word: at for word, at in self.acts.items() if at <= t}
        state = self.state or "draft"
        if state == "approved":
            for word, after in GATEWAY:
                at = self.acts["approved"] + after * max(1.0, self.speed)
                if at <= t:
                    clock[word], state = at, word
        by = "operator" if "approved" in clock else None
        return [alert | {"clock": clock, "state": state, "approved_by": by}]

    def picture(self) -> dict[str, Any]:
        t = self.now()
        self.seq += 1
        made = time.time()
        return {
            "type": "picture",
            "seq": self.seq,
            "t": round(t, 3),
            "made": made,
            "sent": time.time(),
            "tracks": self.night.tracks(t),
            "presences": self.night.presences(t),
            "sensors": self.night.health(t),
            "alerts": self.alerts(t),
            "replay": self.replay(),
        }


def make_app(fake: Fake) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(lifespan=lifespan)
    mimetypes.add_type("text/javascript", ".mjs")

    def role(request: Request) -> str:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in ROLES:
            raise HTTPException(401, "a token is needed")
        return ROLES[token]

    def operator(request: Request) -> None:
        if role(request) != "operator":
            raise HTTPException(403, "this takes the role operator; yours is viewer")

    @app.get("/api/wall")
    async def wall() -> dict[str, Any]:
        return fake.night.wall

    @app.get("/api/health")
    async def health(request: Request) -> dict[str, Any]:
        rows = feeds(fake.now(), head=role(request) == "operator") if fake.feeds else []
        return {"status": "ok", "t": fake.now(), "feeds": rows, "flights": FLIGHTS if fake.feeds else None}

    @app.get("/api/tracks/{track}")
    async def card(track: str) -> dict[str, Any]:
        found = fake.night.card(track, fake.now())
        if found is None:
            raise HTTPException(404, f"there is no track '{track}'")
        return found

    @app.get("/api/detections/{sensor}/{scan}")
    async def detections(sensor: str, scan: int) -> dict[str, Any]:
        return {"sensor": sensor, "scan": scan, "rows": fake.night.detections(sensor, scan)}

    @app.post("/api/alerts/{alert}/{act}")
    async def act(alert: str, act: str, request: Request) -> dict[str, Any]:
        operator(request)
        rows = fake.alerts(fake.now())
        row = next((one for one in rows if one["id"] == alert), None)
        if row is None:
            raise HTTPException(404, f"there is no alert '{alert}'")
        revision = (await request.json())["revision"]
        if revision != row["revision"]:
            now = row["revision"]
            raise HTTPException(409, f"{alert} is at revision {now}; what you saw was revision {revision}. Look again.")
        word, state = {
            "acknowledge": ("acknowledged", fake.state or "draft"),
            "approve": ("approved", "approved"),
            "cancel": ("cancelled", "cancelled"),
            "all-clear": ("all_clear", "all_clear"),
        }[act]
        fake.acts[word], fake.state = fake.now(), None if state == "draft" else state
        return {"alert": fake.alerts(fake.now())[0]}

    @app.post("/api/calls")
    async def calls(request: Request) -> dict[str, Any]:
        operator(request)
        fake.calls.append(await request.json())
        return {"events": ["call.received"]}

    @app.post("/api/replay")
    async def replay(request: Request) -> dict[str, Any]:
        operator(request)
        fake.set(await request.json())
        return fake.replay()

    @app.get("/api/timeline")
    async def timeline() -> dict[str, Any]:
        rows = fake.alerts(fake.now())
        return fake.night.timeline(rows[0]["clock"] if rows else {})

    @app.websocket("/ws")
    async def ws(socket: WebSocket, token: str = "") -> None:
        await socket.accept()
        if token not in ROLES:
            await socket.close(4401)
            return
        hello = {"type": "hello", "wall": fake.night.wall, "role": ROLES[token], "server_t": time.time()}
        await socket.send_text(json.dumps(hello))

        async def hear() -> None:
            while True:
                said = json.loads(await socket.receive_text())
                if said["type"] == "shown":
                    fake.acts.setdefault("shown", fake.now())

        listening = asyncio.create_task(hear())
        try:
            while not listening.done():
                await socket.send_text(json.dumps(fake.picture()))
                await asyncio.sleep(0.2)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--tracks", type=int, default=0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--at", type=float, default=0.0, help="seconds into the night")
    parser.add_argument(
        "--live", action="store_true", help="a wall that is no exercise, to see the page without its strip"
    )
    parser.add_argument("--feeds", action="store_true", help="as a live watch has them")
    options = parser.parse_args()
    fake = Fake(options.tracks, options.speed, options.at, not options.live)
    fake.feeds = options.feeds
    assert math.isfinite(fake.now())
    uvicorn.run(make_app(fake), host="127.0.0.1", port=options.port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main()
