"""Blocks of this dialect as parts (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.dialects.anthropic_messages.blocks import NAME
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.sealed import unseal
from pointsman.errors import RequestError
from pointsman.types import CachePoint, Document, Image, Part, Reasoning, Text, ToolCall, ToolResult
from pointsman.wire.fields import rows, string, table


def read_parts(content: object, where: str) -> list[Part]:
    """The content of a request's turn, of its system prompt or of a tool's result.

    Args:
        content: A text, blocks, or nothing.
        where: Of the body; begins the error's message.

    Raises:
        RequestError: It is something else, or holds a block that has no canonical form.
    """
    if content is None or isinstance(content, str):
        return [Text(content)] if content else []
    if not isinstance(content, list):
        raise RequestError(f"{where}: neither a text nor a list of blocks", "messages")
    return [part for at, block in enumerate(content) for part in _read(block, f"{where}.{at}")]


def _read(block: object, where: str) -> Iterator[Part]:
    if isinstance(block, str):
        yield from [Text(block)] if block else []
        return
    fields = table(block)
    if fields.get("type") == "tool_result":
        content = read_parts(fields.get("content"), f"{where}.content")
        yield ToolResult(string(fields.get("tool_use_id")), content, failed=fields.get("is_error") is True)
    elif fields.get("type") == "document" and table(fields.get("citations")).get("enabled"):
        raise RequestError(f"{where}: citations are not known to other dialects", "messages")
    else:
        part = read_part(fields)
        if part is None:
            raise RequestError(f"{where}: a block of type {fields.get('type')!r} is not known", "messages")
        if part != Text(""):
            yield part
    point = read_cache_control(fields.get("cache_control"))
    if point is not None:
        yield point


def read_part(block: Mapping[str, Any]) -> Part | None:
    """One block that is no tool's result; None for a kind that has no canonical form."""
    part: Part | None = None
    match block.get("type"):
        case "text":
            part = Text(string(block.get("text")))
        case "thinking":
            part = thought(string(block.get("thinking")), string(block.get("signature")))
        case "redacted_thinking":
            part = Reasoning(redacted=string(block.get("data")), format=NAME)
        case "tool_use":
            arguments = arguments_text(block.get("input"))
            part = ToolCall(string(block.get("id")), string(block.get("name")), arguments)
        case "image":
            part = _image(table(block.get("source")))
        case "document":
            part = _document(table(block.get("source")), string(block.get("title")))
    return part


def thought(text: str, signature: str) -> Reasoning:
    """Thoughts with the signature they came with: the API's own, or one that seals another dialect's."""
    return unseal(text, signature) or Reasoning(text, signature, format=NAME if signature else "")


def read_cache_control(value: object) -> CachePoint | None:
    """A cache mark; None where there is none."""
    return CachePoint(string(value.get("ttl"))) if isinstance(value, dict) else None


def _image(source: Mapping[str, Any]) -> Image | None:
    match source.get("type"):
        case "base64":
            return Image(data=string(source.get("data")), media_type=string(source.get("media_type")))
        case "url":
            return Image(url=string(source.get("url")))
    return None


def _document(source: Mapping[str, Any], title: str) -> Document | None:
    match source.get("type"):
        case "base64":
            media_type = string(source.get("media_type"))
            return Document(data=string(source.get("data")), media_type=media_type, name=title)
        case "url":
            return Document(url=string(source.get("url")), name=title)
        case "text":
            return _text(string(source.get("data")), title)
        case "content":
            content = source.get("content")
            blocks = [table(block) for block in rows(content)]
            if all(block.get("type") == "text" for block in blocks):
                texts = [string(block.get("text")) for block in blocks] or [string(content)]
                return _text("\n".join(texts), title)
    return None


def _text(text: str, title: str) -> Document:
    return Document(data=b64encode(text.encode()).decode(), media_type="text/plain", name=title)
