"""The lines of a company of nodes on one machine: relays that can be cut, on a thread of their own."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Self

from dronewall.watch.share.proxy import Proxy
from dronewall.watch.share.server import free_port

Ends = frozenset[str]


class Cables:
    """One relay for each line; a context manager.

    Parameters
    ----------
    targets : mapping of the two nations -> port of loopback that the line ends at
    """

    def __init__(self, targets: Mapping[Ends, int]) -> None:
        self._proxies = {ends: Proxy(free_port(), port) for ends, port in targets.items()}

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cables", daemon=True)
        self._thread.start()
        for proxy in self._proxies.values():
            asyncio.run_coroutine_threadsafe(proxy.start(), self._loop).result(10.0)
        return self

    def __exit__(self, *_: object) -> None:
        for proxy in self._proxies.values():
            asyncio.run_coroutine_threadsafe(proxy.stop(), self._loop).result(10.0)
        asyncio.run_coroutine_threadsafe(_settled(), self._loop).result(10.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10.0)
        self._loop.close()

    def port(self, ends: Ends) -> int:
        """Where to dial."""
        return self._proxies[ends].port

    def is_cut(self, ends: Ends) -> bool:
        """Whether nothing passes."""
        return self._proxies[ends].is_cut

    def cut(self, ends: Ends, cut: bool) -> None:
        """Cut the line, or mend it."""
        proxy = self._proxies[ends]
        self._loop.call_soon_threadsafe(proxy.cut if cut else proxy.mend)

    def known(self, ends: Ends) -> bool:
        """Whether there is such a line."""
        return ends in self._proxies


async def _settled() -> None:
    """Let what was aborted end."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
