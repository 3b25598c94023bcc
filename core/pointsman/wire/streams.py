"""Answers as they arrive: lines, newline-delimited JSON, server-sent events, wherever the network cut them.

Server-sent events are WHATWG's (https://html.spec.whatwg.org/multipage/server-sent-events.html): fields
before a blank line make an event, ``data`` lines are joined with LF, a line that begins with a colon is a
comment. ``id`` and ``retry`` are for reconnecting browsers and are skipped. One thing is more lenient: an
event whose blank line is missing at the end of the stream still counts, and so does a last line without its
end where what it holds is whole.

Some servers answer with one JSON text where events were asked for. No event stream begins with ``{`` or
``[``, so it is distinguished, and given as one `Body`.

Own code, because httpx-sse and the HTTP library's reader take only a response of their own, not bytes, and
httpx-sse bounds neither a line nor an event.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from attrs import frozen

from pointsman.errors import ProviderError, ResponseError
from pointsman.wire.fields import json_object
from pointsman.wire.lenient import Halves, loads

CAP = 1024 * 1024
"""Bytes one line, or one event, may have."""

DONE = "[DONE]"
"""The data of the event that ends a stream, in dialects that have one."""

PATIENCE = 0.2
"""Seconds the rest of a complete answer is waited for; about what a new TLS connection costs."""

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n" + _BOM
_LONGEST_INDENT = 1024  # bytes of blanks in one line before an answer begins


class Lines:
    """An incremental splitter: CRLF, LF and CR all end a line.

    Work is linear in the bytes fed, also when a line arrives one byte at a time.
    """

    __slots__ = ("_after_cr", "_cap", "_parts", "_size")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._parts: list[bytes] = []
        self._size = 0
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes, without their ends.

        Raises:
            ResponseError: A line is longer than the cap.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[:1] == b"\n":  # the second half of a CRLF that was cut in two
                chunk = chunk[1:]
        if not chunk:
            return []
        lines = chunk.splitlines()
        ended = chunk[-1:] in {b"\n", b"\r"}
        self._after_cr = chunk[-1:] == b"\r"
        if self._parts and (ended or len(lines) > 1):
            lines[0] = b"".join((*self._parts, lines[0]))
            self._parts, self._size = [], 0
        if not ended:
            rest = lines.pop()
            self._parts.append(rest)
            self._size += len(rest)
        if max(map(len, lines), default=0) > self._cap or self._size > self._cap:
            raise ResponseError(f"a line of the stream is longer than {self._cap} bytes", maybe_billed=True)
        return lines

    def end(self) -> bytes:
        """What is left when the stream ends without a line end."""
        rest = b"".join(self._parts)
        self._parts, self._size = [], 0
        return rest


async def objects(chunks: AsyncIterator[bytes], *, cap: int = CAP) -> AsyncGenerator[Mapping[str, Any], None]:
    """The objects of a byte stream; the last line needs no line end.

    A body that is one object written over several lines is one object.

    Args:
        chunks: The body, cut anywhere.
        cap: Bytes one line, or an object over several lines, may have.

    Raises:
        ResponseError: A line is longer than `cap`, or is not a JSON object.
    """
    lines, halves, begun = Lines(cap), Halves(), False
    held: list[bytes] = []  # of an object over several lines
    size = 0
    async for chunk in chunks:
        for line in lines.feed(chunk):
            if not line.strip():
                continue
            if not begun and (held or not _is_object(line)):
                held.append(line)
                size += len(line) + 1
                if size > cap:
                    raise ResponseError(f"a line of the stream is longer than {cap} bytes", maybe_billed=True)
            else:
                begun = True
                yield json_object(line, halves)
    rest = b"\n".join((*held, lines.end()))
    if rest.strip():
        yield json_object(rest, halves)


def _is_object(text: bytes) -> bool:
    """Whether a text is one whole JSON object."""
    try:
        return isinstance(loads(text), dict)
    except ValueError:
        return False


@frozen
class Event:
    """One event.

    Attributes:
        data: Its data lines, joined with LF.
        name: Its type; ``""`` when the stream does not say.
    """

    data: str
    name: str = ""


@frozen
class Body(Event):
    """All there is, where a server answered with one JSON text and no events."""


class Reader:
    """An incremental reader: feed it bytes, get events."""

    __slots__ = ("_body", "_cap", "_data", "_first", "_head", "_lines", "_name", "_size")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._head: bytes | None = b""  # blanks before the answer begins; None once it has
        self._body: list[bytes] | None = None
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
        if self._head is not None:
            chunk = self._begin(self._head + chunk)
        if self._body is not None:
            self._body.append(chunk)
            return []
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
        """The event left when the stream ends, or the `Body`.

        A last line without its end counts if the event's data is then a whole JSON object or the end mark;
        else it is half a line, and dropped.
        """
        if self._body is not None:
            return [Body(b"".join(self._body).decode("utf-8", "replace"))]
        lines = len(self._data)
        rest = self._lines.end()
        if rest.removeprefix(_BOM).startswith(b"data"):
            self._field(rest)
            data = b"\n".join(self._data)
            if data != DONE.encode() and not _is_object(data):
                del self._data[lines:]
        return [self._event()] if self._data else []

    def _begin(self, head: bytes) -> bytes:
        """Tell which form the answer has by how it begins; nothing is read before that is known."""
        begun = head.lstrip(_BLANK)
        blank = head[: len(head) - len(begun)]
        # Blank lines mean nothing in either form, and may go on for as long as a server thinks.
        head = head[max(blank.rfind(b"\n"), blank.rfind(b"\r")) + 1 :]
        if not begun and len(head) < _LONGEST_INDENT:
            self._head = head
            return b""
        self._head = None
        if begun[:1] in {b"{", b"["} and len(head) - len(begun) < _LONGEST_INDENT:
            self._body = []
            return begun
        return head

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


async def drained(rest: AsyncIterator[object], *, patience: float = PATIENCE) -> None:
    """Read and forget what is left of a complete answer, for at most `patience` seconds, failures included.

    A connection whose answer was not read to the end cannot be used again, and the next call would pay for a
    new one. Most servers end the body together with the answer; one that does not is not waited for.
    """
    import asyncio

    try:
        async with asyncio.timeout(patience):
            async for _ in rest:
                pass
    except (TimeoutError, ProviderError):
        pass
