"""A client that sends nothing: it replies from a script and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import orjson
from attrs import field, frozen

from pointsman.errors import ResponseError
from pointsman.failures import classify
from pointsman.http.answers import Answer


@frozen
class Sent:
    """One request as a plugin made it.

    Attributes:
        method, url: As given.
        headers: Lower-case names.
        params: As given.
        json: As it would be read from the wire; None when there was none.
        body: As given.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict)
    params: Mapping[str, str] = field(factory=dict)
    json: object = None
    body: bytes | None = None


@frozen
class Pieces:
    """The body of a streamed answer, cut where the network might cut it; an error is raised in its place."""

    parts: tuple[bytes | Exception, ...] = field(converter=tuple[bytes | Exception, ...])
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)


Scripted = Answer | Pieces | Exception | bytes | Mapping[str, object] | Sequence[object]
Script = Scripted | Callable[[Sent], Scripted]


class FakeHttp:
    """Satisfies `pointsman.protocols.Http` without a network.

    Each request takes the next scripted answer: an `Answer`, `Pieces`, an exception to raise, bytes of a
    body, any other value as JSON, or a function of what was `Sent`. Error statuses are classified as the real
    client does.

    Attributes:
        sent: Every request, oldest first.
    """

    def __init__(self, *script: Script) -> None:
        self.sent: list[Sent] = []
        self._script = deque(script)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        body: bytes | None = None,
        accept: Sequence[int] = (),
    ) -> Answer:
        """The next scripted answer, whole."""
        pieces = self._take(method, url, headers, params, json, body)
        answer = Answer(pieces.status, pieces.headers, b"".join(_good(pieces.parts)))
        if not 200 <= answer.status < 300 and answer.status not in accept:  # noqa: PLR2004 - what a success is
            raise classify(answer.status, answer.headers, answer.body)
        return answer

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        body: bytes | None = None,
    ) -> AsyncIterator[FakeStream]:
        """The next scripted answer, piece by piece."""
        pieces = self._take(method, url, headers, params, json, body)
        if not 200 <= pieces.status < 300:  # noqa: PLR2004 - what a success is
            raise classify(pieces.status, pieces.headers, b"".join(_good(pieces.parts)))
        yield FakeStream(pieces)

    def _take(  # noqa: PLR0917 - the parameters of a request, in the protocol's order
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        json: object,
        body: bytes | None,
    ) -> Pieces:
        sent = Sent(
            method=method,
            url=url,
            headers={name.lower(): value for name, value in (headers or {}).items()},
            params=dict(params or {}),
            json=None if json is None else orjson.loads(orjson.dumps(json, default=dict)),
            body=body,
        )
        self.sent.append(sent)
        if not self._script:
            raise AssertionError(f"nothing is scripted for {method} {url}")
        scripted = self._script.popleft()
        return _pieces(scripted(sent) if callable(scripted) else scripted)


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
