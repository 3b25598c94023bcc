"""From a name to a connection: both families, the address policy, certificates, proxies."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import anyio
import pytest
import trustme
from pointsman import HttpRequest
from pointsman.errors import (
    Advice,
    ConfigError,
    DeadlineError,
    InvalidRequestError,
    ProviderError,
    Scope,
    TlsError,
    TransportError,
)
from pointsman.http import Client, trust
from pointsman.http.library_sender import LibrarySender
from pointsman.http.transport import Transport, connecting

from tests.http.transport.raw_server import CLOSE, RawServer, lean, ok

pytestmark = pytest.mark.anyio

NAME = "provider.example"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An ordinary client."""
    async with Client("acme", read=5.0, connect=5.0) as made:
        yield made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names resolve to; no resolver is asked."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host: str | bytes, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in known[name]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


async def failure(client: Client, url: str) -> ProviderError:
    """What a request ends with."""
    with pytest.raises(ProviderError) as caught:
        await client.request(HttpRequest("GET", url))
    return caught.value


async def wait_until(true: Callable[[], bool]) -> None:
    """The test's own timeout bounds it."""
    while not true():  # noqa: ASYNC110 - what is waited for happens inside the server
        await anyio.sleep(0.002)


# -- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.1.1"])
@lean
async def test_a_name_that_leads_to_metadata_is_refused(
    client: Client, names: dict[str, list[str]], address: str
) -> None:
    """With an error of its own, before a packet goes there."""
    names[NAME] = [address]
    error = await failure(client, f"http://{NAME}/latest")

    assert (type(error), error.scope, error.advice, error.maybe_billed, error.detail) == (
        InvalidRequestError,
        Scope.PROVIDER,
        Advice.NEXT_CANDIDATE,
        False,
        "the host's name leads to a link-local or metadata address, which no provider has",
    )


@lean
async def test_only_the_forbidden_addresses_of_a_name_are_refused(
    client: Client, names: dict[str, list[str]]
) -> None:
    """The others serve, whatever the order."""
    names[NAME] = ["169.254.169.254", "127.0.0.1"]
    async with RawServer() as server:
        answer = await client.request(HttpRequest("GET", f"http://{NAME}:{server.port}/"))

    assert (answer.body, b"host: provider.example:%d\r\n" % server.port in server.heads[0].lower()) == (
        b'{"n": 1}',
        True,
    )


async def test_the_library_checks_addresses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is connected, and before it sends anything."""
    from pointsman.http import addresses, library_sender

    def refuse(address: str) -> None:
        if address == "127.0.0.1":
            addresses.refuse_resolved("169.254.169.254")

    monkeypatch.setattr(library_sender, "refuse_resolved", refuse)
    monkeypatch.setenv("POINTSMAN_HTTP_LIBRARY", "httpx")
    async with RawServer() as server, Client("acme") as client:
        assert type(await failure(client, server.url)) is InvalidRequestError
        assert server.heads == []


# -- both families ------------------------------------------------------------------------------------------


def has_ipv6() -> bool:
    """Whether loopback has it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
async def test_whichever_family_answers(client: Client, names: dict[str, list[str]], host: str) -> None:
    """A refused address costs nothing: the next one is asked at once."""
    names[NAME] = ["::1", "127.0.0.1"]
    async with RawServer(host=host) as server:
        answer = await client.request(HttpRequest("GET", f"http://{NAME}:{server.port}/"))

        assert (answer.body, (await client.request(HttpRequest("GET", server.url))).body) == (
            b'{"n": 1}',
            b'{"n": 2}',
        )


@lean
async def test_an_address_that_does_not_answer(
    client: Client, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is tried beside it after a moment, and the silent one is let go of."""
    monkeypatch.setattr(connecting, "HEAD_START", 0.02)
    names[NAME] = ["127.0.0.9", "127.0.0.1"]
    loop = asyncio.get_running_loop()
    original, ended = loop.sock_connect, []

    async def sock_connect(sock: socket.socket, address: tuple[str, int]) -> None:
        if address[0] != "127.0.0.9":
            return await original(sock, address)
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(sock)
        return None

    monkeypatch.setattr(loop, "sock_connect", sock_connect)
    async with RawServer() as server:
        answer = await client.request(HttpRequest("GET", f"http://{NAME}:{server.port}/"))
        await wait_until(lambda: len(ended) == 1 and ended[0].fileno() == -1)

    assert answer.body == b'{"n": 1}'


@lean
async def test_connecting_has_an_end(names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """With one address and with several; nothing was sent, and every socket is closed."""
    opened: list[socket.socket] = []

    async def sock_connect(sock: socket.socket, _: tuple[str, int]) -> None:
        opened.append(sock)
        await asyncio.sleep(3600)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", sock_connect)
    monkeypatch.setattr(connecting, "HEAD_START", 0.001)
    names[NAME] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    async with Client("acme", connect=0.1) as client:
        for url in ("http://127.0.0.1:9/", f"http://{NAME}:9/"):
            error = await failure(client, url)
            assert (type(error), error.maybe_billed) == (DeadlineError, False)
    await wait_until(lambda: all(sock.fileno() == -1 for sock in opened))

    assert len(opened) == 4


@lean
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are counted in /proc")
async def test_connecting_that_is_cancelled_leaves_nothing(names: dict[str, list[str]]) -> None:
    """Wherever it is cancelled: resolving, connecting over several addresses, shaking hands."""
    names[NAME] = ["::1", "127.0.0.1", "127.0.0.2"]
    folder = "/proc/self/fd"
    silent = await asyncio.start_server(_silence, "127.0.0.1", 0)  # never shakes hands
    port = silent.sockets[0].getsockname()[1]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with silent, Client("acme", tls=tls) as client:
        await _cancelled(client, f"https://{NAME}:{port}/", 0.01)  # the resolver's thread starts
        before = len(os.listdir(folder))  # noqa: PTH208 - the folder is the kernel's
        for number in range(200):
            await _cancelled(client, f"https://{NAME}:{port}/", 0.0001 * number)
        await wait_until(lambda: len(os.listdir(folder)) <= before)  # noqa: PTH208


async def _silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.transport.abort()


async def _cancelled(client: Client, url: str, after: float) -> None:
    task = asyncio.create_task(client.request(HttpRequest("GET", url)))
    await asyncio.sleep(after)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "x..example", ".example"])
async def test_names_that_are_none(client: Client, host: str) -> None:
    """Are no address, or lead nowhere."""
    assert type(await failure(client, f"http://{host}/")) in {InvalidRequestError, TransportError}


# -- certificates -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """One nobody else trusts."""
    return trustme.CA()


def served(authority: trustme.CA, *hosts: str) -> ssl.SSLContext:
    """A server's context with a certificate for these."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's context."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_the_server_learns_the_name_and_the_protocol(
    authority: trustme.CA, names: dict[str, list[str]]
) -> None:
    """The host's name (SNI), and HTTP/1.1 alone (ALPN), though the server would rather speak another."""
    names[NAME] = ["127.0.0.1"]
    context, asked = served(authority, NAME), []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with RawServer(tls=context) as server, Client("acme", tls=trusting(authority)) as client:
        bodies = [
            (await client.request(HttpRequest("GET", f"https://{NAME}:{server.port}/"))).body
            for _ in range(2)
        ]

        assert (bodies, server.connections) == ([b'{"n": 1}', b'{"n": 2}'], 1)
        assert (asked, server.tls[0].selected_alpn_protocol()) == ([NAME], "http/1.1")


async def test_large_answers_and_requests_over_tls(authority: trustme.CA) -> None:
    """In both directions, more than any buffer holds."""
    size = 5 << 20
    big = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + b"y" * size
    async with (
        RawServer((big,), tls=served(authority, "127.0.0.1")) as server,
        Client("acme", tls=trusting(authority)) as client,
    ):
        answer = await client.request(HttpRequest("POST", server.url, body=b"x" * size))

        assert (len(answer.body), len(server.bodies[0])) == (size, size)


@lean
async def test_bytes_behind_an_answer_over_tls(authority: trustme.CA) -> None:
    """Are dropped with their connection there, too, whether they came with the answer or after it."""
    stolen = ok(b"an answer to somebody else")
    found = []
    async with (
        RawServer(
            (ok(b"mine") + stolen,), (ok(b"mine"), 0.02, stolen), tls=served(authority, "127.0.0.1")
        ) as server,
        Client("acme", tls=trusting(authority)) as client,
    ):
        for played in (1, 2, 3):
            found.append((await client.request(HttpRequest("GET", server.url))).body)
            await wait_until(lambda played=played: server.played == played)  # type: ignore[misc]

        assert (found, server.connections) == ([b"mine", b"mine", b'{"n": 3}'], 3)


async def test_the_environment_names_the_authorities(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``SSL_CERT_FILE`` is heeded; a file that cannot be read is a configuration error."""
    path = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    trust.authorities.cache_clear()
    try:
        async with (
            RawServer(tls=served(authority, "127.0.0.1")) as server,
            Client("acme") as client,
        ):
            assert (await client.request(HttpRequest("GET", server.url))).body == b'{"n": 1}'
        trust.authorities.cache_clear()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
        async with Client("acme") as client:
            with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
                await client.request(HttpRequest("GET", "https://127.0.0.1:9/"))
    finally:
        trust.authorities.cache_clear()


async def test_a_handshake_that_is_cut(client: Client) -> None:
    """Nothing was sent."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        error = await failure(client, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    assert (isinstance(error, TlsError | TransportError), error.maybe_billed, error.scope) == (
        True,
        False,
        Scope.PROVIDER,
    )


# -- proxies ------------------------------------------------------------------------------------------------


class Tunnels(RawServer):
    """A proxy that opens every tunnel, to `target`."""

    def __init__(self, target: int, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> None:
        super().__init__()
        self.target = target
        self._answer = answer

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self._answer)
        there, out = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            await asyncio.gather(_copied(reader, out), _copied(there, writer))
        finally:
            out.transport.abort()
            with suppress(ConnectionError):
                await out.wait_closed()
        return False


async def _copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
    target.transport.abort()


async def test_https_goes_through_a_tunnel(authority: trustme.CA, names: dict[str, list[str]]) -> None:
    """The proxy learns host, port and its own user; the provider's key and name check are end to end."""
    async with (
        RawServer(tls=served(authority, NAME)) as server,
        Tunnels(server.port) as tunnels,
        Client(
            "acme",
            tls=trusting(authority),
            proxy=f"http://user:p%40ss@127.0.0.1:{tunnels.port}",
        ) as client,
    ):
        bodies = [
            (await client.request(HttpRequest("GET", f"https://{NAME}/x", headers={"x-key": "k"}))).body
            for _ in range(2)
        ]

    head = tunnels.heads[0].lower()
    assert (bodies, len(tunnels.heads), server.connections) == ([b'{"n": 1}', b'{"n": 2}'], 1, 1)
    assert head.startswith(b"connect provider.example:443 http/1.1\r\nhost: provider.example:443\r\n")
    assert (b"proxy-authorization: basic dxnlcjpwqhnz" in head, b"x-key" in head) == (True, False)
    assert (b"x-key: k" in server.heads[0].lower(), b"proxy-" in server.heads[0].lower()) == (True, False)


async def test_a_tunnel_ends_at_whoever_has_the_certificate(
    authority: trustme.CA, names: dict[str, list[str]]
) -> None:
    """A proxy that leads elsewhere hears no key."""
    async with (
        RawServer(tls=served(authority, "elsewhere.example")) as server,
        Tunnels(server.port) as tunnels,
        Client("acme", tls=trusting(authority), proxy=tunnels.url) as client,
    ):
        assert type(await failure(client, f"https://{NAME}/x")) is TlsError
        assert server.heads == []


async def test_http_is_asked_of_the_proxy_itself(names: dict[str, list[str]]) -> None:
    """With the whole address, and its user's name in each request."""
    async with RawServer() as proxy:
        address = f"http://user:pass@127.0.0.1:{proxy.port}"
        async with Client("acme", proxy=address) as client:
            for _ in range(2):
                await client.request(HttpRequest("GET", f"http://{NAME}:8080/x?a=b"))

    assert [head.split(b"\r\n")[0] for head in proxy.heads] == [
        b"GET http://provider.example:8080/x?a=b HTTP/1.1"
    ] * 2
    assert all(b"proxy-authorization: basic dxnlcjpwyxnz\r\n" in head.lower() for head in proxy.heads)
    assert (proxy.connections, b"host: provider.example:8080\r\n" in proxy.heads[0].lower()) == (1, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n",
        b"HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n",
        pytest.param(b"SSH-2.0 200\r\n\r\n", marks=lean),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nsurplus", marks=lean),
        pytest.param(b"HTTP/1.1 200 OK\r\na: " + b"x" * 100_000, marks=lean),
        pytest.param(b"", marks=lean),
    ],
)
async def test_a_proxy_that_refuses(
    names: dict[str, list[str]], authority: trustme.CA, answer: bytes
) -> None:
    """Is our own network's fault, and no provider's; nothing was sent to one."""
    async with (
        RawServer((answer, CLOSE)) as proxy,
        Client("acme", proxy=proxy.url, tls=trusting(authority)) as client,
    ):
        error = await failure(client, f"https://{NAME}/x")

    assert (type(error), error.scope, error.maybe_billed) == (TransportError, Scope.NETWORK, False)


@lean
async def test_a_silent_proxy(names: dict[str, list[str]], authority: trustme.CA) -> None:
    """Has as long as any connection."""
    async with (
        RawServer((60.0,)) as proxy,
        Client("acme", proxy=proxy.url, tls=trusting(authority), connect=0.05) as client,
    ):
        assert type(await failure(client, f"https://{NAME}/x")) is DeadlineError
        await wait_until(lambda: proxy.left == 1)


@lean
@pytest.mark.parametrize(
    ("proxy", "kind"), [("http://127.0.0.1:9", Transport), ("https://127.0.0.1:9", LibrarySender)]
)
async def test_proxies_that_speak_tls_are_the_librarys(proxy: str, kind: type) -> None:
    """Behind the same seam."""
    async with Client("acme", proxy=proxy) as client:
        await failure(client, "http://provider.example/")

        assert [type(way) for way in client._senders.values()] == [kind]
