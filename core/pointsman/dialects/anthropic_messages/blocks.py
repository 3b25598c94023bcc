"""Parts as the blocks of this dialect (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any

from pointsman.dialects.blocks import arguments_of, blank, own
from pointsman.dialects.media import media_data, subtype
from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.dialects.sealed import seal
from pointsman.types import (
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

NAME = "anthropic-messages"
BY = "Anthropic's API"

Block = dict[str, Any]

_PICTURES = frozenset({"jpeg", "png", "gif", "webp"})
_THOUGHTS = frozenset({"thinking", "redacted_thinking"})
_MARK = "cache_control"


def turn_blocks(message: Message) -> Iterator[Block]:
    """What a turn of the user, the assistant or a tool becomes; cache marks stand as blocks of their own.

    Raises:
        InvalidRequestError: The dialect has no form for something in it.
    """
    if message.name and message.role is not Role.TOOL:
        raise not_taken("messages", f"{BY} takes no speaker's name")
    for part in message.content:
        if message.role is Role.ASSISTANT and isinstance(part, Image | Document):
            raise not_taken("messages", f"{kind_of(part)} in an assistant's turn is not taken by {BY}")
        written = request_block(part)
        if written is not None:
            yield written


def request_block(part: Part) -> Block | None:
    """What a part becomes; None for a blank text, which the API refuses, and for thoughts of others.

    Raises:
        InvalidRequestError: The dialect has no form for it.
    """
    if isinstance(part, Text):
        return None if blank(part.text) else {"type": "text", "text": part.text}
    if isinstance(part, CachePoint):
        return {_MARK: cache_control(part)}
    if isinstance(part, ToolCall):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments_of(part)}
    if isinstance(part, ToolResult):
        return _tool_result(part)
    if isinstance(part, Reasoning):
        return _native(part) if own(part, NAME) else None
    return media_block(part)


def thought_block(part: Reasoning) -> Block:
    """Thoughts in an answer, for a client: those of other dialects are sealed in the signature."""
    if part.format == NAME and part.details is None and not (part.redacted and (part.text or part.signature)):
        return _native(part)
    return {"type": "thinking", "thinking": part.text, "signature": seal(part)}


def _native(part: Reasoning) -> Block:
    if part.redacted:
        return {"type": "redacted_thinking", "data": part.redacted}
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def cache_control(point: CachePoint) -> dict[str, str]:
    """A cache mark."""
    return {"type": "ephemeral", "ttl": point.ttl} if point.ttl else {"type": "ephemeral"}


def marked(blocks: Iterable[Block], before: Block | None = None) -> tuple[list[Block], Block | None]:
    """Blocks with each cache mark in the block before it, and the last block that may bear one.

    Thoughts bear none: the mark goes to what stands before them.

    Args:
        blocks: As `turn_blocks` gives them.
        before: What may bear a mark that stands first; None to leave that out.
    """
    kept: list[Block] = []
    for block in blocks:
        if "type" not in block:
            if before is not None:
                before[_MARK] = block[_MARK]
            continue
        kept.append(block)
        if block["type"] not in _THOUGHTS:
            before = block
    return kept, before


def _tool_result(part: ToolResult) -> Block:
    written: Block = {"type": "tool_result", "tool_use_id": part.id}
    content, _ = marked(block for inner in part.content if (block := request_block(inner)) is not None)
    if content:
        written["content"] = content
    if part.failed:
        written["is_error"] = True
    return written


def media_block(part: Part) -> Block:
    """A picture or a document.

    Raises:
        InvalidRequestError: It is something else, or of a format the API does not take.
    """
    if isinstance(part, Image):
        return {"type": "image", "source": _source(part)}
    if isinstance(part, Document):
        source = _source(part)
        return {"type": "document", "source": source, **({"title": part.name} if part.name else {})}
    raise not_taken("messages", f"{kind_of(part)} is not taken by {BY}")


def _source(part: Image | Document) -> dict[str, str]:
    held = media_data(part)
    if held is None:
        return {"type": "url", "url": part.url}
    media_type, data = held
    kind = subtype(media_type)
    if isinstance(part, Image) and kind in _PICTURES:
        return {"type": "base64", "media_type": f"image/{kind}", "data": data}
    if isinstance(part, Document) and media_type.startswith("text/"):
        return {"type": "text", "media_type": "text/plain", "data": _text(data)}
    if isinstance(part, Document) and kind == "pdf":
        return {"type": "base64", "media_type": "application/pdf", "data": data}
    raise not_taken("messages", f"{kind_of(part)} of type {media_type} is not taken by {BY}")


def _text(data: str) -> str:
    try:
        return b64decode(data).decode()
    except ValueError:
        raise not_taken("messages", "the text document is not base64 of UTF-8") from None
