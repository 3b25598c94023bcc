"""A streamed answer: its deadlines, and the whole it adds up to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from attrs import define, field, frozen

from pointsman.errors import DeadlineError, ResponseError
from pointsman.types import ChatChunk, ChatResponse, FinishReason, Reasoning, ToolCall, Usage


@frozen
class Deadlines:
    """When to give up, in seconds: `total` on the loop's clock, the others from the last thing seen."""

    total: float
    first_token: float
    idle: float


async def guarded(chunks: AsyncIterator[ChatChunk], deadlines: Deadlines) -> AsyncIterator[ChatChunk]:
    """The same chunks, given up on when nothing of the answer comes in time.

    Only content and the finish count as progress: a stream kept alive by comments or empty chunks is idle.

    Raises:
        DeadlineError: Nothing came in time.
        ResponseError: The stream ended without a finish reason; a cut stream is never passed off as whole.
    """
    loop = asyncio.get_running_loop()
    limit, what = loop.time() + deadlines.first_token, "first token"
    finished = False
    while True:
        try:
            async with asyncio.timeout_at(min(limit, deadlines.total)):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise DeadlineError(f"no {what} within the time allowed", maybe_billed=True) from None
        finished = finished or chunk.finish_reason is not None
        if chunk.has_content or finished:
            limit, what = loop.time() + deadlines.idle, "further piece of the answer"
        yield chunk
    if not finished:
        raise ResponseError("the stream ended before the answer was finished", maybe_billed=True)


@define
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(factory=list)


@define
class Gathered:
    """What has arrived of an answer so far."""

    text: list[str] = field(factory=list)
    reasoning: list[str] = field(factory=list)
    signature: str = ""
    calls: dict[int, _Call] = field(factory=dict)
    finish_reason: FinishReason | None = None
    usage: Usage = Usage()
    model: str = ""
    id: str = ""

    def add(self, chunk: ChatChunk) -> None:
        """Take in one more piece."""
        if chunk.text:
            self.text.append(chunk.text)
        if chunk.reasoning:
            self.reasoning.append(chunk.reasoning)
        self.signature = chunk.signature or self.signature
        for delta in chunk.tool_calls:
            call = self.calls.setdefault(delta.index, _Call())
            call.id = delta.id or call.id
            call.name = delta.name or call.name
            call.arguments.append(delta.arguments)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        self.model = chunk.model or self.model
        self.id = chunk.id or self.id

    def response(self, model: str) -> ChatResponse:
        """The answer as it stands; `model` is who was asked, for providers that do not say who answers."""
        reasoning = "".join(self.reasoning)
        return ChatResponse(
            "".join(self.text),
            self.model or model,
            self.finish_reason or FinishReason.OTHER,
            self.usage,
            tuple(
                ToolCall(call.id, call.name, "".join(call.arguments))
                for _, call in sorted(self.calls.items())
            ),
            (Reasoning(reasoning, self.signature),) if reasoning or self.signature else (),
            self.id,
        )
