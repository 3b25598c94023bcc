"""What the models of a fake upstream answer, in no dialect yet."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from attrs import define, field

from pointsman.dialects.places import Places
from pointsman.testing.exchange import Reply
from pointsman.types import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Content,
    Delta,
    FinishReason,
    JsonSchema,
    Message,
    Part,
    PartDelta,
    Reasoning,
    Text,
    Tool,
    ToolCall,
    Usage,
)
from pointsman.types.content import parts

_CHARACTERS_PER_TOKEN = 4
_PLAIN: Mapping[str, object] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}


@define
class FakeModel:
    """One model of a fake upstream; change its fields while the server runs.

    Attributes:
        id: As listed and asked for.
        answer: Text or parts of every answer, or a function of the request's body; None echoes the question.
        latency: Seconds before an answer begins.
        pace: Seconds between two pieces of a stream.
        fault: Sent instead of every answer.
        listing: Further fields of its row in the list.
        asked: How many times it was asked, faults included.
    """

    id: str
    answer: Content | Callable[[Mapping[str, Any]], Content] | None = None
    latency: float = 0.0
    pace: float = 0.0
    fault: Reply | None = None
    listing: Mapping[str, Any] = field(factory=dict)
    asked: int = 0

    def reply(self, request: ChatRequest, body: Mapping[str, Any], numbers: Iterator[int]) -> ChatResponse:
        """The answer.

        Args:
            request: What is asked.
            body: The same as it came.
            numbers: For ids.
        """
        said = parts(self._said(request, body))
        if tool := self._wanted(request):
            arguments = orjson.dumps(sample(tool.parameters)).decode()
            said = (ToolCall(f"call_{next(numbers)}", tool.name, arguments),)
        calls = any(isinstance(part, ToolCall) for part in said)
        return ChatResponse(
            said,
            self.id,
            FinishReason.TOOL_CALLS if calls else FinishReason.STOP,
            Usage(
                input_tokens=sum(_tokens(_plain(message)) for message in request.messages),
                output_tokens=max(sum(map(_size, said)), 1),
            ),
            f"answer-{next(numbers)}",
        )

    def _said(self, request: ChatRequest, body: Mapping[str, Any]) -> Content:
        if callable(self.answer):
            return self.answer(body)
        if self.answer is not None:
            return self.answer
        if isinstance(request.response_format, JsonSchema):
            return orjson.dumps(sample(request.response_format.schema)).decode()
        if request.response_format == "json":
            return "{}"
        return f"{self.id} heard: {_plain(request.messages[-1])}"

    def _wanted(self, request: ChatRequest) -> Tool | None:
        """The tool to ask for: there is one, it is not forbidden, and none was run yet."""
        if not request.tools or request.tool_choice == "none" or not isinstance(self.answer, str | None):
            return None
        if any(message.tool_results for message in request.messages):
            return None
        named = (tool for tool in request.tools if tool.name == request.tool_choice)
        return next(named, request.tools[0])


def pieces(answer: ChatResponse) -> Iterator[ChatChunk]:
    """The same answer streamed: words, halves of arguments, signatures apart, a finish reason, the usage."""
    yield ChatChunk(model=answer.model, id=answer.id)
    places = Places()
    files = itertools.count()
    for part in answer.content:
        places.close()
        for delta in _deltas(part, places, files):
            yield ChatChunk(delta)
    yield ChatChunk(finish_reason=answer.finish_reason, usage=answer.usage)


def _deltas(part: Part, places: Places, files: Iterator[int]) -> Iterator[Delta]:
    if isinstance(part, Text):
        yield from (places.text(word) for word in _words(part.text))
    elif isinstance(part, Reasoning):
        yield from (places.thought(word) for word in _words(part.text) if word)
        if part.sealed:
            yield places.thought(
                signature=part.signature,
                redacted=part.redacted,
                format=part.format,
                details=part.details,
                provider=part.provider,
            )
    elif isinstance(part, ToolCall):
        yield places.call(part.id, part.name)
        half = len(part.arguments) // 2
        for arguments in (part.arguments[:half], part.arguments[half:]):
            if delta := places.argue(arguments):
                yield delta
    else:
        yield PartDelta(part, next(files))  # type: ignore[arg-type]  # an answer holds nothing else


def _words(text: str) -> Sequence[str]:
    """The text in pieces that add up to it."""
    *words, last = text.split(" ")
    return [*(word + " " for word in words), last]


def _plain(message: Message) -> str:
    return message.text + "".join(result.text for result in message.tool_results)


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def _size(part: Part) -> int:
    if isinstance(part, ToolCall):
        return _tokens(part.name + part.arguments)
    return _tokens(part.text) if isinstance(part, Text | Reasoning) else 1


def sample(schema: Mapping[str, Any]) -> Any:
    """The smallest value that fits a JSON schema, as far as types, enums, properties and items go."""
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return sample(schema[key][0])
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: sample(each) for name, each in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [sample(schema.get("items") or {})]
    return _PLAIN.get(kind)
