"""Answers of Converse and the events of ConverseStream.

The formats are https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
``…/API_runtime_ConverseStream.html``. An answer does not name its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ResponseError,
    ToolCall,
    Usage,
)
from pointsman.dialects.blocks import ToolCallStream, arguments_text
from pointsman.providers import fitted, from_error_object, json_object, normalised, service_tier_of, tokens
from pointsman.wire.fields import rows, string, table
from pointsman.wire.lenient import Halves

from pointsman_bedrock.eventstream import Message
from pointsman_bedrock.request import REDACTED

_STOP = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "guardrail_intervened": FinishReason.CONTENT_FILTER,
    "content_filtered": FinishReason.CONTENT_FILTER,
}
# Exceptions inside a stream, by the status they would have had outside of it (as documented).
_STATUS = {
    "throttlingException": 429,
    "validationException": 400,
    "serviceUnavailableException": 503,
    "internalServerException": 500,
    "modelStreamErrorException": 500,
}


def usage(obj: Mapping[str, Any], service_tier: object = None, performance: object = None) -> Usage:
    """Token counts: ``inputTokens`` leaves out what a cache served and stored, so the three are added.

    ``cacheDetails`` tells for how long what was stored is kept, ``serviceTier`` beside the usage in which
    service it was answered, ``performanceConfig`` whether in the quick one
    (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html).
    """
    fresh, total = tokens(obj.get("inputTokens")), tokens(obj.get("totalTokens"))
    read, stored = tokens(obj.get("cacheReadInputTokens")) or 0, tokens(obj.get("cacheWriteInputTokens")) or 0
    given, made = None if fresh is None else fresh + read + stored, tokens(obj.get("outputTokens"))
    whole = total if total and total >= (given or 0) + (made or 0) else None
    given, made, estimated = fitted(given, made, whole, 0, 0)
    return normalised(
        given,
        made,
        cache_read=read,
        cache_write=stored,
        cache_write_1h=sum(
            tokens(detail.get("inputTokens")) or 0
            for detail in map(table, rows(obj.get("cacheDetails")))
            if detail.get("ttl") == "1h"
        ),
        service_tier=service_tier_of(table(service_tier).get("type"), table(performance).get("latency")),
        extras=[name for name, made in table(obj.get("serverToolUsage")).items() if made],
        estimated=estimated,
    )


def _used(obj: Mapping[str, Any]) -> Usage:
    return usage(table(obj.get("usage")), obj.get("serviceTier"), obj.get("performanceConfig"))


def response(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no content.
    """
    content = table(table(obj.get("output")).get("message")).get("content")
    if not isinstance(content, list) and obj.get("message"):
        raise from_error_object(obj)
    if not isinstance(content, list):
        raise ResponseError("the answer holds no content", maybe_billed=True)
    blocks = [table(block) for block in content]
    return ChatResponse(
        text="".join(string(block.get("text")) for block in blocks),
        model=model,
        finish_reason=_finish(obj.get("stopReason")) or FinishReason.OTHER,
        usage=_used(obj),
        tool_calls=tuple(_call(table(block["toolUse"])) for block in blocks if "toolUse" in block),
        reasoning=tuple(
            _thought(table(block["reasoningContent"])) for block in blocks if "reasoningContent" in block
        ),
    )


class Chunks:
    """Reads the messages of one streamed answer, in order.

    Attributes:
        finished: Whether the stop reason has come.
    """

    __slots__ = ("_calls", "_halves", "_model", "finished")

    def __init__(self, model: str) -> None:
        self.finished = False
        self._model = model
        self._calls = ToolCallStream()
        self._halves = Halves()

    def read(self, message: Message) -> ChatChunk | None:
        """What one message adds; None where it adds nothing.

        Raises:
            ProviderError: It is an exception.
            ResponseError: Its payload is no JSON object.
        """
        kind = message.headers.get(":message-type")
        if kind in {"exception", "error"}:
            raise _exception(message)
        obj = json_object(message.payload, self._halves)
        kind = message.headers.get(":event-type")
        return ChatChunk(model=self._model) if kind == "messageStart" else self._event(kind, obj)

    def _event(self, kind: str | None, obj: Mapping[str, Any]) -> ChatChunk | None:
        match kind:
            case "contentBlockStart":
                return self._start(table(table(obj.get("start")).get("toolUse")))
            case "contentBlockDelta":
                return self._delta(table(obj.get("delta")))
            case "contentBlockStop":
                return self._calls.end()
            case "messageStop":
                self.finished = True
                return ChatChunk(finish_reason=_finish(obj.get("stopReason")) or FinishReason.OTHER)
            case "metadata":
                return ChatChunk(
                    usage=usage(table(obj.get("usage")), obj.get("serviceTier"), obj.get("performanceConfig"))
                )
        return None

    def _start(self, tool: Mapping[str, Any]) -> ChatChunk | None:
        return self._calls.begin(string(tool.get("toolUseId")), string(tool.get("name"))) if tool else None

    def _delta(self, delta: Mapping[str, Any]) -> ChatChunk | None:
        arguments = string(table(delta.get("toolUse")).get("input"))
        if arguments:
            return self._calls.argue(arguments)
        thought = table(delta.get("reasoningContent"))
        redacted = string(thought.get("redactedContent"))
        text, thoughts = string(delta.get("text")), string(thought.get("text"))
        signature = REDACTED + redacted if redacted else string(thought.get("signature"))
        if text or thoughts or signature:
            return ChatChunk(text=text, reasoning=thoughts, signature=signature)
        return None


def _exception(message: Message) -> Exception:
    name = message.headers.get(":exception-type") or message.headers.get(":error-code", "")
    try:
        stated = string(json_object(message.payload).get("message"))
    except ResponseError:
        stated = message.headers.get(":error-message", "")
    return from_error_object({"code": _STATUS.get(name, 500), "type": name, "message": stated or name})


def _finish(word: object) -> FinishReason | None:
    return _STOP.get(word, FinishReason.OTHER) if isinstance(word, str) else None


def _call(use: Mapping[str, Any]) -> ToolCall:
    return ToolCall(string(use.get("toolUseId")), string(use.get("name")), arguments_text(use.get("input")))


def _thought(block: Mapping[str, Any]) -> Reasoning:
    stated, redacted = table(block.get("reasoningText")), string(block.get("redactedContent"))
    signature = REDACTED + redacted if redacted else string(stated.get("signature"))
    return Reasoning(string(stated.get("text")), signature)
