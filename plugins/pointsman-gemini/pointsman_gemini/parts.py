"""Parts of an answer, and as they go back (https://ai.google.dev/api/caching#Part).

A ``thoughtSignature`` belongs to one part, and goes back on it and on no other
(https://ai.google.dev/gemini-api/docs/thought-signatures). It is kept as thoughts without text directly in
front of that part. Where a part has nothing to show, or is of a kind only the API knows, such thoughts hold
the part itself in their `details`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pointsman import Audio, CachePoint, Document, Image, Media, Part, Reasoning, Text, ToolCall
from pointsman.dialects.blocks import arguments_of, arguments_text, own
from pointsman.dialects.media import media_data
from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.dialects.tool_ids import new_id
from pointsman.wire.fields import string, table

FORMAT = "gemini"
"""Marks the thoughts that go back to this API."""

UNSIGNED = "skip_thought_signature_validator"
"""The documented stand-in for the signature of a tool call that has none.

Models that sign their calls refuse a conversation in which another model, or a caller that keeps no thoughts,
left one unsigned."""

_SIGNATURE = "thoughtSignature"


def read(part: Mapping[str, Any]) -> tuple[Part, ...]:
    """What one part of an answer is: itself, behind its signature if it has one; nothing for an empty one."""
    signature = string(part.get(_SIGNATURE))
    mark = FORMAT if signature else ""
    text = string(part.get("text"))
    thought = part.get("thought") is True
    if thought and text:
        return (Reasoning(text, signature, format=mark),)
    shown = None if thought else _shown(part, text)
    if shown is None:
        return _hidden(part, signature)
    return (Reasoning("", signature, format=mark), shown) if signature else (shown,)


def _shown(part: Mapping[str, Any], text: str) -> Part | None:
    call = table(part.get("functionCall"))
    if call:
        arguments = arguments_text(call.get("args"))
        return ToolCall(string(call.get("id")) or new_id(), string(call.get("name")), arguments)
    return Text(text) if text else _file(part)


def _file(part: Mapping[str, Any]) -> Part | None:
    data, file = table(part.get("inlineData")), table(part.get("fileData"))
    held, url = string(data.get("data")), string(file.get("fileUri"))
    if not held and not url:
        return None
    media_type = string((data if held else file).get("mimeType")) or "application/octet-stream"
    kinds: Mapping[str, type[Image | Audio]] = {"image": Image, "audio": Audio}
    kind = kinds.get(media_type.partition("/")[0], Document)
    return kind("" if held else url, held, media_type)


def _hidden(part: Mapping[str, Any], signature: str) -> tuple[Part, ...]:
    # An API that learns new kinds of parts (code it ran, tools of its own) wants them back as they were.
    held = {name: value for name, value in part.items() if name != _SIGNATURE}
    if not signature and not any(isinstance(value, dict) and value for value in held.values()):
        return ()
    return (Reasoning("", signature, format=FORMAT, details=held),)


def write(content: Iterable[Part], files: str) -> Iterator[dict[str, Any]]:
    """A turn's parts as the API wrote them, or would have.

    Args:
        content: What was said. Empty texts are left out: the API refuses them.
        files: Where addresses of files begin that were uploaded to the API.

    Raises:
        InvalidRequestError: A part is one the API cannot take.
    """
    signature, signed = "", False
    for part in content:
        if isinstance(part, Reasoning):
            if own(part, FORMAT):
                yield from _signed(signature) if signature else ()
                signature, signed = "", signed or bool(part.signature)
                if part.text or part.details is not None:
                    yield _own(part)
                else:
                    signature = part.signature
            continue
        if isinstance(part, CachePoint) or (part == Text("") and not signature):
            continue
        if isinstance(part, ToolCall) and not signed:
            # Calls made at once share the signature of the first.
            signature, signed = UNSIGNED, True
        yield {**_written(part, files), **({_SIGNATURE: signature} if signature else {})}
        signature = ""
    yield from _signed(signature) if signature else ()


def _signed(signature: str) -> Iterator[dict[str, Any]]:
    yield {"text": "", _SIGNATURE: signature}


def _own(part: Reasoning) -> dict[str, Any]:
    held = {"text": part.text, "thought": True} if part.details is None else dict(part.details)
    return {**held, _SIGNATURE: part.signature} if part.signature else held


def _written(part: Part, files: str) -> dict[str, Any]:
    match part:
        case Text():
            return {"text": part.text}
        case ToolCall():
            return {"functionCall": {"id": part.id, "name": part.name, "args": arguments_of(part)}}
        case Media():
            return file(part, files)
    raise not_taken("messages", f"{kind_of(part)} is not taken by Gemini's API here")


def file(part: Media, files: str) -> dict[str, Any]:
    """A file: data, or one of the API's own.

    Raises:
        InvalidRequestError: It is at any other address.
    """
    held = media_data(part)
    if held is not None:
        media_type, data = held
        return {"inlineData": {"mimeType": media_type, "data": data}}
    if not files or not part.url.startswith(files):
        kind = type(part).__name__.lower()
        where = "as data or as its own file" if files else "in a tool's result as data"
        raise not_taken("messages", f"Gemini's API takes {kind} {where}, not by url")
    typed = {"mimeType": part.media_type} if part.media_type else {}
    return {"fileData": {**typed, "fileUri": part.url}}
