"""Parts of messages and of tool results, both ways.

The formats are ``input_text``, ``input_image``, ``input_file`` and ``output_text`` of
https://platform.openai.com/docs/api-reference/responses/create. No recording may be given.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pointsman.dialects.audio import read_audio
from pointsman.dialects.media import media_data, media_url, read_data
from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.errors import RequestError
from pointsman.types import CachePoint, Document, Image, Part, Role, Text
from pointsman.wire.fields import string

_BY = "the responses API"
_PDF = "application/pdf"


def write_content(role: Role, parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The content of a message.

    Raises:
        InvalidRequestError: A part is not taken.
    """
    return [_part(role, part) for part in parts if not isinstance(part, CachePoint)]


def write_said(role: Role, parts: Iterable[Part]) -> str | list[dict[str, Any]]:
    """What somebody said, or a tool answered: a plain text where it is one, else a list.

    Not every server of the dialect takes a list of texts.

    Raises:
        InvalidRequestError: A part is not taken.
    """
    said = [part for part in parts if not isinstance(part, CachePoint)]
    if not said:
        return ""
    if len(said) == 1 and isinstance(said[0], Text):
        return said[0].text
    return write_content(role, said)


def _part(role: Role, part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "output_text" if role is Role.ASSISTANT else "input_text", "text": part.text}
    if role is not Role.ASSISTANT and isinstance(part, Image):
        return {"type": "input_image", "image_url": media_url(part), "detail": part.detail or "auto"}
    if role is not Role.ASSISTANT and isinstance(part, Document):
        return {"type": "input_file", **_file(part)}
    where = " in an assistant's turn" if role is Role.ASSISTANT else ""
    raise not_taken("messages", f"{kind_of(part)}{where} is not taken by {_BY}")


def _file(part: Document) -> dict[str, str]:
    found = media_data(part)
    if found is None:
        return {"file_url": part.url}
    media_type, data = found
    name = part.name or f"document{mimetypes.guess_extension(media_type) or ''}"
    return {"filename": name, "file_data": f"data:{media_type};base64,{data}"}


def read_content(content: object, path: str) -> Iterator[Part]:
    """The parts of a message, or of what a tool answered.

    Raises:
        RequestError: One is not understood.
    """
    if content is None or content == "":
        return
    if isinstance(content, str):
        yield Text(content)
        return
    if not isinstance(content, Sequence):
        raise RequestError(f"{path} must be text or a list of parts", path)
    for number, part in enumerate(content):
        kind = part.get("type") if isinstance(part, Mapping) else None
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            raise RequestError(f"{path}[{number}]: a part of type {kind!r} is not understood", path)
        yield reader(part, f"{path}[{number}]")
        if isinstance(part.get("prompt_cache_breakpoint"), Mapping):
            yield CachePoint()


def _read_text(part: Mapping[str, Any], path: str) -> Text:
    text = part.get("text", part.get("refusal"))
    if not isinstance(text, str):
        raise RequestError(f"{path}: it needs a text", path)
    return Text(text)


def _read_image(part: Mapping[str, Any], path: str) -> Image:
    url, detail = string(part.get("image_url")), string(part.get("detail"))
    detail = "" if detail == "auto" else detail
    if not url:
        raise _id_alone("an image", "image_url", path)
    if not url.startswith("data:"):
        return Image(url, detail=detail)
    media_type, data = read_data(url, "an image", path)
    return Image(data=data, media_type=media_type, detail=detail)


def _read_file(part: Mapping[str, Any], path: str) -> Document:
    url, data, name = (string(part.get(field)) for field in ("file_url", "file_data", "filename"))
    if url:
        return Document(url, name=name)
    if not data:
        raise _id_alone("a file", "file_url or file_data", path)
    if not data.startswith("data:"):
        return Document(data=data, media_type=mimetypes.guess_type(name)[0] or _PDF, name=name)
    media_type, data = read_data(data, "a file", path)
    return Document(data=data, media_type=media_type, name=name)


def _id_alone(what: str, fields: str, path: str) -> RequestError:
    return RequestError(
        f"{path}: {what} must be given as {fields}: an id is known to one provider only", path
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Part]] = {
    "input_text": _read_text,
    "output_text": _read_text,
    "text": _read_text,
    "summary_text": _read_text,
    "refusal": _read_text,
    "input_image": _read_image,
    "input_file": _read_file,
    "input_audio": read_audio,
}
