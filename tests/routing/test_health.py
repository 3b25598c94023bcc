"""Cooldowns: who rests, for how long, and how they come back."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pointsman import (
    AuthenticationError,
    InvalidRequestError,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    Scope,
    ServerError,
    TlsError,
    TransportError,
)
from pointsman.routing.health import CAP, Health

from tests.builders import FakeClock, candidate

ONE, TWO, ELSEWHERE = candidate("a/one"), candidate("a/two"), candidate("b/three")


def rests(health: Health) -> list[float]:
    """Seconds each of the three still rests; -1 when it may be asked."""
    found = [health.resting(each) for each in (ONE, TWO, ELSEWHERE)]
    return [-1.0 if rest is None else rest.seconds for rest in found]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitError("slow down", retry_after=2.0), [2.0, 2.0, -1.0]),
        (RateLimitError("slow down"), [5.0, 5.0, -1.0]),
        (OverloadedError("full", retry_after=7.0), [7.0, -1.0, -1.0]),
        (TlsError("expired"), [CAP, CAP, -1.0]),
        (TransportError("refused"), [5.0, -1.0, -1.0]),
        (TransportError("no network", scope=Scope.NETWORK), [-1.0, -1.0, -1.0]),
        (AuthenticationError("revoked"), [CAP, CAP, -1.0]),
        (QuotaError("no credit"), [CAP, CAP, -1.0]),
        (RateLimitError("tomorrow", retry_after=86_400.0), [CAP, CAP, -1.0]),
        (ServerError("oops"), [-1.0, -1.0, -1.0]),
        (InvalidRequestError("no such parameter"), [-1.0, -1.0, -1.0]),
    ],
)
def test_a_failure_rests_whom_it_speaks_of(error: ProviderError, expected: list[float]) -> None:
    """A key's failure rests its provider's models, a deployment's only itself, a caller's nobody."""
    health = Health(FakeClock())
    health.failed(ONE, error)

    assert expected == rests(health)


def test_rests_double_with_each_failure_in_a_row() -> None:
    """5, 10, 20, 40 … seconds, never more than 300."""
    clock, seen = FakeClock(), []
    health = Health(clock)
    for _ in range(9):
        health.failed(ONE, TransportError("refused"))
        seen.append(rests(health)[0])
        clock.advance(seen[-1])

    assert seen == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0]


def test_the_longest_deadline_wins() -> None:
    """A short wait after a long one does not shorten it."""
    health = Health(FakeClock())
    health.failed(ONE, OverloadedError("full", retry_after=60.0))
    health.failed(ONE, OverloadedError("full", retry_after=1.0))

    assert rests(health) == [60.0, -1.0, -1.0]


def test_three_server_errors_in_a_row_rest_and_one_success_forgives() -> None:
    """A single 500 is common; three are an outage."""
    health, seen = Health(FakeClock()), []
    for _ in range(3):
        health.failed(ONE, ServerError("oops"))
        seen.append(rests(health)[0])
    health.answered(ONE)
    seen.append(rests(health)[0])

    assert seen == [-1.0, -1.0, 20.0, -1.0]


def test_after_a_rest_one_call_probes_at_a_time() -> None:
    """While the probe is out, others go elsewhere; a failed probe rests again, a good one frees."""
    clock = FakeClock()
    health = Health(clock)
    health.failed(ONE, TransportError("refused"))
    clock.advance(5.0)
    before = rests(health)[0]
    health.asked(ONE)
    during = rests(health)[0]
    health.failed(ONE, TransportError("refused"))
    again = rests(health)[0]
    clock.advance(10.0)
    health.asked(ONE)
    health.answered(ONE)

    assert (before, during, again, rests(health)[0]) == (-1.0, 0.0, 10.0, -1.0)


def test_a_probe_whose_caller_left_frees_the_place() -> None:
    """A cancelled probe says nothing; the next caller may probe."""
    clock = FakeClock()
    health = Health(clock)
    health.failed(ONE, TransportError("refused"))
    clock.advance(5.0)
    health.asked(ONE)
    health.released(ONE)

    assert rests(health)[0] == -1.0


def test_when_all_rest_the_soonest_is_named() -> None:
    """Never everything out at once."""
    health = Health(FakeClock())
    health.failed(ONE, OverloadedError("full", retry_after=60.0))
    health.failed(ELSEWHERE, OverloadedError("full", retry_after=6.0))

    assert ELSEWHERE is health.soonest([ONE, ELSEWHERE])


def test_keys_take_turns_and_a_refused_one_is_passed_over() -> None:
    """A candidate rests only when all of its provider's keys do."""
    health = Health(FakeClock(), keys={"a": 3})
    turns = [health.key_for(ONE) for _ in range(4)]
    health.failed(ONE, RateLimitError("slow", retry_after=60.0), 1)
    later = [health.key_for(ONE) for _ in range(3)]
    health.failed(ONE, AuthenticationError("revoked"), 0)
    awake = rests(health)
    health.failed(ONE, RateLimitError("slow", retry_after=30.0), 2)

    assert (
        turns,
        later,
        awake,
        rests(health),
    ) == ([0, 1, 2, 0], [2, 0, 2], [-1.0, -1.0, -1.0], [30.0, 30.0, -1.0])


def test_a_used_up_limit_rests_before_it_is_refused() -> None:
    """Headers that say nothing remains spare the next call a refusal; of several keys they do not tell."""
    single, several = Health(FakeClock()), Health(FakeClock(), keys={"a": 2})
    single.exhausted("a", 12.0)
    several.exhausted("a", 12.0)

    assert (rests(single), rests(several)) == ([12.0, 12.0, -1.0], [-1.0, -1.0, -1.0])


class Cooldowns(RuleBasedStateMachine):
    """Whatever happens in whatever order, nobody rests longer than an hour and a success always frees."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.health = Health(self.clock)

    @rule(wait=st.one_of(st.none(), st.floats(0, 1e9)), which=st.sampled_from([ONE, TWO, ELSEWHERE]))
    def fail(self, wait: float | None, which: object) -> None:
        self.health.failed(which, OverloadedError("full", retry_after=wait))  # type: ignore[arg-type]

    @rule(which=st.sampled_from([ONE, TWO, ELSEWHERE]))
    def answer(self, which: object) -> None:
        self.health.asked(which)  # type: ignore[arg-type]
        self.health.answered(which)  # type: ignore[arg-type]
        assert self.health.resting(which) is None  # type: ignore[arg-type]

    @rule(seconds=st.floats(0, 4000))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def bounded(self) -> None:
        assert all(rest <= CAP + 1e-6 for rest in rests(self.health))


TestCooldowns = Cooldowns.TestCase
TestCooldowns.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
