"""The library's transport interface: under the library's client, it does what the library's does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.http.library import httpx
from pointsman.http.transport import Transport

from tests.http.transport.raw_server import CLOSE, RawServer, lean, ok

pytestmark = lean


async def exchanged(transport: Any, scripts: Sequence[Sequence[bytes | str]], *, seen: bool = True) -> object:
    """What the library's client makes of the same requests over a transport, and what the server saw."""
    found: list[object] = []
    async with RawServer(*scripts) as server, httpx.AsyncClient(transport=transport, timeout=5.0) as client:
        for number in range(len(scripts)):
            try:
                answer = await client.post(
                    server.url + "/a b?c=ä", content=b"x" * number, headers={"x-a": "b"}
                )
            except httpx.TransportError as error:
                found.append(isinstance(error, httpx.RemoteProtocolError | httpx.ReadError))
            else:
                found.append((answer.status_code, answer.headers.multi_items(), answer.content))
        sent = [sorted(head.lower().split(b"\r\n")) for head in server.heads]
        port = b"%d" % server.port
    lines = [[line.replace(port, b"PORT") for line in head if b"connection:" not in line] for head in sent]
    return found, lines if seen else None


@pytest.mark.anyio
async def test_it_serves_the_librarys_own_client() -> None:
    """Requests go out and answers come back as over the library's own transport."""
    scripts = [
        (ok(b"plain", b"X-Thing: 1", b"x-thing: 2"),),
        (b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", CLOSE),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort", CLOSE),
    ]

    assert await exchanged(Transport(), scripts) == await exchanged(httpx.AsyncHTTPTransport(), scripts)


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes | str, ...]:
    """An honest server's, whole or cut."""
    body = draw(st.binary(max_size=40))
    fields = draw(
        st.lists(st.sampled_from([b"x-a: 1", b"X-A: 2", b"set-cookie: a=b", b"x-empty:"]), max_size=4)
    )
    head = b"\r\n".join([b"HTTP/1.1 %d Text" % draw(st.sampled_from([200, 204, 404, 503])), *fields])
    if head[9:12] == b"204":
        return (head + b"\r\n\r\n",)
    kind = draw(st.sampled_from(["length", "chunks", "connection"]))
    if kind == "length":
        raw = head + b"\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    elif kind == "chunks":
        chunks = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        raw = head + b"\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    else:
        return head + b"\r\n\r\n" + body, CLOSE
    if draw(st.booleans()):
        return (raw,)
    return raw[: draw(st.integers(1, len(raw)))], CLOSE


@settings(max_examples=40)
@given(st.lists(answers(), min_size=1, max_size=3))
def test_honest_answers_are_read_alike(scripts: list[tuple[bytes | str, ...]]) -> None:
    """Whole or cut, one after the other: status, headers and body are those the library reads.

    How often a request was sent is not compared: the library's client never sends again.
    """
    import asyncio

    async def both() -> tuple[object, object]:
        ours = await exchanged(Transport(), scripts, seen=False)
        return ours, await exchanged(httpx.AsyncHTTPTransport(), scripts, seen=False)

    ours, theirs = asyncio.run(both())

    assert ours == theirs
