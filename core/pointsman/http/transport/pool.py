"""The connections of one event loop: kept ones first, else new ones."""

from __future__ import annotations

import asyncio
import os
import ssl

from pointsman.http.library import httpx
from pointsman.http.outgoing import Address
from pointsman.http.transport.connecting import Check, connect
from pointsman.http.transport.connection import Connection
from pointsman.http.transport.idle import Idle
from pointsman.http.transport.proxy import Proxy, tunnel

_Key = tuple[bool, str, int]


class Pool:
    """Connections of one loop in one process.

    Attributes:
        loop: The loop.
        process: Its process: after a fork the same sockets are in two, and must be used in one.
        idle: Those without a request.
    """

    __slots__ = ("_check", "_closed", "_proxy", "_tls", "idle", "loop", "process")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tls: ssl.SSLContext | None,
        proxy: Proxy | None,
        check: Check,
    ) -> None:
        self.loop = loop
        self.process = os.getpid()
        self.idle = Idle(loop)
        self._tls = tls
        self._proxy = proxy
        self._check = check
        self._closed = False

    def kept(self, address: Address) -> Connection | None:
        """A connection that has carried a request to that host before."""
        return self.idle.take(_key(address))

    async def opened(self, address: Address, limit: float) -> Connection:
        """A new connection, within `limit` seconds.

        Raises:
            httpx.ConnectTimeout: It took longer.
            httpx.ConnectError: It was not possible.
            httpx.ProxyError: The proxy refused.
            InvalidRequestError: The name leads where nobody may call.
        """
        try:
            async with asyncio.timeout(limit):
                return await self._opened(address)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection within the time allowed") from error
        except (OSError, UnicodeError, ExceptionGroup) as error:
            raise httpx.ConnectError("no connection") from error

    def give_back(self, connection: Connection) -> None:
        """The exchange is over, one way or another."""
        if connection.finish() and not self._closed:
            self.idle.put(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close what is idle now, and what is busy as soon as it is given back."""
        self._closed = True
        self.idle.close()

    async def _opened(self, address: Address) -> Connection:
        if self._proxy is None:
            sock = await connect(address.host, address.port, self._check)
        else:
            sock = await connect(self._proxy.host, self._proxy.port, _anywhere)
        connection = Connection(self.loop, _key(address), sock, self.idle.forget)
        try:
            transport, _ = await self.loop.create_connection(lambda: connection, sock=sock)
        except BaseException:
            connection.close()
            sock.close()
            raise
        if not address.secure:
            return connection
        try:
            await self._secured(connection, transport, address)
        except BaseException:
            transport.abort()
            raise
        return connection

    async def _secured(self, connection: Connection, plain: asyncio.Transport, address: Address) -> None:
        if self._tls is None:
            raise ssl.SSLError("no certificates to trust were given")
        if self._proxy is not None:
            host = f"[{address.host}]" if ":" in address.host else address.host
            await tunnel(plain, self._proxy, f"{host}:{address.port}".encode("ascii"))
        secure = await self.loop.start_tls(plain, connection, self._tls, server_hostname=address.host)
        if secure is None:  # asyncio's way to say so, in some versions
            raise ConnectionResetError("closed while shaking hands")
        connection.attach(secure)


def _key(address: Address) -> _Key:
    return address.secure, address.host, address.port


def _anywhere(address: str) -> None:
    """A proxy is chosen by whoever configures, and may stand anywhere."""
    del address
