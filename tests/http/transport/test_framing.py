"""Where an answer ends, and what becomes of everything behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from pointsman import HttpRequest
from pointsman.errors import Advice, InvalidRequestError, ProviderError, Scope, TransportError
from pointsman.http import Client

from tests.http.transport.raw_server import CLOSE, RESET, RawServer, Script, lean, ok

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An ordinary client."""
    async with Client("acme", read=5.0) as made:
        yield made


async def body(client: Client, server: RawServer) -> bytes:
    """Of the next answer."""
    return (await client.request(HttpRequest("GET", server.url + "/x"))).body


async def failure(client: Client, server: RawServer, method: str = "GET") -> ProviderError:
    """What the next request ends with."""
    with pytest.raises(ProviderError) as caught:
        await client.request(HttpRequest(method, server.url + "/x"))
    return caught.value


# -- bodies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ((ok(b"hello"),), True),
        ((HEAD + b"Content-Length: 5\r\n\r\nhe", 0.01, b"llo"), True),
        ((CHUNKED + b"\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",), True),
        ((CHUNKED + b"\r\n5;ext=1\r\nhello\r\n0\r\nx-trailer: 1\r\n\r\n",), True),
        ((HEAD + b"\r\nhello", CLOSE), False),
        ((HEAD + b"\r\nhe", 0.01, b"llo", CLOSE), False),
        ((b"HTTP/1.0 200 OK\r\n\r\nhello", CLOSE), False),
        ((b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",), False),
        ((HEAD + b"connection: close\r\ncontent-length: 5\r\n\r\nhello",), False),
        ((b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + ok(b"hello"),), True),
        ((b"HTTP/1.1 100 Continue\r\n\r\n", 0.01, ok(b"hello")), True),
    ],
)
async def test_every_way_to_end_a_body(client: Client, script: Script, kept: bool) -> None:
    """By length, by chunks, by the connection; the next call gets its own answer in any case."""
    async with RawServer(script) as server:
        assert (await body(client, server), await body(client, server)) == (b"hello", b'{"n": 2}')
        assert server.connections == (1 if kept else 2)


@pytest.mark.parametrize("status", [b"204 No Content", b"205 Reset Content\r\ncontent-length: 0"])
async def test_answers_without_a_body(client: Client, status: bytes) -> None:
    """End with their head."""
    async with RawServer((b"HTTP/1.1 " + status + b"\r\n\r\n",)) as server:
        assert (await body(client, server), await body(client, server)) == (b"", b'{"n": 2}')


async def test_the_head_of_a_body_nobody_wants(client: Client) -> None:
    """After HEAD no body follows, whatever length is stated."""
    async with RawServer((HEAD + b"content-length: 900\r\n\r\n",)) as server:
        answer = await client.request(HttpRequest("HEAD", server.url + "/x"))

        assert (answer.headers["content-length"], answer.body) == ("900", b"")
        assert await body(client, server) == b'{"n": 2}'


async def test_trailers_are_no_headers(client: Client) -> None:
    """Nobody asked for them."""
    async with RawServer((CHUNKED + b"\r\n1\r\na\r\n0\r\nx-late: 1\r\n\r\n",)) as server:
        answer = await client.request(HttpRequest("GET", server.url + "/x"))

    assert dict(answer.headers) == {"transfer-encoding": "chunked"}


# -- bytes behind an answer ---------------------------------------------------------------------------------

STOLEN = ok(b"an answer to somebody else")


@lean
@pytest.mark.parametrize("first", [ok(b"mine"), CHUNKED + b"\r\n4\r\nmine\r\n0\r\n\r\n"])
@pytest.mark.parametrize("surplus", [STOLEN, b"x", b"HTTP/1.1 ", b"\r\n\r\nrubbish"])
async def test_bytes_behind_an_answer_are_dropped(client: Client, first: bytes, surplus: bytes) -> None:
    """With their connection: in one piece with the answer, or later, they answer nobody."""
    async with RawServer((first + surplus,), (first, 0.02, surplus, 0.02)) as server:
        found = []
        for _ in range(4):
            found.append(await body(client, server))
            await anyio.sleep(0.04)
        connections = server.connections

    assert (found, connections) == ([b"mine", b"mine", b'{"n": 3}', b'{"n": 4}'], 3)


@lean
async def test_surplus_that_nobody_has_read_yet(client: Client) -> None:
    """It may lie in the kernel when the connection is to be used again: it is looked for there."""
    async with RawServer((ok(b"mine"), 0.02, STOLEN)) as server:
        first = await body(client, server)
        for connection in client._senders[False, False]._here().idle._oldest_first:  # type: ignore[attr-defined]
            connection._transport.pause_reading()  # the loop reads no more
        await server_has_sent(server, len(ok(b"mine")) + len(STOLEN))
        second = await body(client, server)

    assert (first, second, server.connections) == (b"mine", b'{"n": 2}', 2)


async def server_has_sent(server: RawServer, size: int) -> None:
    """Wait for the other end."""
    while server.sent < size:  # noqa: ASYNC110 - what is waited for happens inside the server
        await anyio.sleep(0.001)


# -- what is no answer --------------------------------------------------------------------------------------


@lean
@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"content-length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        HEAD + b"content-length: 5, 6\r\n\r\nhello!",
        HEAD + b"content-length: +5\r\n\r\nhello",
        HEAD + b"content-length: 99999999999999999999999\r\n\r\nhello",
        HEAD + b"transfer-encoding: gzip\r\n\r\nhello",
        HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n-1\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"\r\n5\r\nhello!\r\n0\r\n\r\n",
        CHUNKED + b"\r\nfffffffffffffffffff\r\nhello",
        HEAD + b"a: b\nc: d\r\n\r\n",
        HEAD + b"a: b\rc: d\r\n\r\n",
        HEAD + b"a: b\r\n folded\r\n\r\n",
        HEAD + b"a : b\r\n\r\n",
        HEAD + b"a\0: b\r\n\r\n",
        HEAD + b"a: \0\r\n\r\n",
        HEAD + b": b\r\n\r\n",
        b"HTTP/1.1 200 OK\n\nhello",
        b"HTTP/1.1 99 No\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello",
        b"ICY 200 OK\r\n\r\n",
        b"\0" * 100,
        b"POST / HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_ambiguous_is_refused(client: Client, raw: bytes) -> None:
    """Whatever two readers could read in two ways (RFC 9112 11) is none; its connection is not kept."""
    async with RawServer((raw, CLOSE)) as server:
        error = await failure(client, server)

        assert (type(error), error.maybe_billed, error.advice) == (
            TransportError,
            True,
            Advice.NEXT_CANDIDATE,
        )
        assert await body(client, server) == b'{"n": 2}'


@lean
@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"a: %b\r\n\r\n" % (b"x" * 200_000),
        HEAD + b"%b: x\r\n\r\n" % (b"a" * 200_000),
        HEAD + b"".join(b"x-%d: y\r\n" % number for number in range(3000)) + b"\r\n",
        b"HTTP/1.1 200 " + b"O" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 8000,
        CHUNKED + b"\r\n1;" + b"x" * 200_000,
        CHUNKED + b"\r\n0\r\n" + b"".join(b"x-%d: y\r\n" % number for number in range(20_000)),
        CHUNKED + b"\r\n" + b"1;%b\r\na\r\n" % (b"x" * 100) * 5000,
    ],
    ids=["value", "name", "many", "reason", "interim", "chunk", "trailers", "framing"],
)
async def test_a_head_has_an_end(client: Client, raw: bytes) -> None:
    """Headers, interim answers, chunk sizes, trailers: none may go on for ever. The server does not close."""
    async with RawServer((raw, 60.0)) as server:
        error = await failure(client, server)

    assert (type(error), error.detail) == (TransportError, "what came is no well-formed HTTP answer")


@pytest.mark.parametrize("size", [1000, 60_000])
async def test_large_heads_are_read(client: Client, size: int) -> None:
    """As large as anybody sends."""
    async with RawServer((ok(b"", b"x-long: " + b"y" * size),)) as server:
        answer = await client.request(HttpRequest("GET", server.url + "/x"))

    assert len(answer.headers["x-long"]) == size


async def test_small_chunks_are_no_attack(client: Client) -> None:
    """A byte a piece is the dearest framing that honest servers use."""
    pieces = b"".join(b"1\r\n%c\r\n" % (48 + number % 10) for number in range(20_000))
    async with RawServer((CHUNKED + b"\r\n" + pieces + b"0\r\n\r\n",)) as server:
        assert await body(client, server) == b"0123456789" * 2000


# -- what is cut --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [CLOSE, RESET])
@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"HTTP/1.1 2", marks=lean),  # the library takes half a head for none
        pytest.param(HEAD, marks=lean),
        HEAD + b"content-length: 10\r\n\r\n",
        HEAD + b"content-length: 10\r\n\r\nshort",
        CHUNKED + b"\r\n3\r\nhel\r\n",
        CHUNKED + b"\r\n9\r\nhel",
    ],
)
async def test_an_answer_cut_in_its_middle_is_sent_once(
    client: Client, start: bytes, kept: bool, end: str
) -> None:
    """It was paid for: never again at the same provider, over a new connection or a kept one."""
    async with RawServer(*([(ok(b"first"),)] if kept else []), (start, 0.01, end)) as server:
        if kept:
            await body(client, server)
        error = await failure(client, server)

        assert len(server.heads) == (2 if kept else 1)
        assert (error.scope, error.advice, error.maybe_billed) == (
            Scope.PROVIDER,
            Advice.NEXT_CANDIDATE,
            True,
        )


async def test_a_reset_is_no_end_of_a_body(client: Client) -> None:
    """A body that ends with its connection is whole only when that was closed in order."""
    async with RawServer((HEAD + b"\r\nhello", 0.02, RESET)) as server:
        assert type(await failure(client, server)) is TransportError


async def test_closed_after_twenty_one_pieces(client: Client) -> None:
    """Nobody says then that nothing had come."""
    pieces = [piece for _ in range(21) for piece in (b"5\r\nhello\r\n", 0.001)]
    received = b""
    async with RawServer((CHUNKED + b"\r\n", *pieces, CLOSE)) as server:
        with pytest.raises(TransportError) as caught:  # noqa: PT012 - a stream is read in a block
            async with client.stream(HttpRequest("GET", server.url + "/x")) as stream:
                async for piece in stream.chunks():
                    received += piece

    assert (received, caught.value.detail) == (
        b"hello" * 21,
        "the connection was closed before the answer was whole",
    )


# -- kept connections that were closed ----------------------------------------------------------------------


@lean
@pytest.mark.parametrize("end", [CLOSE, RESET])
async def test_a_kept_connection_closed_without_a_byte(client: Client, end: str) -> None:
    """The request is sent again at once, a posted one too; nobody notices."""
    async with RawServer((ok(b"first"),), (end,)) as server:
        await body(client, server)
        answer = await client.request(HttpRequest("POST", server.url + "/x", body=b"question"))

    assert (answer.body, server.connections, server.bodies) == (
        b'{"n": 3}',
        2,
        [b"", b"question", b"question"],
    )


@lean
@pytest.mark.parametrize("end", [CLOSE, RESET])
async def test_a_new_connection_closed_without_a_byte(client: Client, end: str) -> None:
    """The request was read and dropped: sent again, it might be paid twice."""
    async with RawServer((end,)) as server:
        error = await failure(client, server)

    assert (error.detail, error.maybe_billed, error.scope, len(server.heads)) == (
        "the connection was closed before any answer",
        True,
        Scope.PROVIDER,
        1,
    )


@pytest.mark.parametrize("method", ["G\r\nET", "GE T", "", "GÉT", "CONNECT"])
async def test_methods_that_are_none(client: Client, method: str) -> None:
    """Are the caller's mistake; nothing is sent."""
    async with RawServer() as server:
        assert type(await failure(client, server, method)) in {InvalidRequestError, TransportError}
        assert server.heads == []
