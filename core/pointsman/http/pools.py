"""Connection pools of one client: more of them the busier it is.

The library's pool walks over all of its connections for every request, so one pool gets slower with the
square of what is in flight: 200 calls at once went 2.5 times faster over 32 pools than over one. A quiet
client keeps to its first pool, and so to its warm connections.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from pointsman.http.error_mapper import is_unanswered, stale_connection
from pointsman.http.library import httpx

CROWDED = 12  # in flight in every pool before another is opened
MOST = 32


class Pool:
    """One transport and how many calls are in flight on it; entered by each of them."""

    __slots__ = ("busy", "transport")

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self.busy = 0

    def __enter__(self) -> None:
        self.busy += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.busy -= 1

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the head of its answer.

        Raises:
            TransportError: The server closed a kept connection as it was used again: once more may help.
        """
        opened = _Opened()
        request.extensions["trace"] = opened
        try:
            return await self.transport.handle_async_request(request)
        except httpx.RemoteProtocolError as error:
            # A new connection closed without a byte is no matter of timing: the request was read.
            if opened.happened or not is_unanswered(error):
                raise
            raise stale_connection() from error


class _Opened:
    """Called by the library with all that it does for one request; notes whether it opened a connection."""

    __slots__ = ("happened",)

    def __init__(self) -> None:
        self.happened = False

    async def __call__(self, step: str, info: object) -> None:
        del info
        self.happened = self.happened or step.endswith(".connect_tcp.started")


class Pools:
    """Hands out the first pool that is not crowded; opens another when all are."""

    __slots__ = ("_open", "_pools")

    def __init__(self, opener: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._open = opener
        self._pools: list[Pool] = []

    def __len__(self) -> int:
        return len(self._pools)

    def pick(self) -> Pool:
        """The pool to use now; enter it for as long as the call lasts."""
        for pool in self._pools:
            if pool.busy < CROWDED:
                return pool
        if len(self._pools) < MOST:
            pool = Pool(self._open())
            self._pools.append(pool)
            return pool
        return min(self._pools, key=lambda pool: pool.busy)

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = self._pools, []
        for pool in pools:
            await pool.transport.aclose()
