"""A home-made sensor, plugged into a watch: `python examples/sensor_adapter.py --help`.

Copy this file and write `readings` for your sensor; the rest stays. As it stands, it reads lines of
`azimuth_deg,tone_hz,snr_db` from standard input (a microphone array that says where it hears a tone), makes looks of
two seconds of them, the silent ones too, and sends each as a line of JSON. Only Python's own library is used.

    your_sensor | python sensor_adapter.py --post http://127.0.0.1:8000/api/feeds/mic-7 --token TOKEN
    your_sensor | python sensor_adapter.py | mosquitto_pub -l -h broker -t wall/mic-7

Looks are kept for the time that the watch cannot be reached, at most `KEPT`, and sent again with growing pauses; each
carries its own time, so nothing is lost or moved by it. What the watch refuses it says why, and that is printed here.
"""

import argparse
import json
import queue
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

LOOK_S = 2.0
KEPT = 3_000
LONGEST_PAUSE_S = 30.0
AT_ONCE = 200

Reading = dict[str, Any]
"""One detection: any of the keys of docs/schemas/feed.schema.json, and `time`."""


def readings(source: TextIO) -> Iterator[Reading]:
    """What the sensor says, one by one. **Write this for your own.** Bad lines are told and left out."""
    for line in source:
        try:
            azimuth_deg, tone_hz, snr_db = (float(word) for word in line.split(","))
        except ValueError:
            print(f"not a reading: {line.strip()!r}", file=sys.stderr)
            continue
        yield {"time": now(), "azimuth_deg": azimuth_deg % 360.0, "tone_hz": tone_hz, "snr_db": snr_db}


def now() -> str:
    """The time of this machine, which should be kept by NTP, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def looks(source: TextIO, look_s: float) -> Iterator[str]:
    """The sensor's looks as lines of JSON: one each `look_s`, also where nothing was heard."""
    heard: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()

    def listen() -> None:
        for reading in readings(source):
            heard.put(reading)
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    over = False
    while not over:
        begins, ends_s, found = now(), time.monotonic() + look_s, []
        while not over and (left_s := ends_s - time.monotonic()) > 0:
            try:
                reading = heard.get(timeout=left_s)
            except queue.Empty:
                break
            if reading is None:
                over = True
            else:
                found.append(reading)
        yield json.dumps({"time": begins, "end": now(), "detections": found}) + "\n"


class Post:
    """Posts lines to a watch, in a thread of its own, so that a line that is down does not stop the sensor."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token
        self._waiting: queue.Queue[str | None] = queue.Queue(KEPT)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def write(self, line: str) -> None:
        """Send a line as soon as it goes; where too many wait, the oldest is given up."""
        while True:
            try:
                self._waiting.put_nowait(line)
                return
            except queue.Full:
                self._waiting.get()

    def close(self) -> None:
        """Send what waits, then end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more and (line := self._waiting.get()) is not None:
            lines = [line]
            while len(lines) < AT_ONCE and not self._waiting.empty():
                another = self._waiting.get()
                if another is None:
                    more = False
                    break
                lines.append(another)
            self._send("".join(lines).encode())

    def _send(self, body: bytes) -> None:
        pause_s = 0.5
        while True:
            request = urllib.request.Request(self._address, body, {"Authorization": f"Bearer {self._token}"})
            try:
                with urllib.request.urlopen(request, timeout=10.0) as answer:
                    said = json.load(answer)
                if said["malformed"]:
                    print(f"the watch could not read {said['malformed']}: {said['reasons']}", file=sys.stderr)
                return
            except urllib.error.HTTPError as error:
                print(f"the watch says {error.code}: {error.read(500).decode(errors='replace')}", file=sys.stderr)
                if error.code not in (429, 500, 502, 503, 504):
                    return
            except OSError as error:
                print(f"the watch cannot be reached ({error}); again in {pause_s:.0f} s", file=sys.stderr)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument(
        "--post", metavar="ADDRESS", help="http://HOST:PORT/api/feeds/SENSOR; left out: print the lines"
    )
    options.add_argument("--token", default="", help="from: dronewall token issue DATA SENSOR --role sensor")
    options.add_argument("--look-s", type=float, default=LOOK_S, help="how long one look lasts (%(default)s)")
    given = options.parse_args()
    post = Post(given.post, given.token) if given.post else None
    for line in looks(sys.stdin, given.look_s):
        if post is None:
            print(line, end="", flush=True)
        else:
            post.write(line)
    if post is not None:
        post.close()


if __name__ == "__main__":
    main()
