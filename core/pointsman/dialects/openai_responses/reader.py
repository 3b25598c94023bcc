"""Streamed answers of the dialect, read.

The events are those of https://platform.openai.com/docs/api-reference/responses-streaming. Servers leave out
some of them, or repeat in the last ones what the first ones said: every fact is given once, whichever event
has it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field

from pointsman.dialects.openai_responses.answer import call_id, finish_reason, refuses, text_of
from pointsman.dialects.openai_responses.errors import read_error
from pointsman.dialects.openai_responses.received import arguments_of, read_picture
from pointsman.dialects.openai_responses.thoughts import BETWEEN, opaque, read_phase, read_thought
from pointsman.dialects.openai_responses.usage import responses_usage
from pointsman.dialects.tool_ids import Ids
from pointsman.types import (
    ChatChunk,
    Delta,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from pointsman.wire.fields import count, rows, string, table


@define
class _Call:
    index: int
    held: str  # arguments that came with the first event; often they are repeated in pieces
    spelled: bool = False


@define
class _Thought:
    index: int
    part: tuple[str, int] | None = None  # the part of the summary, or of the content, that was read last
    ended: bool = False  # whether it is over


@define(eq=False)
class ResponsesEvents:
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the last event has come.
        stopped: The same.
    """

    finished: bool = field(default=False, init=False)
    stopped: bool = field(default=False, init=False)
    _items: dict[str | int, int] = field(factory=dict, init=False)  # numbers of items, by id and by index
    _last: int = field(default=0, init=False)
    _texts: dict[tuple[int, int], int] = field(factory=dict, init=False)
    _thoughts: dict[int, _Thought] = field(factory=dict, init=False)
    _calls: dict[int, _Call] = field(factory=dict, init=False)
    _ids: Ids = field(factory=Ids, init=False)
    _files: int = field(default=0, init=False)
    _ended: set[int] = field(factory=set, init=False)
    _where: tuple[object, ...] = field(default=(), init=False)  # where the last piece of text belonged
    _index: int = field(default=0, init=False)  # and its index
    _introduced: bool = field(default=False, init=False)
    _refused: bool = field(default=False, init=False)

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing.

        Raises:
            ProviderError: The answer failed.
        """
        kind = obj.get("type")
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        if reader is not None:
            return reader(self, obj)
        if obj.get("error") and (error := read_error(obj)) is not None:
            raise error
        return None

    def _number(self, event: Mapping[str, Any]) -> int:
        """The number of the item an event is about; of the last one where it does not say."""
        identity, index = event.get("item_id"), event.get("output_index")
        keys = [key for key in (identity, index) if type(key) in {str, int} and key != ""]
        for key in keys:
            if key in self._items:
                return self._items[key]
        return self._new(*keys) if keys else self._last

    def _new(self, *keys: Any) -> int:
        self._last += 1
        self._items.update(dict.fromkeys(keys, self._last))
        return self._last

    def _introduce(self, event: Mapping[str, Any]) -> ChatChunk | None:
        response = table(event.get("response"))
        model = string(response.get("model"))
        if self._introduced or not model:
            return None
        self._introduced = True
        return ChatChunk(model=model, id=string(response.get("id")))

    def _text(self, event: Mapping[str, Any]) -> ChatChunk | None:
        text = string(event.get("delta"))
        if not text:
            return None
        # Nearly every event is one more piece of the same text.
        where = (event.get("item_id"), event.get("output_index"), event.get("content_index"), self._last)
        if where != self._where:
            self._where, self._index = where, self._text_index(event)
        return ChatChunk((TextDelta(text, self._index),))

    def _refusal(self, event: Mapping[str, Any]) -> ChatChunk | None:
        self._refused = True
        return self._text(event)

    def _text_index(self, event: Mapping[str, Any]) -> int:
        place = self._number(event), count(event.get("content_index")) or 0
        return self._texts.setdefault(place, len(self._texts))

    def _texts_end(self, event: Mapping[str, Any]) -> ChatChunk | None:
        """The whole text of a part: news only where it did not come in pieces."""
        place = self._number(event), count(event.get("content_index")) or 0
        part = table(event.get("part")) or event
        text = text_of(part)
        self._refused = self._refused or "refusal" in part
        if not text or place in self._texts or part.get("type") == "reasoning_text":
            return None
        return _chunk(TextDelta(text, self._text_index(event)))

    def _think(self, event: Mapping[str, Any]) -> ChatChunk | None:
        text, part = string(event.get("delta")) or string(event.get("text")), _part(event)
        if not text:
            return None
        thought = self._thought(self._number(event))
        between = BETWEEN if thought.ended or thought.part not in {None, part} else ""
        thought.part, thought.ended = part, False
        return _chunk(ReasoningDelta(between + text, index=thought.index))

    def _thought_ends(self, event: Mapping[str, Any]) -> ChatChunk | None:
        """The whole text of a part: news only where it did not come in pieces."""
        thought = self._thought(self._number(event))
        news = thought.ended or thought.part != _part(event)
        chunk = self._think(event) if news else None
        thought.ended = thought.part is not None
        return chunk

    def _thought(self, number: int) -> _Thought:
        found = self._thoughts.get(number)
        if found is None:
            found = self._thoughts[number] = _Thought(len(self._thoughts))
        return found

    def _argue(self, event: Mapping[str, Any]) -> ChatChunk | None:
        call, said = self._calls.get(self._number(event)), string(event.get("delta"))
        if call is None or not said:  # a call that nobody named yet comes with its item's end
            return None
        call.spelled = True
        return _chunk(ToolCallDelta(call.index, arguments=said))

    def _argued(self, event: Mapping[str, Any]) -> ChatChunk | None:
        call = self._calls.get(self._number(event))
        if call is None or call.spelled or not event.get("arguments"):
            return None
        return _chunk(_spell(call, arguments_of(event)))

    def _begin(self, event: Mapping[str, Any]) -> ChatChunk | None:
        item = table(event.get("item"))
        keys = (item.get("id"), event.get("output_index"))
        number = self._new(*(key for key in keys if type(key) in {str, int} and key != ""))
        kind = item.get("type")
        if kind == "function_call" and item.get("name"):
            return _chunk(self._call(number, item))
        if kind == "message" and (phase := read_phase(item)) is not None:
            return _chunk(self._whole(number, phase))
        return None

    def _call(self, number: int, item: Mapping[str, Any]) -> ToolCallDelta:
        held = arguments_of(item)
        call = self._calls[number] = _Call(len(self._calls), held)
        return ToolCallDelta(call.index, self._ids.unused(call_id(item)), string(item.get("name")))

    def _whole(self, number: int, part: Reasoning) -> ReasoningDelta:
        """Thoughts that come at once."""
        index = self._thought(number).index
        return ReasoningDelta(part.text, format=part.format, details=part.details, index=index)

    def _end(self, event: Mapping[str, Any]) -> ChatChunk | None:
        item = table(event.get("item"))
        number = self._number({"item_id": item.get("id"), "output_index": event.get("output_index")})
        if number in self._ended:
            return None
        self._ended.add(number)
        return _chunk(*self._rest(number, item))

    def _rest(self, number: int, item: Mapping[str, Any]) -> Iterator[Delta]:
        """What only the finished item tells."""
        kind = item.get("type")
        if kind == "message":
            yield from self._message(number, item)
        elif kind == "reasoning":
            known, part = self._thoughts.get(number), read_thought(item)
            text = part.text if known is None or known.part is None else ""
            if part.details or text:
                index = self._thought(number).index
                yield ReasoningDelta(text, format=part.format, details=part.details, index=index)
        elif kind == "function_call":
            if number not in self._calls:
                yield self._call(number, item)
            call = self._calls[number]
            if not call.spelled:
                yield _spell(call, arguments_of(item) if item.get("arguments") else call.held)
        elif kind == "image_generation_call" and (picture := read_picture(item)) is not None:
            self._files += 1
            yield PartDelta(picture, self._files - 1)
        elif kind:
            yield self._whole(number, opaque(item))

    def _message(self, number: int, item: Mapping[str, Any]) -> Iterator[Delta]:
        self._refused = self._refused or refuses(item)
        begun = any(place[0] == number for place in self._texts)
        if not begun and number not in self._thoughts and (phase := read_phase(item)) is not None:
            yield self._whole(number, phase)
        for place, part in enumerate(rows(item.get("content"))):
            if (number, place) not in self._texts and (text := text_of(part)):
                yield TextDelta(text, self._texts.setdefault((number, place), len(self._texts)))

    def _finish(self, event: Mapping[str, Any]) -> ChatChunk:
        error = read_error(event)
        if error is not None:
            raise error
        response = table(event.get("response"))
        found = [*self._left(response)]
        if event.get("type") == "response.incomplete":
            response = {**response, "status": "incomplete"}
        self.finished = self.stopped = True
        reason = finish_reason(response, calls=bool(self._calls), refused=self._refused)
        head = self._introduce(event) or ChatChunk()
        return ChatChunk(tuple(found), reason, responses_usage(response), head.model, head.id)

    def _left(self, response: Mapping[str, Any]) -> Iterator[Delta]:
        """Everything, where the last event is the only one that says anything; arguments that never came."""
        if not (self._texts or self._thoughts or self._calls or self._ended):
            for item in map(table, rows(response.get("output"))):
                yield from self._rest(self._new(), item)
        for call in self._calls.values():
            if not call.spelled:
                yield _spell(call, call.held)


def _part(event: Mapping[str, Any]) -> tuple[str, int]:
    """Which part of a thought an event is about: of its summary, or of its content."""
    for name in ("summary_index", "content_index"):
        if (index := count(event.get(name))) is not None:
            return name, index
    return "", 0


def _chunk(*deltas: Delta) -> ChatChunk | None:
    return ChatChunk(deltas) if deltas else None


def _spell(call: _Call, arguments: str) -> ToolCallDelta:
    call.spelled = True
    return ToolCallDelta(call.index, arguments=arguments)


_READERS: Mapping[str, Callable[[ResponsesEvents, Mapping[str, Any]], ChatChunk | None]] = {
    "response.output_text.delta": ResponsesEvents._text,  # noqa: SLF001 (its own readers, by event)
    "response.refusal.delta": ResponsesEvents._refusal,  # noqa: SLF001
    "response.reasoning_summary_text.delta": ResponsesEvents._think,  # noqa: SLF001
    "response.reasoning_text.delta": ResponsesEvents._think,  # noqa: SLF001
    "response.function_call_arguments.delta": ResponsesEvents._argue,  # noqa: SLF001
    "response.created": ResponsesEvents._introduce,  # noqa: SLF001
    "response.in_progress": ResponsesEvents._introduce,  # noqa: SLF001
    "response.output_item.added": ResponsesEvents._begin,  # noqa: SLF001
    "response.output_text.done": ResponsesEvents._texts_end,  # noqa: SLF001
    "response.refusal.done": ResponsesEvents._texts_end,  # noqa: SLF001
    "response.content_part.done": ResponsesEvents._texts_end,  # noqa: SLF001
    "response.reasoning_summary_text.done": ResponsesEvents._thought_ends,  # noqa: SLF001
    "response.reasoning_text.done": ResponsesEvents._thought_ends,  # noqa: SLF001
    "response.function_call_arguments.done": ResponsesEvents._argued,  # noqa: SLF001
    "response.output_item.done": ResponsesEvents._end,  # noqa: SLF001
    "response.completed": ResponsesEvents._finish,  # noqa: SLF001
    "response.incomplete": ResponsesEvents._finish,  # noqa: SLF001
    "response.failed": ResponsesEvents._finish,  # noqa: SLF001
    "error": ResponsesEvents._finish,  # noqa: SLF001
}
