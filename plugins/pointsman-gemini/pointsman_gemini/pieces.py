"""The pieces of a streamed answer: server-sent events, or one JSON array for whoever does not ask for events.

Events are asked for, but what stands between may not pass the wish on.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator

from pointsman import ResponseError
from pointsman.providers import Event, events

CAP = 1024 * 1024
"""Bytes one element of an array may have; as for an event."""

_BLANK = b" \t\r\n\xef\xbb\xbf"
_MARKS = re.compile(rb'["\\{}]')
_QUOTE, _BACKSLASH, _OPEN = b'"\\{'


async def pieces(chunks: AsyncIterator[bytes]) -> AsyncGenerator[Event, None]:
    """The events of a stream; the elements of an array are events, too, as soon as each is there.

    Raises:
        ResponseError: One is too large.
    """
    async for chunk in chunks:
        # No event begins with a blank, so what stands before the first one tells nothing.
        if begun := chunk.lstrip(_BLANK):
            break
    else:
        return
    if not begun.startswith(b"["):
        async for event in events(_again(begun, chunks)):
            yield event
        return
    splitter = Splitter()
    async for chunk in _again(begun, chunks):
        for element in splitter.feed(chunk):
            yield Event(element.decode("utf-8", "replace"))


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    yield first
    async for chunk in rest:
        yield chunk


class Splitter:
    """An incremental splitter: cuts the objects out of a JSON array.

    Work is linear in the bytes fed, wherever they are cut.
    """

    __slots__ = ("_cap", "_depth", "_escaped", "_held", "_quoted", "_seen")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._held = bytearray()
        self._seen = 0
        self._depth = 0
        self._quoted = False
        self._escaped = -1  # place of the character after a backslash

    def feed(self, chunk: bytes) -> list[bytes]:
        """The objects that `chunk` completes.

        Raises:
            ResponseError: An object is larger than the cap.
        """
        self._held += chunk
        found: list[bytes] = []
        begin = 0
        for place in [mark.start() for mark in _MARKS.finditer(self._held, self._seen)]:
            if place == self._escaped:
                continue
            if not self._depth and self._held[place] == _OPEN:
                begin = place
            if self._ends(place, self._held[place]):
                found.append(bytes(self._held[begin : place + 1]))
                begin = place + 1
        self._drop(begin if self._depth else len(self._held))
        if len(self._held) > self._cap:
            raise ResponseError(f"a piece of the stream is larger than {self._cap} bytes", maybe_billed=True)
        return found

    def _ends(self, place: int, mark: int) -> bool:
        """Take one mark in; whether it ends an object."""
        if self._quoted:
            if mark == _BACKSLASH:
                self._escaped = place + 1
            self._quoted = mark != _QUOTE
        elif mark == _OPEN:
            self._depth += 1
        elif mark == _QUOTE:
            self._quoted = self._depth > 0
        elif mark != _BACKSLASH and self._depth:
            self._depth -= 1
            return not self._depth
        return False

    def _drop(self, size: int) -> None:
        del self._held[:size]
        self._seen = len(self._held)
        self._escaped -= size
