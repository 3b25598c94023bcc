"""Streamed answers of the dialect, written for a client."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson

from pointsman.dialects.media import media_url
from pointsman.dialects.openai_chat.answer import write_finish
from pointsman.dialects.openai_chat.messages import NAME
from pointsman.dialects.openai_chat.usage import write_usage
from pointsman.dialects.openai_errors import write_error
from pointsman.errors import PointsmanError
from pointsman.types import (
    ChatChunk,
    Delta,
    Image,
    PartDelta,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from pointsman.wire.streams import DONE, Event


class ChatEventWriter:
    """Writes the events of one streamed answer, in order."""

    __slots__ = ("_begun", "_head", "_model", "_said", "_sealed", "_usage", "_wanted")

    def __init__(self, model: str, *, usage: bool = True) -> None:
        """Write nothing yet.

        Args:
            model: Named to the client until a piece says who answers.
            usage: Whether the client wants to know the usage.
        """
        self._head = {"id": "", "object": "chat.completion.chunk", "created": int(time.time())}
        self._model = model
        self._wanted = usage
        self._usage: Usage | None = None
        self._begun = False
        self._said = 0  # characters of text so far
        self._sealed: ReasoningDelta | None = None  # the last piece, if it sealed thoughts of another dialect

    def write(self, chunk: ChatChunk) -> list[Event]:
        """The events one piece makes."""
        self._model = chunk.model or self._model
        if not self._begun:
            self._head["id"] = chunk.id
        self._usage = chunk.response.usage if chunk.response else chunk.usage or self._usage
        events = [self._event(written) for delta in chunk.deltas if (written := self._delta(delta))]
        if chunk.finish_reason is not None:
            events.append(self._event({}, write_finish(chunk.finish_reason)))
        return events

    def end(self) -> list[Event]:
        """The usage, where the client wants it, and the end mark."""
        events = [] if self._begun else [self._event({})]
        if self._wanted:
            events.append(self._json({"choices": [], "usage": write_usage(self._usage or Usage())}))
        return [*events, Event(DONE)]

    def fail(self, error: PointsmanError) -> list[Event]:
        """The event that breaks an answer off."""
        return [Event(orjson.dumps(write_error(error)[1]).decode())]

    def _event(self, delta: Mapping[str, Any], reason: str | None = None) -> Event:
        begin = {} if self._begun else {"role": "assistant"}
        self._begun = True
        choice = {"index": 0, "delta": {**begin, **delta}, "logprobs": None, "finish_reason": reason}
        return self._json({"choices": [choice], **({"usage": None} if self._wanted else {})})

    def _json(self, fields: Mapping[str, Any]) -> Event:
        return Event(orjson.dumps({**self._head, "model": self._model, **fields}).decode())

    def _delta(self, delta: Delta) -> dict[str, Any]:
        sealed, self._sealed = self._sealed, None
        if isinstance(delta, TextDelta):
            self._said += len(delta.text)
            return {"content": delta.text}
        if isinstance(delta, ToolCallDelta):
            before = {"reasoning_details": [_before(sealed, delta.id)]} if sealed and delta.id else {}
            return {"tool_calls": [_tool_call(delta)], **before}
        if isinstance(delta, PartDelta):
            if not isinstance(delta.part, Image):
                return {}
            return {"images": [{"type": "image_url", "image_url": {"url": media_url(delta.part)}}]}
        if delta.format not in {"", NAME}:
            self._sealed = delta
        return _thought(delta, self._said)


def _thought(delta: ReasoningDelta, said: int) -> dict[str, Any]:
    """A piece of thoughts: its text under the common name, and a piece of the object that can come back.

    Args:
        delta: The piece.
        said: Characters of text before it, as in `write_thoughts`.
    """
    if delta.format == NAME and delta.details:
        # Its texts have gone out already, piece by piece.
        written = {name: value for name, value in delta.details.items() if name not in {"text", "summary"}}
        return {"reasoning_details": [written | {"index": delta.index}]}
    detail: dict[str, Any] = {"type": _kind(delta)}
    stated = {
        "text": delta.text,
        "signature": delta.signature,
        "data": delta.redacted,
        "details": delta.details and dict(delta.details),
        "format": delta.format,
        "after": said if delta.format else 0,
        "provider": delta.provider,
    }
    detail |= {name: value for name, value in stated.items() if value} | {"index": delta.index}
    return {"reasoning_content": delta.text, "reasoning_details": [detail]}


def _before(sealed: ReasoningDelta, call: str) -> dict[str, Any]:
    """A piece of the object of thoughts that stand before a tool call, as in `write_thoughts`."""
    return {"type": _kind(sealed), "index": sealed.index, "before": call}


def _kind(delta: ReasoningDelta) -> str:
    return "reasoning.encrypted" if delta.redacted else "reasoning.text"


def _tool_call(delta: ToolCallDelta) -> dict[str, Any]:
    written: dict[str, Any] = {"index": delta.index}
    if delta.id:
        written |= {"id": delta.id, "type": "function"}
    function = {"name": delta.name} if delta.name else {}
    return {**written, "function": {**function, "arguments": delta.arguments}}
