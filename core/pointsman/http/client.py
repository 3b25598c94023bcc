"""The client: one per provider or source, handed to the plugin, never made by it."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import orjson
from attrs import frozen

from pointsman.errors import InvalidRequestError, ProviderError, Scope, TransportError
from pointsman.failures import classify as classify_failure
from pointsman.http.addresses import is_loopback, refuse
from pointsman.http.answers import Answer
from pointsman.http.bodies import Stream, flatten, whole
from pointsman.http.error_mapper import ErrorMapper
from pointsman.http.library import httpx
from pointsman.http.outgoing import Address, Incoming, Outgoing, Sender, Timeouts, fields, method
from pointsman.http.senders import PROXY_VARIABLE, sender
from pointsman.types import HttpRequest

MEBIBYTE = 1 << 20
_ERROR_CAP = MEBIBYTE  # bytes of an error's body that are read at all
_REMEMBERED = 256  # addresses parsed and checked once
_USER_AGENT = "pointsman"

Classify = Callable[[int, Mapping[str, str], bytes], ProviderError]


@frozen
class _Target:
    """An address that was parsed and passed the address policy, and the way that leads there."""

    address: Address
    sender: Sender


class Client:
    """A guarded HTTP client; satisfies `pointsman.protocols.Http`.

    It never follows a redirect, never keeps a cookie, never logs an address or a header, and reads no proxy
    from the environment but `POINTSMAN_PROXY`. Certificates come from the library's default, which heeds
    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``. Make and use it in one event loop.
    """

    def __init__(
        self,
        name: str,
        *,
        cap: int = 32 * MEBIBYTE,
        connect: float = 10.0,
        read: float = 120.0,
        classify: Classify = classify_failure,
        proxy: str | None = None,
        tls: ssl.SSLContext | None = None,
        on_answer: Callable[[Mapping[str, str]], None] | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            name: The provider or source it is for; errors carry it.
            cap: Largest body, in bytes, before and after decoding.
            connect: Seconds to connect, TLS included, and to wait for a free connection.
            read: Seconds of silence; a total deadline is the caller's business.
            classify: Turns an error status into an error.
            proxy: Address of a proxy; None reads `POINTSMAN_PROXY`, empty is none. Loopback is never proxied.
            tls: Which authorities to trust, for private authorities and tests.
            on_answer: Called with the headers of every success, lower-case names; must return at once.
        """
        self.name = name
        self._cap = cap
        self._classify = classify
        self._tls = tls
        self._on_answer = on_answer or _ignore
        self._proxy = os.environ.get(PROXY_VARIABLE, "") if proxy is None else proxy
        self._timeouts = Timeouts(connect, read)
        self._mapper = ErrorMapper(name)
        self._targets: dict[str, _Target] = {}
        self._senders: dict[tuple[bool, bool], Sender] = {}
        self._closed = False

    def __repr__(self) -> str:
        return f"Client({self.name!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; calls after it fail."""
        self._closed = True
        self._targets.clear()
        for each in self._senders.values():
            await each.aclose()

    async def request(self, request: HttpRequest) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            ProviderError: Of the right class for every status that is no answer, every transport failure,
                every body over the cap.
        """
        with self._mapper:
            way, outgoing = self._prepare(request, "gzip")
            raw = await way.send(outgoing)
            try:
                status, received = raw.status, flatten(raw.fields)
                if _is_answer(status, request):
                    self._on_answer(received)
                    return Answer(status, received, await whole(raw, received, self._cap))
                raise await self._failure(raw, status, received)
            finally:
                await raw.aclose()

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[Stream]:
        """Send one request and hand out its answer as it arrives; leaving the block closes the connection.

        Raises:
            ProviderError: As `request`; also from `Stream.chunks`.
        """
        with self._mapper:
            way, outgoing = self._prepare(request, "identity")
            raw = await way.send(outgoing)
        answer = Stream(raw, raw.status, flatten(raw.fields), self._cap, self._mapper)
        try:
            if not _is_answer(answer.status, request):
                with self._mapper:
                    raise await self._failure(raw, answer.status, answer.headers)
            self._on_answer(answer.headers)
            yield answer
        finally:
            await answer.aclose()

    async def _failure(self, raw: Incoming, status: int, headers: Mapping[str, str]) -> ProviderError:
        """The classified error of an answer that is none; its body may itself be broken or huge."""
        try:
            body = await whole(raw, headers, min(self._cap, _ERROR_CAP), cut=True)
        except (ProviderError, httpx.HTTPError):
            body = b""
        error = self._classify(status, headers, body)
        error.provider = error.provider or self.name
        return error

    def _prepare(self, request: HttpRequest, encoding: str) -> tuple[Sender, Outgoing]:
        """The request as it goes out, and its way."""
        if self._closed:
            raise TransportError("the client is closed", scope=Scope.CALLER)
        target = self._targets.get(request.url) or self._target(request.url)
        given = {"accept-encoding": encoding, "user-agent": _USER_AGENT}
        body = request.body or b""
        if request.json is not None:
            body = _dump(request.json)
            given["content-type"] = "application/json"
        for name, value in request.headers.items():
            given[name.lower()] = value
        address = target.address
        if request.params:
            address = Address.of(address.url.copy_merge_params(request.params))
        return target.sender, Outgoing(
            method(request.method), address, fields(given.items()), body, self._timeouts
        )

    def _target(self, url: str) -> _Target:
        """Parse and check an address, and remember it."""
        parsed = httpx.URL(url)
        refuse(parsed.scheme, parsed.raw_host.decode("ascii"), parsed.port, parsed.userinfo)
        secure = parsed.scheme == "https"
        proxied = bool(self._proxy) and not is_loopback(parsed.host)
        way = self._senders.get((secure, proxied))
        if way is None:
            proxy = self._proxy if proxied else ""
            made = sender(secure=secure, proxy=proxy, tls=self._tls)
            way = self._senders.setdefault((secure, proxied), made)  # another thread may have been faster
        if len(self._targets) >= _REMEMBERED:
            self._targets.clear()
        target = self._targets[url] = _Target(Address.of(parsed), way)
        return target


def _is_answer(status: int, request: HttpRequest) -> bool:
    return 200 <= status < 300 or status in request.accept  # noqa: PLR2004 - the range of successes


def _ignore(headers: Mapping[str, str]) -> None:
    del headers


def _dump(value: object) -> bytes:
    try:
        return orjson.dumps(value, default=_plain)
    except TypeError as error:  # orjson.JSONEncodeError is one
        raise InvalidRequestError(f"the request cannot be written as JSON: {error}") from error


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
