"""Connections: kept and let go, closed when nobody wants the answer, one per loop and process."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import anyio
import pytest
from pointsman import HttpRequest
from pointsman.errors import DeadlineError, PointsmanError
from pointsman.http import Client
from pointsman.http.transport import Transport, idle
from pointsman.http.transport import answer as parsed
from pointsman.http.transport.idle import Idle
from pointsman.testing import Upstream

from tests.http.transport.raw_server import CLOSE, RawServer, Script, lean, ok

pytestmark = [pytest.mark.anyio, lean]

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """An ordinary client."""
    async with Client("acme", read=5.0) as made:
        yield made


def kept(client: Client) -> Idle:
    """Its idle connections, all over plain HTTP here."""
    transport = client._senders[False, False]
    assert isinstance(transport, Transport)
    return transport._here().idle


async def wait_until(true: Callable[[], bool]) -> None:
    """The test's own timeout bounds it."""
    while not true():  # noqa: ASYNC110 - what is waited for happens inside the server
        await anyio.sleep(0.002)


# -- idle ones ----------------------------------------------------------------------------------------------


async def test_idle_connections_are_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest make room; what is busy is not bounded."""
    monkeypatch.setattr(idle, "MOST", 5)
    async with RawServer(*[(0.03, ok(b"x"))] * 20) as server:
        calls = (client.request(HttpRequest("GET", server.url)) for _ in range(20))
        await asyncio.gather(*calls)
        await wait_until(lambda: server.left == 15)

        assert (server.connections, len(kept(client))) == (20, 5)


async def test_idle_connections_are_bounded_over_all_hosts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty hosts do not hold twenty times as many."""
    monkeypatch.setattr(idle, "MOST", 2)
    async with RawServer() as one, RawServer() as two, RawServer() as three:
        for server in (one, two, three):
            await client.request(HttpRequest("GET", server.url))
        await wait_until(lambda: one.left == 1)

        assert (len(kept(client)), two.left, three.left) == (2, 0, 0)


async def test_idle_connections_grow_old(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are closed by themselves, whether another call comes or not."""
    monkeypatch.setattr(idle, "SECONDS", 0.05)
    async with RawServer(*[(0.02, ok(b"x"))] * 10) as server:
        await asyncio.gather(*(client.request(HttpRequest("GET", server.url)) for _ in range(10)))
        await wait_until(lambda: server.left == 10)

        assert (len(kept(client)), kept(client)._by_key, kept(client)._reaper) == (0, {}, None)


async def test_a_closed_idle_connection_is_forgotten(client: Client) -> None:
    """As soon as the server closes it, so that it holds no descriptor."""
    async with RawServer((ok(b"x"), 0.01, CLOSE)) as server:
        await client.request(HttpRequest("GET", server.url))
        await wait_until(lambda: len(kept(client)) == 0)


async def test_closing_a_client_closes_its_connections() -> None:
    """At once."""
    async with RawServer() as server:
        async with Client("acme") as client:
            await client.request(HttpRequest("GET", server.url))
        await wait_until(lambda: server.left == 1)


async def test_closing_a_client_that_is_busy() -> None:
    """The answer under way still comes; its connection is not kept then."""
    async with RawServer((0.05, ok(b"late"))) as server:
        client = Client("acme")
        task = asyncio.create_task(client.request(HttpRequest("GET", server.url)))
        await wait_until(lambda: len(server.heads) == 1)
        await client.aclose()

        assert (await task).body == b"late"
        await wait_until(lambda: server.left == 1)


async def test_a_call_leaves_no_circle(client: Client) -> None:
    """Nothing is left for the collector: at hundreds of calls a second it would stop them all."""
    import gc

    async with RawServer() as server:
        await client.request(HttpRequest("GET", server.url))
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                await client.request(HttpRequest("GET", server.url))
            left = [each for each in gc.get_objects() if isinstance(each, parsed.Answer)]
        finally:
            gc.enable()

    assert len(left) <= 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are counted in /proc")
async def test_no_descriptor_is_left_behind() -> None:
    """Whatever became of the calls: whole, cut, refused, cancelled, late."""
    import gc

    fates: list[Script] = [(ok(b"x"),), (CLOSE,), (b"rubbish", CLOSE), (0.01,), (60.0,)]
    async with RawServer(*fates * 10) as server:
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the folder is the kernel's
        async with Client("acme", read=0.05) as client:
            for _ in range(50):
                task = asyncio.create_task(client.request(HttpRequest("GET", server.url)))
                asyncio.get_running_loop().call_later(0.03, task.cancel)
                with suppress(PointsmanError, asyncio.CancelledError):
                    await task
        await wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before)  # noqa: PTH208


# -- answers nobody wants -----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [(60.0,), (b"HTTP/1.1 200", 60.0), (CHUNKED + b"1\r\na\r\n", 60.0)])
async def test_a_cancelled_call_closes_its_connection(
    client: Client, start: tuple[bytes | float, ...]
) -> None:
    """Before the head, within it, within the body: at once, so that nobody goes on computing."""
    async with RawServer(start) as server:
        task = asyncio.create_task(client.request(HttpRequest("GET", server.url)))
        await wait_until(lambda: len(server.heads) == 1)
        await anyio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await wait_until(lambda: server.left == 1)

        assert (await client.request(HttpRequest("GET", server.url))).body == b'{"n": 2}'


async def test_a_stream_that_is_left_closes_its_connection(client: Client) -> None:
    """One that was read to its end is kept."""
    whole = CHUNKED + b"1\r\na\r\n0\r\n\r\n"
    async with RawServer((CHUNKED + b"1\r\na\r\n", 60.0), (whole,)) as server:
        async with client.stream(HttpRequest("GET", server.url)) as stream:
            await anext(stream.chunks())
        await wait_until(lambda: server.left == 1)
        async with client.stream(HttpRequest("GET", server.url)) as stream:
            pieces = [piece async for piece in stream.chunks()]
        await client.request(HttpRequest("GET", server.url))

        assert (pieces, server.connections, server.left) == ([b"a"], 2, 1)


# -- pace ---------------------------------------------------------------------------------------------------


async def test_a_slow_reader_slows_the_server() -> None:
    """What nobody has read yet is not heaped up here."""
    size = 64 << 20
    async with (
        RawServer((ok(b"x" * size),)) as server,
        Client("acme", cap=2 * size) as client,
        client.stream(HttpRequest("GET", server.url)) as stream,
    ):
        chunks = stream.chunks()
        received = len(await anext(chunks))
        await anyio.sleep(0.2)
        early = server.sent
        async for piece in chunks:
            received += len(piece)

    assert (early < size / 4, received) == (True, size)


async def test_a_slow_reader_may_take_his_time() -> None:
    """Only silence that is waited for is silence."""
    pieces = [part for _ in range(4) for part in (b"1\r\na\r\n", 0.01)]
    async with RawServer((CHUNKED, *pieces, b"0\r\n\r\n")) as server, Client("acme", read=0.15) as client:
        received = b""
        async with client.stream(HttpRequest("GET", server.url)) as stream:
            async for piece in stream.chunks():
                received += piece
                await anyio.sleep(0.3)

    assert received == b"aaaa"


@pytest.mark.parametrize("start", [(60.0,), (b"HTTP/1.1 2", 60.0), (CHUNKED + b"1\r\na\r\n", 60.0)])
async def test_silence_has_an_end(start: tuple[bytes | float, ...]) -> None:
    """Before the head, within it, within the body."""
    async with RawServer(start) as server, Client("acme", read=0.05) as client:
        with pytest.raises(DeadlineError, match="no answer within the time allowed"):
            await client.request(HttpRequest("GET", server.url))
        await wait_until(lambda: server.left == 1)


async def test_steady_drips_are_not_silence() -> None:
    """The limit counts from the last byte, not from the first."""
    drips = [part for _ in range(10) for part in (b"1\r\na\r\n", 0.03)]
    async with RawServer((CHUNKED, *drips, b"0\r\n\r\n")) as server, Client("acme", read=0.2) as client:
        assert (await client.request(HttpRequest("GET", server.url))).body == b"a" * 10


@pytest.mark.parametrize(("bytes_at_once", "fails"), [(1 << 18, False), (0, True)])
async def test_a_large_request_has_as_long_as_it_moves(bytes_at_once: int, fails: bool) -> None:
    """A server that takes its time to read is not silent; one that reads nothing is."""
    size, opened = 16 << 20, []

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        left = size
        while left and bytes_at_once:
            piece = await reader.read(bytes_at_once)
            left -= len(piece)
            if left > 10 << 20:  # the rest lies in the kernel, where nobody sees it move
                await anyio.sleep(0.01)
        if not bytes_at_once:
            await gone.wait()
        writer.write(ok(b"taken"))

    gone = anyio.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)  # so that it moves in small steps
    server = await asyncio.start_server(read, sock=listening)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, Client("acme", read=0.4) as client:
        request = HttpRequest("POST", url, body=b"x" * size)
        if fails:
            with pytest.raises(DeadlineError, match="could not be sent within the time allowed"):
                await client.request(request)
        else:
            assert (await client.request(request)).body == b"taken"
        gone.set()
        for writer in opened:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def test_a_stream_costs_one_timer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one for each piece: the limit is moved by writing down when the last piece came."""
    pieces = [part for _ in range(100) for part in (b"1\r\na\r\n", 0.0)]
    loop = asyncio.get_running_loop()
    timers = []

    def call_at(when: float, call: Callable[..., object], *args: object, **more: object) -> object:
        timers.append(getattr(call, "__qualname__", ""))
        return original(when, call, *args, **more)  # type: ignore[arg-type]

    original = loop.call_at
    monkeypatch.setattr(loop, "call_at", call_at)
    async with (
        RawServer((CHUNKED, *pieces, b"0\r\n\r\n")) as server,
        client.stream(HttpRequest("GET", server.url)) as stream,
    ):
        received = [piece async for piece in stream.chunks()]

    assert (len(b"".join(received)), timers.count("Connection._tick")) == (100, 1)


async def test_an_answer_before_the_request_is_read(client: Client) -> None:
    """A refusal of a large body arrives, and its connection, in the midst of a request, is not used again."""
    refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\n\r\nmuch"
    opened, ended = [], []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refusal)
        with suppress(ConnectionError):
            await writer.drain()
            await anyio.sleep(0.05)
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
        ended.append(writer)

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        large = HttpRequest("POST", url, body=b"x" * (8 << 20), accept=(413,))
        answers = [await client.request(large) for _ in range(2)]
        await wait_until(lambda: len(ended) == 2)

    assert ([(each.status, each.body) for each in answers], len(opened)) == ([(413, b"much")] * 2, 2)


# -- loops, threads, processes ------------------------------------------------------------------------------


def test_four_loops_in_four_threads() -> None:
    """One client may serve them all: each loop has connections of its own."""
    found: list[bytes] = []

    async def calls(client: Client, url: str, number: int) -> None:
        for _ in range(50):
            answer = await client.request(HttpRequest("POST", url + "/x", json=number))
            found.append(answer.body == b"%d" % number)  # type: ignore[arg-type]
        for way in client._senders.values():
            await way.aclose()

    with Upstream.in_thread() as up:
        from pointsman.testing import Reply

        up.add("POST", "/x", lambda request: Reply(body=(request.body,)))
        client = Client("acme")
        threads = [
            threading.Thread(target=lambda number=number: asyncio.run(calls(client, up.url, number)))
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (len(found), all(found), up.connections) == (200, True, 4)


def test_one_loop_after_another() -> None:
    """The connections of a loop that has ended are not used; it is let go of."""
    client = Client("acme")

    async def call(url: str) -> None:
        await client.request(HttpRequest("GET", url + "/x"))
        for way in client._senders.values():
            await way.aclose()
            assert isinstance(way, Transport)
            way._here()  # an empty pool, as of a loop that was not closed in order

    with Upstream.in_thread() as up:
        up.json("GET", "/x", {})
        for _ in range(5):
            asyncio.run(call(up.url))
        (way,) = client._senders.values()

        assert isinstance(way, Transport)
        assert (up.connections, len(way._pools)) == (5, 1)


FORKED = """
import asyncio, os, sys
from pointsman import HttpRequest
from pointsman.http import Client

async def ask(client, url):
    return (await client.request(HttpRequest("GET", url))).body.decode()

loop = asyncio.new_event_loop()
client = Client("acme")
first = loop.run_until_complete(ask(client, sys.argv[1]))
child = os.fork()
if not child:
    print("child", asyncio.new_event_loop().run_until_complete(ask(client, sys.argv[1])), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print("parent", loop.run_until_complete(ask(client, sys.argv[1])), flush=True)
loop.run_until_complete(client.aclose())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_after_a_fork_nothing_is_shared() -> None:
    """The child opens connections of its own, and the parent's answers stay the parent's."""
    with Upstream.in_thread() as up:
        from pointsman.testing import Reply

        up.add("GET", "/x", lambda _: Reply(body=(b"%d" % len(up.requests),)))
        done = subprocess.run(
            [sys.executable, "-c", FORKED, up.url + "/x"], capture_output=True, text=True, check=True
        )

        assert (done.stdout.split(), up.connections) == (["child", "2", "parent", "3"], 2)
