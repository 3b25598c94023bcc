"""From criteria to a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import define, field
from pointsman import (
    Candidate,
    ChatRequest,
    Criteria,
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
)
from pointsman.catalog import Catalog
from pointsman.routing.health import Health
from pointsman.routing.plain import Plain
from pointsman.routing.select import Selector, why_nobody

from tests.builders import FakeClock, candidate, request

BEST = candidate("a/best", general=90, rate="10", tier=Tier.PREMIUM)
GOOD = candidate("b/good", general=70, rate="1", tier=Tier.BUDGET)
FREE = candidate("c/free", general=30, rate="0", tier=Tier.FREE)
CATALOG = Catalog((BEST, GOOD, FREE))


@define
class Says:
    """A strategy that says what it is told to."""

    ranking: Sequence[Any] = ()
    error: Exception | None = None
    seen: list[Sequence[Candidate]] = field(factory=list)

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Sequence[Candidate]) -> Plan:
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
    health: Health | None = None,
    asked: ChatRequest | None = None,
    named: bool = False,
    catalog: Catalog = CATALOG,
) -> Decision:
    """A decision over the three models."""
    strategies = {"plain": Plain(), "other": strategy or Plain()}
    default = "other" if strategy else "plain"
    selector = Selector(strategies, default, env or {}, health or Health(FakeClock()))
    return await selector.decide(catalog, asked or request(), criteria or Criteria(), named=named)


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
    ("env", "criteria", "named", "expected"),
    [
        ({"POINTSMAN_FORCE_MODEL": "good"}, Criteria(models=["best"]), True, ["b/good"]),
        (
            {"POINTSMAN_TASK_DEEP_THOUGHT_MODEL": "free,good"},
            Criteria(task="deep-thought"),
            False,
            ["c/free", "b/good"],
        ),
        ({"POINTSMAN_TASK_FAST_MODEL": "free"}, Criteria(task="fast", models=["best"]), True, ["a/best"]),
        ({"POINTSMAN_TASK_FAST_MODEL": "free"}, Criteria(task="slow"), False, ["a/best", "b/good", "c/free"]),
        ({"A_MODEL_NAME": "other"}, Criteria(), False, ["b/good", "c/free"]),
        ({"A_MODEL_NAME": "best"}, Criteria(), False, ["a/best", "b/good", "c/free"]),
    ],
)
async def test_the_environment_overrides(
    env: dict[str, str], criteria: Criteria, named: bool, expected: list[str]
) -> None:
    """Force wins over all, a task's variable over its list (not a named model); a pin binds its provider."""
    assert expected == keys(await decide(criteria, env=env, named=named))


@pytest.mark.anyio
async def test_a_named_model_nobody_knows_is_an_error_and_a_listed_one_a_warning() -> None:
    """A caller's own typing error is told; a stale entry in a list is passed over, visibly."""
    with pytest.raises(UnknownNameError) as caught:
        await decide(Criteria(models=["bset"]), named=True)
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
async def test_who_rests_is_left_out_with_the_reason() -> None:
    """A cooldown moves a model out of the ranking, with the seconds left."""
    health = Health(FakeClock())
    health.failed(BEST, OverloadedError("full", retry_after=30.0))
    decision = await decide(health=health)

    assert (
        keys(decision),
        [(each.rule, each.reason) for each in decision.excluded],
    ) == (["b/good", "c/free"], [("cooldown", "rests for 30 s after: PM-OVERLOADED full")])


@pytest.mark.anyio
async def test_when_everybody_rests_the_soonest_is_probed() -> None:
    """Never everything out at once."""
    health = Health(FakeClock())
    for each, seconds in ((BEST, 30.0), (GOOD, 5.0), (FREE, 60.0)):
        health.failed(each, OverloadedError("full", retry_after=seconds))
    decision = await decide(health=health)

    assert (
        keys(decision),
        [each.candidate.key for each in decision.excluded],
    ) == (["b/good"], ["a/best", "c/free"])


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
    selector = Selector({"s": strategy}, "s", {}, Health(FakeClock()))
    for catalog in (CATALOG, CATALOG, Catalog((BEST, GOOD))):
        await selector.decide(catalog, request(), Criteria())
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
