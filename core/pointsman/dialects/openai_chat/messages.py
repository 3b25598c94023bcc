"""Conversations as the dialect writes them.

The format is that of ``POST /chat/completions``
(https://platform.openai.com/docs/api-reference/chat/create).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pointsman.dialects.audio import write_audio
from pointsman.dialects.media import media_data, media_url
from pointsman.dialects.openai_chat.form import OPENAI, Form
from pointsman.dialects.refusals import kind_of, not_taken, refuse_parts
from pointsman.dialects.tool_ids import accepted, rewritten
from pointsman.types import (
    Audio,
    CachePoint,
    Document,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)

NAME = "openai-chat"


def write_messages(messages: Sequence[Message], form: Form = OPENAI) -> list[dict[str, Any]]:
    """`messages` as the dialect writes them.

    Files in a tool's result follow in a turn of the user, because results hold texts alone there.

    Raises:
        InvalidRequestError: A part has no form here; names it.
    """
    refuse_parts(messages, *form.refused)
    ids = accepted(form.accepts_id, prefix=form.id_prefix, length=form.id_length)
    written: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for message in rewritten(messages, ids):
        if message.role is not Role.TOOL and files:
            written.append({"role": Role.USER.value, "content": files})
            files = []
        if message.role is Role.TOOL:
            for result in message.tool_results:
                written.append(_result(result))
                files += _files(result)
        else:
            written.append(_message(message, form))
    return [*written, {"role": Role.USER.value, "content": files}] if files else written


def _message(message: Message, form: Form) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role.value, "content": _content(message, form)}
    if message.name:
        written["name"] = message.name
    if message.role is not Role.ASSISTANT:
        return written
    if message.tool_calls:
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
        written["content"] = written["content"] or None
    if form.reasoning_field and (thoughts := "".join(_open(message.reasoning))):
        written[form.reasoning_field] = thoughts
    if form.details_field and (details := [dict(part.details) for part in _own(message.reasoning)]):
        written[form.details_field] = details
    return written


def _own(thoughts: Iterable[Reasoning]) -> Iterator[Any]:
    return (part for part in thoughts if part.details and part.format == NAME)


def _open(thoughts: Iterable[Reasoning]) -> Iterator[str]:
    """Texts of thoughts, whoever had them, but for those that only their maker can read."""
    return (part.text for part in thoughts if not part.sealed or part.format == NAME)


def _content(message: Message, form: Form) -> str | list[dict[str, Any]]:
    parts = [part for part in message.content if not isinstance(part, ToolCall)]
    if form.thought is None:
        parts = [part for part in parts if not isinstance(part, Reasoning)]
    if not form.cache:
        parts = [part for part in parts if not isinstance(part, CachePoint)]
    texts = [part.text for part in parts if isinstance(part, Text)]
    # Many servers take plain text only as a string, and lists from users alone.
    if len(texts) == len(parts) and (message.role is not Role.USER or not texts[1:]):
        return "".join(texts)
    written: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, CachePoint):
            if written:
                written[-1]["cache_control"] = {
                    "type": "ephemeral",
                    **({"ttl": part.ttl} if part.ttl else {}),
                }
        elif isinstance(part, Reasoning):
            written += [dict(form.thought(part))] if form.thought and not part.sealed else []
        else:
            written.append(_part(part, message.role))
    return written


def _part(part: Part, role: Role) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if role is not Role.USER:
        raise not_taken("messages", f"{kind_of(part)} is taken from the user alone")
    if isinstance(part, Image):
        detail = {"detail": part.detail} if part.detail else {}
        return {"type": "image_url", "image_url": {"url": media_url(part), **detail}}
    if isinstance(part, Document):
        return {"type": "file", "file": _file(part)}
    if isinstance(part, Audio):
        return {"type": "input_audio", "input_audio": write_audio(part)}
    raise not_taken("messages", f"{kind_of(part)} has no form in a turn of the {role}")


def _file(part: Document) -> dict[str, str]:
    held = media_data(part)
    if held is None:
        raise not_taken("messages", "a document is taken as data, not as an address")
    media_type, data = held
    name = part.name or f"document.{media_type.rpartition('/')[2]}"
    return {"filename": name, "file_data": f"data:{media_type};base64,{data}"}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}


def _result(result: ToolResult) -> dict[str, Any]:
    text = result.text or ("see the files that follow" if result.content else "")
    return {"role": Role.TOOL.value, "tool_call_id": result.id, "content": text}


def _files(result: ToolResult) -> list[dict[str, Any]]:
    files = [part for part in result.content if not isinstance(part, Text | CachePoint)]
    if not files:
        return []
    whose = f"{result.name} ({result.id})" if result.name else result.id
    return [
        {"type": "text", "text": f"From the result of {whose}:"},
        *(_part(part, Role.USER) for part in files),
    ]
