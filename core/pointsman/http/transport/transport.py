"""The transport: a request in, the head of its answer and a body to read out."""

from __future__ import annotations

import asyncio
import os
import ssl

from pointsman.http.faults import AT_ONCE, UnansweredError
from pointsman.http.library import httpx
from pointsman.http.outgoing import Address, Outgoing, Timeouts, is_framing, method
from pointsman.http.transport.answer import Answer
from pointsman.http.transport.connecting import Check
from pointsman.http.transport.connection import Connection
from pointsman.http.transport.pool import Pool
from pointsman.http.transport.proxy import Proxy
from pointsman.http.transport.reply import Reply
from pointsman.http.transport.request_head import written

_FOR_EVER = 86_400.0 * 365


class Transport(httpx.AsyncBaseTransport):
    """A lean HTTP/1.1 transport; satisfies `pointsman.http.outgoing.Sender` and the library's own interface.

    It may be used in several event loops, each in a thread of its own, and after a fork: every loop has
    connections of its own.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, proxy: Proxy | None = None, check: Check | None = None
    ) -> None:
        """Open nothing yet.

        Args:
            tls: Which authorities to trust; needed for https. From then on it offers HTTP/1.1 alone.
            proxy: What everything goes through.
            check: Asked about every address, once it is resolved and before it is called (behind a proxy,
                nobody knows it).
        """
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
        self._tls = tls
        self._proxy = proxy
        self._check = check or _any
        self._pools: dict[asyncio.AbstractEventLoop, Pool] = {}
        self._pool: Pool | None = None

    async def send(self, request: Outgoing) -> Reply:
        """Send a request and read the head of its answer.

        A kept connection that turns out to be closed, with not a byte received, is replaced by a new one
        without a word. A new one is not, nor one that closes after a while: that was because of the request.

        Raises:
            httpx.TransportError: See the library's own classes.
            UnansweredError: The connection was closed before any answer.
            MalformedError: What came is not one HTTP answer.
            InvalidRequestError: The name leads where nobody may call.
        """
        relayed = self._proxy is not None and not request.address.secure
        extra = self._proxy.authorization if self._proxy is not None and relayed else b""
        head = written(request, absolute=relayed, extra=extra)
        pool = self._here()
        connection = pool.kept(request.address)
        if connection is not None:
            began = pool.loop.time()
            try:
                return await self._exchange(pool, connection, head, request)
            except UnansweredError:
                if pool.loop.time() - began > AT_ONCE:
                    raise
        connection = await pool.opened(request.address, request.timeouts.connect)
        return await self._exchange(pool, connection, head, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The same for whoever speaks the library's language."""
        limits = request.extensions.get("timeout", {})
        timeouts = Timeouts(limits.get("connect") or _FOR_EVER, limits.get("read") or _FOR_EVER)
        fields = [
            (name, value)
            for name, value in request.headers.raw
            if not is_framing(name.decode("latin-1").lower())
        ]
        body = await request.aread()
        reply = await self.send(
            Outgoing(method(request.method), Address.of(request.url), fields, body, timeouts)
        )
        return httpx.Response(reply.status, headers=reply.fields, stream=reply, request=request)

    async def aclose(self) -> None:
        """Close every connection of this loop, a busy one after its answer; other loops end with theirs."""
        self._pool = None
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None and pool.process == os.getpid():
            pool.close()

    def _here(self) -> Pool:
        """The pool of the running loop."""
        loop, process = asyncio.get_running_loop(), os.getpid()
        pool = self._pool
        if pool is not None and pool.loop is loop and pool.process == process:
            return pool
        pool = self._pools.get(loop)
        if pool is None or pool.process != process:
            for ended in [each for each in list(self._pools) if each.is_closed()]:
                self._pools.pop(ended, None)
            pool = self._pools[loop] = Pool(loop, self._tls, self._proxy, self._check)
        self._pool = pool
        return pool

    @staticmethod
    async def _exchange(pool: Pool, connection: Connection, head: bytes, request: Outgoing) -> Reply:
        answer = Answer(bare=request.method == "HEAD")
        connection.begin(answer, head, request.body, request.timeouts.read)
        try:
            while not answer.ready:
                await connection.wait()
        except BaseException:
            connection.close()
            raise
        if not answer.headed and answer.error is not None:
            connection.close()
            raise answer.error
        return Reply(answer, connection, pool.give_back)


def _any(address: str) -> None:
    del address
