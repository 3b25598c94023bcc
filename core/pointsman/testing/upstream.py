"""A scripted HTTP/1.1 server on loopback, made of raw sockets so that it can misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import evolve

from pointsman.testing.exchange import Received, Reply

Handler = Reply | Callable[[Received], Reply]

_LARGEST_HEAD = 1 << 20
_SLICE = 1 << 18  # bytes written at once, so that a huge body is not buffered whole


class _HangUpError(Exception):
    """The connection is to be closed, or the client has gone."""


class Upstream:
    """A loopback server that answers as configured, and remembers every request.

    Use it as an asynchronous context manager, or from synchronous code through `in_thread`. Handlers are
    looked up by method and path; what nobody handles is a 404.

    Attributes:
        requests: Everything received, oldest first.
        connections: How many were opened.
        hangups: How many times a client left before its answer was whole.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.hangups = 0
        self._tls = tls
        self._handlers: dict[tuple[str, str], deque[Handler]] = {}
        self._next: deque[Handler] = deque()
        self._cuts: deque[tuple[float, bool]] = deque()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    # -- scripting ------------------------------------------------------------------------------------------

    def add(self, method: str, path: str, *handlers: Handler) -> None:
        """Say what to reply to a method and path: one handler per request, the last one for ever after."""
        self._handlers[method, path] = deque(handlers)

    def json(
        self,
        method: str,
        path: str,
        value: object,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Reply with JSON."""
        self.add(method, path, Reply.json(value, status, headers))

    def sse(
        self,
        method: str,
        path: str,
        events: Iterable[object],
        *,
        pace: float = 0.0,
        done: str | None = "[DONE]",
    ) -> None:
        """Reply with server-sent events."""
        self.add(method, path, Reply.sse(events, pace=pace, done=done))

    def raw(self, method: str, path: str, data: bytes) -> None:
        """Reply with exactly these bytes, head included, and close."""
        self.add(method, path, Reply(raw=data))

    def replay(self, recording: Mapping[str, Any], *, path: str = "", seed: int | None = None) -> str:
        """Reply as a recorded exchange did; returns the path it is served under.

        Args:
            recording: See `Reply.recorded`.
            path: Where to serve it; empty for the recorded request's own path.
            seed: Cut the body at random places.
        """
        request = recording["request"]
        path = path or unquote(urlsplit(request["url"]).path)
        self.add(request.get("method") or "GET", path, Reply.recorded(recording, seed=seed))
        return path

    def once(self, *handlers: Handler) -> None:
        """Reply to the next requests, whatever they are, with these."""
        self._next.extend(handlers)

    def cut_once(self, share: float = 0.5, *, clean: bool = False) -> None:
        """Reply to the next request as scripted, but send only the first part of the body.

        Args:
            share: Of the body's bytes, 0 to 1.
            clean: End the body as if it were whole, instead of closing the connection.
        """
        self._cuts.append((share, clean))

    def handle(self, request: Received) -> Reply:
        """The reply to a request; subclasses that speak a dialect may override `missing` instead."""
        if self._next:
            handler: Handler = self._next.popleft()
        else:
            queue = self._handlers.get((request.method, request.path))
            handler = self.missing if not queue else queue.popleft() if len(queue) > 1 else queue[0]
        reply = handler if isinstance(handler, Reply) else handler(request)
        if not self._cuts:
            return reply
        share, clean = self._cuts.popleft()
        size = int(share * len(reply.content))
        return evolve(reply, end=size) if clean else evolve(reply, cut=size)

    def missing(self, request: Received) -> Reply:
        """The reply when nothing was scripted."""
        return Reply.json({"error": {"message": f"nothing at {request.method} {request.path}"}}, 404)

    # -- life -----------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connection, "127.0.0.1", 0, limit=_LARGEST_HEAD, ssl=self._tls, backlog=1024
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @classmethod
    @contextmanager
    def in_thread(cls, *args: Any, **kwargs: Any) -> Iterator[Self]:
        """The same server in a thread of its own, for synchronous tests and several event loops."""
        upstream = cls(*args, **kwargs)
        started, stop = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()

        async def serve() -> None:
            async with upstream:
                started.set()
                await stop.wait()

        thread = threading.Thread(target=_run, args=(loop, serve), name="upstream", daemon=True)
        thread.start()
        if not started.wait(60):
            raise RuntimeError("the loopback server did not start within a minute")
        try:
            yield upstream
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)

    # -- the wire -------------------------------------------------------------------------------------------

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                await self._reply(self.handle(request), reader, writer)
        except (_HangUpError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            # The server is closing; asyncio.streams would report a cancelled handler as an error.
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()
            if task is not None:  # only now: who closes the server waits for what is still under way
                self._tasks.discard(task)

    async def _reply(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _pause(reply.delay, reader)
            if reply.raw is not None:
                writer.write(reply.raw)
                await writer.drain()
                raise _HangUpError
            known = "content-length" in {name.lower() for name in reply.headers}
            chunked = not known and (len(reply.body) > 1 or reply.end is not None)
            writer.write(reply.head(chunked=chunked))
            await self._body(reply, reader, writer, chunked=chunked)
        except ConnectionError:
            self.hangups += 1
            raise

    async def _body(
        self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, chunked: bool
    ) -> None:
        left = min(size for size in (reply.cut, reply.end, reply.stall, 1 << 60) if size is not None)
        for piece in reply.body:
            if isinstance(piece, float | int):
                await _pause(piece, reader)
                continue
            for start in range(0, min(len(piece), left), _SLICE):
                part = piece[start : min(start + _SLICE, left)]
                writer.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                await writer.drain()
            left -= len(piece)
            if left <= 0:
                break
        if left <= 0 and (reply.cut is not None or reply.stall is not None):
            if reply.stall is not None:
                await _pause(3600, reader)
            raise _HangUpError
        if chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()


def _run(loop: asyncio.AbstractEventLoop, main: Callable[[], Any]) -> None:
    try:
        loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


async def _pause(seconds: float, reader: asyncio.StreamReader) -> None:
    """Wait, but notice a client that leaves meanwhile (nobody pipelines, so any byte is the end)."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            if not await reader.read(1):
                raise ConnectionResetError
    except TimeoutError:
        return


async def _read(reader: asyncio.StreamReader) -> Received | None:
    """The next request; None when the client has closed the connection between two."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Received(
        method,
        unquote(parts.path),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers,
        body,
        target,
    )
