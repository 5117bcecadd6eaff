"""What the stand-in says of its feeds: one is well, one has a clock that is off, one is lost, one is waited for."""

from typing import Any

FLIGHTS = {"known": 2, "open_now": 1, "left_out": {"no volume": 1}, "why": "survey.json is not JSON"}


def feeds(t: float, *, head: bool) -> list[dict[str, Any]]:
    """Rows as `/api/health` gives them; `head` as it gives them to an integrator."""
    begun = {"head": "7b 22 61 7a 69 6d 75 74 68 5f 64 65 67 22 3a 20 22 6e 6f 72 74 68 22 7d"} if head else {}

    def one(sensor: str, uri: str, name: str, **more: Any) -> dict[str, Any]:
        usual = {
            "state": "ok",
            "why": "",
            "messages": 41_230,
            "rate_hz": 12.4,
            "detections": 40_100,
            "malformed": 0,
            "reasons": {},
            "unread": {},
            "set_aside": 0,
            "clock_offset_s": 0.031,
            "last_t": t - 0.4,
            "age_s": 0.4,
            "last_refused": None,
        }
        return {"sensor": sensor, "uri": uri, "format": name} | usual | more

    return [
        one("lv-adsb-1", "tcp://127.0.0.1:30005", "beast", unread={"not an extended squitter": 18_200}),
        one(
            "lv-ac-01",
            "mqtts://broker.example/wall/ac-01",
            "jsonl",
            malformed=7,
            reasons={"time is in the future": 5, "no such label": 2},
            rate_hz=1.0,
            messages=3_610,
            clock_offset_s=-3.2,
            last_refused={"t": t - 12, "age_s": 12.0, "reason": "time is in the future", "bytes": 24, **begun},
        ),
        one(
            "lv-radar-1",
            "udp://127.0.0.1:8600",
            "asterix",
            state="lost",
            why="connection refused",
            rate_hz=0.0,
            age_s=412.0,
            last_t=t - 412,
            clock_offset_s=None,
        ),
        one(
            "lv-rid-1",
            "push:",
            "remote_id_jsonl",
            state="waiting",
            why="nothing was posted yet",
            rate_hz=0.0,
            messages=0,
            detections=0,
            age_s=None,
            last_t=None,
            clock_offset_s=None,
            malformed=1,
            reasons={"not hex digits": 1},
            last_refused={"t": t - 90, "age_s": 90.0, "reason": "not hex digits", "bytes": None, "head": ""},
        ),
    ]
