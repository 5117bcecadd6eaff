"""The hub: pictures may be skipped, events may not."""

import asyncio
import threading

from dronewall.watch.hub import QUEUE, Hub, Listener


def test_of_pictures_only_the_newest_is_sent() -> None:
    async def run() -> list[str]:
        listener = Listener()
        listener.put_picture("old")
        listener.put_picture("new")
        listener.put_event("event")
        return [await listener.next(), await listener.next()]

    assert asyncio.run(run()) == ["event", "new"]


def test_events_arrive_whole_and_in_order_from_another_thread() -> None:
    async def run() -> list[str]:
        hub = Hub()
        hub.start(asyncio.get_running_loop())
        listener = hub.join()
        thread = threading.Thread(target=lambda: [hub.event(str(i)) for i in range(100)])
        thread.start()
        async with asyncio.timeout(120.0):
            found = [await listener.next() for _ in range(100)]
        thread.join()
        return found

    assert asyncio.run(run()) == [str(i) for i in range(100)]


def test_a_listener_that_falls_too_far_behind_is_lost_and_not_lied_to() -> None:
    async def run() -> bool:
        listener = Listener()
        for i in range(QUEUE + 1):
            listener.put_event(str(i))
        return listener.lost

    assert asyncio.run(run())


def test_nobody_listening_is_no_error() -> None:
    hub = Hub()
    hub.picture("x")
    hub.event("x")
    assert hub.listening == 0
