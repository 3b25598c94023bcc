"""The client: one per provider or source, handed to the plugin, never made by it."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from types import TracebackType
from typing import Any, Self

import orjson
from attrs import frozen

from pointsman.errors import ConfigError, InvalidRequestError, ProviderError, Scope, TransportError
from pointsman.failures import classify as classify_failure
from pointsman.http.addresses import is_loopback, refuse
from pointsman.http.answers import Answer
from pointsman.http.bodies import Stream, flatten, whole
from pointsman.http.error_mapper import ErrorMapper
from pointsman.http.library import httpx
from pointsman.http.pools import Pool, Pools
from pointsman.types import HttpRequest

MEBIBYTE = 1 << 20
PROXY_VARIABLE = "POINTSMAN_PROXY"
_ERROR_CAP = MEBIBYTE  # bytes of an error's body that are read at all
_REMEMBERED = 256  # addresses parsed and checked once
_USER_AGENT = "pointsman"

Classify = Callable[[int, Mapping[str, str], bytes], ProviderError]


@frozen
class _Target:
    """An address that was parsed and passed the address policy, and the pools that reach it."""

    url: httpx.URL
    pools: Pools


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
        self._timeouts = {"connect": connect, "read": read, "write": read, "pool": connect}
        self._mapper = ErrorMapper(name)
        self._targets: dict[str, _Target] = {}
        self._pools: dict[tuple[bool, bool], Pools] = {}
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
        for pools in self._pools.values():
            await pools.aclose()

    async def request(self, request: HttpRequest) -> Answer:
        """Send one request and read its whole answer.

        Raises:
            ProviderError: Of the right class for every status that is no answer, every transport failure,
                every body over the cap.
        """
        with self._mapper:
            pool, sent = self._prepare(request, b"gzip")
            with pool:
                raw = await pool.send(sent)
                try:
                    status, received = raw.status_code, flatten(raw.headers.raw)
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
            pool, sent = self._prepare(request, b"identity")
        with pool:
            with self._mapper:
                raw = await pool.send(sent)
            answer = Stream(raw, raw.status_code, flatten(raw.headers.raw), self._cap, self._mapper)
            try:
                if not _is_answer(answer.status, request):
                    with self._mapper:
                        raise await self._failure(raw, answer.status, answer.headers)
                self._on_answer(answer.headers)
                yield answer
            finally:
                await answer.aclose()

    async def _failure(self, raw: httpx.Response, status: int, headers: Mapping[str, str]) -> ProviderError:
        """The classified error of an answer that is none; its body may itself be broken or huge."""
        try:
            body = await whole(raw, headers, min(self._cap, _ERROR_CAP), cut=True)
        except (ProviderError, httpx.HTTPError):
            body = b""
        error = self._classify(status, headers, body)
        error.provider = error.provider or self.name
        return error

    def _prepare(self, request: HttpRequest, encoding: bytes) -> tuple[Pool, httpx.Request]:
        """The request as it goes out, and the pool it goes through."""
        if self._closed:
            raise TransportError("the client is closed", scope=Scope.CALLER)
        target = self._targets.get(request.url) or self._target(request.url)
        fields: dict[str, str | bytes] = {"accept-encoding": encoding, "user-agent": _USER_AGENT}
        body = request.body
        if request.json is not None:
            body = _dump(request.json)
            fields["content-type"] = "application/json"
        for name, value in request.headers.items():
            fields[name.lower()] = value
        sent = httpx.Request(
            request.method,
            target.url.copy_merge_params(request.params) if request.params else target.url,
            headers=fields,  # type: ignore[arg-type]  # the library reads mixed values, its types say either
            content=body,
            extensions={"timeout": self._timeouts},
        )
        return target.pools.pick(), sent

    def _target(self, url: str) -> _Target:
        """Parse and check an address, and remember it."""
        parsed = httpx.URL(url)
        refuse(parsed.scheme, parsed.raw_host.decode("ascii"), parsed.port, parsed.userinfo)
        secure = parsed.scheme == "https"
        proxied = bool(self._proxy) and not is_loopback(parsed.host)
        pools = self._pools.get((secure, proxied))
        if pools is None:
            pools = self._pools[secure, proxied] = Pools(lambda: self._transport(secure, proxied))
        if len(self._targets) >= _REMEMBERED:
            self._targets.clear()
        target = self._targets[url] = _Target(parsed, pools)
        return target

    def _transport(self, secure: bool, proxied: bool) -> httpx.AsyncHTTPTransport:
        try:
            return httpx.AsyncHTTPTransport(
                verify=self._tls or _trust() if secure or proxied else _no_trust(),
                trust_env=False,
                limits=httpx.Limits(
                    max_connections=None, max_keepalive_connections=20, keepalive_expiry=30.0
                ),
                proxy=self._proxy if proxied else None,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # The address may hold a password: the message must not repeat it.
            raise ConfigError([f"{PROXY_VARIABLE}: not a usable proxy address"]) from error


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


@cache
def _trust() -> ssl.SSLContext:
    """The process's one TLS context: loading the authorities takes tens of milliseconds."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigError(
            [f"SSL_CERT_FILE, SSL_CERT_DIR: no usable certificates ({error.strerror})"]
        ) from error


@cache
def _no_trust() -> ssl.SSLContext:
    """For pools that only speak plain HTTP: trusts nobody, costs nothing."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
