"""The loopback server answers as configured."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import HttpRequest
from pointsman.errors import ModelNotFoundError, TransportError
from pointsman.http import Client
from pointsman.testing import OpenAIUpstream, Received, Reply, Upstream

pytestmark = pytest.mark.anyio


def raw(url: str, data: bytes) -> bytes:
    """Everything the server sends for `data`, without any client library."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


GET = b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(body=(b"ab",)), b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"),
        (
            Reply(body=(b"a", b"b")),
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n",
        ),
        (Reply(599, {"A": "b"}), b"HTTP/1.1 599 Unknown\r\nA: b\r\ncontent-length: 0\r\n\r\n"),
        (Reply(body=(b"abc",), cut=2), b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab"),
        (Reply(body=(b"abc",), cut=0), b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"),
        (
            Reply(body=(b"abc",), end=2),
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ),
        (Reply(raw=b"\x00junk"), b"\x00junk"),
    ],
)
def test_the_bytes(upstream: Upstream, reply: Reply, expected: bytes) -> None:
    """Exactly these, and no others."""
    upstream.add("GET", "/x", reply)

    assert raw(upstream.url, GET) == expected


def test_what_was_received(upstream: Upstream) -> None:
    """Method, path, query, headers, body and the raw target are kept."""
    upstream.json("POST", "/a b", {})
    raw(upstream.url, b"POST /a%20b?q=1&q=2&e= HTTP/1.1\r\nX-Y:  z \r\nContent-Length: 4\r\n\r\n[12]")

    target = "/a%20b?q=1&q=2&e="
    assert upstream.requests == [
        Received("POST", "/a b", {"q": "2", "e": ""}, {"x-y": "z", "content-length": "4"}, b"[12]", target)
    ]
    assert upstream.requests[0].json() == [12]


def test_two_requests_on_one_connection(upstream: Upstream) -> None:
    """Connections are kept alive."""
    upstream.add("GET", "/x", Reply(body=(b"1",)), Reply(body=(b"2",)))
    received = raw(upstream.url, GET + GET)

    assert (received.count(b"HTTP/1.1 200 OK"), received[-1:], upstream.connections) == (2, b"2", 1)


def test_nothing_scripted(upstream: Upstream) -> None:
    """A 404 that says so."""
    assert b"nothing at GET /x" in raw(upstream.url, GET)


def test_in_a_thread_leaves_no_thread() -> None:
    """When the block ends, so does the server."""
    with Upstream.in_thread() as upstream:
        url = upstream.url
        names = [thread.name for thread in threading.enumerate()]

    assert "upstream" in names
    assert [
        thread for thread in threading.enumerate() if thread.name == "upstream" and not thread.daemon
    ] == []
    with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
        raw(url, GET)


async def test_handlers_in_order_and_functions() -> None:
    """One handler per request, the last one for ever; a handler may look at the request."""
    async with Upstream() as up, Client("kit") as client:
        up.add("GET", "/x", Reply.json(1), lambda request: Reply.json(request.query))
        answers = [
            (await client.request(HttpRequest("GET", up.url + "/x", params={"n": str(n)}))).json()
            for n in range(3)
        ]

    assert answers == [1, {"n": "1"}, {"n": "2"}]


async def test_once_and_cut_once() -> None:
    """Interventions apply to the next request only, whatever it asks for."""
    async with Upstream() as up, Client("kit") as client:
        up.json("GET", "/x", "whole")
        up.once(Reply.json("other"))
        first = (await client.request(HttpRequest("GET", up.url + "/x"))).json()
        up.cut_once(0.5)
        with pytest.raises(TransportError):
            await client.request(HttpRequest("GET", up.url + "/x"))
        up.cut_once(0.5, clean=True)
        short = (await client.request(HttpRequest("GET", up.url + "/x"))).body
        last = (await client.request(HttpRequest("GET", up.url + "/x"))).json()

    assert (first, short, last) == ("other", b'"wh', "whole")


async def test_a_client_that_leaves_is_counted() -> None:
    """During a pause too."""
    async with Upstream() as up:
        up.add("GET", "/x", Reply(delay=30))
        _, writer = await asyncio.open_connection("127.0.0.1", int(up.url.rpartition(":")[2]))
        writer.write(GET)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        while not up.hangups:  # noqa: ASYNC110 - what is waited for happens inside the server
            await asyncio.sleep(0.005)

    assert up.hangups == 1


RECORDING: Mapping[str, Any] = {
    "request": {"method": "POST", "url": "https://api.example/v1/chat?key=1"},
    "response": {
        "status": 201,
        "headers": {
            "Content-Type": ["text/event-stream"],
            "Content-Length": "9999",
            "content-encoding": "br",
        },
        "body_text": "data: {}\n\n" * 50,
    },
}


@pytest.mark.parametrize("seed", [None, 1, 2])
async def test_a_recording(seed: int | None) -> None:
    """Served under its own path, whole or in pieces, without the recorder's transfer headers."""
    async with Upstream() as up, Client("kit") as client:
        path = up.replay(RECORDING, seed=seed)
        async with client.stream(HttpRequest("POST", up.url + path)) as stream:
            pieces = [piece async for piece in stream.chunks()]

    assert (path, stream.status, stream.headers["content-type"]) == ("/v1/chat", 201, "text/event-stream")
    assert b"".join(pieces) == b"data: {}\n\n" * 50
    assert "content-encoding" not in stream.headers
    assert (len(list(Reply.recorded(RECORDING, seed=seed).body)) > 5) is (seed is not None)


@given(st.binary(min_size=1, max_size=2000), st.integers())
def test_shredding(content: bytes, seed: int) -> None:
    """The pieces make the whole, and the same seed makes the same pieces."""
    shredded = Reply(body=(content,)).shredded(seed)

    assert shredded.content == content
    assert shredded == Reply(body=(content,)).shredded(seed)
    assert b"" not in shredded.body


def test_other_bodies_of_recordings() -> None:
    """JSON and base64, and none."""
    bodies: list[dict[str, Any]] = [{"body_json": {"a": 1}}, {"body_base64": "aGk="}, {}]

    assert [Reply.recorded({"response": body}).content for body in bodies] == [b'{"a":1}', b"hi", b""]


# -- the dialect --------------------------------------------------------------------------------------------


async def test_a_model_with_a_fault() -> None:
    """One model fails, the other answers, and both are counted."""
    async with OpenAIUpstream(["good", "bad"]) as up, Client("kit") as client:
        up.models["bad"].fault = Reply.json(
            {"error": {"message": "no such model", "code": "model_not_found"}}, 404
        )
        up.models["good"].answer = lambda body: body["messages"][0]["content"].upper()
        question = [{"role": "user", "content": "hi"}]
        url = up.base_url + "/chat/completions"
        with pytest.raises(ModelNotFoundError):
            await client.request(HttpRequest("POST", url, json={"model": "bad", "messages": question}))
        answer = (
            await client.request(HttpRequest("POST", url, json={"model": "good", "messages": question}))
        ).json()

    assert answer["choices"][0]["message"]["content"] == "HI"
    assert {name: model.asked for name, model in up.models.items()} == {"good": 1, "bad": 1}


async def test_a_schema_is_filled_in() -> None:
    """An answer to a JSON schema fits it."""
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "sizes": {"type": "array", "items": {"type": "integer"}},
            "kind": {"enum": ["b", "a"]},
            "maybe": {"anyOf": [{"type": ["number", "null"]}, {"type": "null"}]},
        },
    }
    body = {
        "model": "small",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    }
    async with OpenAIUpstream() as up, Client("kit") as client:
        answer = (
            await client.request(HttpRequest("POST", up.base_url + "/chat/completions", json=body))
        ).json()

    assert answer["choices"][0]["message"]["content"] == '{"name":"text","sizes":[1],"kind":"b","maybe":1.5}'
    counts = [answer["usage"][name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    assert counts == [1, 13, 14]
