"""One streamed answer of any dialect that is written as server-sent events: what all of them have in common.

Servers do not always answer as they were asked to: with one JSON text instead of events, with an error event
after the first of the answer, with an end mark but no finish reason. What was answered and paid for arrives;
an error keeps its class, its wait and its message; a stream that was cut is an error.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from typing import Any

from pointsman.dialects.dialect import StreamReader
from pointsman.dialects.errors import stated_error
from pointsman.dialects.gathered import Gathered
from pointsman.errors import ProviderError, ResponseError
from pointsman.protocols import Http, HttpAnswer
from pointsman.types import (
    Audio,
    ChatChunk,
    ChatResponse,
    Delta,
    Document,
    FinishReason,
    HttpRequest,
    Image,
    Part,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
)
from pointsman.wire.fields import as_object, json_object, rows, table
from pointsman.wire.lenient import Halves
from pointsman.wire.streams import DONE, Body, Event, Reader, drained, events

_EVENTS = (b"data:", b"event:", b": ")
"""How a body begins that is events and no JSON."""


async def streamed(
    http: Http,
    ask: Callable[[], Awaitable[HttpRequest]],
    reader: StreamReader,
    whole: Callable[[Mapping[str, Any]], ChatResponse],
    cut: Callable[[AsyncIterator[bytes]], AsyncGenerator[Event, None]] = events,
) -> AsyncGenerator[ChatChunk, None]:
    """The pieces of an answer.

    Args:
        http: The client.
        ask: What is sent.
        reader: Of the dialect's events.
        whole: Reads an answer that came as one JSON text.
        cut: Cuts the body into events.

    Raises:
        ProviderError: It did not answer, or the answer holds an error.
        ResponseError: An event is malformed, or the stream ended before the answer was finished.
    """
    reading = _Reading(reader, whole)
    async with http.stream(await ask()) as answer, aclosing(cut(answer.chunks())) as found:
        async for event in found:
            for piece in reading.read(event):
                yield piece
            if reading.ended:
                await drained(found)
                break
    if (last := reading.end()) is not None:
        yield last


def gathered(
    answer: HttpAnswer, reader: StreamReader, whole: Callable[[Mapping[str, Any]], ChatResponse], model: str
) -> ChatResponse:
    """A whole answer, also where a server sent the events of a stream instead: it was paid for all the same.

    Args:
        answer: As it came.
        reader: Of the dialect's events.
        whole: Reads an answer that came as one JSON text.
        model: Stands in where the events name none.

    Raises:
        ProviderError: The answer holds an error.
        ResponseError: It is none, or its events end before it was finished.
    """
    if not answer.body.lstrip().startswith(_EVENTS):
        return whole(as_object(answer.json()))
    reading, found, stream = _Reading(reader, whole), Gathered(), Reader()
    for event in (*stream.feed(answer.body), *stream.end()):
        for piece in reading.read(event):
            found.add(piece)
        if reading.ended:
            break
    if (last := reading.end()) is not None:
        found.add(last)
    return found.response(model)


class _Reading:
    """What the events of one answer add, whatever form the server gave them.

    Attributes:
        ended: Whether the answer says that it is over.
    """

    __slots__ = ("_answered", "_halves", "_reader", "_whole", "_wrote", "ended")

    def __init__(self, reader: StreamReader, whole: Callable[[Mapping[str, Any]], ChatResponse]) -> None:
        self._reader = reader
        self._whole = whole
        self._halves = Halves()
        self._wrote = self._answered = self.ended = False

    def read(self, event: Event) -> Iterator[ChatChunk]:
        """The pieces in one event."""
        objects = _objects(event, self._halves)
        alone = isinstance(event, Body) and len(objects) == 1
        for obj in objects:
            if obj is None:
                self.ended = True
            elif not self._wrote and (alone or _is_whole(obj)):
                self._answered = self._wrote = True
                yield as_chunk(_whole(obj, self._whole))
            else:
                piece = self._reader.read(obj)
                if piece is not None:
                    self._wrote = self._wrote or piece.has_content
                    yield piece
                if (error := stated_error(obj)) is not None:
                    raise error
        self.ended = self.ended or self._reader.stopped

    def end(self) -> ChatChunk | None:
        """What is missing at the end; None where nothing is."""
        if self._reader.finished or self._answered:
            return None
        return _end(paid=self.ended and self._wrote)


def _is_whole(obj: Mapping[str, Any]) -> bool:
    """Whether an event holds a whole answer: some gateways have no more, and send it as the one event."""
    if obj.get("object") == "response" or obj.get("type") == "message":
        return isinstance(obj.get("output") or obj.get("content"), list)
    choices = rows(obj.get("choices"))
    choice = table(choices[0]) if choices else {}
    return bool(choice.get("finish_reason") and choice.get("message")) and not choice.get("delta")


def _end(*, paid: bool) -> ChatChunk:
    """The last piece of an answer that came without a finish reason: fine if the server says that it is over.

    Raises:
        ResponseError: The stream was cut.
    """
    if not paid:
        raise ResponseError("the stream ended without a finish reason", maybe_billed=True)
    return ChatChunk(finish_reason=FinishReason.OTHER)


def _objects(event: Event, halves: Halves) -> Sequence[Mapping[str, Any] | None]:
    """What an event holds: one object, but for servers that part their events with a single line end.

    None is an end mark. Nothing is in one that is empty, to keep the connection alive.

    Raises:
        ProviderError: The event is an error by its name.
        ResponseError: It is malformed.
    """
    data = event.data
    if data == DONE:
        return (None,)
    if event.name == "error":
        raise _named_error(event)
    try:
        return (json_object(data, halves),)
    except ResponseError:
        lines = [line.strip() for line in data.splitlines() if line.strip()]
        if lines == [data]:
            raise
        return [None if each == DONE else json_object(each, halves) for each in lines]


def _whole(obj: Mapping[str, Any], read: Callable[[Mapping[str, Any]], ChatResponse]) -> ChatResponse:
    if (error := stated_error(obj)) is not None:
        raise error
    return read(obj)


def _named_error(event: Event) -> ProviderError:
    """The error in an event that is named one, whatever its data looks like."""
    from pointsman.failures import from_error_object

    try:
        obj = json_object(event.data)
    except ResponseError:
        return from_error_object(event.data)
    return stated_error(obj) or from_error_object(obj)


def as_chunk(response: ChatResponse) -> ChatChunk:
    """A whole answer as the one piece of a stream."""
    return ChatChunk(
        as_deltas(response.content),
        response.finish_reason,
        response.usage,
        response.model,
        response.id,
    )


def as_deltas(content: Iterable[Part]) -> Iterator[Delta]:
    """Whole parts as the pieces of a stream."""
    for place, part in enumerate(content):
        if isinstance(part, Text):
            yield TextDelta(part.text, place)
        elif isinstance(part, ToolCall):
            yield ToolCallDelta(place, part.id, part.name, part.arguments)
        elif isinstance(part, Reasoning):
            yield ReasoningDelta(
                part.text, part.signature, part.redacted, part.format, part.details, place, part.provider
            )
        elif isinstance(part, Image | Audio | Document):
            yield PartDelta(part, place)
