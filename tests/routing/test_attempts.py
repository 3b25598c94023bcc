"""Which candidate to ask next, decided without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from attrs import evolve
from pointsman import (
    AttemptsFailedError,
    AuthenticationError,
    Candidate,
    ContextWindowError,
    Deadline,
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    PointsmanError,
    ProviderError,
    QuotaError,
    Ranked,
    RateLimitError,
    ServerError,
    TransportError,
)
from pointsman.errors import Advice
from pointsman.routing.attempts import Attempts, RetryBudget
from pointsman.state.cooldowns import Health

from tests.builders import FakeClock, candidate

ONE, TWO, OTHER = (
    candidate("a/one", context=8),
    candidate("a/two", context=8),
    candidate("b/three", context=99),
)


def cooling(*keys: str, seconds: float = 30.0, now: float = 0.0) -> dict[str, Deadline]:
    """Deployments that cool down."""
    return {f"cooldown:{key}": Deadline(now + seconds, now, "test") for key in keys}


def travel(
    errors: Sequence[ProviderError | None],
    ranking: Sequence[Candidate] = (ONE, TWO, OTHER),
    *,
    limit: int | None = None,
    deadline: float = 100.0,
    deadlines: Mapping[str, Deadline] | None = None,
    keys: Mapping[str, Sequence[str]] | None = None,
    budget: RetryBudget | None = None,
) -> tuple[list[str], Attempts]:
    """Keys asked in order, when each attempt ends with the next of `errors` (None: it answered)."""
    clock = FakeClock()
    ranked = [Ranked(each, 1.0) for each in ranking]
    attempts = Attempts(ranked, budget or RetryBudget(), deadline, clock, limit)
    asked: list[str] = []
    turns = list(errors)
    while True:
        health = Health(deadlines or {}, keys or {}, "build", clock())
        target = attempts.next(health)
        if target is None:
            return asked, attempts
        asked.append(target.candidate.key + (f"#{target.key}" if keys else ""))
        attempts.asked(target)
        clock.advance(target.wait + 1.0)
        outcome = turns.pop(0)
        if outcome is None:
            return asked, attempts
        attempts.failed(outcome)


REFUSED = TransportError("refused")


@pytest.mark.parametrize(
    ("errors", "asked"),
    [
        ([None], ["a/one"]),
        ([REFUSED, None], ["a/one", "a/two"]),
        ([ServerError("oops"), None], ["a/one", "a/one"]),
        ([ServerError("oops"), ServerError("oops"), None], ["a/one", "a/one", "a/two"]),
        ([ServerError("oops"), REFUSED, ServerError("oops"), None], ["a/one", "a/one", "a/two", "b/three"]),
        ([RateLimitError("slow down"), None], ["a/one", "a/two"]),
        ([RateLimitError("slow down", retry_after=0.0), None], ["a/one", "a/two"]),
        ([AuthenticationError("revoked"), None], ["a/one", "a/two"]),
        ([ContextWindowError("too long"), None], ["a/one", "b/three"]),
        ([InvalidRequestError("no such parameter", advice=Advice.NEXT_CANDIDATE), None], ["a/one", "a/two"]),
        ([InvalidRequestError("malformed", advice=Advice.FAIL_FAST)], ["a/one"]),
        ([REFUSED] * 3, ["a/one", "a/two", "b/three"]),
    ],
)
def test_each_failure_leads_to_the_right_next_target(
    errors: list[ProviderError | None], asked: list[str]
) -> None:
    """Retry once, the next, a larger window, or nobody: as the failure advises."""
    assert asked == travel(errors)[0]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([REFUSED] * 3, AttemptsFailedError),
        ([InvalidRequestError("malformed", advice=Advice.FAIL_FAST)], InvalidRequestError),
        ([REFUSED, InvalidRequestError("malformed", advice=Advice.FAIL_FAST)], InvalidRequestError),
        ([InvalidRequestError("no seed", advice=Advice.NEXT_CANDIDATE)] * 3, InvalidRequestError),
    ],
)
def test_what_is_raised_in_the_end(
    errors: list[ProviderError | None], expected: type[PointsmanError]
) -> None:
    """Several failures come together; what is the caller's own mistake, or a single failure, as itself."""
    assert expected is type(travel(errors)[1].error())


def test_who_cools_down_is_asked_last_and_soonest_first() -> None:
    """Nobody leaves the ranking for a cooldown: a call never fails while somebody is unasked."""
    deadlines = {**cooling("a/one", seconds=60.0), **cooling("a/two", seconds=30.0)}

    assert travel([REFUSED] * 3, deadlines=deadlines)[0] == ["b/three", "a/two", "a/one"]


def test_another_model_comes_before_another_name_of_the_one_that_failed() -> None:
    """An alias, or the same id with a date, is the same model at the same provider."""
    dated, latest = candidate("a/gpt-2026-01-01"), candidate("a/gpt-latest")
    listed = evolve(candidate("a/x"), model=evolve(candidate("a/x").model, aliases=("gpt",)))

    assert travel([REFUSED] * 4, [dated, latest, listed, OTHER])[0] == [
        "a/gpt-2026-01-01",
        "b/three",
        "a/gpt-latest",
        "a/x",
    ]


def test_every_key_of_a_provider_is_tried_before_another_candidate() -> None:
    """A key's failure is not the model's."""
    errors = [RateLimitError("slow"), AuthenticationError("revoked"), None]

    assert travel(errors, keys={"a": ("x", "y"), "b": ("z",)})[0] == ["a/one#0", "a/one#1", "a/two#0"]


def test_the_last_one_left_is_waited_for_when_that_fits_the_deadline() -> None:
    """With nobody else to ask, a short Retry-After is worth waiting for, once; a long one is not."""
    short = travel([RateLimitError("slow", retry_after=5.0), RateLimitError("slow", retry_after=5.0)], [ONE])
    zero = travel([RateLimitError("slow", retry_after=0.0), None], [ONE])
    long = travel([RateLimitError("slow", retry_after=500.0)], [ONE])

    assert (short[0], zero[0], long[0]) == (["a/one", "a/one"], ["a/one"], ["a/one"])


def test_who_was_too_small_once_stays_too_small() -> None:
    """Also after another failure; who is not known to be smaller is asked, whatever is known of the first."""
    small, unknown = candidate("c/small", context=4), candidate("d/unknown")
    errors = [ContextWindowError("too long"), REFUSED, None]

    assert travel(errors, [ONE, unknown, small, OTHER])[0] == ["a/one", "d/unknown", "b/three"]
    assert travel(errors, [unknown, ONE, TWO])[0] == ["d/unknown", "a/one", "a/two"]
    assert travel([ContextWindowError("too long"), None], [unknown, candidate("e/unknown")])[0] == [
        "d/unknown",
        "e/unknown",
    ]


@pytest.mark.parametrize("error", [RateLimitError, AuthenticationError, QuotaError, OverloadedError])
def test_a_wait_of_nothing_is_none(error: type[ProviderError]) -> None:
    """Whoever refuses without a wait that helps is not asked the same again; others are, in their order."""
    failures = [error("no", retry_after=0.0)] * 3

    assert travel(failures)[0] == ["a/one", "a/two", "b/three"]


def test_with_several_refused_the_shortest_wait_is_waited_for() -> None:
    """Who asked for the least is asked again."""
    errors = [OverloadedError("full", retry_after=9.0), OverloadedError("full", retry_after=3.0), None]

    assert travel(errors, [ONE, OTHER])[0] == ["a/one", "b/three", "b/three"]


def test_a_sick_provider_is_sent_a_fifth_more_than_its_calls_at_most() -> None:
    """Asking others is no retry, and has no such bound."""
    budget, asked = RetryBudget(), 0
    for _ in range(100):
        asked += len(travel([ServerError("oops")] * 2, [ONE], budget=budget)[0])

    assert 115 <= asked <= 123


def test_an_optional_limit_ends_a_call() -> None:
    """For those who count attempts."""
    assert travel([REFUSED] * 2, limit=2)[0] == ["a/one", "a/two"]


def test_nobody_is_asked_after_the_deadline() -> None:
    """The deadline counts all attempts together."""
    asked, attempts = travel([REFUSED] * 3, deadline=1.5)

    assert (["a/one", "a/two"], AttemptsFailedError) == (asked, type(attempts.error()))


def test_a_deadline_already_past_asks_nobody() -> None:
    """There is an error to raise even when nobody was asked."""
    asked, attempts = travel([], deadline=0.0)

    assert ([], DeadlineError) == (asked, type(attempts.error()))


def test_who_is_being_probed_by_another_call_is_asked_last() -> None:
    """Half-open: one call probes, the others ask somebody else first."""
    attempts = Attempts([Ranked(ONE, 1.0), Ranked(OTHER, 1.0)], RetryBudget(), 100.0, FakeClock())
    health = Health(cooling("a/one", seconds=5.0, now=-10.0), {}, "build", 0.0)
    probe = attempts.next(health)
    assert probe is not None
    attempts.defer(probe)
    instead = attempts.next(health)
    assert instead is not None

    assert (probe.candidate, probe.probe, instead.candidate, attempts.deferred(probe)) == (
        ONE,
        True,
        OTHER,
        True,
    )
