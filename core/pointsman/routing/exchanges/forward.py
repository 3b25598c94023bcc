"""Forwarding: the caller's own bytes, and the provider's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from attrs import define, field

from pointsman.dialects.usage import openai_usage
from pointsman.errors import InvalidRequestError, ResponseError
from pointsman.money.tokens import completed_count, text_tokens
from pointsman.protocols import Forwarder
from pointsman.providers.forwarded import ForwardedUsage
from pointsman.providers.openai_compatible import OpenAICompatible
from pointsman.routing.exchanges.exchange import BLAMED, Turn
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.streams import Guarded
from pointsman.types import Attempt, ForwardHead, ForwardRequest, ForwardResponse, Usage

_HELD = 1 << 20
"""Bytes of a stream that are held back at most while nothing of its answer has come."""


@define(eq=False)
class ForwardExchange:
    """What the caller wrote goes out as it is, and what the provider answers comes back as it is.

    Bytes are held back until some of the answer has come, so that until then a failure falls back without a
    trace; an answer that comes whole is held until its end.

    Attributes:
        request: What is passed on.
        expected: Input and output tokens, for answers that do not say.
        said: What the answer says of itself.
    """

    request: ForwardRequest
    expected: tuple[int, int] = (0, 0)
    started: bool = False
    said: ForwardedUsage | None = None

    _held: list[ForwardHead | bytes] = field(factory=list, init=False)
    _source: AsyncGenerator[ForwardHead | bytes] | None = field(default=None, init=False)

    async def begin(self, turn: Turn, *, whole: bool) -> bool:
        """Ask, and hold back what comes before some of the answer."""
        counts = turn.provider.usage if isinstance(turn.provider, OpenAICompatible) else openai_usage
        self.started, self.said = False, ForwardedUsage(self.request.dialect, usage=counts)
        self._held = held = []
        self._source = source = self._pieces(turn, self.said)
        shown = False
        try:
            async for piece in source:
                held.append(piece)
                if not self.started and isinstance(piece, bytes) and self._may_pass(held):
                    self.started = True
                    turn.content()
                    shown = not whole
                    if shown:
                        return False
            return True
        finally:
            if not shown:
                await self.aclose()

    async def pieces(self) -> AsyncGenerator[ForwardHead | bytes]:
        """The head of the answer, then its bytes."""
        try:
            for piece in self._held:
                yield piece
            if self._source is not None:
                async for piece in self._source:
                    yield piece
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """The connection is let go."""
        source, self._source = self._source, None
        if source is not None:
            await source.aclose()

    async def _pieces(self, turn: Turn, said: ForwardedUsage) -> AsyncGenerator[ForwardHead | bytes]:
        with BLAMED:
            if not isinstance(turn.provider, Forwarder):
                raise ResponseError("this provider does not pass requests on")
            async with turn.provider.forward(turn.model, self.request.body, turn.http) as stream:
                yield turn.head(stream)
                async with aclosing(Guarded(stream.chunks(), turn.deadlines, bool)) as chunks:
                    async for chunk in chunks:
                        said.feed(chunk)
                        yield chunk
            self._check_whole()

    def _may_pass(self, held: list[ForwardHead | bytes]) -> bool:
        """Whether the caller may see what has come: some of the answer, or more than can be held."""
        if self.said is None or not self.request.stream or self.said.error is not None:
            return False
        if not self.said.readable or self.said.text:
            return True
        return sum(len(piece) for piece in held if isinstance(piece, bytes)) > _HELD

    def _check_whole(self) -> None:
        """Raise what the answer itself says went wrong, or that it was cut."""
        if self.said is None:
            return
        self.said.end()
        if self.said.error is not None:
            raise self.said.error
        if self.said.readable and not self.said.finished:
            raise ResponseError("the answer ended before it was finished", maybe_billed=True)

    @property
    def empty(self) -> bool:
        """Never: the bytes are the provider's own."""
        return False

    def used(self) -> tuple[str, Usage] | None:
        """What the answer says of itself; estimated where it does not."""
        if self.said is None:
            return None
        usage = self.said.usage or Usage()
        if not (usage.input_tokens and usage.output_tokens):
            usage = completed_count(usage, self.expected[0], text_tokens(self.said.text))
        return self.said.model, usage

    def adapted(self, error: InvalidRequestError) -> bool:  # noqa: ARG002 (the bytes are the caller's)
        """Never."""
        return False

    def result(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> Any:  # noqa: ARG002
        """What the call came to."""
        return ForwardResponse(
            attempt.provider,
            attempt.model,
            attempt.response_model,
            attempt.usage,
            entry.bill,
            entry.reservation.id,
            len(entry.attempts),
        )
