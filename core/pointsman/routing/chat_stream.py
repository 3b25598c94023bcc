"""What a streaming caller holds in hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self

from attrs import define, field

from pointsman.types import ChatChunk, ChatResponse


@define(eq=False)
class ChatStream:
    """An answer in pieces. `response` holds the whole, with its cost, once the last piece has come."""

    _chunks: AsyncGenerator[ChatChunk]
    response: ChatResponse | None = field(default=None, init=False)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatChunk:
        chunk = await anext(self._chunks)
        if chunk.response is not None:
            self.response = chunk.response
        return chunk

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop; what was streamed so far is priced and recorded."""
        await self._chunks.aclose()
