"""A streamed answer: its deadlines, and the whole it adds up to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, TypeVar

from attrs import define, field, frozen

from pointsman.errors import DeadlineError, Scope
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    Delta,
    FinishReason,
    Part,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)

T = TypeVar("T")


@frozen
class Deadlines:
    """When to give up on one attempt.

    Attributes:
        total: The call's deadline, on the event loop's clock.
        first_token: Seconds until the first piece of content.
        idle: Seconds between two of them.
    """

    total: float
    first_token: float
    idle: float

    def missed(self, what: str, waited: float | None = None) -> DeadlineError:
        """The error; a candidate that was given less time than usual is not to blame.

        Args:
            what: Was waited for.
            waited: Seconds the attempt had; None when it had all it may have.
        """
        short = waited is not None and waited < self.first_token
        scope = Scope.CALLER if short else Scope.DEPLOYMENT
        return DeadlineError(f"no {what} within the time allowed", maybe_billed=True, scope=scope)


@define(eq=False)
class _Timer:
    """One timer for a whole stream; the limit is moved by writing it.

    A timeout of its own for each piece costs more than the piece.
    """

    loop: asyncio.AbstractEventLoop
    limit: float
    _handle: asyncio.TimerHandle | None = field(default=None, init=False)
    _task: asyncio.Task[object] | None = field(default=None, init=False)
    _fired: bool = field(default=False, init=False)

    async def wait(self, source: AsyncIterator[T]) -> T:
        """The next piece.

        Raises:
            TimeoutError: It did not come before the limit.
        """
        self._task = task = asyncio.current_task()
        if self._handle is not None and self._handle.when() > self.limit:
            self.stop()
        if self._handle is None:
            self._handle = self.loop.call_at(self.limit, self._check)
        requested = 0 if task is None else task.cancelling()
        try:
            return await anext(source)
        except asyncio.CancelledError:
            if self._fired and task is not None and task.uncancel() <= requested:
                raise TimeoutError from None
            raise
        finally:
            self._task = None

    def stop(self) -> None:
        """No more pieces are wanted."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _check(self) -> None:
        self._handle = None
        if self._task is None:  # nobody waits: whoever takes the pieces is busy with one
            return
        if self.loop.time() < self.limit:
            self._handle = self.loop.call_at(self.limit, self._check)
        else:
            self._fired = True
            self._task.cancel()


async def guarded(
    source: AsyncIterator[T], deadlines: Deadlines, progress: Callable[[T], bool]
) -> AsyncGenerator[T]:
    """The same pieces, given up on when nothing of the answer comes in time.

    Args:
        source: The pieces.
        deadlines: When to give up.
        progress: Whether a piece is some of the answer: a stream kept alive by comments is idle.

    Raises:
        DeadlineError: Nothing came in time.
    """
    loop = asyncio.get_running_loop()
    began, what = loop.time(), "first token"
    timer = _Timer(loop, min(began + deadlines.first_token, deadlines.total))
    moved = False
    try:
        while True:
            if moved:
                timer.limit, moved = min(loop.time() + deadlines.idle, deadlines.total), False
            try:
                piece = await timer.wait(source)
            except StopAsyncIteration:
                return
            except TimeoutError:
                waited = None if timer.limit < deadlines.total else loop.time() - began
                raise deadlines.missed(what, waited) from None
            if progress(piece):
                moved, what = True, "further piece of the answer"
            yield piece
    finally:
        timer.stop()


@define
class _Gathering:
    """One part of an answer, as far as it has come."""

    first: Delta
    texts: list[str] = field(factory=list)
    signature: str = ""
    redacted: str = ""
    format: str = ""
    details: Mapping[str, Any] | None = None
    provider: str = ""
    id: str = ""
    name: str = ""

    def add(self, delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            self.texts.append(delta.text)
        elif isinstance(delta, ToolCallDelta):
            self.id = delta.id or self.id
            self.name = delta.name or self.name
            self.texts.append(delta.arguments)
        elif isinstance(delta, ReasoningDelta):
            self.texts.append(delta.text)
            self.signature += delta.signature
            self.redacted += delta.redacted
            self.format = delta.format or self.format
            self.details = delta.details or self.details
            self.provider = delta.provider or self.provider

    def part(self) -> Part:
        text = "".join(self.texts)
        if isinstance(self.first, TextDelta):
            return Text(text)
        if isinstance(self.first, ToolCallDelta):
            return ToolCall(self.id, self.name, text or "{}")
        if isinstance(self.first, PartDelta):
            return self.first.part
        return Reasoning(text, self.signature, self.redacted, self.format, self.details, self.provider)


@define
class Gathered:
    """What has arrived of an answer so far."""

    finish_reason: FinishReason | None = None
    usage: Usage = Usage()
    model: str = ""
    id: str = ""
    _parts: dict[tuple[type[Delta], int], _Gathering] = field(factory=dict, init=False)

    def add(self, chunk: ChatChunk) -> None:
        """Take in one more piece."""
        for delta in chunk.deltas:
            key = type(delta), delta.index
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = _Gathering(delta)
            part.add(delta)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        self.model = chunk.model or self.model
        self.id = chunk.id or self.id

    def response(self, model: str) -> ChatResponse:
        """The answer as it stands; `model` is who was asked, for providers that do not say who answers."""
        return ChatResponse(
            (part for gathering in self._parts.values() if (part := gathering.part()) != Text("")),
            self.model or model,
            self.finish_reason or FinishReason.OTHER,
            self.usage,
            self.id,
        )
