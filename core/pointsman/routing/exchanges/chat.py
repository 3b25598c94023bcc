"""Chat: a whole answer, or one in pieces."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import Any

from attrs import define, evolve, field

from pointsman.errors import InvalidRequestError, PointsmanError, ResponseError
from pointsman.money.tokens import completed
from pointsman.routing.acceptance import says_nothing
from pointsman.routing.exchanges.exchange import Turn, plugin_failure, within
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.request import without
from pointsman.routing.streams import Gathered, guarded
from pointsman.routing.thoughts import for_provider, signed, signed_piece
from pointsman.types import Attempt, ChatChunk, ChatRequest, ChatResponse, PartDelta, Usage


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

    async def pieces(self, turn: Turn) -> AsyncGenerator[Any]:
        """Ask for the whole."""
        self.response = None
        asked = for_provider(self.request, turn.candidate.provider)
        self.response = await within(turn, turn.provider.chat(turn.model, asked, turn.http))
        return
        yield  # an asynchronous generator, like the others

    @property
    def empty(self) -> bool:
        """Whether a whole answer has come, and says nothing."""
        return self.response is not None and says_nothing(self.response)

    def held(self) -> Iterable[Any]:
        """Nothing: the answer is given as the result."""
        return ()

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
        return evolve(
            self.response,
            content=signed(self.response, attempt.provider),
            usage=attempt.usage,
            cost=entry.bill,
            provider=attempt.provider,
            requested_model=attempt.model,
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
    _held: list[ChatChunk] = field(factory=list, init=False)

    async def pieces(self, turn: Turn) -> AsyncGenerator[ChatChunk]:
        """The chunks, gathered as they pass; what comes before content is held back."""
        self.response, self.started = None, False
        self._gathered, self._model = Gathered(), turn.model
        self._held = held = []
        asked = for_provider(self.request, turn.candidate.provider)
        source = turn.provider.stream(turn.model, asked, turn.http)
        try:
            async for piece in guarded(source, turn.deadlines, _progress):
                chunk = signed_piece(piece, turn.candidate.provider)
                self._gathered.add(chunk)
                if self.started:
                    yield chunk
                    continue
                held.append(chunk)
                if _says_something(chunk):
                    self.started = True
                    for each in held:
                        yield each
                    held.clear()
            self._check_finished()
            self.response = self._gathered.response(turn.model)
        except PointsmanError:
            raise
        except Exception as error:
            raise plugin_failure(error) from error
        finally:
            if (close := getattr(source, "aclose", None)) is not None:
                await close()

    def held(self) -> Iterable[ChatChunk]:
        """The pieces of an answer without content, whole all the same."""
        return self._held

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
    if any(isinstance(delta, PartDelta) for delta in chunk.deltas):
        return True
    return chunk.has_content and bool(chunk.reasoning or chunk.tool_calls or chunk.text.strip())


def _progress(chunk: ChatChunk) -> bool:
    """Content, or the finish after which only the usage comes."""
    return chunk.has_content or chunk.finish_reason is not None
