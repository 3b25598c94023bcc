"""Chat: a whole answer, or one in pieces."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from attrs import define, field

from pointsman.dialects.gathered import Gathered
from pointsman.errors import InvalidRequestError, ResponseError
from pointsman.money.tokens import completed
from pointsman.routing.acceptance import says_nothing
from pointsman.routing.exchanges.exchange import BLAMED, Turn, within
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.request import without
from pointsman.routing.streams import Guarded
from pointsman.routing.thoughts import for_provider, signed, signed_piece
from pointsman.types import (
    Attempt,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    ReasoningDelta,
    TextDelta,
    Usage,
)


@define(eq=False)
class ChatExchange:
    """A whole answer.

    Attributes:
        request: What is asked now: the caller's, less what had to be left out.
        dropped: What was left out.
        response: The answer.
    """

    request: ChatRequest
    drop: bool = False
    dropped: tuple[str, ...] = ()
    response: ChatResponse | None = None
    started: bool = False

    async def begin(self, turn: Turn, *, whole: bool) -> bool:  # noqa: ARG002 (it always is)
        """Ask for the whole."""
        self.response = None
        asked = for_provider(self.request, turn.candidate.provider)
        self.response = await within(turn, turn.provider.chat(turn.model, asked, turn.http))
        return True

    async def pieces(self) -> AsyncGenerator[Any]:
        """Nothing: the answer is given as the result."""
        return
        yield

    async def aclose(self) -> None:
        """Nothing to do."""

    @property
    def empty(self) -> bool:
        """Whether a whole answer has come, and says nothing."""
        return self.response is not None and says_nothing(self.response)

    def used(self) -> tuple[str, Usage] | None:
        """Of the whole answer."""
        if self.response is None:
            return None
        return self.response.model, completed(self.response.usage, self.request, self.response)

    def adapted(self, error: InvalidRequestError) -> bool:
        """Leave out the parameter the error names, where the caller allows it."""
        simpler = without(self.request, error.parameter) if self.drop and not self.started else None
        if simpler is None:
            return False
        self.request = simpler
        self.dropped += (error.parameter,)
        return True

    def result(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> Any:
        """The answer with its provenance; its cost is the whole call's."""
        return self._provenance(entry, attempt, accepted=accepted)

    def _provenance(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> ChatResponse:
        if self.response is None:
            raise RuntimeError("nobody has answered yet")
        response = self.response
        return ChatResponse(
            content=signed(response, attempt.provider),
            model=response.model,
            finish_reason=response.finish_reason,
            usage=attempt.usage,
            id=response.id,
            provider=attempt.provider,
            requested_model=attempt.model,
            cost=entry.bill,
            call_id=entry.reservation.id,
            attempts=len(entry.attempts),
            dropped=self.dropped,
            accepted=accepted,
        )


@define(eq=False)
class StreamExchange(ChatExchange):
    """An answer in pieces; the last chunk carries the whole."""

    _gathered: Gathered = field(factory=Gathered, init=False)
    _model: str = field(default="", init=False)
    _provider: str = field(default="", init=False)
    _held: list[ChatChunk] = field(factory=list, init=False)
    _source: Guarded[ChatChunk] | None = field(default=None, init=False)

    async def begin(self, turn: Turn, *, whole: bool) -> bool:
        """Ask, and hold back what comes before content."""
        self.response, self.started = None, False
        self._gathered, self._model, self._provider = Gathered(), turn.model, turn.candidate.provider
        self._held = held = []
        asked = for_provider(self.request, self._provider)
        shown = False
        try:
            with BLAMED:
                chunks = turn.provider.stream(turn.model, asked, turn.http)
                self._source = source = Guarded(chunks, turn.deadlines, _progress)
                async for piece in source:
                    chunk = signed_piece(piece, self._provider)
                    self._gathered.add(chunk)
                    held.append(chunk)
                    if not self.started and _says_something(chunk):
                        self.started = True
                        turn.content()
                        shown = not whole
                        if shown:
                            return False
                self._finish()
                return True
        finally:
            if not shown:
                await self.aclose()

    async def pieces(self) -> AsyncGenerator[ChatChunk]:
        """The chunks, gathered as they pass."""
        source, add, provider = self._source, self._gathered.add, self._provider
        try:
            for chunk in self._held:
                yield chunk
            if source is not None:
                with BLAMED:
                    async for piece in source:
                        chunk = signed_piece(piece, provider)
                        add(chunk)
                        yield chunk
                    self._finish()
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """The provider's generator ends at once."""
        source, self._source = self._source, None
        if source is not None:
            await source.aclose()

    def _finish(self) -> None:
        self._check_finished()
        self.response = self._gathered.response(self._model)

    def _check_finished(self) -> None:
        """A cut stream is never passed off as whole."""
        if self._gathered.finish_reason is None:
            raise ResponseError("the stream ended before the answer was finished", maybe_billed=True)

    def used(self) -> tuple[str, Usage] | None:
        """Of what has come so far."""
        if self.response is None and not self.started:
            return None
        answer = self.response or self._gathered.response(self._model)
        return answer.model, completed(answer.usage, self.request, answer)

    def result(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> Any:
        """A last chunk with the whole answer."""
        return ChatChunk(response=self._provenance(entry, attempt, accepted=accepted))


def _says_something(chunk: ChatChunk) -> bool:
    """Content that is more than blanks: of an answer that has no other, nothing was shown."""
    return any(not isinstance(each, TextDelta | ReasoningDelta) or each.text.strip() for each in chunk.deltas)


def _progress(chunk: ChatChunk) -> bool:
    """Content, or the finish after which only the usage comes."""
    return chunk.has_content or chunk.finish_reason is not None
