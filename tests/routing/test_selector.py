"""From criteria to a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, evolve, field
from pointsman import (
    Candidates,
    ChatRequest,
    Criteria,
    DeadlineError,
    Decision,
    Image,
    Message,
    OverloadedError,
    Plan,
    Ranked,
    Role,
    Strategy,
    Tier,
    UnknownNameError,
    expected_cost,
    expected_tokens,
)
from pointsman.catalog import Catalog
from pointsman.routing.choices import Question
from pointsman.routing.plain import Plain
from pointsman.routing.selector import Selector, why_nobody
from pointsman.state.cooldowns import Cooldowns

from tests.builders import FakeClock, FakeState, candidate, request

BEST = candidate("a/best", general=90, rate="10", tier=Tier.PREMIUM)
GOOD = candidate("b/good", general=70, rate="1", tier=Tier.BUDGET)
FREE = candidate("c/free", general=30, rate="0", tier=Tier.FREE)
CATALOG = Catalog((BEST, GOOD, FREE))


@define
class Says:
    """A strategy that says what the test gives it."""

    ranking: Sequence[Any] = ()
    error: Exception | None = None
    seen: list[Candidates] = field(factory=list)

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        """Repeat it."""
        self.seen.append(candidates)
        if self.error:
            raise self.error
        return Plan([Ranked(each, 1.0) for each in self.ranking])


async def decide(
    criteria: Criteria | None = None,
    *,
    strategy: Strategy | None = None,
    env: Mapping[str, str] | None = None,
    cooldowns: Cooldowns | None = None,
    asked: ChatRequest | None = None,
    allowed: tuple[str, ...] | None = None,
    catalog: Catalog = CATALOG,
) -> Decision:
    """A decision over the three models."""
    strategies = {"plain": Plain(), "other": strategy or Plain()}
    default = "other" if strategy else "plain"
    selector = Selector(strategies, default, env or {}, cooldowns or Cooldowns(FakeState()))
    return await selector.decide(Question(catalog, asked or request(), criteria or Criteria(), allowed))


def keys(decision: Decision) -> list[str]:
    """Who, in order."""
    return [each.candidate.key for each in decision.ranking]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (Criteria(), ["a/best", "b/good", "c/free"]),
        (Criteria(tier=Tier.BUDGET), ["b/good"]),
        (Criteria(models=["free", "best"]), ["c/free", "a/best"]),
        (Criteria(only_models=["good", "free"]), ["b/good", "c/free"]),
        (Criteria(exclude_models=["a/best"]), ["b/good", "c/free"]),
        (Criteria(models=["free", "best"], only_models=["best"]), ["a/best"]),
        (Criteria(free_first=True), ["c/free", "a/best", "b/good"]),
        (Criteria(min_quality=95), ["a/best", "b/good", "c/free"]),
    ],
)
async def test_criteria_shape_the_ranking(criteria: Criteria, expected: list[str]) -> None:
    """Lists pin the order, free comes first when asked, constraints narrow and are relaxed."""
    assert expected == keys(await decide(criteria))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("env", "criteria", "expected"),
    [
        ({"POINTSMAN_FORCE_MODEL": "good"}, Criteria(model="best"), ["b/good"]),
        (
            {"POINTSMAN_TASK_DEEP_THOUGHT_MODEL": "free,good"},
            Criteria(task="deep-thought"),
            ["c/free", "b/good"],
        ),
        ({"POINTSMAN_TASK_FAST_MODEL": "free"}, Criteria(task="fast", model="best"), ["a/best"]),
        ({"POINTSMAN_TASK_FAST_MODEL": "free"}, Criteria(task="slow"), ["a/best", "b/good", "c/free"]),
        ({"A_MODEL_NAME": "other"}, Criteria(), ["b/good", "c/free"]),
        ({"A_MODEL_NAME": "best"}, Criteria(), ["a/best", "b/good", "c/free"]),
    ],
)
async def test_the_environment_overrides(
    env: dict[str, str], criteria: Criteria, expected: list[str]
) -> None:
    """Force wins over all, a task's variable over its list (not a named model); a pin binds its provider."""
    assert expected == keys(await decide(criteria, env=env))


@pytest.mark.anyio
async def test_a_named_model_nobody_knows_is_an_error_and_a_listed_one_a_warning() -> None:
    """A caller's own typing error is reported; a stale entry in a list is passed over, visibly."""
    with pytest.raises(UnknownNameError) as caught:
        await decide(Criteria(model="bset"))
    decision = await decide(Criteria(models=["gone", "good"]))

    assert (
        tuple(name.rpartition("/")[2] for name in caught.value.nearest[:1]),
        keys(decision),
        decision.warnings,
    ) == (("best",), ["b/good"], ("no model is known as 'gone'",))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "strategy",
    [
        Says(error=ValueError("broken")),
        Says(ranking=[candidate("z/unknown")]),
        Says(ranking=[]),
        Says(ranking=[None]),
    ],
)
async def test_a_strategy_that_fails_is_replaced_and_named(strategy: Says) -> None:
    """Whatever a strategy does, the call goes on with the built-in one, and the decision says so."""
    decision = await decide(strategy=strategy)

    assert (
        keys(decision),
        len(decision.warnings),
        "'other'" in decision.warnings[0] and "'plain' was used" in decision.warnings[0],
    ) == (["a/best", "b/good", "c/free"], 1, True)


@pytest.mark.anyio
async def test_a_strategy_cannot_choose_who_is_not_allowed() -> None:
    """Eligibility is checked again after the strategy; duplicates count once."""
    strategy = Says(ranking=[BEST, GOOD, GOOD, candidate("b/good")])

    assert keys(await decide(Criteria(tier=Tier.BUDGET), strategy=strategy)) == ["b/good"]


@pytest.mark.anyio
async def test_who_cools_down_stands_at_the_end_with_the_reason() -> None:
    """Nobody is left out for a cooldown; the soonest comes first, and the note says how long and why."""
    clock = FakeClock()
    cooldowns = Cooldowns(FakeState(clock), clock=clock)
    for each, seconds in ((BEST, 30.0), (GOOD, 5.0)):
        error = OverloadedError("full", retry_after=seconds)
        await cooldowns.failed(each, 0, error, 0.0, CATALOG.at.isoformat())
    decision = await decide(cooldowns=cooldowns)

    assert (keys(decision), decision.ranking[-1].note, list(decision.excluded)) == (
        ["c/free", "b/good", "a/best"],
        "cooling down for 30 s after: PM-OVERLOADED full",
        [],
    )


@pytest.mark.anyio
async def test_the_request_itself_demands_capabilities() -> None:
    """An image needs eyes."""
    from pointsman import Capability

    seeing = candidate("d/seeing", can=[Capability.VISION])
    blind = candidate("d/blind", cannot=[Capability.VISION])
    asked = ChatRequest((Message(Role.USER, (Image(url="https://x/y.png"),)),))
    decision = await decide(asked=asked, catalog=Catalog((seeing, blind)))

    assert (
        keys(decision),
        [(each.rule, each.reason) for each in decision.excluded],
    ) == (["d/seeing"], [("needs", "cannot: vision")])


@pytest.mark.anyio
async def test_what_criteria_allow_is_computed_once_per_catalog() -> None:
    """The same criteria give strategies the very same candidates until the catalog changes."""
    strategy = Says(ranking=[GOOD])
    selector = Selector({"s": strategy}, "s", {}, Cooldowns(FakeState()))
    for catalog in (CATALOG, CATALOG, Catalog((BEST, GOOD))):
        await selector.decide(Question(catalog, request(), Criteria()))
    first, second, third = strategy.seen

    assert (first is second, second is third) == (True, False)


@pytest.mark.anyio
async def test_an_unknown_strategy_names_the_known_ones() -> None:
    """A typing error in a strategy's name is a clear line."""
    with pytest.raises(UnknownNameError, match="did you mean 'plain'"):
        await decide(Criteria(strategy="plian"))


@pytest.mark.anyio
async def test_nobody_left_says_why_in_one_line() -> None:
    """The commonest reasons are counted; an empty catalog says what to do."""
    nobody = why_nobody(await decide(Criteria(only_providers=["z"])))
    nothing = why_nobody(await decide(catalog=Catalog(())))

    assert (
        nobody,
        nothing.startswith("no chat model is known"),
    ) == ("no model is left of 3: 3 by only_providers; pointsman explain shows every reason", True)


@pytest.mark.anyio
async def test_prompts_that_no_window_tells_apart_share_a_choice() -> None:
    """A new length costs nothing until it passes a context window."""
    strategy = Says(ranking=[GOOD])
    windows = Catalog(tuple(candidate(f"a/{size}", context=size) for size in (100, 1_000)))
    selector = Selector({"s": strategy}, "s", {}, Cooldowns(FakeState()))
    for length in (4, 80, 120, 500, 2_000):
        await selector.decide(Question(windows, request("word " * length), Criteria()))
    sets = [seen.version for seen in strategy.seen]

    assert ([len(seen) for seen in strategy.seen], len(set(sets))) == ([2, 1, 1, 1], 2)


@pytest.mark.anyio
@pytest.mark.parametrize("length", [4, 399, 400, 401, 1_111, 4_000])
async def test_a_bound_of_the_cost_holds_exactly_although_sizes_are_rounded(length: int) -> None:
    """What a decision ranks is what the exact size of this very prompt allows."""
    offers = tuple(candidate(f"a/{rate}", rate=str(rate), out="0") for rate in range(1, 200))
    asked, most = request("word " * length), Decimal("0.01")
    decision = await decide(Criteria(max_cost=most), asked=asked, catalog=Catalog(offers))
    tokens = expected_tokens(asked)[0]
    affordable = {each.key for each in offers if (expected_cost(each.price, tokens, 500) or 0) <= most}

    assert {each.candidate.key for each in decision.ranking} <= affordable
    assert len(decision.ranking) == min(len(affordable), 50)
    assert len(decision.ranking) + len(decision.excluded) + (len(affordable) - len(decision.ranking)) == 199


@pytest.mark.anyio
async def test_a_principal_gets_only_the_models_they_may_use() -> None:
    """Whatever the criteria ask for."""
    assert (
        keys(await decide(allowed=("good", "free"))),
        keys(await decide(Criteria(models=["best", "free"]), allowed=("good", "free"))),
        keys(await decide(allowed=())),
    ) == (["b/good", "c/free"], ["c/free"], [])


@pytest.mark.anyio
async def test_a_strategy_that_hangs_is_replaced() -> None:
    """The call goes on with the built-in one, and the decision says so."""

    class Hangs(Says):
        async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
            await asyncio.sleep(3600)
            return Plan()

    selector = Selector({"s": Hangs()}, "s", {}, Cooldowns(FakeState()), patience=0.05)
    decision = await selector.decide(Question(CATALOG, request(), Criteria()))

    assert (keys(decision), decision.warnings) == (
        ["a/best", "b/good", "c/free"],
        ("strategy 's' took longer than 0.05 s; 'plain' was used",),
    )


@pytest.mark.anyio
async def test_the_deadline_binds_the_strategy() -> None:
    """When no time is left for the call, that is what is said."""

    class Hangs(Says):
        async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
            await asyncio.sleep(3600)
            return Plan()

    selector = Selector({"s": Hangs()}, "s", {}, Cooldowns(FakeState()))
    deadline = asyncio.get_running_loop().time() + 0.05
    with pytest.raises(DeadlineError, match="while the strategy was choosing"):
        await selector.decide(Question(CATALOG, request(), Criteria(), deadline=deadline))


@pytest.mark.anyio
async def test_what_a_strategy_makes_of_a_candidate_is_not_believed() -> None:
    """Ranked by key: prices and capabilities stay the catalog's."""
    cheaper = evolve(GOOD, price=None)
    decision = await decide(strategy=Says(ranking=[cheaper]))

    assert [each.candidate is GOOD for each in decision.ranking] == [True]
