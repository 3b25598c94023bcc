"""One connection, which carries one exchange at a time."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Hashable

from pointsman.http.library import httpx
from pointsman.http.transport.answer import Answer

HIGH_WATER = 1 << 18
"""Bytes of a body that wait for their reader before the sender is made to wait, too."""

_ONE_WRITE = 1 << 16  # a larger body is not copied behind its head


class Connection(asyncio.Protocol):
    """A connection; idle while it has no answer under way.

    Attributes:
        answer: The one that is awaited or read; None when idle.
        key: Where it leads.
        since: When it was given back, on the loop's clock.
        used: Whether it has carried an answer already, so that it may have been closed unseen.
    """

    __slots__ = (
        "_limit",
        "_loop",
        "_on_lost",
        "_paused",
        "_poll",
        "_socket",
        "_stalled",
        "_timer",
        "_touched",
        "_transport",
        "_unsent",
        "_waiter",
        "answer",
        "key",
        "since",
        "used",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        key: Hashable,
        sock: socket.socket,
        on_lost: Callable[[Connection], None],
    ) -> None:
        """Not connected with its transport yet.

        Args:
            loop: The one it lives in.
            key: Where it leads.
            sock: What it stands on.
            on_lost: Called when it was closed while idle.
        """
        self.key = key
        self.answer: Answer | None = None
        self.since = 0.0
        self.used = False
        self._loop = loop
        self._socket = sock
        self._on_lost = on_lost
        self._poll: Callable[[], bool] | None = None
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._limit = self._touched = 0.0
        self._paused = self._stalled = False
        self._unsent = 0

    # -- its exchange ---------------------------------------------------------------------------------------

    def begin(self, answer: Answer, head: bytes, body: bytes, limit: float) -> None:
        """Send a request.

        Args:
            answer: Takes what comes back.
            head: With the empty line behind it.
            body: Empty for none.
            limit: Seconds of silence.
        """
        transport = self._transport
        self.answer = answer
        self._touched = self._loop.time()
        if self._timer is not None and limit < self._limit:
            self._timer.cancel()
            self._timer = None
        self._limit = limit
        if self._timer is None:
            self._timer = self._loop.call_later(limit, self._tick)
        if transport is None:
            answer.lost(None)
        elif len(body) < _ONE_WRITE:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)

    async def wait(self) -> None:
        """Until there is more of the answer to look at."""
        self._touched = self._loop.time()
        waiter = self._waiter = self._loop.create_future()
        try:
            await waiter
        finally:
            self._waiter = None

    def taken(self) -> None:
        """The reader has taken what had come: more may come."""
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

    def finish(self) -> bool:
        """End the exchange; whether another may follow."""
        answer, self.answer = self.answer, None
        transport = self._transport
        if answer is not None:
            answer.leave()
        if answer is None or transport is None or transport.is_closing():
            return False
        # What is not sent yet would be the beginning of the next request.
        self.used = True
        return answer.done and answer.keep and not self._paused and not transport.get_write_buffer_size()

    # -- its life -------------------------------------------------------------------------------------------

    @property
    def usable(self) -> bool:
        """Whether it is open and silent. Surplus bytes and a close that nobody has read yet show here."""
        if self._transport is None or self._transport.is_closing():
            return False
        if self._poll is None:
            self._poll = _readable(self._socket.fileno())
        return not self._poll()

    def attach(self, transport: asyncio.Transport) -> None:
        """Use a transport, of TLS perhaps, from now on."""
        self._transport = transport

    def close(self) -> None:
        """Close it at once; what is not sent yet never will be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def _tick(self) -> None:
        """Look whether the time is up. One timer, moved only when it ends: none for each piece."""
        self._timer = None
        answer = self.answer
        if answer is None or answer.done:
            return
        if self._stalled and self._transport is not None:
            unsent = self._transport.get_write_buffer_size()
            if unsent != self._unsent:
                self._unsent, self._touched = unsent, self._loop.time()
        left = self._limit
        if self._waiter is not None:  # a reader who is busy elsewhere may take his time
            left += self._touched - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._tick)
        else:
            late = httpx.WriteTimeout if self._stalled else httpx.ReadTimeout
            answer.fail(late("nothing happened for too long"))
            self.close()
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- called by the event loop ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # of a stream, or it would be no Protocol

    def data_received(self, data: bytes) -> None:
        answer = self.answer
        if answer is None or answer.done:
            # Nobody asked for them, and they must never become the answer to somebody else's request.
            if answer is not None:
                answer.keep = False
            self.close()
            return
        self._touched = self._loop.time()
        answer.feed(data)
        if answer.error is not None:
            self.close()
        elif answer.buffered > HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        if answer.ready:
            self._wake()

    def connection_lost(self, reason: Exception | None) -> None:
        self._transport = None
        self._stalled = False
        if self.answer is None:
            self._on_lost(self)
            return
        self.answer.lost(reason)
        self._wake()

    def pause_writing(self) -> None:
        self._stalled = True

    def resume_writing(self) -> None:
        self._stalled = False
        self._touched = self._loop.time()


def _readable(descriptor: int) -> Callable[[], bool]:
    """A test whether something waits to be read, be it the end."""
    if not hasattr(select, "poll"):  # Windows
        return lambda: bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: bool(poll.poll(0))
