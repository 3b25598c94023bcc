"""A whole answer, both ways (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pointsman.dialects.anthropic_messages.blocks import Block, media_block, request_block, thought_block
from pointsman.dialects.anthropic_messages.errors import read_error
from pointsman.dialects.anthropic_messages.parts import read_part
from pointsman.dialects.anthropic_messages.stop_reasons import read_stop_reason, stop_reason
from pointsman.dialects.anthropic_messages.usage import write_usage
from pointsman.dialects.tool_ids import distinct
from pointsman.dialects.usage import anthropic_usage
from pointsman.errors import InvalidRequestError, ResponseError
from pointsman.types import (
    Audio,
    ChatResponse,
    Document,
    FinishReason,
    Image,
    Part,
    Reasoning,
    Text,
    ToolCall,
)
from pointsman.wire.fields import rows, string, table


def read_answer(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer; `model` stands in where it names none. Blocks without a canonical form are skipped.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no content.
    """
    error = read_error(obj)
    if error is not None:
        raise error
    if not isinstance(obj.get("content"), list):
        raise ResponseError("the answer holds no content", maybe_billed=True)
    return ChatResponse(
        distinct(_parts(rows(obj.get("content")))),
        string(obj.get("model")) or model,
        read_stop_reason(obj.get("stop_reason")) or FinishReason.OTHER,
        anthropic_usage(table(obj.get("usage"))),
        string(obj.get("id")),
    )


def _parts(blocks: Iterable[object]) -> Iterator[Part]:
    for block in blocks:
        part = read_part(table(block))
        if part is not None and part != Text(""):
            yield part


def write_answer(response: ChatResponse) -> dict[str, Any]:
    """A whole answer, for a client.

    Raises:
        InvalidRequestError: It holds a recording without a transcript; the dialect has no form for it.
    """
    return {
        "id": response.id or new_message_id(),
        "type": "message",
        "role": "assistant",
        "model": response.model,
        "content": [block for part in response.content if (block := answer_block(part)) is not None],
        "stop_reason": stop_reason(response.finish_reason, calls=bool(response.tool_calls)),
        "stop_sequence": None,
        "usage": write_usage(response.usage),
    }


def answer_block(part: Part) -> Block | None:
    """A part as a block of an answer; None for an empty text.

    Pictures are written as a request writes them: the dialect's own answers hold none. Arguments that are no
    JSON object, of a call that was cut short, stay the text they are.
    """
    if isinstance(part, Text):
        return {"type": "text", "text": part.text} if part.text else None
    if isinstance(part, Audio) and part.transcript:
        return {"type": "text", "text": part.transcript}
    if isinstance(part, Image | Document | Audio):
        return media_block(part)
    if isinstance(part, ToolCall):
        return _tool_use(part)
    return thought_block(part) if isinstance(part, Reasoning) else None


def _tool_use(call: ToolCall) -> Block | None:
    try:
        return request_block(call)
    except InvalidRequestError:
        return {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}


def new_message_id() -> str:
    """An id for an answer whose maker gave it none."""
    return f"msg_{secrets.token_hex(12)}"
