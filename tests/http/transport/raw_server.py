"""A loopback server that says what a script says, byte for byte, and keeps or closes its connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

import pytest
from pointsman.http.library import is_lean

CLOSE = "close"
RESET = "reset"
Script = Sequence[bytes | float | str]

lean = pytest.mark.skipif(not is_lean(), reason="the HTTP library's transport has other limits")


def ok(body: bytes, *more: bytes) -> bytes:
    """A whole answer."""
    lines = (b"HTTP/1.1 200 OK", b"content-length: %d" % len(body), *more)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class RawServer:
    """Answers one request after the other, on whatever connection, with the next script.

    A script's bytes are sent, its numbers are waited for, `CLOSE` and `RESET` end the connection. After the
    last script, every request is answered with ``{"n": NUMBER}``, NUMBER being that of the request.

    Attributes:
        heads: Of every request.
        bodies: As long as their content-length says.
        connections: How many were opened.
        left: How many of them the client has closed.
        sent: Bytes that the kernel has taken.
        played: How many scripts have come to their end.
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = self.left = self.sent = self.played = 0
        self.port = 0
        self.tls: list[ssl.SSLObject] = []
        self._scripts = deque(scripts)
        self._context = tls
        self._host = host
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._context else 'http'}://{host}:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._context, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        secure = writer.get_extra_info("ssl_object")
        if secure is not None:
            self.tls.append(secure)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        writer.transport.abort()
        with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
            await writer.wait_closed()
        self._tasks.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            self.left += 1
            return False
        self.heads.append(head)
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        self.bodies.append(await reader.readexactly(length))
        number = len(self.heads)
        script = self._scripts.popleft() if self._scripts else (ok(b'{"n": %d}' % number),)
        try:
            return await self._play(script, reader, writer)
        finally:
            self.played += 1

    async def _play(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        for step in script:
            if step == CLOSE:
                writer.close()
                return False
            if step == RESET:
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, for no time: an RST instead of a FIN
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
                return False
            if isinstance(step, float):
                if not await _still_there(reader, step):
                    self.left += 1
                    return False
            else:
                assert isinstance(step, bytes)
                for start in range(0, len(step), 1 << 16):
                    writer.write(step[start : start + (1 << 16)])
                    await writer.drain()
                    self.sent = self.sent + len(step[start : start + (1 << 16)])
        return True


async def _still_there(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Wait; False as soon as the client has gone."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not reader.at_eof() and reader.exception() is None:
        left = end - loop.time()
        if left <= 0:
            return True
        await asyncio.sleep(min(left, 0.002))
    return False
