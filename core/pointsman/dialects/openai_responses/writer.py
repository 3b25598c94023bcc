"""Streamed answers of the dialect, written for a client.

The events are those of https://platform.openai.com/docs/api-reference/responses-streaming. Each part is an
item of the output, and ends when the next one begins; tool calls, whose pieces may come mixed, end with the
answer or before something else is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pointsman.dialects.openai_errors import write_error
from pointsman.dialects.openai_responses.items import CallItem, MessageItem, ThoughtItem, Written, whole
from pointsman.dialects.openai_responses.thoughts import own_item, phase_of
from pointsman.dialects.openai_responses.written import (
    COMPLETED,
    CUT,
    cut_short,
    finished,
    new_identity,
    write_file,
    write_response,
)
from pointsman.errors import PointsmanError
from pointsman.types import (
    ChatChunk,
    Delta,
    FinishReason,
    Reasoning,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from pointsman.wire.streams import Event

_DONE = "response.output_item.done"


class ResponsesEventWriter:
    """Writes the events of one streamed answer, in order and numbered."""

    __slots__ = (
        "_begun",
        "_calls",
        "_model",
        "_number",
        "_output",
        "_phase",
        "_reason",
        "_texts",
        "_thoughts",
        "_usage",
        "_wanted",
    )

    def __init__(self, model: str, *, usage: bool = True) -> None:
        """Write nothing yet.

        Args:
            model: Who answers, for the client, until a piece says it.
            usage: Whether the client wants to know the usage.
        """
        self._model = model
        self._wanted = usage
        self._begun: dict[str, Any] = {}
        self._number = -1
        # What has begun and not ended: one text, one thought, or tool calls.
        self._texts: dict[int, MessageItem] = {}
        self._thoughts: dict[int, ThoughtItem] = {}
        self._calls: dict[int, CallItem] = {}
        self._output: dict[int, dict[str, Any] | None] = {}
        self._phase = ""
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None

    def write(self, chunk: ChatChunk) -> list[Event]:
        """The events one piece makes."""
        self._reason = chunk.finish_reason or self._reason
        self._usage = chunk.response.usage if chunk.response else chunk.usage or self._usage
        if len(chunk.deltas) == 1 and self._texts:  # nearly every piece is more of the same text
            delta = chunk.deltas[0]
            if isinstance(delta, TextDelta) and (item := self._texts.get(delta.index)) is not None:
                return [self._event(*item.more(delta.text))]
        events = [self._event(*each) for each in self._begin(chunk)]
        return events + [self._event(*each) for delta in chunk.deltas for each in self._delta(delta)]

    def end(self) -> list[Event]:
        """The ends of all items, and the whole response."""
        written = [*self._begin(ChatChunk()), *self._close()]
        kind, fields = written[-1] if written else ("", {})
        if self._reason in CUT and kind == _DONE:
            written[-1] = self._done(fields["output_index"], cut_short(fields["item"]))
        events = [self._event(*each) for each in written]
        usage = self._usage if self._wanted else None
        response = finished(self._response(), self._items(), self._reason, usage)
        kind = "response.completed" if response["status"] == COMPLETED else "response.incomplete"
        return [*events, self._event(kind, {"response": response})]

    def fail(self, error: PointsmanError) -> list[Event]:
        """The event that breaks an answer off: a response that failed."""
        events = [self._event(*each) for each in self._begin(ChatChunk())]
        stated = write_error(error)[1]["error"]
        failure = {"code": stated["code"] or "server_error", "message": stated["message"]}
        response = {**self._response(), "status": "failed", "error": failure, "output": self._items()}
        return [*events, self._event("response.failed", {"response": response})]

    def _begin(self, chunk: ChatChunk) -> Iterator[Written]:
        self._model = chunk.model or self._model
        if self._begun:
            return
        identity = chunk.id or new_identity("resp")
        self._begun = write_response(identity, self._model, int(time.time()))
        yield "response.created", {"response": self._begun}
        yield "response.in_progress", {"response": self._begun}

    def _response(self) -> dict[str, Any]:
        return {**self._begun, "model": self._model}

    def _items(self) -> list[dict[str, Any]]:
        return [item for item in self._output.values() if item is not None]

    def _event(self, kind: str, fields: Mapping[str, Any]) -> Event:
        self._number += 1
        data = {"type": kind, "sequence_number": self._number, **fields}
        return Event(orjson.dumps(data, default=dict).decode(), kind)

    def _delta(self, delta: Delta) -> Iterator[Written]:
        if isinstance(delta, TextDelta):
            yield from self._say(delta)
        elif isinstance(delta, ReasoningDelta):
            yield from self._think(delta)
        elif isinstance(delta, ToolCallDelta):
            yield from self._call(delta)
        else:
            yield from self._close()
            yield from self._whole(write_file(delta.part))

    def _say(self, delta: TextDelta) -> Iterator[Written]:
        item = self._texts.get(delta.index)
        if item is None:
            yield from self._close()
            item = MessageItem(self._place(), new_identity("msg"), phase=self._phase)
            self._texts[delta.index], self._phase = item, ""
            yield from item.begin()
        yield item.more(delta.text)

    def _think(self, delta: ReasoningDelta) -> Iterator[Written]:
        seal = Reasoning("", delta.signature, delta.redacted, delta.format, delta.details, delta.provider)
        if phase := phase_of(seal):
            self._phase = phase
            return
        item = self._thoughts.get(delta.index)
        if item is None:
            if not (delta.text or seal.sealed):
                return
            yield from self._close()
            own = own_item(seal) or {}
            if own.get("type", "reasoning") != "reasoning":
                yield from self._whole(own)
                return
            item = ThoughtItem(self._place(), own.get("id") or new_identity("rs"))
            self._thoughts[delta.index] = item
            yield from item.begin()
        yield from item.add(delta.text, seal)

    def _call(self, delta: ToolCallDelta) -> Iterator[Written]:
        item = self._calls.get(delta.index)
        if item is None:
            yield from self._close(calls=False)
            item = self._calls[delta.index] = CallItem(self._place(), new_identity("fc"))
        yield from item.add(delta)

    def _place(self) -> int:
        place = len(self._output)
        self._output[place] = None
        return place

    def _whole(self, item: dict[str, Any]) -> Iterator[Written]:
        place = self._place()
        yield from whole(place, item)
        yield self._done(place, item)

    def _close(self, *, calls: bool = True) -> Iterator[Written]:
        """End what has begun; calls only before something else is said."""
        ending: list[MessageItem | ThoughtItem | CallItem] = [*self._texts.values(), *self._thoughts.values()]
        self._texts, self._thoughts = {}, {}
        if calls:
            ending += self._calls.values()
            self._calls = {}
        for item in ending:
            yield from item.end()
            yield self._done(item.place, item.item())

    def _done(self, place: int, item: dict[str, Any]) -> Written:
        self._output[place] = item
        return _DONE, {"output_index": place, "item": item}
