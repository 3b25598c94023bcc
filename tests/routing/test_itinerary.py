"""Whom to ask next, decided without asking anybody."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pointsman import (
    AttemptsFailedError,
    AuthenticationError,
    Candidate,
    ContextWindowError,
    DeadlineError,
    InvalidRequestError,
    PointsmanError,
    ProviderError,
    Ranked,
    RateLimitError,
    ServerError,
    TransportError,
)
from pointsman.routing.health import Health
from pointsman.routing.itinerary import Itinerary

from tests.builders import FakeClock, candidate

ONE, TWO, OTHER = (
    candidate("a/one", context=8),
    candidate("a/two", context=8),
    candidate("b/three", context=99),
)


def travel(
    errors: Sequence[ProviderError | None],
    ranking: Sequence[Candidate] = (ONE, TWO, OTHER),
    *,
    limit: int = 3,
    deadline: float = 100.0,
) -> tuple[list[str], Itinerary]:
    """Keys asked in order, when each attempt ends with the next of `errors` (None: it answered)."""
    clock = FakeClock()
    itinerary = Itinerary([Ranked(each, 1.0) for each in ranking], Health(clock), limit, deadline, clock)
    asked, turns = [], list(errors)
    while (stop := itinerary.next()) is not None:
        asked.append(stop.candidate.key)
        clock.advance(stop.wait + 1.0)
        outcome = turns.pop(0)
        if outcome is None:
            itinerary.answered()
        else:
            itinerary.failed(outcome)
    return asked, itinerary


@pytest.mark.parametrize(
    ("errors", "asked"),
    [
        ([None], ["a/one"]),
        ([TransportError("refused"), None], ["a/one", "a/two"]),
        ([ServerError("oops"), None], ["a/one", "a/one"]),
        ([ServerError("oops"), ServerError("oops"), None], ["a/one", "a/one", "a/two"]),
        ([RateLimitError("slow down"), None], ["a/one", "b/three"]),
        ([AuthenticationError("revoked"), None], ["a/one", "b/three"]),
        ([ContextWindowError("too long"), None], ["a/one", "b/three"]),
        ([InvalidRequestError("no such parameter")], ["a/one"]),
        ([TransportError("refused")] * 3, ["a/one", "a/two", "b/three"]),
    ],
)
def test_each_failure_leads_to_the_right_next_stop(
    errors: list[ProviderError | None], asked: list[str]
) -> None:
    """Retry, next, another provider, a larger window, or nobody: as the failure advises."""
    assert asked == travel(errors)[0]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([TransportError("refused")] * 3, AttemptsFailedError),
        ([InvalidRequestError("no such parameter")], InvalidRequestError),
        ([TransportError("refused"), InvalidRequestError("no such parameter")], InvalidRequestError),
    ],
)
def test_what_is_raised_in_the_end(
    errors: list[ProviderError | None], expected: type[PointsmanError]
) -> None:
    """Several failures come together; a caller's own mistake, or a single failure, comes as itself."""
    assert expected is type(travel(errors)[1].error())


def test_every_attempt_is_recorded_with_who_and_why() -> None:
    """The ledger can tell every attempt, and each error knows whom it is about."""
    _, itinerary = travel([TransportError("refused"), None])

    assert [
        *((each.provider, each.model, each.ok, each.error, each.duration) for each in itinerary.attempts),
        (itinerary.errors[0].provider, itinerary.errors[0].model),
    ] == [("a", "one", False, "PM-TRANSPORT", 1.0), ("a", "two", True, "", 1.0), ("a", "one")]


def test_the_last_one_left_is_waited_for_when_that_fits_the_deadline() -> None:
    """With nobody else to ask, a short Retry-After is worth waiting for; a long one is not."""
    short = travel([RateLimitError("slow", retry_after=5.0), None], [ONE])[0]
    long = travel([RateLimitError("slow", retry_after=500.0), None], [ONE])[0]

    assert (short, long) == (["a/one", "a/one"], ["a/one"])


def test_nobody_is_asked_after_the_deadline() -> None:
    """The deadline counts all attempts together."""
    asked, itinerary = travel([TransportError("refused")] * 3, deadline=1.5)

    assert (["a/one", "a/two"], AttemptsFailedError) == (asked, type(itinerary.error()))


def test_a_deadline_already_past_asks_nobody() -> None:
    """There is an error to raise even when nobody was asked."""
    asked, itinerary = travel([], deadline=0.0)

    assert ([], DeadlineError) == (asked, type(itinerary.error()))


def test_a_caller_who_leaves_is_recorded_and_blames_nobody() -> None:
    """Cancelling is not a failure of the model, but it may have been billed."""
    clock = FakeClock()
    health = Health(clock)
    itinerary = Itinerary([Ranked(ONE, 1.0)], health, 3, 100.0, clock)
    itinerary.next()
    itinerary.left()
    itinerary.left()

    assert (
        [(each.error, each.maybe_billed) for each in itinerary.attempts],
        health.resting(ONE),
        itinerary.next(),
    ) == ([("cancelled", True)], None, None)
