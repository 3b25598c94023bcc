"""An HTTP proxy: where it is, and the tunnels through it."""

from __future__ import annotations

import asyncio
import base64
from typing import Self
from urllib.parse import unquote_to_bytes

from attrs import field, frozen

from pointsman.http.library import httpx

_HEAD_BYTES = 1 << 14
_END = b"\r\n\r\n"


@frozen
class Proxy:
    """A proxy that is spoken to in plain HTTP; what goes through it to https addresses is tunnelled.

    Attributes:
        host, port: Where it listens.
        authorization: The header line that names the user; empty for none.
    """

    host: str
    port: int
    authorization: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, address: str) -> Self | None:
        """The proxy at an address; None where another kind of proxy listens (https, SOCKS).

        Raises:
            httpx.InvalidURL: It is no address.
        """
        url = httpx.URL(address)
        if url.scheme != "http" or not url.host:
            return None
        authorization = b""
        if url.userinfo:
            name, _, password = url.userinfo.partition(b":")
            pair = unquote_to_bytes(name) + b":" + unquote_to_bytes(password)
            authorization = b"proxy-authorization: Basic " + base64.b64encode(pair) + b"\r\n"
        return cls(url.raw_host.decode("ascii"), url.port or 80, authorization)


async def tunnel(transport: asyncio.Transport, proxy: Proxy, authority: bytes) -> None:
    """Have a connection to a proxy lead on to another host.

    Args:
        transport: Connected with the proxy; belongs to nobody else until this returns.
        proxy: Who is on the other side.
        authority: ``host:port`` of where it is to lead.

    Raises:
        httpx.ProxyError: The proxy refuses, or does not speak HTTP.
    """
    listener = _Listener(asyncio.get_running_loop().create_future())
    transport.set_protocol(listener)
    transport.write(
        b"CONNECT %b HTTP/1.1\r\nhost: %b\r\n%b\r\n" % (authority, authority, proxy.authorization)
    )
    head = await listener.head
    version, _, rest = head.partition(b" ")
    if not version.startswith(b"HTTP/1.") or rest[:1] != b"2" or not head.endswith(_END):
        raise httpx.ProxyError("the proxy did not open a tunnel")


class _Listener(asyncio.Protocol):
    """Reads the answer to CONNECT: a head, and nothing behind it."""

    def __init__(self, head: asyncio.Future[bytes]) -> None:
        self.head = head
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _END in self._received or len(self._received) > _HEAD_BYTES:
            self._answer(self._received)

    def connection_lost(self, reason: Exception | None) -> None:
        del reason
        self._answer(b"")

    def _answer(self, head: bytes) -> None:
        if not self.head.done():
            self.head.set_result(head)
