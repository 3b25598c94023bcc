"""The events of a streamed answer, written.

The format is https://docs.anthropic.com/en/docs/build-with-claude/streaming: one block after the other, each
with a start, its pieces, and a stop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from attrs import define, evolve, field

from pointsman.dialects.anthropic_messages.answer import answer_block, new_message_id
from pointsman.dialects.anthropic_messages.errors import write_error
from pointsman.dialects.anthropic_messages.stop_reasons import stop_reason
from pointsman.dialects.anthropic_messages.usage import write_usage
from pointsman.dialects.tool_ids import new_id
from pointsman.errors import PointsmanError
from pointsman.types import (
    ChatChunk,
    Delta,
    FinishReason,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from pointsman.wire.streams import Event


@define(eq=False)
class _Block:
    """One part on its way: its first piece, those not written yet, and what is known of it."""

    first: Delta
    waiting: list[Delta] = field(factory=list)
    at: int | None = None  # once it has begun
    ended: bool = False
    texts: list[str] = field(factory=list)
    id: str = ""
    name: str = ""
    seal: Reasoning = Reasoning()

    def whole(self) -> bool:
        """Whether nothing more can come, now that another part has begun.

        Arguments of two calls may come by turns: a call is whole once its arguments are an object.
        """
        if not isinstance(self.first, ToolCallDelta):
            return True
        arguments = "".join(self.texts)
        if not arguments.rstrip().endswith("}"):
            return False
        try:
            return isinstance(orjson.loads(arguments), dict)
        except orjson.JSONDecodeError:
            return False


class Writer:
    """Writes the events of one streamed answer, in order.

    What belongs to a part behind the open one is held until that is whole; the last part never waits.
    """

    __slots__ = ("_blocks", "_called", "_next", "_queue", "_reason", "_started", "_usage", "model")

    def __init__(self, model: str) -> None:
        """Write nothing yet.

        Args:
            model: What the client is shown as the one that answers, until a piece says it.
        """
        self.model = model
        self._blocks: dict[tuple[type[Delta], int], _Block] = {}
        self._queue: deque[_Block] = deque()
        self._next = 0
        self._started = self._called = False
        self._reason: FinishReason | None = None
        self._usage = Usage()

    def write(self, chunk: ChatChunk) -> Sequence[Event]:
        """The events one piece makes."""
        self._usage = chunk.usage or self._usage
        self._reason = chunk.finish_reason or self._reason
        written = [] if self._started else [self._start(chunk)]
        for delta in chunk.deltas:
            written += self._take(delta)
        return written

    def end(self) -> Sequence[Event]:
        """The events that end a whole answer."""
        written = [] if self._started else [self._start(ChatChunk())]
        written += self._flow(final=True)
        reason = stop_reason(self._reason, calls=self._called)
        written.append(
            _event(
                "message_delta",
                delta={"stop_reason": reason, "stop_sequence": None},
                usage=write_usage(self._usage),
            )
        )
        return [*written, _event("message_stop")]

    def fail(self, error: PointsmanError) -> Sequence[Event]:
        """The event that breaks an answer off."""
        body = write_error(error)[1]
        return [_event("error", error=body["error"])]

    def _start(self, chunk: ChatChunk) -> Event:
        self._started = True
        message: dict[str, Any] = {
            "id": chunk.id or new_message_id(),
            "type": "message",
            "role": "assistant",
            "model": chunk.model or self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": write_usage(self._usage),
        }
        return _event("message_start", message=message)

    def _take(self, delta: Delta) -> Iterator[Event]:
        key = type(delta), delta.index
        block = self._blocks.get(key)
        if block is None or (block.ended and not isinstance(delta, ToolCallDelta)):
            block = self._blocks[key] = _Block(delta)
            self._queue.append(block)
        block.waiting.append(delta)
        if block.ended:  # arguments behind a whole object: the client gets them as they came
            yield from self._pieces(block)
        yield from self._flow()

    def _flow(self, *, final: bool = False) -> Iterator[Event]:
        """Everything that can be written now."""
        while self._queue:
            block = self._queue[0]
            yield from self._pieces(block, final=final)
            if not final and (len(self._queue) == 1 or not block.whole()):
                return
            self._queue.popleft()
            yield from self._stop(block)

    def _pieces(self, block: _Block, *, final: bool = False) -> Iterator[Event]:
        for delta in block.waiting:
            if isinstance(delta, ReasoningDelta):
                block.seal = _sealed(block.seal, delta)
            elif isinstance(delta, ToolCallDelta):
                block.id, block.name = block.id or delta.id, block.name or delta.name
        if isinstance(block.first, ToolCallDelta) and not block.name and not final:
            return  # its start names it
        for delta in block.waiting:
            text = delta.arguments if isinstance(delta, ToolCallDelta) else getattr(delta, "text", "")
            if text or isinstance(delta, ToolCallDelta):
                yield from self._begin(block)
            if text:
                block.texts.append(text)
                yield _event("content_block_delta", index=block.at, delta=_piece(delta, text))
        block.waiting.clear()

    def _begin(self, block: _Block, written: dict[str, Any] | None = None) -> Iterator[Event]:
        if block.at is not None:
            return
        if isinstance(block.first, ToolCallDelta):
            self._called = True
            written = {"type": "tool_use", "id": block.id or new_id(), "name": block.name, "input": {}}
        elif isinstance(block.first, TextDelta):
            written = {"type": "text", "text": ""}
        block.at = self._next
        self._next += 1
        begun = written or {"type": "thinking", "thinking": "", "signature": ""}
        yield _event("content_block_start", index=block.at, content_block=begun)

    def _stop(self, block: _Block) -> Iterator[Event]:
        block.ended = True
        if isinstance(block.first, PartDelta):
            yield from self._begin(block, answer_block(block.first.part))
        elif isinstance(block.first, ReasoningDelta):
            yield from self._seal(block)
        if block.at is not None:
            yield _event("content_block_stop", index=block.at)

    def _seal(self, block: _Block) -> Iterator[Event]:
        """What the maker of thoughts wants back comes behind their text, and is written when it is whole."""
        seal = block.seal
        thought = evolve(seal, text="".join(block.texts))
        written = answer_block(thought) or {}
        if written["type"] == "redacted_thinking":
            yield from self._begin(block, written)
        elif written["signature"]:
            yield from self._begin(block)
            delta = {"type": "signature_delta", "signature": written["signature"]}
            yield _event("content_block_delta", index=block.at, delta=delta)


def _sealed(seal: Reasoning, delta: ReasoningDelta) -> Reasoning:
    return Reasoning(
        "",
        seal.signature + delta.signature,
        seal.redacted + delta.redacted,
        delta.format or seal.format,
        delta.details or seal.details,
        delta.provider or seal.provider,
    )


def _piece(delta: Delta, text: str) -> dict[str, str]:
    if isinstance(delta, ToolCallDelta):
        return {"type": "input_json_delta", "partial_json": text}
    if isinstance(delta, ReasoningDelta):
        return {"type": "thinking_delta", "thinking": text}
    return {"type": "text_delta", "text": text}


def _event(kind: str, **fields: Any) -> Event:
    return Event(orjson.dumps({"type": kind, **fields}).decode(), kind)
