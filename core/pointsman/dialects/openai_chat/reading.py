"""Conversations as clients of the dialect write them, read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from pointsman.dialects.audio import read_audio
from pointsman.dialects.media import read_data
from pointsman.dialects.openai_chat.messages import NAME
from pointsman.dialects.tool_ids import paired
from pointsman.errors import RequestError
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
from pointsman.wire.fields import count, rows, string, table

_TEXTS = ("text", "summary", "data")
"""Fields of a detail whose pieces are to be joined."""
_BARE = {"type", "text", "summary", "index"}
"""What says nothing that only the maker could read."""
_FOREIGN = frozenset({"anthropic-messages", "bedrock-converse", "gemini", "openai-responses"})
_ROLES = {"developer": Role.SYSTEM, "function": Role.TOOL, **{role.value: role for role in Role}}


def read_messages(
    messages: Iterable[Message | Mapping[str, Any]], path: str = "messages"
) -> tuple[Message, ...]:
    """Messages of this dialect, or `Message` values, as a conversation whose tool calls all have ids.

    Args:
        messages: In order.
        path: Begins the place that an error names.

    Raises:
        RequestError: One is malformed, or holds a part that is not understood; says where.
    """
    read = [
        each if isinstance(each, Message) else read_message(each, f"{path}[{number}]")
        for number, each in enumerate(messages)
    ]
    return tuple(paired(read))


def read_message(turn: Mapping[str, Any], path: str) -> Message:
    """One message.

    Raises:
        RequestError: As for `read_messages`.
    """
    if not isinstance(turn, Mapping):
        raise RequestError(f"{path} must be a Message or a dict, not {type(turn).__name__}", path)
    role = _ROLES.get(turn.get("role") or "") if isinstance(turn.get("role"), str) else None
    if role is None:
        raise RequestError(f"{path}.role must be one of {', '.join(Role)}, not {turn.get('role')!r}", path)
    name = string(turn.get("name"))
    said = tuple(read_content(turn.get("content"), f"{path}.content"))
    if role is Role.TOOL:
        return Message(role, ToolResult(string(turn.get("tool_call_id")), said, name))
    if role is not Role.ASSISTANT:
        return Message(role, said, name)
    refusal = (Text(refused),) if (refused := string(turn.get("refusal"))) else ()
    return Message(role, _in_place(turn, (*said, *refusal), list(tool_calls(turn, path))), name)


def _in_place(turn: Mapping[str, Any], said: Sequence[Part], calls: Sequence[ToolCall]) -> Iterator[Part]:
    """Thoughts, what was said, calls; thoughts of other dialects where `write_thoughts` says they stood."""
    ids = {call.id for call in calls}
    details = _details(turn)
    read = [*map(detailed, details, are_own(details))]
    befores = [each.get("before") for each in details]
    early = [
        (count(each.get("after")) or 0, thought)
        for each, thought in zip(details, read, strict=True)
        if each.get("before") not in ids
    ]
    if not details and (text := thought_text(turn)):
        yield Reasoning(text)
    yield from _spread(said, early)
    for call in calls:
        yield from (each for each, before in zip(read, befores, strict=True) if before == call.id)
        yield call


def _spread(said: Sequence[Part], thoughts: list[tuple[int, Reasoning]]) -> Iterator[Part]:
    """What was said, with each thought after so many characters of text."""
    read = 0
    for part in said:
        rest = part.text if isinstance(part, Text) else ""
        while rest and thoughts and thoughts[0][0] < read + len(rest):
            cut = max(thoughts[0][0] - read, 0)
            if cut:
                yield Text(rest[:cut])
            rest, read = rest[cut:], read + cut
            yield thoughts.pop(0)[1]
        read += len(rest)
        if rest or not isinstance(part, Text):
            yield Text(rest) if isinstance(part, Text) else part
    yield from (thought for _, thought in thoughts)


def thoughts(message: Mapping[str, Any]) -> Iterator[Reasoning]:
    """What a message says of its thoughts: the provider's own objects, or else their text."""
    details = _details(message)
    yield from map(detailed, details, are_own(details))
    if not details and (text := thought_text(message)):
        yield Reasoning(text)


def _details(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of a message's thoughts; pieces of a stream that were collected as they came are joined."""
    found: list[dict[str, Any]] = []
    for piece in filter(None, map(table, rows(message.get("reasoning_details")))):
        place = continued(found, piece) if piece.get("index") is not None else None
        if place is None:
            found.append({})
        join(found[-1 if place is None else place], piece)
    return found


def continued(held: Sequence[Mapping[str, Any]], piece: Mapping[str, Any]) -> int | None:
    """Which of the objects that are held a piece belongs to; None where it begins another.

    One index may stand for several: a text and what is encrypted beside it, or texts signed one by one.
    """
    places = range(len(held) - 1, -1, -1)
    return next((place for place in places if _goes_on(held[place], piece)), None)


def _goes_on(held: Mapping[str, Any], piece: Mapping[str, Any]) -> bool:
    named = ((held.get(name), piece.get(name)) for name in ("index", "type", "id"))
    if any(one is not None and other is not None and one != other for one, other in named):
        return False
    return not (held.get("signature") and piece.get("text"))


def join(held: dict[str, Any], piece: Mapping[str, Any]) -> None:
    """Add a piece of one of these objects to what is held of it."""
    for name, value in piece.items():
        if value is not None or name not in held:
            joined = name in _TEXTS and isinstance(value, str)
            held[name] = string(held.get(name)) + value if joined else value


def thought_text(message: Mapping[str, Any]) -> str:
    """The text of a message's thoughts, under either of the names that speakers have for it."""
    return string(message.get("reasoning_content")) or string(message.get("reasoning"))


def are_own(details: Sequence[Mapping[str, Any]]) -> Iterator[bool]:
    """Which of these objects their maker in this dialect wants back.

    Those of other dialects are none of them, and so are those that say no more than their text, but where
    they stand beside one that says more: all of an answer's go back, or none.
    """
    foreign = [string(each.get("format")) in _FOREIGN for each in details]
    bare = [{name for name, value in each.items() if value is not None} <= _BARE for each in details]
    own = any(not (one or other) for one, other in zip(foreign, bare, strict=True))
    return (own and not each for each in foreign)


def detailed(details: Mapping[str, Any], own: bool) -> Reasoning:
    """One of the objects that OpenRouter describes thoughts with; it goes back as it is.

    https://openrouter.ai/docs/guides/best-practices/reasoning-tokens. Those that `write_answer` made of
    another dialect's thoughts name that dialect as their format.

    Args:
        details: The object.
        own: Whether its maker wants it back, see `are_own`.
    """
    text = string(details.get("text")) or string(details.get("summary"))
    signature, data, form = (string(details.get(name)) for name in ("signature", "data", "format"))
    if own:
        return Reasoning(text, signature, data, NAME, details)
    if form not in _FOREIGN:
        return Reasoning(text)
    return Reasoning(
        text, signature, data, form, table(details.get("details")) or None, string(details.get("provider"))
    )


def tool_calls(message: Mapping[str, Any], path: str) -> Iterator[ToolCall]:
    """The calls of an assistant's message, also of its form before there were several."""
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping):
            raise RequestError(f"{path}.tool_calls: each needs a function", path)
        yield ToolCall(string(call.get("id")), string(function.get("name")), arguments(function))
    function = message.get("function_call")
    if isinstance(function, Mapping):
        yield ToolCall("", string(function.get("name")), arguments(function))


def arguments(function: Mapping[str, Any]) -> str:
    """The JSON text of a call's arguments; some servers write them as an object, or leave them out."""
    value = function.get("arguments")
    if isinstance(value, str):
        return value or "{}"
    return orjson.dumps(value if isinstance(value, Mapping | list) else {}, default=dict).decode()


def read_content(content: Any, path: str) -> Iterator[Part]:
    """The parts of a message's content.

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
    for part in content:
        if isinstance(part, str):
            yield Text(part)
            continue
        kind = part.get("type") if isinstance(part, Mapping) else None
        reader = _PARTS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            raise RequestError(f"{path}: a part of type {kind!r} is not understood", path)
        yield reader(part, path)
        if isinstance(mark := part.get("cache_control"), Mapping):
            yield CachePoint(string(mark.get("ttl")))


def _text(part: Mapping[str, Any], path: str) -> Text:
    del path
    return Text(str(part.get("text") or part.get("refusal") or ""))


def _image(part: Mapping[str, Any], path: str) -> Image:
    image = part.get("image_url")
    url = image.get("url", "") if isinstance(image, Mapping) else image
    detail = string(image.get("detail")) if isinstance(image, Mapping) else ""
    if not isinstance(url, str) or not url:
        raise RequestError(f"{path}: an image needs a url", path)
    if not url.startswith("data:"):
        return Image(url, detail=detail)
    media_type, data = read_data(url, "an image", path)
    return Image(data=data, media_type=media_type, detail=detail)


def _file(part: Mapping[str, Any], path: str) -> Document:
    file = table(part.get("file"))
    url, name = string(file.get("file_data")), string(file.get("filename"))
    if not url:
        raise RequestError(
            f"{path}: a file must be given as file_data: an id is known to one provider only", path
        )
    media_type, data = read_data(url, "a file", path)
    return Document(data=data, media_type=media_type, name=name)


def _thinking(part: Mapping[str, Any], path: str) -> Reasoning:
    del path
    return Reasoning(thinking(part.get("thinking")))


def thinking(value: object) -> str:
    """The text of a thought among the parts: Mistral writes it as a list of texts, others as plain text."""
    return string(value) or "".join(string(table(part).get("text")) for part in rows(value))


_PARTS: Mapping[str, Callable[[Mapping[str, Any], str], Part]] = {
    "text": _text,
    "refusal": _text,
    "image_url": _image,
    "file": _file,
    "input_audio": read_audio,
    "thinking": _thinking,
}
