"""Small makers of values for tests: every one takes only what the test is about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
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
    Claim,
    Deadline,
    FinishReason,
    Http,
    Kind,
    Message,
    Model,
    Price,
    Quality,
    Rates,
    Refusal,
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
    words = [ChatChunk(word) for word in text.split(" ")]
    usage = Usage(input_tokens=10, output_tokens=len(words))
    return [
        ChatChunk(model=model),
        *words,
        ChatChunk(finish_reason=FinishReason.STOP),
        ChatChunk(usage=usage),
    ]


@define
class FakeClock:
    """A clock that the test moves."""

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
    requests: list[ChatRequest] = field(factory=list)

    def _turn(self, model: str, request: ChatRequest) -> object:
        self.asked.append(model)
        self.requests.append(request)
        turns = self.script.get(model) or [answer(model=model)]
        return turns.pop(0) if len(turns) > 1 else turns[0]

    async def models(self, http: Http) -> Iterable[Model]:
        """The models of the script."""
        return [Model(name, kind=Kind.CHAT) for name in self.script]

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """The next turn, whole."""
        turn = self._turn(model, request)
        if isinstance(turn, BaseException):
            raise turn
        if callable(turn):
            await turn()
        assert isinstance(turn, ChatResponse)
        return turn

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        """The next turn, piece by piece; an exception among the pieces is raised there."""
        turn = self._turn(model, request)
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
class FakeLedger:
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

    async def call(self, id: str) -> Call | None:  # noqa: A002 (the port's name)
        """One of them."""
        return next((each for each in await self.calls() if each.reservation.id == id), None)

    @property
    def last(self) -> Settlement:
        """The newest settlement."""
        return list(self.settlements.values())[-1]


@define
class FakeState:
    """A shared state in a few dictionaries; nothing expires but by the clock it is given."""

    clock: Callable[[], float] = FakeClock()
    known: dict[str, Deadline] = field(factory=dict)
    counted: dict[str, int] = field(factory=dict)
    leases: dict[str, tuple[str, float]] = field(factory=dict)
    values: dict[str, bytes] = field(factory=dict)

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def deadlines(self, names: Iterable[str]) -> Mapping[str, Deadline]:
        """Those that were set."""
        return {name: self.known[name] for name in names if name in self.known}

    async def extend(self, name: str, deadline: Deadline) -> None:
        """The later one wins."""
        known = self.known.get(name)
        if known is None or known.until < deadline.until:
            self.known[name] = deadline

    async def clear(self, names: Iterable[str], before: float) -> None:
        """Those set in time."""
        for name in names:
            if name in self.known and self.known[name].since <= before:
                del self.known[name]

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """All or nothing."""
        for claim in claims:
            used = self.counted.get(claim.name, 0)
            if claim.most is not None and used + claim.amount > claim.most:
                return Refusal(claim, used)
        await self.adjust(claims)
        return None

    async def adjust(self, claims: Sequence[Claim]) -> None:
        """Whatever the limits."""
        for claim in claims:
            self.counted[claim.name] = max(self.counted.get(claim.name, 0) + claim.amount, 0)

    async def counters(self, names: Iterable[str]) -> Mapping[str, int]:
        """As they stand."""
        return {name: self.counted[name] for name in names if name in self.counted}

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """To whoever comes first."""
        holder, until = self.leases.get(name, (owner, 0.0))
        if holder != owner and until > self.clock():
            return False
        self.leases[name] = owner, self.clock() + seconds
        return True

    async def release(self, name: str, owner: str) -> None:
        """By whoever has it."""
        if self.leases.get(name, ("", 0.0))[0] == owner:
            del self.leases[name]

    async def keep(self, name: str, value: bytes, until: float) -> None:
        """For ever."""
        self.values[name] = value

    async def kept(self, name: str) -> bytes | None:
        """What was kept."""
        return self.values.get(name)
