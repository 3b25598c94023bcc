"""What is sent: nothing a caller could break out of a line with, and no framing but the transport's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import HttpRequest
from pointsman.errors import InvalidRequestError
from pointsman.http import Client
from pointsman.http.library import httpx
from pointsman.http.outgoing import Address, Outgoing, Timeouts, fields, is_framing
from pointsman.http.outgoing import method as checked_method
from pointsman.http.transport.request_head import written

from tests.http.transport.raw_server import RawServer, lean

WAIT = Timeouts(1.0, 1.0)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An ordinary client."""
    async with Client("acme", read=5.0) as made:
        yield made


FRAMING = {
    "Content-Length": "0",
    "Transfer-Encoding": "chunked",
    "Connection": "close, x-key",
    "Host": "elsewhere.example",
    "Upgrade": "h2c",
    "HTTP2-Settings": "x",
    "TE": "trailers",
    "Trailer": "x-late",
    "Keep-Alive": "timeout=1",
    "Expect": "100-continue",
    "Proxy-Authorization": "Basic eA==",
    "Proxy-Connection": "keep-alive",
}


@pytest.mark.anyio
async def test_no_framing_of_a_caller_is_passed_on(client: Client) -> None:
    """Where a message ends, and what becomes of its connection, is the transport's business."""
    async with RawServer() as server:
        plain, framed = ({"X-Key": "k"}, {**FRAMING, "X-Key": "k"})
        for headers in (plain, framed):
            await client.request(HttpRequest("POST", server.url + "/x", headers=headers, body=b"four"))
    first, second = server.heads

    assert (sorted(first.lower().split(b"\r\n")), server.bodies) == (
        sorted(second.lower().split(b"\r\n")),
        [b"four", b"four"],
    )
    assert first.lower().count(b"content-length: 4\r\n") == first.count(b"127.0.0.1") == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "b\r\nx-c: d"),
        ("x-a", "b\nx-c: d"),
        ("x-a", "b\rx-c: d"),
        ("x-a", "b\0"),
        ("x-a", "\x1b[31m"),
        ("x-a", "\x7f"),
        ("x-a", "sk-東"),
        ("x-a", " sk-b"),
        ("x-a", "sk-b\t"),
        ("x-a\r\nx-c", "d"),
        ("x a", "b"),
        ("x-a:", "b"),
        ("x-ä", "b"),
        ("", "b"),
    ],
)
async def test_headers_that_break_out_are_refused(client: Client, name: str, value: str) -> None:
    """By name or by value; nothing is sent, and the value is in no message."""
    async with RawServer() as server:
        with pytest.raises(InvalidRequestError) as caught:
            await client.request(HttpRequest("GET", server.url, headers={name: value}))

    assert (server.connections, value in str(caught.value) and len(value) > 1) == (0, False)


@pytest.mark.anyio
async def test_an_address_cannot_break_out(client: Client) -> None:
    """What an address may not hold is encoded in it."""
    async with RawServer() as server:
        url = server.url + "/a b?d=e f#g"
        await client.request(HttpRequest("GET", url, params={"h\r\n": "i\r\nj: k"}))

    assert server.heads[0].split(b"\r\n")[0].split(b" ")[0::2] == [b"GET", b"HTTP/1.1"]
    assert b"\nj: k" not in server.heads[0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", None, None),
        ("DELETE", None, None),
        ("POST", None, b"0"),
        ("PUT", b"", b"0"),
        ("PATCH", None, b"0"),
        ("POST", b"x" * 10, b"10"),
        ("DELETE", b"x", b"1"),
        ("POST", b"x" * 300_000, b"300000"),
    ],
)
async def test_the_length_of_a_body_is_stated(
    client: Client, method: str, body: bytes | None, length: bytes | None
) -> None:
    """Always, but for methods that seldom have one; large bodies arrive as they are."""
    async with RawServer() as server:
        await client.request(HttpRequest(method, server.url, body=body))
    stated = dict(line.split(b": ", 1) for line in server.heads[0].lower().split(b"\r\n")[1:-2])

    assert (stated.get(b"content-length"), server.bodies) == (length, [body or b""])


TOKEN = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_!", min_size=1, max_size=20)


@lean
@given(
    st.one_of(TOKEN, st.text(max_size=10)),
    st.dictionaries(st.one_of(TOKEN, st.text(max_size=8)), st.text(max_size=20), max_size=5),
    st.text(max_size=30),
    st.binary(max_size=20),
)
def test_a_head_is_read_as_it_was_meant(method: str, headers: dict[str, str], path: str, body: bytes) -> None:
    """Whatever is asked, it is refused, or it is one request with just these headers."""
    try:
        address = Address.of(httpx.URL("http://127.0.0.1:8000/").join("/" + path.lstrip("/\\")))
        lower = {name.lower(): value for name, value in headers.items()}
        outgoing = Outgoing(checked_method(method), address, fields(lower.items()), body, WAIT)
        head = written(outgoing)
    except (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError):
        return
    first, *lines = head.decode("latin-1").split("\r\n")
    stated = dict(line.split(": ", 1) for line in lines[:-2])
    own = {"host": stated.pop("host"), "content-length": stated.pop("content-length", "0")}

    assert first.split(" ") == [method.upper(), address.path.decode(), "HTTP/1.1"]
    assert own == {"host": "127.0.0.1:8000", "content-length": str(len(body))}
    assert stated == {name: value for name, value in lower.items() if not is_framing(name)}
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"\n") == head.count(b"\r") == len(lines)


@lean
@given(st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=12)), max_size=4))
def test_no_bytes_break_out(raw: list[tuple[bytes, bytes]]) -> None:
    """The last look is at the bytes themselves, whoever put them together."""
    address = Address.of(httpx.URL("http://127.0.0.1/x"))
    try:
        head = written(Outgoing("GET", address, raw, b"", WAIT))
    except httpx.LocalProtocolError:
        return

    assert head.count(b"\r\n") == head.count(b"\n") == head.count(b"\r") == len(raw) + 3
    assert all(name and b":" not in name for name, _ in raw)
