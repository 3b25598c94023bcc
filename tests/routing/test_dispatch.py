"""Calls: who is asked, what the caller gets, what the ledger says."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest
from pointsman import (
    AttemptsFailedError,
    AttemptState,
    BudgetError,
    CallState,
    Candidate,
    ChatChunk,
    ChatResponse,
    InvalidRequestError,
    LedgerError,
    Limit,
    Outcome,
    PointsmanError,
    Principal,
    RateLimitError,
    Reservation,
    ResponseError,
    ServerError,
    TransportError,
    Usage,
)
from pointsman.catalog import Catalog
from pointsman.config import CallSettings
from pointsman.dialects.refusals import not_taken
from pointsman.errors import Advice

from tests.builders import FakeLedger, FakeProvider, answer, candidate, pieces, request
from tests.routing.bench import ONE, Bench


@pytest.mark.anyio
async def test_an_answer_comes_with_its_provenance_and_exact_cost() -> None:
    """10 input and 5 output tokens at a dollar each are fifteen dollars."""
    bench = Bench(one=[answer("hi", "one")])
    response = await bench.chat()

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
    response = await bench.chat()
    reservation, settlement = bench.ledger.reservations[response.call_id], bench.ledger.last

    assert (("a", "one", "t", "c", ("label",), False), (CallState.SETTLED, "one", Decimal(15), 1, "")) == (
        (
            reservation.provider,
            reservation.model,
            reservation.task,
            reservation.category,
            reservation.tags,
            reservation.stream,
        ),
        (
            settlement.state,
            settlement.answer and settlement.answer.response_model,
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
        ([KeyError("a bug of the plugin")], (["one", "two"], "two")),
    ],
)
async def test_failures_fall_back(one: list[Any], expected: tuple[list[str], str]) -> None:
    """The next candidate answers where the first cannot; a plugin's own bug is no different."""
    bench = Bench(one=one, two=[answer("hello", "two")])
    response = await bench.chat()

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
        (
            [InvalidRequestError("no", advice=Advice.FAIL_FAST)],
            [],
            InvalidRequestError,
            ["PM-INVALID-REQUEST"],
        ),
    ],
)
async def test_when_nobody_answers_the_row_says_so(
    one: list[Any], two: list[Any], error: type[PointsmanError], attempts: list[str]
) -> None:
    """One failed row, every attempt in it, nothing sent that could cost."""
    bench = Bench(one=one, two=two)
    with pytest.raises(error):
        await bench.chat()

    assert (CallState.FAILED, attempts, Decimal(0)) == (
        bench.ledger.last.state,
        [each.error for each in bench.ledger.last.attempts],
        bench.ledger.last.cost.usd,
    )


@pytest.mark.anyio
@pytest.mark.parametrize("usage", [Usage(), Usage(0, 0)])
async def test_missing_usage_is_estimated_and_flagged_never_free(usage: Usage) -> None:
    """A provider that does not count, or counts nothing at all, still costs."""
    silent = ChatResponse("hello there, how are you today?", "one", answer().finish_reason, usage)
    bench = Bench(one=[silent])
    response = await bench.chat()

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
    response = await bench.chat(catalog=Catalog((ONE, other)))

    assert (Decimal(45), "other", "one") == (response.usd, response.model, response.requested_model)


@pytest.mark.anyio
async def test_a_second_key_is_tried_before_another_provider() -> None:
    """A refused key cools down alone: the same model is asked with the next key, and stays with it."""
    refused = FakeProvider({"one": [RateLimitError("slow down", retry_after=60.0)]})
    willing = FakeProvider({"one": [answer("hi", "one")]})
    bench = Bench(keys={"a": ("x", "y")}, objects={"a": [refused, willing]})
    first = await bench.chat()
    second = await bench.chat()

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
    response = await bench.chat(request(seed=7), drop=drop)

    assert expected == (response.model, response.dropped, response.attempts)


@pytest.mark.anyio
async def test_a_cancelled_call_is_settled_as_such() -> None:
    """Whoever leaves, the row ends, and the model is not blamed."""

    async def forever() -> None:
        await asyncio.sleep(3600)

    bench = Bench(one=[forever])
    task = asyncio.ensure_future(bench.chat())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (
        bench.ledger.last.state,
        [(each.state, each.maybe_billed) for each in bench.ledger.last.attempts],
        bench.state.known,
    ) == (CallState.CANCELLED, [(AttemptState.CANCELLED, True)], {})


@pytest.mark.anyio
async def test_observers_and_learners_hear_everything_and_break_nothing() -> None:
    """Learners hear of each attempt, observers of each call; one that raises is its own problem."""
    bench = Bench(one=[TransportError("refused")], two=[answer("hello", "two")])

    class Broken:
        def observe(self, *_: object) -> None:
            raise RuntimeError("a bug of the observer")

    bench.observers.insert(0, Broken())
    await bench.chat()
    kinds = [type(facts[0]) for facts in bench.heard]

    assert kinds == [Outcome, Outcome, Reservation]


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
        [ChatChunk(model="one"), ValueError("a bug of the plugin")],
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
    bench = Bench(one=[[ChatChunk("hello "), ChatChunk("wor"), *tail]], two=[pieces()])
    with pytest.raises(error):
        await bench.streamed()
    last = bench.ledger.last

    assert (
        bench.asked,
        last.state,
        last.attempts[-1].usage.estimated,
        (last.cost.usd or Decimal(0)) > 0,
    ) == (["one"], CallState.FAILED, True, True)


@pytest.mark.anyio
async def test_leaving_a_stream_settles_what_was_streamed() -> None:
    """An aborted stream has cost something, and the provider's side is closed."""
    bench = Bench(one=[pieces("one two three four", "one")])
    async with aclosing(bench.stream()) as stream:
        async for chunk in stream:
            if chunk.text == "two":
                break
    last = bench.ledger.last

    assert (
        last.state,
        last.attempts[-1].usage.estimated,
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
    after = Bench(one=[[ChatChunk("hello"), *drip]], settings=limits)
    with pytest.raises(PointsmanError) as caught:
        await after.streamed()

    assert (text, caught.value.code) == ("goodday", "PM-DEADLINE")


@pytest.mark.anyio
async def test_an_answer_without_content_is_whole_all_the_same() -> None:
    """A model may have nothing to say, and nobody else is left to ask."""
    bench = Bench(one=[[chunk for chunk in pieces("x", "one") if not chunk.text]], alone=True)
    text, response = await bench.streamed()

    assert response is not None
    assert (text, response.model, bench.ledger.last.state) == ("", "one", CallState.SETTLED)


def test_candidates_are_compared_by_identity() -> None:
    """Two listings that look alike are still two."""
    twin: Candidate = candidate("a/one")

    assert (twin == candidate("a/one"), twin == twin) == (False, True)  # noqa: PLR0124 (identity is the point)


@pytest.mark.anyio
async def test_each_attempt_has_its_own_clock_and_bill() -> None:
    """A fallback is not charged with its predecessor's time; what each cost adds up to the call's bill."""

    async def pause() -> None:
        await asyncio.sleep(0.2)

    broken = [ChatChunk(model="one"), pause, TransportError("reset", maybe_billed=True)]
    bench = Bench(one=[broken], two=[pieces("good day", "two")])
    await bench.streamed()
    first, second = bench.ledger.last.attempts
    learned = [facts[0].latency for facts in bench.heard if isinstance(facts[0], Outcome)]

    assert first.duration >= 0.2 > (second.first_token or 9.0)
    assert (bench.ledger.last.first_token or 0.0) >= 0.2
    assert learned == [None, second.first_token]
    assert (first.cost.usd, second.cost.usd, bench.ledger.last.cost) == (
        None,
        Decimal(24),
        bench.response and bench.response.cost,
    )
    assert bench.ledger.last.cost.estimated


@pytest.mark.anyio
async def test_a_model_that_failed_three_times_has_three_failures() -> None:
    """Every attempt stands in the ledger with the error's own words."""
    bench = Bench(one=[ServerError("one"), ServerError("two")], two=[answer("hi", "two")])
    await bench.chat()

    assert [(each.model, each.state, each.detail) for each in bench.ledger.last.attempts] == [
        ("one", AttemptState.FAILED, "one"),
        ("one", AttemptState.FAILED, "two"),
        ("two", AttemptState.ACCEPTED, ""),
    ]


@pytest.mark.anyio
async def test_a_refused_parameter_is_tried_elsewhere_and_named_when_nobody_takes_it() -> None:
    """A 400 about a parameter is no mistake of everybody's request."""
    refuse = not_taken("seed", "no such parameter here")
    elsewhere = Bench(one=[refuse], two=[answer("hi", "two")])
    response = await elsewhere.chat(request(seed=7))
    nowhere = Bench(one=[not_taken("seed", "no seed")], two=[not_taken("seed", "no seed either")])
    with pytest.raises(InvalidRequestError) as caught:
        await nowhere.chat(request(seed=7))

    assert (response.model, caught.value.parameter, caught.value.model) == ("two", "seed", "one")


@pytest.mark.anyio
async def test_after_a_cooldown_exactly_one_call_probes() -> None:
    """Twenty calls at once: one finds out, the others go elsewhere."""

    async def slowly() -> None:
        await asyncio.sleep(0.05)

    bench = Bench(one=[TransportError("refused"), [slowly, *pieces("hi", "one")]], two=[pieces("ho", "two")])
    await bench.streamed()
    bench.clock.advance(6.0)
    before = len(bench.providers["a"].asked)
    texts = await asyncio.gather(*(bench.text() for _ in range(20)))
    probes = len(bench.providers["a"].asked) - before
    after = await bench.text()

    assert (probes, sorted(texts), after) == (1, ["hi", *["ho"] * 19], "hi")


@pytest.mark.anyio
async def test_the_only_candidate_is_probed_by_one_call_while_the_others_wait_for_it() -> None:
    """With nobody else to ask, the others ask once the probe knows."""

    async def slowly() -> None:
        await asyncio.sleep(0.1)

    bench = Bench(
        one=[TransportError("refused"), [slowly, *pieces("hi", "one")], pieces("hi", "one")], alone=True
    )
    with pytest.raises(TransportError):
        await bench.streamed()
    bench.clock.advance(6.0)
    calls = [asyncio.ensure_future(bench.text()) for _ in range(20)]
    await asyncio.sleep(0.05)
    probes = len(bench.providers["a"].asked) - 1
    texts = await asyncio.gather(*calls)

    assert (probes, texts) == (1, ["hi"] * 20)


@pytest.mark.anyio
async def test_the_ledger_is_not_waited_for_beyond_the_deadline() -> None:
    """A ledger that hangs costs the call, not the caller; nothing was sent."""

    class Hangs(FakeLedger):
        async def reserve(self, reservation: Reservation) -> None:
            await asyncio.sleep(3600)

    bench = Bench(one=[answer("hi", "one")], settings=CallSettings(deadline=0.1), ledger=Hangs())
    with pytest.raises(LedgerError, match="nothing was sent"):
        await bench.chat()

    assert bench.asked == []


@pytest.mark.anyio
async def test_limits_of_a_principal_are_reserved_and_settled_with_what_was_used() -> None:
    """The estimate is held while the call is under way; afterwards its attempts count, and no more."""
    limits = [Limit("requests", 2, "day"), Limit("tokens", 1_000, "day"), Limit("usd", 100, "month")]
    bench = Bench(one=[answer("hi", "one")], principal=Principal("key-1", limits=limits))
    await bench.chat()
    await bench.chat()
    counted = {name.split(":")[2]: amount for name, amount in bench.state.counted.items()}
    with pytest.raises(BudgetError, match="2 requests per day"):
        await bench.chat()

    assert counted == {"requests": 2, "tokens": 30, "usd": 30 * 10**12}
    assert (len(bench.ledger.reservations), bench.asked) == (2, ["one", "one"])


@pytest.mark.anyio
async def test_a_call_that_could_not_be_recorded_gives_its_limits_back() -> None:
    """Nothing was sent, so nothing counts."""

    class Broken(FakeLedger):
        async def reserve(self, reservation: Reservation) -> None:
            raise LedgerError("no room left")

    principal = Principal("key-1", limits=[Limit("requests", 2, "day")])
    bench = Bench(principal=principal, ledger=Broken())
    with pytest.raises(LedgerError):
        await bench.chat()

    assert set(bench.state.counted.values()) == {0}
