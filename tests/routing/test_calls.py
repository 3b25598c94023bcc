"""Calls: who is asked, what the caller gets, what the ledger says."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, field
from pointsman import (
    AttemptsFailedError,
    CallState,
    Candidate,
    ChatChunk,
    ChatResponse,
    Criteria,
    Decision,
    InvalidRequestError,
    Outcome,
    PointsmanError,
    Ranked,
    RateLimitError,
    Reservation,
    ResponseError,
    ServerError,
    Settlement,
    TransportError,
    Usage,
)
from pointsman.catalog import Catalog
from pointsman.config import CallSettings
from pointsman.providers.request import not_taken
from pointsman.routing.calls import Caller
from pointsman.routing.health import Health
from pointsman.routing.row import Audience
from pointsman.routing.run import Order

from tests.builders import NOW, FakeProvider, FakeStore, answer, candidate, pieces, request

ONE, TWO = candidate("a/one", rate="1000000"), candidate("b/two", rate="2000000")


@define
class Bench:
    """Two providers, one model each, a fake ledger."""

    one: list[Any] = field(factory=list)
    two: list[Any] = field(factory=list)
    settings: CallSettings = CallSettings()
    ledger: FakeStore = field(factory=FakeStore)
    told: list[Any] = field(factory=list)
    providers: dict[str, FakeProvider] = field(init=False)
    caller: Caller = field(init=False)
    order: Order = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.providers = {"a": FakeProvider({"one": self.one}), "b": FakeProvider({"two": self.two})}
        self.caller = Caller(
            {name: [provider] for name, provider in self.providers.items()},
            lambda name: None,  # type: ignore[arg-type,return-value]
            Audience(self.ledger, learners=[self], observers=[self]),
            Health(),
            self.settings,
        )
        ranking = (Ranked(ONE, 2.0), Ranked(TWO, 1.0))
        decision = Decision(Criteria(task="t", category="c"), ranking, (), (), "test", "hash", NOW)
        self.order = Order(Catalog((ONE, TWO)), decision, request(), "label")

    def observe(self, *facts: Outcome | Reservation | Settlement) -> None:
        """As a learner and as an observer."""
        self.told.append(facts)

    @property
    def asked(self) -> list[str]:
        """Models asked, in the order of providers."""
        return self.providers["a"].asked + self.providers["b"].asked

    async def streamed(self) -> tuple[str, ChatResponse | None]:
        """The text of a whole stream, and the response on its last chunk."""
        text, response = "", None
        async for chunk in self.caller.stream(self.order):
            text += chunk.text
            response = chunk.response or response
        return text, response


@pytest.mark.anyio
async def test_an_answer_comes_with_its_provenance_and_exact_cost() -> None:
    """10 input and 5 output tokens at a dollar each are fifteen dollars."""
    bench = Bench(one=[answer("hi", "one")])
    response = await bench.caller.chat(bench.order)

    assert ("hi", "a", "one", Decimal(15), 1, next(iter(bench.ledger.reservations))) == (
        response.text,
        response.provider,
        response.requested_model,
        response.usd,
        response.attempts,
        response.call_id,
    )


@pytest.mark.anyio
async def test_the_row_is_reserved_before_and_settled_after() -> None:
    """The ledger knows the call before the provider does, and its end before the caller does."""
    bench = Bench(one=[answer("hi", "one")])
    response = await bench.caller.chat(bench.order)
    reservation, settlement = bench.ledger.reservations[response.call_id], bench.ledger.last

    assert (("a", "one", "t", "c", "label", False), (CallState.SETTLED, "one", Decimal(15), 1, "")) == (
        (
            reservation.provider,
            reservation.model,
            reservation.task,
            reservation.category,
            reservation.tag,
            reservation.stream,
        ),
        (
            settlement.state,
            settlement.response_model,
            settlement.cost.usd,
            len(settlement.attempts),
            settlement.error,
        ),
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ([TransportError("refused")], (["one", "two"], "two")),
        ([ServerError("oops"), answer("hi", "one")], (["one", "one"], "one")),
        ([KeyError("a bug of the engine")], (["one", "two"], "two")),
    ],
)
async def test_failures_fall_back(one: list[Any], expected: tuple[list[str], str]) -> None:
    """The next candidate answers where the first cannot; an engine's own bug is no different."""
    bench = Bench(one=one, two=[answer("hello", "two")])
    response = await bench.caller.chat(bench.order)

    assert (*expected, len(expected[0])) == (bench.asked, response.model, response.attempts)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("one", "two", "error", "attempts"),
    [
        (
            [TransportError("refused")],
            [RateLimitError("slow")],
            AttemptsFailedError,
            ["PM-TRANSPORT", "PM-RATE-LIMIT"],
        ),
        ([InvalidRequestError("no")], [], InvalidRequestError, ["PM-INVALID-REQUEST"]),
    ],
)
async def test_when_nobody_answers_the_row_says_so(
    one: list[Any], two: list[Any], error: type[PointsmanError], attempts: list[str]
) -> None:
    """One failed row, every attempt in it, no cost."""
    bench = Bench(one=one, two=two)
    with pytest.raises(error):
        await bench.caller.chat(bench.order)

    assert (CallState.FAILED, attempts, None) == (
        bench.ledger.last.state,
        [each.error for each in bench.ledger.last.attempts],
        bench.ledger.last.cost.usd,
    )


@pytest.mark.anyio
async def test_missing_usage_is_estimated_and_flagged_never_free() -> None:
    """A provider that does not count still costs."""
    silent = ChatResponse("hello there, how are you today?", "one", answer().finish_reason, Usage())
    bench = Bench(one=[silent])
    response = await bench.caller.chat(bench.order)

    assert (
        response.usage.estimated,
        response.cost.estimated,
        (response.usd or Decimal(0)) > 0,
    ) == (True, True, True)


@pytest.mark.anyio
async def test_the_answering_model_sets_the_price() -> None:
    """Providers replace ids silently: who answered is paid."""
    bench = Bench(one=[answer("hi", "other")])
    other = candidate("a/other", rate="3000000")
    order = Order(Catalog((ONE, other)), bench.order.decision, request())
    response = await bench.caller.chat(order)

    assert (Decimal(45), "other", "one") == (response.usd, response.model, response.requested_model)


@pytest.mark.anyio
async def test_a_second_key_is_tried_before_another_provider() -> None:
    """A refused key rests alone: the same model is asked with the next key, and stays with it."""
    bench = Bench()
    refused = FakeProvider({"one": [RateLimitError("slow down", retry_after=60.0)]})
    willing = FakeProvider({"one": [answer("hi", "one")]})
    bench.caller.providers = {"a": [refused, willing], "b": [bench.providers["b"]]}
    bench.caller.health = Health(keys={"a": 2})
    first = await bench.caller.chat(bench.order)
    second = await bench.caller.chat(bench.order)

    assert (
        refused.asked,
        willing.asked,
        first.attempts,
        second.attempts,
        second.provider,
    ) == (["one"], ["one", "one"], 2, 1, "a")


@pytest.mark.anyio
@pytest.mark.parametrize(("drop", "expected"), [(True, ("one", ("seed",), 2)), (False, ("two", (), 2))])
async def test_what_is_not_taken_is_left_out_only_when_the_caller_says_so(
    drop: bool, expected: tuple[str, tuple[str, ...], int]
) -> None:
    """Never silently: the answer names what was dropped; otherwise the next candidate is asked."""
    bench = Bench(one=[not_taken("seed", "not here"), answer("hi", "one")], two=[answer("hi", "two")])
    order = Order(bench.order.catalog, bench.order.decision, request(seed=7), drop=drop)
    response = await bench.caller.chat(order)

    assert expected == (response.model, response.dropped, response.attempts)


@pytest.mark.anyio
async def test_a_cancelled_call_is_settled_as_such() -> None:
    """Whoever leaves, the row ends, and the model is not blamed."""

    async def forever() -> None:
        await asyncio.sleep(3600)

    bench = Bench(one=[forever])
    task = asyncio.ensure_future(bench.caller.chat(bench.order))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (
        bench.ledger.last.state,
        [each.error for each in bench.ledger.last.attempts],
        bench.caller.health.resting(ONE),
    ) == (CallState.CANCELLED, ["cancelled"], None)


@pytest.mark.anyio
async def test_observers_and_learners_hear_everything_and_break_nothing() -> None:
    """Each attempt teaches, each call is told; a listener that raises is its own problem."""
    bench = Bench(one=[TransportError("refused")], two=[answer("hello", "two")])

    class Broken:
        def observe(self, *_: object) -> None:
            raise RuntimeError("a bug of the observer")

    told = bench.caller.audience
    bench.caller.audience = Audience(told.ledger, told.learners, [Broken(), *told.observers])
    await bench.caller.chat(bench.order)
    kinds = [type(facts[0]).__name__ for facts in bench.told]

    assert kinds == ["Outcome", "Outcome", "Reservation"]


@pytest.mark.anyio
async def test_a_stream_adds_up_to_an_answer_with_its_cost() -> None:
    """The pieces come as they come; the last carries the whole."""
    bench = Bench(one=[pieces("hi there", "one")])
    text, response = await bench.streamed()

    assert response is not None
    assert ("hithere", "hithere", Decimal(12), CallState.SETTLED, 1) == (
        text,
        response.text,
        response.usd,
        bench.ledger.last.state,
        bench.providers["a"].closed,
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    "failing",
    [
        TransportError("refused"),
        [TransportError("reset")],
        [ChatChunk(model="one"), TransportError("reset")],
        [ChatChunk(model="one")],
        [],
        [ChatChunk(model="one"), ValueError("a bug of the engine")],
    ],
)
async def test_before_the_first_token_a_stream_falls_back_without_a_trace(failing: Any) -> None:
    """What the caller sees is one whole answer of the second model."""
    bench = Bench(one=[failing], two=[pieces("good day", "two")])
    text, response = await bench.streamed()

    assert response is not None
    assert (text, response.model, response.attempts, bench.asked) == ("goodday", "two", 2, ["one", "two"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("tail", "error"),
    [([TransportError("reset")], TransportError), ([], ResponseError)],
)
async def test_after_the_first_token_a_broken_stream_is_an_error(
    tail: list[Any], error: type[PointsmanError]
) -> None:
    """Never a silent success, never a splice; what was streamed is priced."""
    bench = Bench(one=[[ChatChunk(text="hello "), ChatChunk(text="wor"), *tail]], two=[pieces()])
    with pytest.raises(error):
        await bench.streamed()
    last = bench.ledger.last

    assert (
        bench.asked,
        last.state,
        last.usage.estimated,
        (last.cost.usd or Decimal(0)) > 0,
    ) == (["one"], CallState.FAILED, True, True)


@pytest.mark.anyio
async def test_leaving_a_stream_settles_what_was_streamed() -> None:
    """An aborted stream has cost something, and the provider's side is closed."""
    bench = Bench(one=[pieces("one two three four", "one")])
    async with aclosing(bench.caller.stream(bench.order)) as stream:
        async for chunk in stream:
            if chunk.text == "two":
                break
    last = bench.ledger.last

    assert (
        last.state,
        last.usage.estimated,
        (last.cost.usd or Decimal(0)) > 0,
        bench.providers["a"].closed,
    ) == (CallState.CANCELLED, True, True, 1)


@pytest.mark.anyio
async def test_a_stream_that_only_keeps_alive_is_given_up_on() -> None:
    """Empty chunks do not reset the deadline of the first token; nor, later, that of the next piece."""

    async def pause() -> None:
        await asyncio.sleep(0.02)

    drip = [part for _ in range(200) for part in (ChatChunk(model="one"), pause)]
    limits = CallSettings(first_token=0.1, idle=0.1)
    before = Bench(one=[drip], two=[pieces("good day", "two")], settings=limits)
    text, _ = await before.streamed()
    after = Bench(one=[[ChatChunk(text="hello"), *drip]], settings=limits)
    with pytest.raises(PointsmanError) as caught:
        await after.streamed()

    assert (text, caught.value.code) == ("goodday", "PM-DEADLINE")


@pytest.mark.anyio
async def test_an_answer_without_content_is_whole_all_the_same() -> None:
    """A model may have nothing to say."""
    bench = Bench(one=[[chunk for chunk in pieces("x", "one") if not chunk.text]])
    text, response = await bench.streamed()

    assert response is not None
    assert (text, response.model, bench.ledger.last.state) == ("", "one", CallState.SETTLED)


def test_candidates_are_compared_by_identity() -> None:
    """Two listings that look alike are still two."""
    twin: Candidate = candidate("a/one")

    assert (twin == candidate("a/one"), twin == twin) == (False, True)  # noqa: PLR0124 (identity is the point)
