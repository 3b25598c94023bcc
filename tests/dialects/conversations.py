"""Strategies for conversations and answers, and their streams, that every dialect should carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st
from pointsman.dialects import StreamReader, StreamWriter
from pointsman.dialects.gathered import Gathered
from pointsman.providers.streamed import as_deltas
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Image,
    Message,
    Part,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from pointsman.wire.fields import json_object
from pointsman.wire.streams import DONE, Event, Reader

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9)
IDS = st.from_regex(r"[a-z][a-z0-9_-]{2,12}", fullmatch=True)
TEXTS = st.builds(Text, WORDS)
IMAGES = st.builds(Image, st.just("https://a.example/b.png")) | st.builds(
    Image, data=st.just("QQ=="), media_type=st.sampled_from(["image/png", "image/webp"])
)
ARGUMENTS = st.dictionaries(WORDS, st.integers(0, 9), max_size=2)
FINISHES = st.sampled_from([FinishReason.STOP, FinishReason.LENGTH, FinishReason.TOOL_CALLS])
USAGES = st.builds(Usage, st.integers(1, 999), st.integers(1, 999))


def encoded(events: Sequence[Event]) -> bytes:
    """Events as they go over the wire."""
    lines = []
    for event in events:
        name = f"event: {event.name}\n" if event.name else ""
        lines.append(f"{name}data: {event.data}\n\n")
    return "".join(lines).encode()


def streamed(
    response: ChatResponse, writer: StreamWriter, reader: StreamReader, cuts: Sequence[int]
) -> ChatResponse:
    """An answer written as a stream, cut at these places and read again."""
    pieces = [ChatChunk(delta, model=response.model, id=response.id) for delta in as_deltas(response.content)]
    last = ChatChunk((), response.finish_reason, response.usage, response.model, response.id)
    events = [event for piece in (*pieces, last) for event in writer.write(piece)]
    wire = encoded([*events, *writer.end()])
    ends = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    stream, answer = Reader(), Gathered()
    chunks = [wire[begin:end] for begin, end in pairwise(ends)]
    found = [event for chunk in chunks for event in stream.feed(chunk)]
    for event in (*found, *stream.end()):
        if event.data != DONE and (chunk := reader.read(json_object(event.data))) is not None:
            answer.add(chunk)
    return answer.response(response.model)


def turn_of_tools(calls: Sequence[tuple[str, str]], results: Sequence[Sequence[Part]]) -> list[Message]:
    """An assistant's calls, and the results of all of them."""
    asked = [ToolCall(f"call-{place}-{identity}", name, "{}") for place, (identity, name) in enumerate(calls)]
    answers = [ToolResult(call.id, result, call.name) for call, result in zip(asked, results, strict=False)]
    return [Message(Role.ASSISTANT, asked), Message(Role.TOOL, answers)] if answers else []
