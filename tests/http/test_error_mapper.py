"""Every exception of both libraries is mapped, and causes are distinguished."""

from __future__ import annotations

import asyncio
import importlib
import os
import socket
import ssl
import subprocess
import sys
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from errno import EHOSTUNREACH, ENETUNREACH
from pathlib import Path

import pytest
import trustme
from pointsman import HttpRequest
from pointsman.errors import (
    Advice,
    ConfigError,
    DeadlineError,
    InvalidRequestError,
    ProviderError,
    RequestError,
    ResponseError,
    Scope,
    TlsError,
    TransportError,
)
from pointsman.http import Client, error_mapper
from pointsman.http.error_mapper import RULES, ErrorMapper, is_online
from pointsman.http.library import CHOICES, LEAN, VARIABLE, is_lean, load
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
    ours = {"UnansweredError", "MalformedError"}
    ours |= {"UnicodeEncodeError", "TimeoutError", "OSError", "ExceptionGroup"}

    found = set(exceptions_of(library))

    assert found | {"SSEError"} == set(RULES) - ours  # only the newer library reads events itself
    assert len(found) == {"httpx": 28, "httpx2": 29}[library]


FOREIGN = [kind for library in CHOICES for kind in exceptions_of(library).values()]


@pytest.mark.parametrize("kind", FOREIGN, ids=[f"{kind.__module__}.{kind.__name__}" for kind in FOREIGN])
def test_nothing_foreign_gets_out(kind: type[Exception]) -> None:
    """Whatever is raised inside becomes one of ours that names the provider."""
    error = kind.__new__(kind)

    with pytest.raises(ProviderError) as caught, ErrorMapper("acme"):
        raise error

    assert (type(caught.value), caught.value.provider) == (RULES[kind.__name__].error, "acme")


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), KeyboardInterrupt(), KeyError("x"), RequestError("x")]
)
def test_what_is_not_ours_passes(error: BaseException) -> None:
    """Cancellation, interruption, bugs, and errors that already are of our tree."""
    with pytest.raises(type(error)) as caught, ErrorMapper("acme"):
        raise error

    assert caught.value is error


def test_our_own_errors_get_a_name() -> None:
    """An error raised inside learns the provider unless it knows one."""
    with pytest.raises(ResponseError) as caught, ErrorMapper("acme"):
        raise ResponseError("x")
    with pytest.raises(ResponseError) as other, ErrorMapper("acme"):
        raise ResponseError("x", provider="lab")

    assert (caught.value.provider, other.value.provider) == ("acme", "lab")


NAME = "the host's name could not be resolved"
LOCAL = "; the local network or its resolver is down"


@pytest.mark.parametrize(
    ("cause", "online", "scope", "detail"),
    [
        (ConnectionRefusedError(), True, Scope.PROVIDER, "the connection was refused"),
        (
            ExceptionGroup("many", [OSError("x"), ConnectionRefusedError()]),
            True,
            Scope.PROVIDER,
            "the connection was refused",
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "x"),
            True,
            Scope.PROVIDER,
            NAME,
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "x"),
            False,
            Scope.NETWORK,
            f"{NAME}{LOCAL}",
        ),
        (
            socket.gaierror(socket.EAI_AGAIN, "x"),
            True,
            Scope.NETWORK,
            f"{NAME}{LOCAL}",
        ),
        (OSError(ENETUNREACH, "x"), True, Scope.NETWORK, f"no route to the host{LOCAL}"),
        (OSError(EHOSTUNREACH, "x"), True, Scope.PROVIDER, "no route to the host"),
        (OSError(EHOSTUNREACH, "x"), False, Scope.NETWORK, f"no route to the host{LOCAL}"),
        (ValueError("x"), True, Scope.PROVIDER, "no connection"),
    ],
)
def test_why_there_is_no_connection(
    cause: Exception, online: bool, scope: Scope, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause lies down the chain, perhaps in a group. A machine that is cut off blames no provider."""
    monkeypatch.setattr(error_mapper, "is_online", lambda: online)
    error = load().ConnectError("all attempts failed")
    error.__cause__ = cause
    with pytest.raises(TransportError) as caught, ErrorMapper("acme"):
        raise error

    assert (caught.value.scope, caught.value.detail, caught.value.maybe_billed) == (scope, detail, False)
    assert (type(caught.value), caught.value.advice) == (TransportError, Advice.NEXT_CANDIDATE)


@pytest.mark.parametrize(
    ("reachable", "expected"), [("", False), ("203.0.113.1", True), ("2001:db8::1", True)]
)
def test_a_machine_is_online_when_it_has_a_route(
    reachable: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By either family; nothing is sent to find out."""

    class Routes(socket.socket):
        def connect(self, address: tuple[str, int]) -> None:  # type: ignore[override]
            if address[0] != reachable:
                raise OSError(ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", Routes)

    assert is_online() == expected


def test_a_tls_failure_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    """It is the provider's, it is logged as an error, and it has a class of its own."""
    error = load().ConnectError("x")
    error.__cause__ = ssl.SSLError(1, "[SSL: NO] x")
    with pytest.raises(TlsError, match="TLS: handshake failed") as caught, ErrorMapper("acme"):
        raise error

    assert (caught.value.scope, caught.value.advice) == (Scope.PROVIDER, Advice.NEXT_CANDIDATE)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "acme: TLS: handshake failed; nothing was sent there")
    ]


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
    assert (RULES[name].error, RULES[name].maybe_billed) == (error, billed)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("unknown authority", "TLS: unable to get local issuer certificate"),
        ("wrong host", "TLS: .*mismatch"),
        ("expired", "TLS: certificate has expired"),
    ],
)
async def test_certificates_are_checked(fault: str, said: str) -> None:
    """Whoever cannot prove who they are hears nothing, the key least of all; the error says what is wrong."""
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(
        "elsewhere.example" if fault == "wrong host" else "127.0.0.1",
        not_after=datetime.now(UTC) - timedelta(days=1) if fault == "expired" else None,
    ).configure_cert(served)
    trusting = ssl.create_default_context()
    if fault != "unknown authority":
        authority.configure_trust(trusting)
    async with Upstream(tls=served) as up, Client("acme", tls=trusting) as client:
        with pytest.raises(TlsError, match=said) as caught:
            await client.request(HttpRequest("GET", up.url, headers={"x-api-key": "k"}))

    assert (caught.value.maybe_billed, caught.value.scope, up.requests) == (False, Scope.PROVIDER, [])


@pytest.mark.anyio
async def test_a_server_that_does_not_speak_tls() -> None:
    """It is distinguished from one that does not listen."""

    async def chatter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Client("acme") as client:
        with pytest.raises(TlsError, match="TLS: "):
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
    """By one environment variable; its own transport is used then, too."""
    monkeypatch.setenv(VARIABLE, library)

    assert (load().__name__, is_lean()) == (library, False)


def test_the_lean_transport_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same variable; it needs one of the libraries for its interface."""
    monkeypatch.setenv(VARIABLE, LEAN)

    assert (load().__name__ in CHOICES, is_lean()) == (True, True)


@pytest.mark.parametrize("wanted", ["", LEAN])
def test_without_its_parser_there_is_no_lean_transport(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own serves; whoever asked for the lean one by name hears of it."""
    monkeypatch.setenv(VARIABLE, wanted)
    monkeypatch.setitem(sys.modules, LEAN, None)

    with pytest.raises(ConfigError, match="httptools is not installed") if wanted else nullcontext():
        assert not is_lean()


def test_another_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the names that would do."""
    monkeypatch.setenv(VARIABLE, "requests")

    with pytest.raises(ConfigError, match="not one of httptools, httpx2, httpx"):
        load()


@pytest.mark.skipif(VARIABLE in os.environ, reason="this is the inner run")
@pytest.mark.parametrize("other", CHOICES)
def test_all_of_this_over_the_other_transports(other: str) -> None:
    """The same tests pass over whatever this run does not use."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(Path(__file__).parent)]
    done = subprocess.run(
        command, env={**os.environ, VARIABLE: other}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-3000:]
