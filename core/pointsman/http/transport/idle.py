"""Connections that wait for their next request: bounded in number and age."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

from pointsman.http.transport.connection import Connection

MOST = 200
"""Of one transport. Lower, and a busy client over TLS shakes hands again and again."""

SECONDS = 30.0
"""How long one is kept; servers keep theirs for 60 and more, most of them."""


class Idle:
    """Idle connections of one event loop. The newest is used first, so the rest grows old and is closed."""

    __slots__ = ("_by_key", "_loop", "_oldest_first", "_reaper")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._by_key: dict[Hashable, list[Connection]] = {}
        self._oldest_first: dict[Connection, None] = {}
        self._reaper: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._oldest_first)

    def put(self, connection: Connection) -> None:
        """Keep one; the oldest makes room."""
        connection.since = self._loop.time()
        self._oldest_first[connection] = None
        self._by_key.setdefault(connection.key, []).append(connection)
        if len(self._oldest_first) > MOST:
            self._close(next(iter(self._oldest_first)))
        if self._reaper is None:
            self._reaper = self._loop.call_later(SECONDS, self._reap)

    def take(self, key: Hashable) -> Connection | None:
        """One that leads there, is open, and has nothing to say."""
        waiting = self._by_key.get(key)
        while waiting:
            connection = waiting.pop()
            del self._oldest_first[connection]
            if self._loop.time() - connection.since < SECONDS and connection.usable:
                return connection
            connection.close()
        return None

    def forget(self, connection: Connection) -> None:
        """It was closed by the other side."""
        if connection in self._oldest_first:
            del self._oldest_first[connection]
            self._by_key[connection.key].remove(connection)

    def close(self) -> None:
        """Close all."""
        if self._reaper is not None:
            self._reaper.cancel()
            self._reaper = None
        for connection in list(self._oldest_first):
            self._close(connection)
        self._by_key.clear()

    def _close(self, connection: Connection) -> None:
        self.forget(connection)
        connection.close()

    def _reap(self) -> None:
        self._reaper = None
        old = self._loop.time() - SECONDS
        for connection in list(self._oldest_first):
            if connection.since > old:
                break
            self._close(connection)
        for key in [key for key, waiting in self._by_key.items() if not waiting]:
            del self._by_key[key]
        if self._oldest_first:
            self._reaper = self._loop.call_later(SECONDS / 3, self._reap)
