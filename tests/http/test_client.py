"""The client against a loopback server: answers, errors, caps, streams, and what it never does."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType

import anyio
import pytest
from attrs import evolve
from pointsman import HttpRequest
from pointsman.errors import (
    Advice,
    AuthenticationError,
    ConfigError,
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    ProviderError,
    RateLimitError,
    ResponseError,
    Scope,
    TransportError,
)
from pointsman.http import Client, error_mapper
from pointsman.http.client import MEBIBYTE
from pointsman.http.faults import AT_ONCE
from pointsman.http.library import is_lean
from pointsman.http.library_sender import LibrarySender
from pointsman.testing import Reply, Upstream

pytestmark = pytest.mark.anyio


@pytest.fixture
async def up() -> AsyncIterator[Upstream]:
    """A scripted server in the same loop."""
    async with Upstream() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An ordinary client."""
    async with Client("acme") as made:
        yield made


async def failure(client: Client, url: str, method: str = "GET") -> ProviderError:
    """The error a request ends with."""
    with pytest.raises(ProviderError) as caught:
        await client.request(HttpRequest(method, url))
    return caught.value


async def wait_until(true: Callable[[], bool]) -> None:
    """Give the server time to notice; the test's own timeout bounds it."""
    while not true():  # noqa: ASYNC110 - what is waited for happens inside the server
        await anyio.sleep(0.005)


# -- answers ------------------------------------------------------------------------------------------------


async def test_an_answer(client: Client, up: Upstream) -> None:
    """Status, lower-case headers, body, JSON."""
    up.json("GET", "/x", {"a": 1}, headers={"X-Thing": "Yes"})
    answer = await client.request(HttpRequest("GET", up.url + "/x"))

    assert (answer.status, answer.headers["x-thing"], answer.body, answer.json()) == (
        200,
        "Yes",
        b'{"a":1}',
        {"a": 1},
    )


async def test_what_goes_out(client: Client, up: Upstream) -> None:
    """Headers, query and JSON as given; frozen mappings too."""
    up.json("POST", "/x", {})
    payload: Mapping[str, object] = MappingProxyType({"ä": [1, None, "東"]})
    await client.request(
        HttpRequest("POST", up.url + "/x?a=1", headers={"X-Key": "k"}, params={"b": "2 3"}, json=payload)
    )
    (sent,) = up.requests

    assert (sent.method, sent.path, sent.query, sent.json()) == (
        "POST",
        "/x",
        {"a": "1", "b": "2 3"},
        dict(payload),
    )
    assert {name: sent.headers[name] for name in sorted(sent.headers) if name != "host"} == {
        "accept-encoding": "gzip",
        "content-length": str(len(sent.body)),
        "content-type": "application/json",
        "user-agent": "pointsman",
        "x-key": "k",
    }


async def test_bytes_go_out_as_they_are(client: Client, up: Upstream) -> None:
    """A body is not touched, and has no content-type nobody gave."""
    up.json("PUT", "/x", {})
    await client.request(HttpRequest("PUT", up.url + "/x", body=b"\x00\xff"))

    assert (up.requests[0].body, up.requests[0].headers.get("content-type")) == (b"\x00\xff", None)


async def test_repeated_headers_are_joined(client: Client, up: Upstream) -> None:
    """Two values of one name are one value with a comma."""
    up.raw("GET", "/x", b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nContent-Length: 0\r\n\r\n")

    assert (await client.request(HttpRequest("GET", up.url + "/x"))).headers["a"] == "1, 2"


async def test_accepted_statuses_are_answers(client: Client, up: Upstream) -> None:
    """304 is an answer to whoever asked for it."""
    up.add("GET", "/x", Reply(304, {"etag": "1"}))

    assert (await client.request(HttpRequest("GET", up.url + "/x", accept=(304,)))).status == 304


async def test_connections_are_kept(client: Client, up: Upstream) -> None:
    """One after the other goes over one connection, errors included."""
    up.add("GET", "/x", Reply.json({}), Reply.json({}, 500), Reply.json({}))
    await client.request(HttpRequest("GET", up.url + "/x"))
    await failure(client, up.url + "/x")
    await client.request(HttpRequest("GET", up.url + "/x"))

    assert (len(up.requests), up.connections) == (3, 1)


async def test_a_connection_closed_while_idle(client: Client, up: Upstream) -> None:
    """Is replaced without a word."""
    up.raw("GET", "/x", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    for _ in range(2):
        await client.request(HttpRequest("GET", up.url + "/x"))
        await wait_until(lambda: not up._writers)  # the server has hung up

    assert (len(up.requests), up.connections) == (2, 2)


async def test_a_thousand_headers(client: Client, up: Upstream) -> None:
    """Are read; there is nothing to overflow."""
    up.add("GET", "/x", Reply(headers={f"x-{number}": "y" * 50 for number in range(1000)}))

    assert len((await client.request(HttpRequest("GET", up.url + "/x"))).headers) == 1001


async def test_no_cookie_is_kept(client: Client, up: Upstream) -> None:
    """What one call was given is not sent with the next."""
    up.add("GET", "/x", Reply.json({}, headers={"set-cookie": "a=b; Path=/"}))
    for _ in range(2):
        await client.request(HttpRequest("GET", up.url + "/x"))

    assert [request.headers.get("cookie") for request in up.requests] == [None, None]


# -- errors -------------------------------------------------------------------------------------------------


async def test_statuses_are_classified(client: Client, up: Upstream) -> None:
    """An error status is an error that names the provider and the wait."""
    up.json("GET", "/x", {"error": {"message": "slow down"}}, 429, {"Retry-After": "7"})
    error = await failure(client, up.url + "/x")

    assert (type(error), error.provider, error.status, error.retry_after, error.detail) == (
        RateLimitError,
        "acme",
        429,
        7.0,
        "slow down",
    )


async def test_the_classifier_can_be_replaced(up: Upstream) -> None:
    """A plugin of a strange dialect brings its own."""
    up.json("GET", "/x", {}, 418)

    async with Client(
        "acme", classify=lambda status, _headers, _body: OverloadedError("tea", status=status)
    ) as client:
        assert (await failure(client, up.url + "/x")).detail == "tea"


async def test_redirects_are_not_followed(client: Client, up: Upstream) -> None:
    """The target is named by its host, and hears nothing."""
    async with Upstream() as other:
        up.add("GET", "/x", Reply(307, {"location": other.url + "/steal?key=1"}))
        error = await failure(client, up.url + "/x")

        assert (type(error), error.detail) == (TransportError, "a redirect to 127.0.0.1 was not followed")
        assert other.requests == []


async def test_a_broken_error_is_still_that_error(client: Client, up: Upstream) -> None:
    """A status whose body is cut, or not what its encoding says, keeps its meaning."""
    up.add(
        "GET",
        "/cut",
        Reply(503, {"content-length": "99"}, (b"x",), cut=1),
    )
    up.add("GET", "/gzip", Reply(401, {"content-encoding": "gzip"}, (b"not gzip",)))

    assert type(await failure(client, up.url + "/cut")) is OverloadedError
    assert type(await failure(client, up.url + "/gzip")) is AuthenticationError


async def test_a_huge_error_is_cut(client: Client, up: Upstream) -> None:
    """No more than a megabyte of an error is read."""
    up.add("GET", "/x", Reply(500, {}, (b"x" * (64 * MEBIBYTE),)))
    error = await failure(client, up.url + "/x")
    await wait_until(lambda: up.hangups == 1)

    assert (error.status, len(error.detail), up.hangups) == (500, 500, 1)


async def test_nobody_listens(client: Client) -> None:
    """A refused connection is about the provider; nothing was sent."""
    async with Upstream() as gone:
        url = gone.url
    error = await failure(client, url)

    assert (type(error), error.scope, error.maybe_billed, error.detail) == (
        TransportError,
        Scope.PROVIDER,
        False,
        "the connection was refused",
    )


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name resolves, and nobody outside is asked."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize(("online", "scope"), [(True, Scope.PROVIDER), (False, Scope.NETWORK)])
async def test_nobody_knows_the_name(
    client: Client, online: bool, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that does not resolve is its owner's fault, unless this machine is cut off."""
    monkeypatch.setattr(error_mapper, "is_online", lambda: online)
    error = await failure(client, "http://no-such-host.invalid/")

    assert (type(error), error.scope, error.maybe_billed) == (TransportError, scope, False)


async def test_silence(up: Upstream) -> None:
    """A server that says nothing may be at work."""
    up.add("GET", "/x", Reply(delay=30))
    async with Client("acme", read=0.05) as client:
        error = await failure(client, up.url + "/x")

    assert (type(error), error.maybe_billed) == (DeadlineError, True)


async def test_hanging_up_before_an_answer(client: Client, up: Upstream) -> None:
    """On a new connection the request was read and dropped: sent again, it might be paid twice."""
    up.raw("GET", "/x", b"")
    error = await failure(client, up.url + "/x")

    assert (type(error), error.scope, error.advice, error.maybe_billed) == (
        TransportError,
        Scope.PROVIDER,
        Advice.NEXT_CANDIDATE,
        True,
    )


async def test_a_kept_connection_that_was_closed(client: Client, up: Upstream) -> None:
    """Without a byte of an answer it is a matter of timing: the same again at once, and nobody notices."""
    up.add("GET", "/x", Reply.json({"a": 1}), Reply(raw=b""), Reply.json({"a": 2}))
    answers = [(await client.request(HttpRequest("GET", up.url + "/x"))).json() for _ in range(2)]

    assert (up.connections, len(up.requests), answers) == (2, 3, [{"a": 1}, {"a": 2}])


async def test_a_new_connection_closed_after_a_kept_one(client: Client, up: Upstream) -> None:
    """Is no matter of timing any more: nothing is sent a third time."""
    up.add("GET", "/x", Reply.json({}), Reply(raw=b""))
    await client.request(HttpRequest("GET", up.url + "/x"))
    error = await failure(client, up.url + "/x")

    assert (up.connections, len(up.requests)) == (2, 3)
    assert (type(error), error.scope, error.advice, error.maybe_billed, error.detail) == (
        TransportError,
        Scope.PROVIDER,
        Advice.NEXT_CANDIDATE,
        True,
        "the connection was closed before any answer",
    )


async def test_a_kept_connection_closed_after_some_work(client: Client, up: Upstream) -> None:
    """The request was read, and may be charged for: it is not sent again."""
    up.add("GET", "/x", Reply.json({}), Reply(raw=b"", delay=2 * AT_ONCE))
    await client.request(HttpRequest("GET", up.url + "/x"))
    error = await failure(client, up.url + "/x")

    assert (up.connections, len(up.requests)) == (1, 2)
    assert (type(error), error.maybe_billed) == (TransportError, True)


async def test_an_answer_cut_on_a_kept_connection(client: Client, up: Upstream) -> None:
    """Once something came back, the same request is not sent again: it would be paid twice."""
    up.add("GET", "/x", Reply.json({}), Reply(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"))
    await client.request(HttpRequest("GET", up.url + "/x"))
    error = await failure(client, up.url + "/x")

    assert (up.connections, len(up.requests)) == (1, 2)
    assert (error.scope, error.advice, error.detail) == (
        Scope.PROVIDER,
        Advice.NEXT_CANDIDATE,
        "the connection was closed before the answer was whole",
    )


@pytest.mark.parametrize(
    "head",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n\x00bad: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
    ],
)
async def test_broken_answers(client: Client, up: Upstream, head: bytes) -> None:
    """What is not HTTP is a lost connection."""
    up.raw("GET", "/x", head)

    assert type(await failure(client, up.url + "/x")) is TransportError


@pytest.mark.parametrize("value", ["sk-line\nbreak-secret", "sk-zero\x00secret", "sk-schlüssel-東-secret"])
async def test_an_unwritable_key_is_not_shown(client: Client, up: Upstream, value: str) -> None:
    """A key with a line break is refused before it goes out, and is in no message."""
    with pytest.raises(InvalidRequestError) as caught:
        await client.request(HttpRequest("GET", up.url + "/x", headers={"authorization": value}))

    assert (value in str(caught.value), caught.value.__suppress_context__, up.requests) == (False, True, [])


async def test_unwritable_json(client: Client, up: Upstream) -> None:
    """What has no JSON form is the caller's fault."""
    with pytest.raises(InvalidRequestError, match="JSON"):
        await client.request(HttpRequest("POST", up.url + "/x", json={"a": {1}}))

    assert up.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com",
        "http://",
        "http://user:pass@127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fd00:ec2::254]/",
        "http://127.0.0.1:99999/",
        "http://exa mple/",
    ],
)
async def test_addresses_that_are_refused(client: Client, url: str) -> None:
    """Other schemes, passwords, metadata services in every notation, and what is no address."""
    error = await failure(client, url)

    # The address is the provider's setting: others need not suffer for it.
    assert (type(error), error.scope, error.advice) == (
        InvalidRequestError,
        Scope.PROVIDER,
        Advice.NEXT_CANDIDATE,
    )


async def test_a_closed_client(up: Upstream) -> None:
    """Says so."""
    client = Client("acme")
    await client.aclose()

    assert (await failure(client, up.url)).detail == "the client is closed"


# -- sizes --------------------------------------------------------------------------------------------------


async def test_a_body_over_the_cap(up: Upstream) -> None:
    """One byte too many is an error; the last one allowed is not."""
    up.add("GET", "/fits", Reply(body=(b"x" * 1000,)))
    up.add("GET", "/over", Reply(body=(b"x" * 1001,)))
    async with Client("acme", cap=1000) as client:
        assert len((await client.request(HttpRequest("GET", up.url + "/fits"))).body) == 1000
        assert type(await failure(client, up.url + "/over")) is ResponseError


def bomb(layers: int = 1) -> bytes:
    """64 MiB of zeros in 64 KiB, or in a few hundred bytes."""
    body = b"\0" * (64 * MEBIBYTE)
    for _ in range(layers):
        body = gzip.compress(body, 6)
    return body


async def test_a_bomb_is_cut(client: Client, up: Upstream) -> None:
    """A small body that becomes a huge one is cut at the cap, in streams too."""
    up.add("GET", "/x", Reply(200, {"content-encoding": "gzip"}, (bomb(),)))

    assert (await failure(client, up.url + "/x")).detail == "the answer is larger than 32 MiB"
    with pytest.raises(ResponseError):
        async with client.stream(HttpRequest("GET", up.url + "/x")) as stream:
            [piece async for piece in stream.chunks()]


async def test_nested_encodings_are_refused(client: Client, up: Upstream) -> None:
    """Nobody packs an honest answer twice."""
    up.add("GET", "/x", Reply(200, {"content-encoding": "gzip, gzip"}, (bomb(2),)))

    assert type(await failure(client, up.url + "/x")) is ResponseError


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("identity", bytes),
    ],
    ids=["gzip", "zlib", "raw deflate", "identity"],
)
async def test_packed_answers(client: Client, up: Upstream, encoding: str, pack: type[bytes]) -> None:
    """Every encoding in use is undone, however it is cut; a cut-off one is an error."""
    content = b"".join(b"%d," % number for number in range(5000))
    reply = Reply(200, {"content-encoding": encoding}, (pack(content),))
    up.add("GET", "/x", reply.shredded(7))
    up.add("GET", "/short", evolve(reply, end=len(reply.content) - 9))

    assert (await client.request(HttpRequest("GET", up.url + "/x"))).body == content
    if encoding != "identity":
        assert type(await failure(client, up.url + "/short")) is ResponseError


# -- streams ------------------------------------------------------------------------------------------------


async def test_a_stream(client: Client, up: Upstream) -> None:
    """Pieces arrive as they are sent."""
    up.add("POST", "/x", Reply(body=(b"a", 0.02, b"b", 0.02, b"c")))
    async with client.stream(HttpRequest("POST", up.url + "/x", json={})) as stream:
        pieces = [piece async for piece in stream.chunks()]

    assert (stream.status, pieces) == (200, [b"a", b"b", b"c"])
    assert up.requests[0].headers["accept-encoding"] == "identity"


async def test_a_refused_stream(client: Client, up: Upstream) -> None:
    """An error status is raised on entering."""
    up.json("POST", "/x", {"error": {"message": "no room"}}, 529)

    with pytest.raises(OverloadedError, match="no room"):
        async with client.stream(HttpRequest("POST", up.url + "/x", json={})):
            raise AssertionError("never entered")


async def test_a_stream_of_an_accepted_status(client: Client, up: Upstream) -> None:
    """Whoever passes an answer on may want the provider's own words of refusal."""
    up.add("POST", "/x", Reply(400, body=(b"no",)))
    async with client.stream(HttpRequest("POST", up.url + "/x", accept=(400,))) as stream:
        pieces = [piece async for piece in stream.chunks()]

    assert (stream.status, pieces) == (400, [b"no"])


async def test_a_stream_that_breaks(client: Client, up: Upstream) -> None:
    """What came before is there, then an error that may have been billed."""
    up.add("POST", "/x", Reply(body=(b"first", 0.01, b"second"), cut=7))
    pieces = []
    with pytest.raises(TransportError) as caught:  # noqa: PT012 - a stream is read in a block
        async with client.stream(HttpRequest("POST", up.url + "/x")) as stream:
            async for piece in stream.chunks():
                pieces.append(piece)  # noqa: PERF401 - what came before the error is looked at

    assert (b"".join(pieces), caught.value.maybe_billed, caught.value.provider) == (b"firstse", True, "acme")


async def test_a_stream_that_goes_silent(up: Upstream) -> None:
    """Silence after the first piece is a deadline too."""
    up.add("POST", "/x", Reply(body=(b"first", b"second"), stall=5))
    async with Client("acme", read=0.05) as client:
        with pytest.raises(DeadlineError):
            async with client.stream(HttpRequest("POST", up.url + "/x")) as stream:
                [piece async for piece in stream.chunks()]


async def test_leaving_a_stream_closes_it(client: Client, up: Upstream) -> None:
    """Whoever leaves early hangs up, and the caller's own exception passes through."""
    up.add("POST", "/x", Reply(body=(b"first", 30.0, b"second")))
    with pytest.raises(KeyError):  # noqa: PT012 - a stream is read in a block
        async with client.stream(HttpRequest("POST", up.url + "/x")) as stream:
            async for _ in stream.chunks():
                raise KeyError("mine")
    await wait_until(lambda: up.hangups == 1)

    assert up.hangups == 1


async def test_cancelling_closes_the_connection(client: Client, up: Upstream) -> None:
    """A cancelled call passes its cancellation on, hangs up, and leaves the client usable."""
    up.add("GET", "/slow", Reply(delay=30))
    up.json("GET", "/x", {})
    task = asyncio.create_task(client.request(HttpRequest("GET", up.url + "/slow")))
    await wait_until(lambda: len(up.requests) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until(lambda: up.hangups == 1)

    assert (await client.request(HttpRequest("GET", up.url + "/x"))).json() == {}


async def test_many_at_once(client: Client, up: Upstream) -> None:
    """Every answer goes to whoever asked."""
    up.add("GET", "/x", lambda request: evolve(Reply.json(request.query), delay=0.02))
    urls = [f"{up.url}/x?n={number}" for number in range(100)]
    answers = await asyncio.gather(*(client.request(HttpRequest("GET", url)) for url in urls))

    assert [answer.json() for answer in answers] == [{"n": str(number)} for number in range(100)]
    if not is_lean():  # a busy client opens more of the library's pools
        assert [len(each.pools) for each in client._senders.values() if isinstance(each, LibrarySender)] == [
            9
        ]


# -- secrets, proxies ---------------------------------------------------------------------------------------


async def test_nothing_is_logged(client: Client, up: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """Not the query, not a header, not the body, even at the most talkative level."""
    up.json("POST", "/x", {})
    with caplog.at_level(logging.DEBUG):
        await client.request(
            HttpRequest("POST", up.url + "/x?key=c4nary", headers={"x-api-key": "c4nary"}, json="c4nary")
        )

    assert [record.getMessage() for record in caplog.records if "c4nary" in record.getMessage()] == []


@pytest.mark.usefixtures("no_names")
async def test_a_proxy_gets_the_request(up: Upstream) -> None:
    """An address elsewhere goes through the proxy named by the environment; loopback does not."""
    up.json("GET", "/x", {"via": "direct"})
    up.json("GET", "/y", {"via": "proxy"})
    async with Client("acme", proxy=up.url) as client:
        assert (await client.request(HttpRequest("GET", up.url + "/x"))).json() == {"via": "direct"}
        assert (await client.request(HttpRequest("GET", "http://example.invalid/y"))).json()["via"] == "proxy"


@pytest.mark.usefixtures("no_names")
async def test_the_environment_names_a_proxy(up: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """`POINTSMAN_PROXY` is heeded, the common variables are not."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("POINTSMAN_PROXY", up.url)
    up.json("GET", "/y", {"via": "proxy"})
    async with Client("acme") as client:
        assert (await client.request(HttpRequest("GET", "http://example.invalid/y"))).json()["via"] == "proxy"
    async with Client("acme", proxy="") as client:
        assert type(await failure(client, "http://example.invalid/y")) is TransportError


async def test_a_bad_proxy_is_a_configuration_error() -> None:
    """It is named by its variable; the address, which may hold a password, is not repeated."""
    async with Client("acme", proxy="gopher://user:secret@host") as client:
        with pytest.raises(ConfigError, match="POINTSMAN_PROXY") as caught:
            await client.request(HttpRequest("GET", "http://example.invalid/"))

    assert "secret" not in str(caught.value)


def test_a_client_shows_its_name() -> None:
    """And nothing else."""
    assert repr(Client("acme", proxy="http://user:secret@host")) == "Client('acme')"
