"""A client that sends nothing: it replies from a script and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import orjson
from attrs import evolve, field, frozen

from pointsman.errors import ResponseError
from pointsman.failures import classify
from pointsman.http.answers import Answer
from pointsman.types import HttpRequest


@frozen
class Pieces:
    """The body of a streamed answer, cut where the network might cut it; an error is raised in its place."""

    parts: tuple[bytes | Exception, ...] = field(converter=tuple[bytes | Exception, ...])
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)


Scripted = Answer | Pieces | Exception | bytes | Mapping[str, object] | Sequence[object]
Script = Scripted | Callable[[HttpRequest], Scripted]


class FakeHttp:
    """Satisfies `pointsman.protocols.Http` without a network.

    Each request takes the next scripted answer: an `Answer`, `Pieces`, an exception to raise, bytes of a
    body, any other value as JSON, or a function of the request. Error statuses are classified as the real
    client does.

    Attributes:
        sent: Every request, oldest first; header names in lower case, `json` as it is read from the wire.
    """

    def __init__(self, *script: Script) -> None:
        self.sent: list[HttpRequest] = []
        self._script = deque(script)

    async def request(self, request: HttpRequest) -> Answer:
        """The next scripted answer, whole."""
        pieces = self._answer(request)
        return Answer(pieces.status, pieces.headers, b"".join(_good(pieces.parts)))

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[FakeStream]:
        """The next scripted answer, piece by piece."""
        yield FakeStream(self._answer(request))

    def _answer(self, request: HttpRequest) -> Pieces:
        json = request.json
        sent = evolve(
            request,
            headers={name.lower(): value for name, value in request.headers.items()},
            params=dict(request.params),
            json=None if json is None else orjson.loads(orjson.dumps(json, default=dict)),
        )
        self.sent.append(sent)
        if not self._script:
            raise AssertionError(f"nothing is scripted for {request.method} {request.url}")
        scripted = self._script.popleft()
        pieces = _pieces(scripted(sent) if callable(scripted) else scripted)
        if not 200 <= pieces.status < 300 and pieces.status not in request.accept:  # noqa: PLR2004 - success
            raise classify(pieces.status, pieces.headers, b"".join(_good(pieces.parts)))
        return pieces


class FakeStream:
    """Satisfies `pointsman.protocols.HttpStream`."""

    def __init__(self, pieces: Pieces) -> None:
        self.status = pieces.status
        self.headers = pieces.headers
        self._parts = pieces.parts

    async def chunks(self) -> AsyncIterator[bytes]:
        """The scripted pieces."""
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part


def _pieces(scripted: Scripted) -> Pieces:
    if isinstance(scripted, Exception):
        raise scripted
    if isinstance(scripted, Pieces):
        return scripted
    if isinstance(scripted, Answer):
        return Pieces((scripted.body,), scripted.status, scripted.headers)
    if isinstance(scripted, bytes):
        return Pieces((scripted,))
    return Pieces((orjson.dumps(scripted),), headers={"content-type": "application/json"})


def _good(parts: tuple[bytes | Exception, ...]) -> list[bytes]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
    good = [part for part in parts if isinstance(part, bytes)]
    if len(good) != len(parts):
        raise ResponseError("a scripted piece is neither bytes nor an error")
    return good
