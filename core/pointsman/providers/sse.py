"""Server-sent events, read as they arrive.

The format is the WHATWG one (https://html.spec.whatwg.org/multipage/server-sent-events.html): fields before a
blank line make an event, ``data`` lines are joined with LF, a line that begins with a colon is a comment.
``id`` and ``retry`` are for reconnecting browsers and are skipped. One thing is more lenient: an event whose
lines are complete but whose blank line is missing at the end of the stream still counts.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from attrs import frozen

from pointsman.errors import ResponseError
from pointsman.providers.lines import CAP, Lines

_BOM = b"\xef\xbb\xbf"


@frozen
class Event:
    """One event.

    Attributes:
        data: Its data lines, joined with LF.
        name: Its type; ``""`` when the stream does not say.
    """

    data: str
    name: str = ""


class Reader:
    """An incremental reader: feed it bytes, get events."""

    __slots__ = ("_cap", "_data", "_first", "_lines", "_name", "_size")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._lines = Lines(cap)
        self._data: list[bytes] = []
        self._size = 0
        self._name = b""
        self._first = True

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that `chunk` completes.

        Raises:
            ResponseError: An event is larger than the cap.
        """
        events = []
        for line in self._lines.feed(chunk):
            if not line:
                if self._data:
                    events.append(self._event())
                self._name = b""
            else:
                self._field(line)
        return events

    def end(self) -> list[Event]:
        """The event left when the stream ends, if its last line was complete; half a line is dropped."""
        self._lines.end()
        return [self._event()] if self._data else []

    def _field(self, line: bytes) -> None:
        if self._first:
            line = line.removeprefix(_BOM)
        self._first = False
        name, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
            if self._size > self._cap:
                raise ResponseError(f"an event is larger than {self._cap} bytes", maybe_billed=True)
        elif name == b"event":
            self._name = value

    def _event(self) -> Event:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data, self._size = [], 0
        return Event(data.decode("utf-8", "replace"), self._name.decode("utf-8", "replace"))


async def events(chunks: AsyncIterator[bytes], *, cap: int = CAP) -> AsyncGenerator[Event, None]:
    """The events of a byte stream.

    Args:
        chunks: The body, cut anywhere.
        cap: Bytes one event may have.

    Raises:
        ResponseError: An event is larger than `cap`.
    """
    reader = Reader(cap)
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event
    for event in reader.end():
        yield event
