"""Parts as the blocks of Converse.

The format is https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pointsman import (
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
from pointsman.dialects.blocks import arguments_of, blank, own
from pointsman.dialects.media import media_data, subtype
from pointsman.dialects.refusals import kind_of, not_taken

NAME = "bedrock-converse"
"""The format of thoughts that Converse sealed."""

Block = dict[str, Any]

_PICTURES = frozenset({"png", "jpeg", "gif", "webp"})
_DOCUMENTS = {
    "pdf": "pdf",
    "csv": "csv",
    "html": "html",
    "plain": "txt",
    "markdown": "md",
    "msword": "doc",
    "vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "vnd.ms-excel": "xls",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""What Converse calls a document, by what stands behind the slash of its media type."""
_LONGEST_NAME = 190  # of 200; a number may follow


class Blocks:
    """Writes the parts of one request; it remembers documents' names, which must differ."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def turn(self, message: Message) -> Iterator[Block]:
        """What a turn of the user, the assistant or a tool becomes.

        Raises:
            InvalidRequestError: Converse has no form for something in it.
        """
        if message.name and message.role is not Role.TOOL:
            raise not_taken("messages", "Converse takes no speaker's name")
        for part in message.content:
            if message.role is Role.ASSISTANT and isinstance(part, Image | Document):
                raise not_taken(
                    "messages", f"{kind_of(part)} in an assistant's turn is not taken by Converse"
                )
            block = self.block(part)
            if block is not None:
                yield block

    def block(self, part: Part) -> Block | None:
        """What a part becomes; None for a blank text, which Converse refuses, and for thoughts of others.

        Raises:
            InvalidRequestError: Converse has no form for it.
        """
        match part:
            case Text():
                return None if blank(part.text) else {"text": part.text}
            case CachePoint():
                return cache_point(part)
            case ToolCall():
                return {"toolUse": {"toolUseId": part.id, "name": part.name, "input": arguments_of(part)}}
            case ToolResult():
                return {"toolResult": self._result(part)}
            case Reasoning():
                return _thought(part) if own(part, NAME) else None
        return self._file(part)

    def _result(self, part: ToolResult) -> Block:
        content = [block for inner in part.content if (block := self.block(inner)) and not is_mark(block)]
        failed = {"status": "error"} if part.failed else {}
        return {"toolUseId": part.id, "content": content, **failed}

    def _file(self, part: Part) -> Block:
        if not isinstance(part, Image | Document):
            raise not_taken("messages", f"{kind_of(part)} is not taken by Converse")
        held = media_data(part)
        if held is None:
            raise not_taken("messages", f"Converse takes {kind_of(part)} as data, not as an address")
        media_type, data = held
        kind: str | None = subtype(media_type)
        if isinstance(part, Image) and kind in _PICTURES:
            return {"image": {"format": kind, "source": {"bytes": data}}}
        kind = _DOCUMENTS.get(kind or "") if isinstance(part, Document) else None
        if not isinstance(part, Document) or kind is None:
            raise not_taken("messages", f"{kind_of(part)} of type {media_type} is not taken by Converse")
        return {"document": {"format": kind, "name": self._name(part.name), "source": {"bytes": data}}}

    def _name(self, wanted: str) -> str:
        """A name of letters that Converse takes, and that no other document has."""
        stem = re.sub(r"\.\w{1,5}$", "", wanted)
        known = " ".join(re.sub(r"[^a-zA-Z0-9\s()\[\]-]", " ", stem).split())
        known = known[:_LONGEST_NAME].rstrip() or "Document"
        names = (known if number == 1 else f"{known} {number}" for number in range(1, len(self._names) + 2))
        name = next(name for name in names if name not in self._names)
        self._names.add(name)
        return name


def cache_point(point: CachePoint) -> Block:
    """A cache mark."""
    ttl = {"ttl": point.ttl} if point.ttl else {}
    return {"cachePoint": {"type": "default", **ttl}}


def is_mark(block: Block) -> bool:
    """Whether a block is a cache mark."""
    return "cachePoint" in block


def marked(blocks: Iterable[Block]) -> list[Block]:
    """Blocks without the cache marks that Converse refuses: in front, doubled, behind thoughts or a file."""
    kept: list[Block] = []
    for block in blocks:
        behind = kept[-1] if kept else {"cachePoint": None}
        if not is_mark(block) or {"cachePoint", "reasoningContent", "document"}.isdisjoint(behind):
            kept.append(block)
    return kept


def _thought(part: Reasoning) -> Block:
    if part.redacted:
        return {"reasoningContent": {"redactedContent": part.redacted}}
    return {"reasoningContent": {"reasoningText": {"text": part.text, "signature": part.signature}}}
