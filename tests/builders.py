"""Small makers of values for tests: every one takes only what the test is about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from attrs import define, field
from pointsman import (
    Call,
    CallState,
    Candidate,
    Capability,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    FinishReason,
    Http,
    Kind,
    Message,
    Model,
    Price,
    Quality,
    Rates,
    Reservation,
    Role,
    Settlement,
    Speed,
    Text,
    Tier,
    Usage,
    UsageRow,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def price(input_rate: str | None, output_rate: str | None = None, *, estimated: bool = False) -> Price:
    """A price per million tokens; the output costs as much as the input where only that is given."""
    wanted = output_rate if output_rate is not None else input_rate
    rates = Rates(
        None if input_rate is None else Decimal(input_rate), None if wanted is None else Decimal(wanted)
    )
    return Price(rates, "test", NOW, estimated=estimated)


def quality(**values: float) -> dict[str, Quality]:
    """Qualities by category."""
    return {
        category: Quality(value, uncertainty=5.0, coverage=1.0, sources=("test",), as_of=NOW)
        for category, value in values.items()
    }


def candidate(
    key: str = "acme/model",
    *,
    rate: str | None = "1",
    out: str | None = None,
    general: float | None = 50.0,
    tokens_per_second: float | None = None,
    first_token: float | None = None,
    tier: Tier | None = None,
    can: Iterable[Capability] = (),
    cannot: Iterable[Capability] = (),
    context: int | None = None,
    active: bool = True,
    estimated: bool = False,
) -> Candidate:
    """A candidate named ``provider/model``."""
    provider, _, model = key.partition("/")
    speed = None
    if tokens_per_second is not None or first_token is not None:
        speed = Speed(model, NOW, tokens_per_second, first_token)
    return Candidate(
        provider,
        Model(model, kind=Kind.CHAT, active=active),
        price=None if rate is None else price(rate, out, estimated=estimated),
        quality={} if general is None else quality(general=general),
        speed=speed,
        tier=tier,
        can=frozenset(can),
        cannot=frozenset(cannot),
        context_window=context,
    )


def request(text: str = "hello", **more: object) -> ChatRequest:
    """A request of one user message."""
    return ChatRequest((Message(Role.USER, (Text(text),)),), **more)  # type: ignore[arg-type]


def answer(text: str = "hi", model: str = "model", **usage: int) -> ChatResponse:
    """An answer with 10 input and 5 output tokens unless said otherwise."""
    used = Usage(**{"input_tokens": 10, "output_tokens": 5, **usage})  # type: ignore[arg-type]
    return ChatResponse(text, model, FinishReason.STOP, used)


def pieces(text: str = "hi there", model: str = "model") -> list[ChatChunk]:
    """A streamed answer: its words, the finish, the usage."""
    words = [ChatChunk(text=word) for word in text.split(" ")]
    usage = Usage(input_tokens=10, output_tokens=len(words))
    return [
        ChatChunk(model=model),
        *words,
        ChatChunk(finish_reason=FinishReason.STOP),
        ChatChunk(usage=usage),
    ]


@define
class FakeClock:
    """A clock that moves when told."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@define
class FakeProvider:
    """Answers each model from a script: a list of what to answer or raise, the last of which is repeated."""

    script: dict[str, list[object]] = field(factory=dict)
    asked: list[str] = field(factory=list)
    closed: int = 0

    def _turn(self, model: str) -> object:
        self.asked.append(model)
        turns = self.script.get(model) or [answer(model=model)]
        return turns.pop(0) if len(turns) > 1 else turns[0]

    async def models(self, http: Http) -> Iterable[Model]:
        """The models of the script."""
        return [Model(name, kind=Kind.CHAT) for name in self.script]

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """The next turn, whole."""
        turn = self._turn(model)
        if isinstance(turn, BaseException):
            raise turn
        if callable(turn):
            await turn()
        assert isinstance(turn, ChatResponse)
        return turn

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        """The next turn, piece by piece; an exception among the pieces is raised there."""
        turn = self._turn(model)
        if isinstance(turn, BaseException):
            raise turn
        assert isinstance(turn, list)
        try:
            for piece in turn:
                if isinstance(piece, BaseException):
                    raise piece
                if callable(piece):
                    await piece()
                else:
                    yield piece
        finally:
            self.closed += 1


@define
class FakeStore:
    """A ledger in two dictionaries, for tests of what is written to it."""

    reservations: dict[str, Reservation] = field(factory=dict)
    settlements: dict[str, Settlement] = field(factory=dict)

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def reserve(self, reservation: Reservation) -> None:
        """Keep it."""
        self.reservations[reservation.id] = reservation

    async def settle(self, settlement: Settlement) -> None:
        """Keep the first."""
        self.settlements.setdefault(settlement.id, settlement)

    async def usage(self, by: Sequence[str], *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """Not needed here."""
        return ()

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """Everything kept."""
        return [
            Call(row, found.state if (found := self.settlements.get(key)) else CallState.RESERVED, found)
            for key, row in self.reservations.items()
        ]

    @property
    def last(self) -> Settlement:
        """The newest settlement."""
        return list(self.settlements.values())[-1]
