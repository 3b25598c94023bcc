"""Calls without a network: two fake providers with one model each, a fake ledger, a fake shared state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from attrs import define, field
from pointsman import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Criteria,
    Decision,
    Outcome,
    Principal,
    Ranked,
    Reservation,
    Settlement,
    Step,
)
from pointsman.catalog import Catalog
from pointsman.config import CallSettings
from pointsman.routing.asking import Asker
from pointsman.routing.call_spec import CallSpec, Operation
from pointsman.routing.dispatch import Dispatcher
from pointsman.routing.exchanges import ChatExchange, StreamExchange
from pointsman.routing.recorder import Recorder
from pointsman.state.cooldowns import Cooldowns
from pointsman.state.limits import Limits

from tests.builders import NOW, FakeClock, FakeLedger, FakeProvider, FakeState, candidate, request

ONE, TWO = candidate("a/one", rate="1000000"), candidate("b/two", rate="2000000")


@define(eq=False)
class Bench:
    """Two providers, one model each.

    Attributes:
        one, two: What each answers, turn by turn.
        steps: Of the decision's plan; none for the ranking of both.
        alone: Whether only the first is in the ranking.
        heard: What learners and observers heard.
    """

    one: list[Any] = field(factory=list)
    two: list[Any] = field(factory=list)
    settings: CallSettings = CallSettings()
    keys: dict[str, tuple[str, ...]] = field(factory=dict)
    objects: dict[str, list[FakeProvider]] = field(factory=dict)
    steps: Sequence[Step] = ()
    alone: bool = False
    principal: Principal = Principal()
    judges: Decision | None = None
    ledger: FakeLedger = field(factory=FakeLedger)
    clock: FakeClock = field(factory=lambda: FakeClock(0.0))
    heard: list[Any] = field(factory=list)
    observers: list[Any] = field(factory=list)
    providers: dict[str, FakeProvider] = field(init=False)
    state: FakeState = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    response: ChatResponse | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.providers = {"a": FakeProvider({"one": self.one}), "b": FakeProvider({"two": self.two})}
        self.state = FakeState(self.now)
        self.observers.append(self)
        objects = {**{name: [each] for name, each in self.providers.items()}, **self.objects}
        cooldowns = Cooldowns(self.state, self.keys, self.now, lambda: 0.0)
        asker = Asker(objects, lambda _: None, cooldowns, self.settings)  # type: ignore[arg-type,return-value]
        recorder = Recorder(self.ledger, [self], self.observers)
        self.dispatcher = Dispatcher(asker, recorder, Limits(self.state, self.now), self._judge)

    def now(self) -> float:
        """The machine's own clock, and what was advanced."""
        import time

        return time.time() + self.clock.now

    async def _judge(self, request: ChatRequest, criteria: Criteria, deadline: float) -> Decision:
        assert self.judges is not None
        self.heard.append((request, criteria))
        return self.judges

    def observe(self, *facts: Outcome | Reservation | Settlement) -> None:
        """As a learner and as an observer."""
        self.heard.append(facts)

    @property
    def asked(self) -> list[str]:
        """Models asked, in the order of providers."""
        return self.providers["a"].asked + self.providers["b"].asked

    def spec(
        self, asked: ChatRequest | None = None, *, drop: bool = False, catalog: Catalog | None = None
    ) -> CallSpec:
        """A call that begins now."""
        ranking = (Ranked(ONE, 2.0),) if self.alone else (Ranked(ONE, 2.0), Ranked(TWO, 1.0))
        criteria = Criteria(task="t", category="c")
        decision = Decision(criteria, ranking, (), (), "test", "hash", NOW, steps=tuple(self.steps))
        began = asyncio.get_running_loop().time()
        return CallSpec(
            operation=Operation.CHAT,
            request=asked or request(),
            criteria=criteria,
            decision=decision,
            catalog=catalog or Catalog((ONE, TWO)),
            deadline=began + self.settings.deadline,
            began=began,
            expected=(10, 5),
            principal=self.principal,
            tags=("label",),
            drop_unsupported=drop,
            attempts=self.settings.attempts,
        )

    async def chat(
        self, asked: ChatRequest | None = None, *, drop: bool = False, catalog: Catalog | None = None
    ) -> ChatResponse:
        """A whole answer."""
        spec = self.spec(asked, drop=drop, catalog=catalog)
        answer: Any = None
        async for piece in self.dispatcher.run(spec, ChatExchange(spec.chat, drop=drop)):
            answer = piece
        assert isinstance(answer, ChatResponse)
        return answer

    async def stream(self) -> AsyncGenerator[ChatChunk]:
        """The pieces of a stream."""
        spec = self.spec()
        run = self.dispatcher.run(spec, StreamExchange(spec.chat))
        try:
            async for piece in run:
                yield piece
        finally:
            await run.aclose()

    async def streamed(self) -> tuple[str, ChatResponse | None]:
        """The text of a whole stream, and the response on its last chunk."""
        text, response = "", None
        async for chunk in self.stream():
            text += chunk.text
            response = chunk.response or response
        self.response = response
        return text, response

    async def text(self) -> str:
        """The text of a whole stream."""
        return (await self.streamed())[0]
