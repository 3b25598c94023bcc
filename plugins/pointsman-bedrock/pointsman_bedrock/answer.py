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
    Delta,
    FinishReason,
    Part,
    ProviderError,
    Reasoning,
    ResponseError,
    Text,
    ToolCall,
    Usage,
)
from pointsman.dialects.anthropic_messages import STOP_REASONS
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.open_blocks import OpenBlocks
from pointsman.dialects.tool_ids import distinct
from pointsman.providers import (
    Counts,
    fitted,
    from_error_object,
    json_object,
    normalised,
    service_tier_of,
    stated_error,
    tokens,
)
from pointsman.wire.fields import count, rows, string, table
from pointsman.wire.lenient import Halves

from pointsman_bedrock.blocks import NAME
from pointsman_bedrock.eventstream import Message

_STOP = {
    **STOP_REASONS,
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
    if not isinstance(content, list):
        name, said = string(obj.get("__type")), string(obj.get("message")) or string(obj.get("Message"))
        if name or said:
            raise _named(name.rpartition("#")[2], said)
        if (error := stated_error(obj)) is not None:
            raise error
        raise ResponseError("the answer holds no content", maybe_billed=True)
    return ChatResponse(
        distinct(part for block in content if (part := _part(table(block))) is not None),
        model,
        _finish(obj.get("stopReason")) or FinishReason.OTHER,
        _used(obj),
    )


class Chunks:
    """Reads the messages of one streamed answer, in order.

    Attributes:
        finished: Whether the stop reason has come.
    """

    __slots__ = ("_blocks", "_counts", "_halves", "_model", "finished")

    def __init__(self, model: str) -> None:
        self.finished = False
        self._model = model
        self._blocks = OpenBlocks()
        self._counts = Counts()
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
        if kind is not None and kind.startswith("contentBlock"):
            delta = self._piece(kind, count(obj.get("contentBlockIndex")), obj)
            return None if delta is None else ChatChunk((delta,))
        match kind:
            case "messageStop":
                self.finished = True
                return ChatChunk(finish_reason=_finish(obj.get("stopReason")) or FinishReason.OTHER)
            case "metadata":
                used = self._counts.add(table(obj.get("usage")))
                return ChatChunk(usage=usage(used, obj.get("serviceTier"), obj.get("performanceConfig")))
        return None

    def _piece(self, kind: str, at: int | None, obj: Mapping[str, Any]) -> Delta | None:
        if kind == "contentBlockStart":
            self._blocks.begin(at)
            tool = table(table(obj.get("start")).get("toolUse"))
            named = string(tool.get("toolUseId")), string(tool.get("name"))
            return self._blocks.call(at, *named) if tool else None
        if kind == "contentBlockStop":
            return self._blocks.end(at)
        return self._delta(at, table(obj.get("delta")))

    def _delta(self, at: int | None, delta: Mapping[str, Any]) -> Delta | None:
        arguments = string(table(delta.get("toolUse")).get("input"))
        if arguments:
            return self._blocks.argue(at, arguments)
        text = string(delta.get("text"))
        if text:
            return self._blocks.text(at, text)
        thought = table(delta.get("reasoningContent"))
        said, seal = string(thought.get("text")), string(thought.get("signature"))
        redacted = string(thought.get("redactedContent"))
        if not (said or seal or redacted):
            return None
        name = NAME if seal or redacted else ""
        return self._blocks.thought(at, said, signature=seal, redacted=redacted, format=name)


def _exception(message: Message) -> Exception:
    name = message.headers.get(":exception-type") or message.headers.get(":error-code", "")
    try:
        stated = string(json_object(message.payload).get("message"))
    except ResponseError:
        stated = message.headers.get(":error-message", "")
    return _named(name, stated)


def _named(name: str, stated: str) -> ProviderError:
    """An exception by its name, which begins with a small letter in streams alone."""
    status = _STATUS.get(name[:1].lower() + name[1:], 500)
    return from_error_object({"code": status, "type": name, "message": stated or name})


def _finish(word: object) -> FinishReason | None:
    return _STOP.get(word, FinishReason.OTHER) if isinstance(word, str) else None


def _part(block: Mapping[str, Any]) -> Part | None:
    text, use = string(block.get("text")), table(block.get("toolUse"))
    if use:
        name = string(use.get("name"))
        return ToolCall(string(use.get("toolUseId")), name, arguments_text(use.get("input")))
    if "reasoningContent" in block:
        return _thought(table(block["reasoningContent"]))
    cited = rows(table(block.get("citationsContent")).get("content"))
    text = text or "".join(string(table(each).get("text")) for each in cited)
    return Text(text) if text else None


def _thought(block: Mapping[str, Any]) -> Reasoning:
    stated, redacted = table(block.get("reasoningText")), string(block.get("redactedContent"))
    seal = string(stated.get("signature"))
    return Reasoning(string(stated.get("text")), seal, redacted, NAME if seal or redacted else "")
