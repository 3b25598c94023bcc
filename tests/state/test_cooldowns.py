"""Cooldowns: who cools down, for how long, and how they come back."""

from __future__ import annotations

import asyncio

import pytest
from attrs import define, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pointsman import (
    AuthenticationError,
    Candidate,
    InvalidRequestError,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    Scope,
    ServerError,
    TlsError,
    TransportError,
)
from pointsman.state.cooldowns import CAP, UNTIL_REFRESH, Cooldowns, Health, Standing

from tests.builders import FakeClock, FakeState, candidate

ONE, TWO, ELSEWHERE = candidate("a/one"), candidate("a/two"), candidate("b/three")
ALL = (ONE, TWO, ELSEWHERE)


@define
class Bench:
    """Cooldowns over a fake state, with a clock and without chance."""

    keys: dict[str, tuple[str, ...]] = field(factory=dict)
    clock: FakeClock = field(factory=lambda: FakeClock(1_000.0))
    cooldowns: Cooldowns = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.cooldowns = Cooldowns(FakeState(self.clock), self.keys, self.clock, lambda: 0.0)

    async def fail(
        self, error: ProviderError, which: Candidate = ONE, key: int = 0, began: float | None = None
    ) -> None:
        """One failed attempt, which began just now unless said otherwise."""
        at = self.clock() if began is None else began
        await self.cooldowns.failed(which, key, error, at, "build 1")

    async def answer(self, which: Candidate = ONE, key: int = 0, began: float | None = None) -> None:
        """One answered attempt."""
        at = self.clock() if began is None else began
        await self.cooldowns.answered(which, key, at, await self.health())

    async def health(self, build: str = "build 1") -> Health:
        """How all three stand."""
        return await self.cooldowns.health(ALL, build)

    async def seconds(self, build: str = "build 1") -> list[float]:
        """Seconds each of the three still cools down; -1 when it is well, 0 when it may be probed."""
        health = await self.health(build)
        found = [health.of(each) for each in ALL]
        return [-1.0 if each.standing is Standing.READY else each.seconds for each in found]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitError("slow down", retry_after=2.0), [2.0, 2.0, -1.0]),
        (RateLimitError("slow down"), [5.0, 5.0, -1.0]),
        (OverloadedError("full", retry_after=7.0), [7.0, -1.0, -1.0]),
        (TransportError("refused"), [5.0, -1.0, -1.0]),
        (TlsError("expired"), [CAP, CAP, -1.0]),
        (TransportError("expired certificate", scope=Scope.PROVIDER), [5.0, 5.0, -1.0]),
        (TransportError("no network", scope=Scope.NETWORK), [-1.0, -1.0, -1.0]),
        (AuthenticationError("revoked"), [CAP, CAP, -1.0]),
        (QuotaError("no credit"), [CAP, CAP, -1.0]),
        (RateLimitError("tomorrow", retry_after=86_400.0), [CAP, CAP, -1.0]),
        (ModelNotFoundError("gone"), [UNTIL_REFRESH, -1.0, -1.0]),
        (ServerError("oops"), [-1.0, -1.0, -1.0]),
        (InvalidRequestError("no such parameter"), [-1.0, -1.0, -1.0]),
    ],
)
async def test_a_failure_cools_down_what_it_is_about(error: ProviderError, expected: list[float]) -> None:
    """A key's failure concerns its provider's models, a deployment's only itself, a caller's nobody."""
    bench = Bench()
    await bench.fail(error)

    assert expected == await bench.seconds()


@pytest.mark.anyio
async def test_cooldowns_double_with_each_failure_in_a_row() -> None:
    """5, 10, 20, 40 … seconds, never more than 300."""
    bench, seen = Bench(), []
    for _ in range(9):
        await bench.fail(TransportError("refused"))
        seen.append((await bench.seconds())[0])
        bench.clock.advance(seen[-1])

    assert seen == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0]


@pytest.mark.anyio
async def test_concurrent_failures_count_once() -> None:
    """A hundred calls that met the same outage are one failure; one that began later is the second."""
    bench = Bench()
    began = bench.clock()
    bench.clock.advance(1.0)
    await asyncio.gather(*(bench.fail(TransportError("refused"), began=began) for _ in range(100)))
    after_one = (await bench.seconds())[0]
    await bench.fail(TransportError("refused"))

    assert (after_one, (await bench.seconds())[0]) == (5.0, 10.0)


@pytest.mark.anyio
async def test_the_longest_deadline_wins() -> None:
    """A short wait after a long one does not shorten it."""
    bench = Bench()
    await bench.fail(OverloadedError("full", retry_after=60.0))
    await bench.fail(OverloadedError("full", retry_after=1.0))

    assert await bench.seconds() == [60.0, -1.0, -1.0]


@pytest.mark.anyio
async def test_three_server_errors_in_a_row_are_an_outage_and_one_success_forgives() -> None:
    """A single 500 is common."""
    bench, seen = Bench(), []
    for _ in range(3):
        await bench.fail(ServerError("oops"))
        seen.append((await bench.seconds())[0])
    await bench.answer()
    seen.append((await bench.seconds())[0])
    await bench.fail(ServerError("oops"))
    seen.append((await bench.seconds())[0])

    assert seen == [-1.0, -1.0, 20.0, -1.0, -1.0]


@pytest.mark.anyio
async def test_an_answer_ends_only_what_began_before_it_was_asked_for() -> None:
    """A call that was under way before the refusal says nothing about the time after it."""
    bench = Bench()
    began = bench.clock()
    bench.clock.advance(1.0)
    await bench.fail(RateLimitError("slow down", retry_after=60.0))
    bench.clock.advance(1.0)
    await bench.answer(began=began)
    still = (await bench.seconds())[0]
    await bench.answer()

    assert (still, (await bench.seconds())[0]) == (59.0, -1.0)


@pytest.mark.anyio
async def test_after_a_cooldown_one_call_probes_at_a_time() -> None:
    """While one call probes no other may; whoever gives the probe back lets the next one in."""
    bench = Bench()
    await bench.fail(TransportError("refused"))
    bench.clock.advance(5.0)
    health = await bench.health()
    first, second = [await bench.cooldowns.probe(ONE, call) for call in ("call 1", "call 2")]
    await bench.cooldowns.release(ONE, "call 1")
    third = await bench.cooldowns.probe(ONE, "call 3")

    assert (health.of(ONE).standing, first, second, third) == (Standing.HALF_OPEN, True, False, True)


@pytest.mark.anyio
async def test_an_unknown_model_is_known_again_with_the_next_build_of_the_catalog() -> None:
    """404 and 410 last until the next refresh."""
    bench = Bench()
    await bench.fail(ModelNotFoundError("gone"))

    assert (await bench.seconds("build 1"), await bench.seconds("build 2")) == (
        [UNTIL_REFRESH, -1.0, -1.0],
        [-1.0, -1.0, -1.0],
    )


@pytest.mark.anyio
async def test_a_wrong_key_put_right_is_well_at_once() -> None:
    """Keys are known by their fingerprints, so another key is another name."""
    bench = Bench({"a": ("sha256:wrong",)})
    await bench.fail(AuthenticationError("revoked"))
    wrong = await bench.seconds()
    bench.cooldowns.keys = {"a": ("sha256:right",)}

    assert (wrong, await bench.seconds()) == ([CAP, CAP, -1.0], [-1.0, -1.0, -1.0])


@pytest.mark.anyio
async def test_one_provider_that_cannot_be_reached_cools_down_and_a_missing_network_blames_nobody() -> None:
    """If others answered just now the network is there."""
    offline, one_lost = Bench(), Bench()
    lost = TransportError("the name cannot be resolved", scope=Scope.NETWORK)
    await offline.fail(lost)
    await one_lost.answer(ELSEWHERE)
    await one_lost.fail(lost)

    assert (await offline.seconds(), await one_lost.seconds()) == ([-1.0] * 3, [5.0, 5.0, -1.0])


@pytest.mark.anyio
async def test_keys_take_turns_and_a_refused_one_is_passed_over() -> None:
    """A candidate cools down only when all of its provider's keys do."""
    bench = Bench({"a": ("x", "y", "z")})
    well = await bench.health()
    turns = [well.key(ONE, turn) for turn in range(4)]
    await bench.fail(RateLimitError("slow", retry_after=60.0), key=1)
    refused = await bench.health()
    later = [refused.key(ONE, turn) for turn in range(4)]
    await bench.fail(AuthenticationError("revoked"), key=0)
    one_left = await bench.seconds()
    await bench.fail(RateLimitError("slow", retry_after=30.0), key=2)

    assert (turns, later, one_left, await bench.seconds()) == (
        [0, 1, 2, 0],
        [0, 2, 2, 0],
        [-1.0, -1.0, -1.0],
        [30.0, 30.0, -1.0],
    )


@pytest.mark.anyio
async def test_a_used_up_limit_cools_down_before_it_is_refused() -> None:
    """Headers that say nothing remains spare the next call a refusal; of several keys they do not tell."""
    single, several = Bench(), Bench({"a": ("x", "y")})
    single.cooldowns.announced("a", 12.0)
    several.cooldowns.announced("a", 12.0)

    assert (await single.seconds(), await several.seconds()) == ([12.0, 12.0, -1.0], [-1.0, -1.0, -1.0])


@pytest.mark.anyio
async def test_two_processes_that_share_a_state_agree() -> None:
    """What one learned, the other knows."""
    bench = Bench()
    other = Cooldowns(bench.cooldowns.state, {}, bench.clock, lambda: 0.0)
    await bench.fail(OverloadedError("full", retry_after=60.0))
    health = await other.health(ALL, "build 1")

    assert (health.of(ONE).seconds, health.of(ONE).reason) == (60.0, "PM-OVERLOADED full")


class AnyOrder(RuleBasedStateMachine):
    """In whatever order, nobody cools down longer than an hour and a success always frees."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()

    @rule(wait=st.one_of(st.none(), st.floats(0, 1e9)), which=st.sampled_from(ALL))
    def fail(self, wait: float | None, which: Candidate) -> None:
        asyncio.run(self.bench.fail(OverloadedError("full", retry_after=wait), which))

    @rule(which=st.sampled_from(ALL))
    def answer(self, which: Candidate) -> None:
        async def answered() -> Standing:
            await self.bench.answer(which)
            return (await self.bench.health()).of(which).standing

        assert asyncio.run(answered()) is Standing.READY

    @rule(seconds=st.floats(0, 4000))
    def pass_time(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)

    @invariant()
    def bounded(self) -> None:
        assert all(left <= CAP + 1e-6 for left in asyncio.run(self.bench.seconds()))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
