"""Every exception of both libraries is mapped, and causes are told apart."""

from __future__ import annotations

import asyncio
import importlib
import os
import socket
import ssl
import subprocess
import sys
from errno import ENETUNREACH
from pathlib import Path

import pytest
import trustme
from pointsman import HttpRequest
from pointsman.errors import (
    ConfigError,
    DeadlineError,
    InvalidRequestError,
    ProviderError,
    RequestError,
    ResponseError,
    Scope,
    TransportError,
)
from pointsman.http import Client
from pointsman.http.border import MEANINGS, Border
from pointsman.http.library import CHOICES, VARIABLE, httpx, load
from pointsman.testing import Reply, Upstream


def exceptions_of(library: str) -> dict[str, type[Exception]]:
    """Every public exception class that is not a warning."""
    module = importlib.import_module(library)
    found = [getattr(module, name) for name in module.__all__]
    kinds = [each for each in found if isinstance(each, type) and issubclass(each, Exception)]
    return {each.__name__: each for each in kinds if not issubclass(each, Warning)}


@pytest.mark.parametrize("library", CHOICES)
def test_every_exception_is_mapped(library: str) -> None:
    """A class the library adds, or one of ours that it dropped, shows here."""
    ours = {"UnicodeEncodeError", "TimeoutError", "OSError", "ExceptionGroup"}

    found = set(exceptions_of(library))

    assert found | {"SSEError"} == set(MEANINGS) - ours  # only the newer library reads events itself
    assert len(found) == {"httpx": 28, "httpx2": 29}[library]


FOREIGN = [kind for library in CHOICES for kind in exceptions_of(library).values()]


@pytest.mark.parametrize("kind", FOREIGN, ids=[f"{kind.__module__}.{kind.__name__}" for kind in FOREIGN])
def test_nothing_foreign_gets_out(kind: type[Exception]) -> None:
    """Whatever is raised inside becomes one of ours that names the provider."""
    error = kind.__new__(kind)

    with pytest.raises(ProviderError) as caught, Border("acme"):
        raise error

    assert (type(caught.value), caught.value.provider) == (MEANINGS[kind.__name__].error, "acme")


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), KeyboardInterrupt(), KeyError("x"), RequestError("x")]
)
def test_what_is_not_ours_passes(error: BaseException) -> None:
    """Cancellation, interruption, bugs, and errors that already are of our tree."""
    with pytest.raises(type(error)) as caught, Border("acme"):
        raise error

    assert caught.value is error


def test_our_own_errors_get_a_name() -> None:
    """An error raised inside learns the provider unless it knows one."""
    with pytest.raises(ResponseError) as caught, Border("acme"):
        raise ResponseError("x")
    with pytest.raises(ResponseError) as other, Border("acme"):
        raise ResponseError("x", provider="lab")

    assert (caught.value.provider, other.value.provider) == ("acme", "lab")


@pytest.mark.parametrize(
    ("cause", "scope", "detail"),
    [
        (socket.gaierror(-2, "x"), Scope.NETWORK, "the host's name could not be resolved"),
        (ConnectionRefusedError(), Scope.PROVIDER, "the connection was refused"),
        (OSError(ENETUNREACH, "x"), Scope.NETWORK, "no route to the host"),
        (ssl.SSLError(1, "[SSL: NO] x"), Scope.PROVIDER, "TLS: handshake failed"),
        (
            ExceptionGroup("many", [OSError("x"), ConnectionRefusedError()]),
            Scope.PROVIDER,
            "the connection was refused",
        ),
        (ValueError("x"), Scope.PROVIDER, "no connection"),
    ],
)
def test_why_there_is_no_connection(cause: Exception, scope: Scope, detail: str) -> None:
    """The cause lies down the chain, perhaps in a group."""
    error = httpx.ConnectError("all attempts failed")
    error.__cause__ = cause
    with pytest.raises(TransportError) as caught, Border("acme"):
        raise error

    assert (caught.value.scope, caught.value.detail, caught.value.maybe_billed) == (scope, detail, False)


@pytest.mark.parametrize(
    ("name", "error", "billed"),
    [
        ("ConnectTimeout", DeadlineError, False),
        ("PoolTimeout", DeadlineError, False),
        ("ReadTimeout", DeadlineError, True),
        ("WriteTimeout", DeadlineError, True),
        ("ReadError", TransportError, True),
        ("LocalProtocolError", InvalidRequestError, False),
        ("DecodingError", ResponseError, True),
        ("ProxyError", TransportError, False),
    ],
)
def test_what_may_have_been_billed(name: str, error: type[ProviderError], billed: bool) -> None:
    """Once a request may have arrived, money may have been spent."""
    assert (MEANINGS[name].error, MEANINGS[name].maybe_billed) == (error, billed)


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["unknown authority", "wrong host"])
async def test_certificates_are_checked(fault: str) -> None:
    """Whoever cannot prove who they are hears nothing, the key least of all."""
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example" if fault == "wrong host" else "127.0.0.1").configure_cert(served)
    trusting = ssl.create_default_context()
    if fault != "unknown authority":
        authority.configure_trust(trusting)
    async with Upstream(tls=served) as up, Client("acme", tls=trusting) as client:
        with pytest.raises(TransportError, match="TLS: ") as caught:
            await client.request(HttpRequest("GET", up.url, headers={"x-api-key": "k"}))

    assert (caught.value.maybe_billed, up.requests) == (False, [])


@pytest.mark.anyio
async def test_a_server_that_does_not_speak_tls() -> None:
    """It is told from one that does not listen."""

    async def chatter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Client("acme") as client:
        with pytest.raises(TransportError, match="TLS: "):
            await client.request(HttpRequest("GET", f"https://127.0.0.1:{port}/"))


@pytest.mark.anyio
async def test_a_trusted_certificate_is_taken() -> None:
    """The other way round, so that the test above can fail."""
    authority = trustme.CA()
    served, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(served)
    authority.configure_trust(trusting)
    async with Upstream(tls=served) as up, Client("acme", tls=trusting) as client:
        up.add("GET", "/x", Reply.json({"a": 1}))

        assert (await client.request(HttpRequest("GET", up.url + "/x"))).json() == {"a": 1}


@pytest.mark.parametrize("library", CHOICES)
def test_the_library_can_be_forced(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one environment variable."""
    monkeypatch.setenv(VARIABLE, library)

    assert load().__name__ == library


def test_another_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the names that would do."""
    monkeypatch.setenv(VARIABLE, "requests")

    with pytest.raises(ConfigError, match="not one of httpx2, httpx"):
        load()


@pytest.mark.skipif(VARIABLE in os.environ, reason="this is the inner run")
def test_all_of_this_under_the_other_library() -> None:
    """The same tests pass under whichever library this run does not use."""
    (other,) = set(CHOICES) - {httpx.__name__}
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(Path(__file__).parent)]
    done = subprocess.run(
        command, env={**os.environ, VARIABLE: other}, capture_output=True, text=True, check=False, timeout=100
    )

    assert done.returncode == 0, done.stdout[-3000:]
