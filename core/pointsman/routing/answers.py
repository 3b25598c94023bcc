"""What a caller holds in hand while an answer arrives."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from attrs import define, field

from pointsman.types import ChatChunk, ChatResponse, ForwardHead, ForwardResponse

T = TypeVar("T")


@define(eq=False)
class AnswerStream(Generic[T]):
    """An answer that is still arriving; leaving it early settles what came so far."""

    _pieces: AsyncGenerator[Any]

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop; what was streamed so far is priced and recorded."""
        await self._pieces.aclose()


@define(eq=False)
class ChatStream(AnswerStream[ChatChunk]):
    """An answer in pieces. `response` holds the whole, with its cost, once the last piece has come."""

    response: ChatResponse | None = field(default=None, init=False)

    async def __anext__(self) -> ChatChunk:
        chunk: ChatChunk = await anext(self._pieces)
        if chunk.response is not None:
            self.response = chunk.response
        return chunk


@define(eq=False)
class ForwardStream(AnswerStream[bytes]):
    """The bytes of a forwarded answer as they come.

    Attributes:
        response: What the call came to, once the last byte has passed.
    """

    response: ForwardResponse | None = field(default=None, init=False)
    _head: ForwardHead | None = field(default=None, init=False)

    async def head(self) -> ForwardHead:
        """Status and headers; waits until a provider answers.

        Raises:
            PointsmanError: Nobody answered.
        """
        if self._head is None:
            head: ForwardHead = await anext(self._pieces)
            self._head = head
        return self._head

    async def __anext__(self) -> bytes:
        await self.head()
        piece = await anext(self._pieces)
        if isinstance(piece, ForwardResponse):
            self.response = piece
            raise StopAsyncIteration
        chunk: bytes = piece
        return chunk


S = TypeVar("S", bound=AnswerStream[Any])

_PATIENCE = 5.0
"""Seconds to wait, at the end, for streams that the event loop is closing."""


@define(eq=False)
class OpenStreams:
    """The streams of one router that have not ended."""

    _streams: weakref.WeakSet[AnswerStream[Any]] = field(factory=weakref.WeakSet, init=False)
    _unsettled: set[asyncio.Future[None]] = field(factory=set, init=False)

    def add(self, stream: S) -> S:
        """One more."""
        self._streams.add(stream)
        return stream

    @asynccontextmanager
    async def settling(self) -> AsyncIterator[None]:
        """Until a stream has ended, and its call is settled."""
        settled = asyncio.get_running_loop().create_future()
        self._unsettled.add(settled)
        try:
            yield
        finally:
            self._unsettled.discard(settled)
            settled.set_result(None)

    async def aclose(self) -> None:
        """Close those that are still open."""
        for stream in list(self._streams):
            await stream.aclose()
        if self._unsettled:  # dropped without being closed: the event loop is closing them
            await asyncio.wait(self._unsettled, timeout=_PATIENCE)
