"""Whole answers of the dialect, written for a client: the response, and the items of its output."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex
from typing import Any

from pointsman.dialects.openai_responses.request import write_call, write_picture
from pointsman.dialects.openai_responses.thoughts import phase_of, write_thought
from pointsman.dialects.openai_responses.usage import write_usage
from pointsman.dialects.refusals import kind_of
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
    Usage,
)

COMPLETED = "completed"
CUT = {FinishReason.LENGTH: "max_output_tokens", FinishReason.CONTENT_FILTER: "content_filter"}


def write_answer(response: ChatResponse) -> dict[str, Any]:
    """A whole answer, for a client."""
    written = write_response(response.id or new_identity("resp"), response.model, int(time.time()))
    output = [*write_output(response.content)]
    if output and response.finish_reason in CUT:
        output[-1] = cut_short(output[-1])
    return finished(written, output, response.finish_reason, response.usage)


def cut_short(item: dict[str, Any]) -> dict[str, Any]:
    """The last item of an answer that was cut; what its maker wants back as it was is left alone."""
    ours = item["type"] in {"message", "function_call"}
    return {**item, "status": "incomplete"} if ours else item


def write_response(identity: str, model: str, created: int) -> dict[str, Any]:
    """A response that has just begun.

    Args:
        identity: Its id.
        model: Who answers.
        created: When it began: epoch seconds.
    """
    return {
        "id": identity,
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": False,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
    }


def finished(
    begun: dict[str, Any], output: Sequence[dict[str, Any]], reason: FinishReason | None, usage: Usage | None
) -> dict[str, Any]:
    """The same response at its end."""
    cut = CUT.get(reason) if reason else None
    return {
        **begun,
        "status": "incomplete" if cut else COMPLETED,
        "completed_at": None if cut else int(time.time()),
        "incomplete_details": {"reason": cut} if cut else None,
        "output": list(output),
        "usage": write_usage(usage) if usage else None,
    }


def write_output(content: Iterable[Part]) -> Iterator[dict[str, Any]]:
    """An answer's parts as items of the output, each an item of its own."""
    phase = ""
    for part in content:
        if isinstance(part, Reasoning) and (stated := phase_of(part)):
            phase = stated
        elif (item := write_item(part, phase)) is not None:
            phase = "" if isinstance(part, Text) else phase
            yield item


def write_item(part: Part, phase: str = "") -> dict[str, Any] | None:
    """One part as an item; None where it holds nothing for a client."""
    if isinstance(part, Text):
        return write_message(new_identity("msg"), part.text, phase)
    if isinstance(part, Reasoning):
        return write_thought(part) if part.text or part.sealed else None
    if isinstance(part, ToolCall):
        return write_call_item(part, new_identity("fc"))
    if isinstance(part, Image | Audio | Document):
        return write_file(part)
    return None


def write_file(part: Image | Audio | Document) -> dict[str, Any]:
    """A file a model made: a picture is an item, of all others a message tells."""
    if isinstance(part, Image) and (part.data or part.url.startswith("data:")):
        return write_picture(part, new_identity("ig"))
    said = part.transcript if isinstance(part, Audio) else part.url
    return write_message(new_identity("msg"), said or f"[{kind_of(part)}]")


def write_call_item(call: ToolCall, identity: str, status: str = COMPLETED) -> dict[str, Any]:
    """A tool call."""
    return {"id": identity, **write_call(call), "status": status}


def write_message(identity: str, text: str, phase: str = "", status: str = COMPLETED) -> dict[str, Any]:
    """A message of one text."""
    content = [output_text(text)] if text or status == COMPLETED else []
    item = {"id": identity, "type": "message", "status": status, "role": "assistant", "content": content}
    return {**item, "phase": phase} if phase else item


def output_text(text: str) -> dict[str, Any]:
    """The part of a message that holds its text."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def new_identity(prefix: str) -> str:
    """An id of a response or an item."""
    return f"{prefix}_{token_hex(16)}"
