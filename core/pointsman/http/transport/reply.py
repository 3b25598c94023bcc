"""An answer in the hands of its reader."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from pointsman.http.library import httpx
from pointsman.http.transport.answer import Answer
from pointsman.http.transport.connection import Connection


class Reply(httpx.AsyncByteStream):
    """An answer whose head has come; satisfies `pointsman.http.outgoing.Incoming`.

    Attributes:
        status: 200 or more.
        fields: Its headers as they came.
    """

    __slots__ = ("_answer", "_connection", "_give_back", "_open", "fields", "status")

    def __init__(
        self, answer: Answer, connection: Connection, give_back: Callable[[Connection], None]
    ) -> None:
        self.status: int = answer.status
        self.fields: Sequence[tuple[bytes, bytes]] = answer.fields
        self._answer = answer
        self._connection = connection
        self._give_back = give_back
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as it comes, still encoded.

        Raises:
            httpx.TransportError: It ended early, is malformed, or nothing came for too long.
        """
        answer, connection = self._answer, self._connection
        while True:
            if answer.parts:
                piece = answer.take()
                connection.taken()
                yield piece
            elif answer.error is not None:
                raise answer.error
            elif answer.done:
                return
            elif self._open:
                await connection.wait()
            else:
                raise httpx.StreamClosed

    async def aclose(self) -> None:
        """Let go of the connection; it is kept only if the body has come to its end."""
        if self._open:
            self._open = False
            self._give_back(self._connection)
