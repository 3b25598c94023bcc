"""What goes out and what comes back below the guarded client, whichever transport carries it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol, Self

from attrs import frozen

from pointsman.http.library import httpx

_FRAMING = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_NO_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")  # RFC 9110 5.6.2: what no token has
_BODY_EXPECTED = frozenset({"POST", "PUT", "PATCH"})


def is_framing(name: str) -> bool:
    """Whether a header says where a message ends or what becomes of its connection: the transport's business.

    Args:
        name: Lower-case.
    """
    return name in _FRAMING or name.startswith("proxy-")


def method(given: str) -> str:
    """A method as it goes out.

    Raises:
        httpx.LocalProtocolError: It cannot be sent.
    """
    # CONNECT would turn the connection into somebody's tunnel.
    if not given or _NO_TOKEN.search(given) or given.upper() == "CONNECT":
        raise httpx.LocalProtocolError("no method that can be sent")
    return given.upper()


def fields(given: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as they go out, without those of framing. Names must be lower-case, each of them once.

    Raises:
        httpx.LocalProtocolError: A name or a value cannot be written.
    """
    found = []
    for name, value in given:
        if is_framing(name):
            continue
        if not name or _NO_TOKEN.search(name):
            raise httpx.LocalProtocolError("a header's name is no token")
        if not value.isascii() or not (value.isprintable() or value.replace("\t", "").isprintable()):
            raise httpx.LocalProtocolError("a header's value holds what no header may hold")
        if value != value.strip():
            raise httpx.LocalProtocolError("a header's value begins or ends with a space")
        found.append((name.encode("ascii"), value.encode("ascii")))
    return found


@frozen
class Address:
    """Where a request goes.

    Attributes:
        url: All of it.
        secure: Whether TLS is spoken.
        host: As it is looked up: ASCII, without brackets.
        port: 1 to 65535.
        authority: As in the ``host`` header: the port only where it is not the scheme's own.
        path: With the query, encoded.
    """

    url: httpx.URL
    secure: bool
    host: str
    port: int
    authority: bytes
    path: bytes

    @classmethod
    def of(cls, url: httpx.URL) -> Self:
        """The parts of a URL."""
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        return cls(url, secure, url.raw_host.decode("ascii"), port, url.netloc, url.raw_path)


@frozen
class Timeouts:
    """Seconds.

    Attributes:
        connect: To connect, TLS included.
        read: Of silence, while an answer or room for the request is waited for.
    """

    connect: float
    read: float


@frozen
class Outgoing:
    """A request as it goes out.

    Attributes:
        method: A token.
        address: Where to.
        fields: Its headers, lower-case, without those of framing.
        body: Empty for none.
        timeouts: How long to wait.
    """

    method: str
    address: Address
    fields: Sequence[tuple[bytes, bytes]]
    body: bytes
    timeouts: Timeouts

    @property
    def has_length(self) -> bool:
        """Whether the length of its body is stated: always, but for methods that seldom have one."""
        return bool(self.body) or self.method in _BODY_EXPECTED


class Incoming(Protocol):
    """An answer whose head has come.

    Attributes:
        status: 200 or more.
        fields: Its headers as they came.
    """

    @property
    def status(self) -> int: ...
    @property
    def fields(self) -> Sequence[tuple[bytes, bytes]]: ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as it comes, still encoded; can be read once."""
        ...

    async def aclose(self) -> None:
        """Let go of the connection; it is kept only if the body was read to its end."""
        ...


class Sender(Protocol):
    """A way out."""

    async def send(self, request: Outgoing) -> Incoming:
        """Send a request and read the head of its answer.

        Raises:
            httpx.HTTPError: It was not possible; see `pointsman.http.error_mapper`.
            InvalidRequestError: The address policy forbids where the name leads.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
