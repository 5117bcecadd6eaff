"""What the health page says of a feed whose line is there: waiting, unused, ok, silent, each in true words."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from dronewall.formats.asterix.encode import block
from dronewall.units import SECOND_NS
from dronewall.watch.sources.condition import Come, condition
from dronewall.watch.sources.meter import Meter
from tests.formats.asterix_records import SOURCE
from tests.watch.test_feeds import Bench, until
from tests.watch.test_ways import free_port

NOW = 1_000_000 * SECOND_NS


def come(**changes: Any) -> Come:
    plain = Come(NOW - SECOND_NS, NOW - SECOND_NS, 0, 0, 0, {}, "")
    return plain._replace(**changes)


def ago(seconds: float) -> int:
    return NOW - round(seconds * SECOND_NS)


def test_a_line_on_which_nothing_came_waits() -> None:
    assert condition(come(since_ns=0, last_ns=0), NOW) == ("waiting", "the line is there, and nothing came yet")
    assert condition(come(since_ns=0, last_ns=0, look_ns=ago(5)), NOW)[0] == "waiting"


def test_a_feed_whose_looks_come_is_ok_also_while_a_turn_is_not_over() -> None:
    assert condition(come(look_ns=ago(3)), NOW) == ("ok", "")
    assert condition(come(look_ns=ago(3), hint="3 plots wait"), NOW) == ("ok", "")


def test_messages_that_give_nothing_are_waited_for_a_minute_and_said() -> None:
    reasons = {"other downlink formats": 1_100, "copies": 20, "parity": 80, "Mode A/C": 2}
    young = condition(come(messages=1_200, reasons=reasons, since_ns=ago(20)), NOW)
    assert young == (
        "waiting",
        "of 1,200 messages none has given a detection: 1,100 other downlink formats, 80 parity, 20 copies and 1 other "
        "reasons",
    )
    assert condition(come(messages=1_200, since_ns=ago(70)), NOW)[0] == "unused"
    assert condition(come(since_ns=ago(70)), NOW) == ("unused", "bytes come, and no whole message of the format yet")
    assert condition(come(look_ns=ago(70), since_ns=ago(900), hint="3 plots wait"), NOW) == ("unused", "3 plots wait")


@pytest.mark.parametrize(("pause_s", "quiet_s", "state"), [(0, 59, "ok"), (0, 61, "silent"), (100, 299, "ok")])
def test_silence_is_longer_than_the_feed_pauses(pause_s: int, quiet_s: int, state: str) -> None:
    one = come(last_ns=ago(quiet_s), look_ns=ago(quiet_s), since_ns=ago(900), pause_ns=pause_s * SECOND_NS)
    assert condition(one, NOW)[0] == state
    assert condition(one, NOW)[1] == ("" if state == "ok" else f"nothing came for {quiet_s} s")


def test_one_outage_is_no_usual_pause() -> None:
    meter = Meter()
    for at_s in (0, 4, 8, 12, 3_000, 3_004):
        meter.count(NOW + at_s * SECOND_NS, 1)
    assert meter.pause_ns() == 4 * SECOND_NS
    for at_s in (3_604, 4_204, 4_804):
        meter.count(NOW + at_s * SECOND_NS, 1)
    assert meter.pause_ns() == 600 * SECOND_NS


def plots(sic: int, *azimuths_deg: float) -> bytes:
    """CAT 048 plots of now."""
    time_s = time.time() % 86_400.0
    said = [
        {"010": {**SOURCE, "SIC": sic}, "140": time_s, "020": {"TYP": 1}, "040": {"RHO": 10.0, "THETA": azimuth}}
        for azimuth in azimuths_deg
    ]
    return block(48, said)


def mark(sic: int) -> bytes:
    return block(34, [{"010": {**SOURCE, "SIC": sic}, "000": 1, "030": time.time() % 86_400.0}])


def test_a_radars_feed_says_what_it_hears(tmp_path: Path) -> None:
    port = free_port()
    sky = ("127.0.0.1", port)
    options = 'asterix"\noptions = { source = [25, 201] } # "'
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
        Bench(tmp_path, f"udp://127.0.0.1:{port}", options, "adsb") as bench,
    ):

        def told() -> tuple[str, str]:
            row = bench.feed.health(0)
            return row["state"], row["why"]

        until(lambda: told() == ("waiting", "the line is there, and nothing came yet"))
        out.sendto(plots(202, 10.0, 20.0) + plots(203, 5.0), sky)
        strangers = "only records of other sources come: SAC 25 SIC 202 (2), SAC 25 SIC 203 (1)"
        until(lambda: told() == ("waiting", f"{strangers}; the feed takes SAC 25 SIC 201"))
        out.sendto(plots(201, 10.0, 20.0), sky)
        held = "2 plots wait for their turn of the antenna to end: no north mark (CAT 034, 002) came"
        until(lambda: told() == ("waiting", held))
        out.sendto(mark(201) + plots(201, 30.0) + mark(201), sky)
        until(lambda: told() == ("ok", ""))
