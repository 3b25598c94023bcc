"""Both strategies pass the kit, and rank as they say."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman import Candidate, Candidates, Criteria, Outcome, Preference
from pointsman.testing import StrategyTests
from pointsman_strategies import Cheapest, Weighted, Weights
from pointsman_strategies.columns import rounded

from tests.builders import candidate, request

WISE = candidate("a/wise", general=95, rate="50", tokens_per_second=20, first_token=2.0)
SOUND = candidate("b/sound", general=80, rate="2", tokens_per_second=80, first_token=0.8)
QUICK = candidate("c/quick", general=40, rate="0.1", tokens_per_second=900, first_token=0.1)
ALL = (WISE, SOUND, QUICK)


async def order(
    strategy: Weighted | Cheapest, criteria: Criteria | None = None, *candidates: Candidate
) -> list[str]:
    """Model ids, best first."""
    plan = await strategy.plan(request(), criteria or Criteria(), Candidates(candidates or ALL))
    return [each.candidate.model.id for each in plan.ranking]


def outcome(of: Candidate, *, ok: bool, error: str = "PM-SERVER") -> Outcome:
    """What came of asking it."""
    return Outcome(of, ok, "" if ok else error, 0.1, 0.2, 5, None, "general", "")


class TestWeighted(StrategyTests):
    """The kit."""

    @pytest.fixture
    def strategy(self) -> Weighted:
        return Weighted()


class TestCheapest(StrategyTests):
    """The kit."""

    @pytest.fixture
    def strategy(self) -> Cheapest:
        return Cheapest()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("weights", "first"),
    [
        (Weights(1, 0, 0, 0), "wise"),
        (Weights(0, 1, 0, 0), "quick"),
        (Weights(0, 0, 1, 0), "quick"),
        (Weights(1, 0.6, 0, 0), "sound"),
    ],
)
async def test_weights_decide(weights: Weights, first: str) -> None:
    """Each weight pulls towards its own best."""
    assert first == (await order(Weighted(weights)))[0]


@pytest.mark.anyio
async def test_a_preference_pulls_its_way() -> None:
    """Preferring speed or cost favours the quick one, preferring quality the wise one."""
    ranked = [
        (await order(Weighted(Weights(0.5, 0.25, 0.25, 0.0)), Criteria(prefer=each)))[0]
        for each in (Preference.QUALITY, Preference.SPEED, Preference.COST)
    ]

    assert ranked == ["wise", "quick", "quick"]


@pytest.mark.anyio
async def test_failures_in_own_traffic_count_and_are_forgiven() -> None:
    """Who fails falls behind an equal; who answers again comes back; a caller's mistake is nobody's fault."""
    strategy, twins = Weighted(), (candidate("a/one"), candidate("b/two"))
    seen = [await order(strategy, None, *twins)]
    strategy.observe(outcome(twins[0], ok=False, error="PM-INVALID-REQUEST"))
    seen.append(await order(strategy, None, *twins))
    strategy.observe(outcome(twins[0], ok=False))
    seen.append(await order(strategy, None, *twins))
    for _ in range(40):
        strategy.observe(outcome(twins[0], ok=True))
    seen.append(await order(strategy, None, *twins))

    assert seen == [["one", "two"], ["one", "two"], ["two", "one"], ["one", "two"]]


@pytest.mark.anyio
async def test_unknown_counts_as_the_median_and_is_said() -> None:
    """Unknown is neither good nor bad, and never silent."""
    unknown = candidate("d/unknown", general=None, rate=None)
    plan = await Weighted().plan(request(), Criteria(), Candidates((*ALL, unknown)))
    found = next(each for each in plan.ranking if each.candidate is unknown)

    assert (
        found.parts["quality"],
        found.expected.cost,
        found.note,
    ) == (0.8, None, "unknown, taken as the median: quality, cost, speed")


@pytest.mark.anyio
async def test_the_parts_explain_the_score() -> None:
    """The score is the weighted sum of its parts."""
    weights = Weights(0.4, 0.3, 0.2, 0.1)
    plan = await Weighted(weights).plan(request(), Criteria(), Candidates(ALL))
    sums = [
        sum(getattr(weights, name) * value for name, value in each.parts.items()) for each in plan.ranking
    ]

    assert pytest.approx(sums) == [each.score for each in plan.ranking]


@pytest.mark.parametrize(
    "wrong", [(0, 0, 0, 0), (-1, 1, 1, 1), (float("inf"), 0, 0, 0), (float("nan"), 1, 1, 1)]
)
def test_impossible_weights_are_refused(wrong: tuple[float, float, float, float]) -> None:
    """Weights that cannot weigh are a configuration error, not a strange ranking."""
    with pytest.raises(ValueError, match="weights are zero or more"):
        Weights(*wrong)


@pytest.mark.anyio
async def test_cheapest_puts_unknown_prices_last_and_breaks_ties_by_quality() -> None:
    """Nobody is cheap because nobody knows."""
    unknown, equal = (
        candidate("d/unknown", rate=None, general=99),
        candidate("e/equal", rate="0.1", general=50),
    )

    assert await order(Cheapest(), None, *ALL, unknown, equal) == [
        "equal",
        "quick",
        "sound",
        "wise",
        "unknown",
    ]


@given(st.integers(1, 10**7))
def test_sizes_are_rounded_by_at_most_an_eighth(tokens: int) -> None:
    """Calls of nearly one size share their ranking."""
    assert abs(rounded(tokens, 3) - tokens) <= tokens / 8


@pytest.mark.anyio
async def test_a_new_tuple_of_candidates_is_looked_at_anew() -> None:
    """What is remembered belongs to one set of candidates only."""
    strategy = Weighted()
    first = await order(strategy, None, *ALL)
    changed = await order(strategy, None, *(evolve(each) for each in reversed(ALL)))

    assert first == changed


@pytest.mark.parametrize("failing", [0, 1, 20, 60, 61, 200])
def test_failures_are_ranked_as_if_everybody_was_looked_at(failing: int) -> None:
    """Only the best are looked at again while few fail; the ranking is that of all."""
    crowd = Candidates([candidate(f"a/{n:03}", general=(n * 37) % 300 / 3) for n in range(300)])
    strategy = Weighted()
    best = asyncio.run(strategy.plan(request(), Criteria(), crowd)).ranking
    for each in [*(place.candidate for place in best), *crowd][:failing]:
        strategy.observe(outcome(each, ok=False))
    ranked = asyncio.run(strategy.plan(request(), Criteria(), crowd)).ranking
    (view,) = strategy._views.values()
    shares = [strategy._availability.get(each.key, 1.0) for each in crowd]
    sums = [
        total - view.weights.availability * (1.0 - share)
        for total, share in zip(view.sums, shares, strict=True)
    ]
    expected = sorted(range(300), key=lambda place: (-sums[place], place))[:20]

    assert [crowd[place].key for place in expected] == [each.candidate.key for each in ranked]
