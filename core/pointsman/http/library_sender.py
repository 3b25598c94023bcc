"""The way out through the HTTP library's own transport: HTTPS and SOCKS proxies, or when it is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from time import monotonic
from typing import Any

from pointsman.http.addresses import refuse_resolved
from pointsman.http.faults import AT_ONCE, UnansweredError
from pointsman.http.library import httpx
from pointsman.http.outgoing import Outgoing
from pointsman.http.pools import Pool, Pools


class LibrarySender:
    """Sends through pools of the library; satisfies `pointsman.http.outgoing.Sender`."""

    def __init__(self, opener: Callable[[], httpx.AsyncBaseTransport], *, proxied: bool = False) -> None:
        """Open nothing yet.

        Args:
            opener: Makes one of the library's transports.
            proxied: Whether they lead to a proxy, which may stand anywhere.
        """
        self.pools = Pools(opener)
        self._proxied = proxied

    async def send(self, request: Outgoing) -> _LibraryReply:
        """Send a request and read the head of its answer.

        A kept connection that turns out to be closed is replaced without a word; a new one is not.
        """
        sent = httpx.Request(
            request.method,
            request.address.url,
            headers=list(request.fields),
            content=request.body if request.has_length else None,
            extensions={
                "timeout": {
                    "connect": request.timeouts.connect,
                    "read": request.timeouts.read,
                    "write": request.timeouts.read,
                    "pool": request.timeouts.connect,
                }
            },
        )
        pool = self.pools.pick()
        pool.busy += 1
        try:
            return _LibraryReply(await self._answer(pool, sent), pool)
        except BaseException:
            pool.busy -= 1
            raise

    async def aclose(self) -> None:
        """Close every connection."""
        await self.pools.aclose()

    async def _answer(self, pool: Pool, sent: httpx.Request) -> httpx.Response:
        while True:
            began = monotonic()
            opened = _Opened(check=not self._proxied)
            sent.extensions["trace"] = opened
            try:
                return await pool.transport.handle_async_request(sent)
            except httpx.RemoteProtocolError as error:
                if not _is_unanswered(error):
                    raise
                # A new connection closed without a byte is no matter of timing: the request was read.
                if opened.happened or monotonic() - began > AT_ONCE:
                    raise UnansweredError(str(error)) from error


class _LibraryReply:
    """The library's response as an `Incoming`."""

    __slots__ = ("_pool", "_raw", "fields", "status")

    def __init__(self, raw: httpx.Response, pool: Pool) -> None:
        self.status: int = raw.status_code
        self.fields: Sequence[tuple[bytes, bytes]] = raw.headers.raw
        self._raw = raw
        self._pool: Pool | None = pool

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._raw.stream.__aiter__()  # type: ignore[union-attr]  # it is asynchronous

    async def aclose(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await self._raw.aclose()
        finally:
            pool.busy -= 1


class _Opened:
    """Called by the library with all that it does for one request.

    Attributes:
        happened: Whether it opened a connection.
    """

    __slots__ = ("_check", "happened")

    def __init__(self, *, check: bool) -> None:
        self.happened = False
        self._check = check

    async def __call__(self, step: str, info: dict[str, Any]) -> None:
        if step.endswith(".connect_tcp.started"):
            self.happened = True
        elif self._check and step.endswith(".connect_tcp.complete"):
            stream = info["return_value"]
            try:
                refuse_resolved(str(stream.get_extra_info("server_addr")[0]))
            except BaseException:
                await stream.aclose()
                raise


def _is_unanswered(error: Exception) -> bool:
    """Whether the connection was closed before the first byte of an answer.

    Only the library's words tell; those of an answer cut in its middle are much like them.
    """
    return str(error).startswith("Server disconnected without sending a response")
