"""Items of a streamed answer as they are written for a client: how each begins, goes on and ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import define, evolve, field

from pointsman.dialects.openai_responses.thoughts import write_thought
from pointsman.dialects.openai_responses.written import COMPLETED, output_text, write_call_item, write_message
from pointsman.dialects.tool_ids import new_id
from pointsman.types import Reasoning, ToolCall, ToolCallDelta

Written = tuple[str, dict[str, Any]]
"""Type of an event, and its fields."""

_ADDED = "response.output_item.added"


@define
class Item:
    """An item that has begun.

    Attributes:
        place: Its index in the output.
        identity: Its id.
        text: What was written of it.
    """

    place: int
    identity: str
    text: list[str] = field(factory=list)

    def where(self, **index: int) -> dict[str, Any]:
        """What every event says that is about it."""
        return {"item_id": self.identity, "output_index": self.place, **index}


@define
class MessageItem(Item):
    """A message of one text."""

    phase: str = ""

    def begin(self) -> Iterator[Written]:
        """The events that announce it."""
        item = write_message(self.identity, "", self.phase, "in_progress")
        yield _ADDED, {"output_index": self.place, "item": item}
        where = self.where(content_index=0)
        yield "response.content_part.added", {**where, "part": output_text("")}

    def more(self, text: str) -> Written:
        """The event of a piece of its text."""
        self.text.append(text)
        return "response.output_text.delta", {
            "item_id": self.identity,
            "output_index": self.place,
            "content_index": 0,
            "delta": text,
            "logprobs": [],
        }

    def end(self) -> Iterator[Written]:
        """The events before its end."""
        text, where = "".join(self.text), self.where(content_index=0)
        yield "response.output_text.done", {**where, "text": text, "logprobs": []}
        yield "response.content_part.done", {**where, "part": output_text(text)}

    def item(self) -> dict[str, Any]:
        """The finished item."""
        return write_message(self.identity, "".join(self.text), self.phase)


@define
class ThoughtItem(Item):
    """Thoughts; their text is written as a summary of one part."""

    sealed: Reasoning = Reasoning()

    def begin(self) -> Iterator[Written]:
        """The event that announces it."""
        item = {"id": self.identity, "type": "reasoning", "summary": [], "status": "in_progress"}
        yield _ADDED, {"output_index": self.place, "item": item}

    def add(self, text: str, seal: Reasoning) -> Iterator[Written]:
        """A piece of the text, of what only the maker can read, or of both."""
        self.sealed = Reasoning(
            signature=self.sealed.signature + seal.signature,
            redacted=self.sealed.redacted + seal.redacted,
            format=seal.format or self.sealed.format,
            details=seal.details or self.sealed.details,
            provider=seal.provider or self.sealed.provider,
        )
        if not text:
            return
        where = self.where(summary_index=0)
        if not self.text:
            yield "response.reasoning_summary_part.added", {**where, "part": _summary("")}
        self.text.append(text)
        yield "response.reasoning_summary_text.delta", {**where, "delta": text}

    def end(self) -> Iterator[Written]:
        """The events before its end."""
        if not self.text:
            return
        text, where = "".join(self.text), self.where(summary_index=0)
        yield "response.reasoning_summary_text.done", {**where, "text": text}
        yield "response.reasoning_summary_part.done", {**where, "part": _summary(text)}

    def item(self) -> dict[str, Any]:
        """The finished item."""
        return write_thought(evolve(self.sealed, text="".join(self.text)), self.identity)


@define
class CallItem(Item):
    """A tool call; it is announced when its name is known."""

    call_id: str = ""
    name: str = ""
    begun: bool = False

    def add(self, delta: ToolCallDelta) -> Iterator[Written]:
        """A piece of it."""
        self.call_id, self.name = self.call_id or delta.id, self.name or delta.name
        if delta.arguments:
            self.text.append(delta.arguments)
        if not self.begun and self.name:
            yield from self._begin()
        elif self.begun and delta.arguments:
            yield "response.function_call_arguments.delta", {**self.where(), "delta": delta.arguments}

    def _begin(self) -> Iterator[Written]:
        self.begun, self.call_id = True, self.call_id or new_id()
        item = {**self.item("in_progress"), "arguments": ""}
        yield _ADDED, {"output_index": self.place, "item": item}
        if arguments := "".join(self.text):
            yield "response.function_call_arguments.delta", {**self.where(), "delta": arguments}

    def end(self) -> Iterator[Written]:
        """The events before its end."""
        if not self.begun:
            yield from self._begin()
        arguments = self.item()["arguments"]
        yield (
            "response.function_call_arguments.done",
            {**self.where(), "name": self.name, "arguments": arguments},
        )

    def item(self, status: str = COMPLETED) -> dict[str, Any]:
        """The item so far."""
        return write_call_item(ToolCall(self.call_id, self.name, "".join(self.text)), self.identity, status)


def whole(place: int, item: dict[str, Any]) -> Iterator[Written]:
    """The event that announces an item that comes at once."""
    yield _ADDED, {"output_index": place, "item": item}


def _summary(text: str) -> dict[str, str]:
    return {"type": "summary_text", "text": text}
