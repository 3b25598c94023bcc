"""Whole answers of the dialect, read.

The format is https://platform.openai.com/docs/api-reference/responses/object; LM Studio writes its thoughts
as content, OpenAI and xAI as a summary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.dialects.openai_responses.errors import read_error
from pointsman.dialects.openai_responses.received import arguments_of, read_picture
from pointsman.dialects.openai_responses.thoughts import opaque, read_phase, read_thought
from pointsman.dialects.openai_responses.usage import responses_usage
from pointsman.dialects.tool_ids import distinct, new_id
from pointsman.errors import ResponseError
from pointsman.types import ChatResponse, FinishReason, Part, Text, ToolCall, Usage
from pointsman.wire.fields import rows, string, table

_UNFINISHED = ("queued", "in_progress")  # of a response that was asked for in the background
_CUT = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}


def read_answer(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer; `model` stands in where it names none.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no output, or is not finished.
    """
    error = read_error(obj)
    if error is not None:
        raise error
    if not isinstance(obj.get("output"), list):
        raise ResponseError("the answer holds no output", maybe_billed=True)
    items = [table(item) for item in rows(obj.get("output"))]
    if not items and obj.get("status") in _UNFINISHED:
        raise ResponseError("the answer is not finished, and nothing of it is there", maybe_billed=True)
    return ChatResponse(
        distinct(part for item in items for part in read_item(item)),
        string(obj.get("model")) or model,
        finish_reason(
            obj,
            calls=any(item.get("type") == "function_call" for item in items),
            refused=any(map(refuses, items)),
        ),
        responses_usage(obj) or Usage(),
        string(obj.get("id")),
    )


def read_item(item: Mapping[str, Any]) -> Iterator[Part]:
    """The parts one item of the output holds."""
    kind = item.get("type")
    if kind == "message":
        yield from ([phase] if (phase := read_phase(item)) else ())
        yield from (Text(text) for part in rows(item.get("content")) if (text := text_of(part)))
    elif kind == "reasoning":
        thought = read_thought(item)
        yield from ([thought] if thought.text or thought.sealed else ())
    elif kind == "function_call":
        yield ToolCall(call_id(item), string(item.get("name")), arguments_of(item))
    elif kind:
        yield (read_picture(item) if kind == "image_generation_call" else None) or opaque(item)


def text_of(part: object) -> str:
    """What a part of a message says; a refusal is said, too."""
    return string(table(part).get("text")) or string(table(part).get("refusal"))


def call_id(item: Mapping[str, Any]) -> str:
    """The id of a tool call; that of the item, or a new one, where it has none."""
    return string(item.get("call_id")) or string(item.get("id")) or new_id()


def finish_reason(obj: Mapping[str, Any], *, calls: bool, refused: bool) -> FinishReason:
    """Why an answer ended that asks for tools, or in which the model refused."""
    status = obj.get("status")
    if status == "incomplete":
        return _CUT.get(string(table(obj.get("incomplete_details")).get("reason")), FinishReason.OTHER)
    if status == "cancelled":
        return FinishReason.OTHER
    if calls:
        return FinishReason.TOOL_CALLS
    return FinishReason.CONTENT_FILTER if refused else FinishReason.STOP


def refuses(item: Mapping[str, Any]) -> bool:
    """Whether a message holds a refusal."""
    return any(table(part).get("type") == "refusal" for part in rows(item.get("content")))
