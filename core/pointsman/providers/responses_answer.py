"""Answers of OpenAI's responses dialect, whole and as events, read into the canonical values.

The formats are those of https://platform.openai.com/docs/api-reference/responses/object and
``…/responses-streaming``; LM Studio writes its thoughts as content, OpenAI and xAI as a summary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pointsman.dialects.responses_usage import responses_usage
from pointsman.errors import ProviderError, ResponseError
from pointsman.failures import from_error_object
from pointsman.providers.responses_request import MARK
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.wire.fields import count, rows, string, table

_CUT = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}
_TEXTS = frozenset({"response.output_text.delta", "response.refusal.delta"})


def responses_answer(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer; `model` stands in where it names none.

    Raises:
        ProviderError: It holds an error instead.
        ResponseError: It holds no output.
    """
    if (error := failure(obj)) is not None:
        raise error
    if not isinstance(obj.get("output"), list):
        raise ResponseError("the answer holds no output", maybe_billed=True)
    items = [table(item) for item in rows(obj.get("output"))]
    calls = tuple(_call(item) for item in items if item.get("type") == "function_call")
    return ChatResponse(
        text="".join(_said(item) for item in items if item.get("type") == "message"),
        model=string(obj.get("model")) or model,
        finish_reason=_finish(obj, calls=bool(calls)),
        usage=responses_usage(obj) or Usage(),
        tool_calls=calls,
        reasoning=tuple(_thought(item) for item in items if item.get("type") == "reasoning"),
        id=string(obj.get("id")),
    )


class ResponsesEvents:
    """Reads the events of one streamed answer, in order; every fact is given once.

    Attributes:
        finished: Whether the last event has come.
        stopped: The same.
    """

    __slots__ = ("_places", "_spelled", "finished", "stopped")

    def __init__(self) -> None:
        self._places: dict[int | str, int] = {}
        self._spelled: set[int] = set()
        self.finished = self.stopped = False

    def read(self, event: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing.

        Raises:
            ProviderError: The answer failed.
        """
        kind = event.get("type")
        if kind in _TEXTS:  # nearly every event
            return ChatChunk(text=string(event.get("delta")))
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        return reader(self, event) if reader else None

    def _introduce(self, event: Mapping[str, Any]) -> ChatChunk:
        response = table(event.get("response"))
        return ChatChunk(model=string(response.get("model")), id=string(response.get("id")))

    def _think(self, event: Mapping[str, Any]) -> ChatChunk:
        return ChatChunk(reasoning=string(event.get("delta")))

    def _argue(self, event: Mapping[str, Any]) -> ChatChunk:
        return self._spell(event, string(event.get("delta")))

    def _place(self, event: Mapping[str, Any]) -> int:
        """Which call this is about: by its place among the items, or by its item where no place is given."""
        place: int | str | None = count(event.get("output_index"))
        if place is None:  # llama.cpp's server
            place = string(event.get("item_id")) or string(table(event.get("item")).get("id"))
        return self._places.setdefault(place, len(self._places))

    def _begin(self, event: Mapping[str, Any]) -> ChatChunk | None:
        item = table(event.get("item"))
        if item.get("type") != "function_call":
            return None
        call = _call(item)
        delta = ToolCallDelta(self._place(event), call.id, call.name, call.arguments)
        if call.arguments:
            self._spelled.add(delta.index)
        return ChatChunk(tool_calls=(delta,))

    def _spell(self, event: Mapping[str, Any], arguments: str) -> ChatChunk:
        place = self._place(event)
        self._spelled.add(place)
        return ChatChunk(tool_calls=(ToolCallDelta(place, arguments=arguments),))

    def _end(self, event: Mapping[str, Any]) -> ChatChunk | None:
        """What only the finished item tells: a thought's signature, arguments that were not streamed."""
        item = table(event.get("item"))
        if item.get("type") == "reasoning":
            signature = _thought(item).signature
            return ChatChunk(signature=signature) if signature else None
        if item.get("type") == "function_call" and self._place(event) not in self._spelled:
            return self._spell(event, _call(item).arguments)
        return None

    def _finish(self, event: Mapping[str, Any]) -> ChatChunk:
        response = table(event.get("response"))
        error = failure(response) or (failure({"error": event}) if event.get("type") == "error" else None)
        if error is not None:
            raise error
        self.finished = self.stopped = True
        return ChatChunk(
            finish_reason=_finish(response, calls=bool(self._places)),
            usage=responses_usage(response),
        )


_READERS: Mapping[str, Callable[[ResponsesEvents, Mapping[str, Any]], ChatChunk | None]] = {
    "response.created": ResponsesEvents._introduce,  # noqa: SLF001 (its own readers, by event)
    "response.reasoning_summary_text.delta": ResponsesEvents._think,  # noqa: SLF001
    "response.reasoning_text.delta": ResponsesEvents._think,  # noqa: SLF001
    "response.function_call_arguments.delta": ResponsesEvents._argue,  # noqa: SLF001
    "response.output_item.added": ResponsesEvents._begin,  # noqa: SLF001
    "response.output_item.done": ResponsesEvents._end,  # noqa: SLF001
    "response.completed": ResponsesEvents._finish,  # noqa: SLF001
    "response.incomplete": ResponsesEvents._finish,  # noqa: SLF001
    "response.failed": ResponsesEvents._finish,  # noqa: SLF001
    "error": ResponsesEvents._finish,  # noqa: SLF001
}


def failure(obj: Mapping[str, Any]) -> ProviderError | None:
    """The error an answer holds, also one that only its status tells of."""
    error = obj.get("error")
    if error:
        return from_error_object(error)
    if obj.get("status") == "failed":
        return from_error_object({"message": "the answer failed without a reason"})
    return None


def _finish(obj: Mapping[str, Any], *, calls: bool) -> FinishReason:
    if obj.get("status") == "incomplete":
        reason = table(obj.get("incomplete_details")).get("reason")
        return _CUT.get(string(reason), FinishReason.OTHER)
    return FinishReason.TOOL_CALLS if calls else FinishReason.STOP


def _said(item: Mapping[str, Any]) -> str:
    parts = [table(part) for part in rows(item.get("content"))]
    return "".join(string(part.get("text")) or string(part.get("refusal")) for part in parts)


def _thought(item: Mapping[str, Any]) -> Reasoning:
    parts = [table(part) for part in (*rows(item.get("summary")), *rows(item.get("content")))]
    encrypted = string(item.get("encrypted_content"))
    signature = f"{MARK}{string(item.get('id'))}:{encrypted}" if encrypted else ""
    return Reasoning("".join(string(part.get("text")) for part in parts), signature)


def _call(item: Mapping[str, Any]) -> ToolCall:
    return ToolCall(string(item.get("call_id")), string(item.get("name")), string(item.get("arguments")))
