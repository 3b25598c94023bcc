"""The kit for strategies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

import pytest

from pointsman.protocols import Learner, Strategy
from pointsman.testing.candidates import candidate
from pointsman.testing.standard import StandardTests
from pointsman.types import (
    Candidate,
    Candidates,
    ChatRequest,
    Criteria,
    Message,
    Outcome,
    Plan,
    Preference,
    Role,
    Text,
    Tier,
)

REQUEST = ChatRequest([Message(Role.USER, (Text("Which way?"),))], max_output_tokens=100)

ORDINARY = (
    candidate("a/large", price=("3", "15"), quality=90.0, speed=60.0, latency=0.9, tier=Tier.PREMIUM),
    candidate("a/small", price=("0.2", "0.8"), quality=60.0, speed=180.0, latency=0.3, tier=Tier.BUDGET),
    candidate("b/middle", price=("1", "4"), quality=75.0, speed=100.0, latency=0.5, tier=Tier.STANDARD),
    candidate("c/free", price="0", quality=40.0, speed=30.0, latency=2.0, tier=Tier.FREE),
)
BARE = (
    candidate("d/unknown"),
    candidate("d/priced", price="1"),
    candidate("d/scored", quality=50.0),
    candidate("d/timed", speed=10.0),
)
WANTED = (
    Criteria(),
    *(Criteria(prefer=each) for each in Preference),
    *(Criteria(tier=each) for each in Tier),
    Criteria(category="nobody measures this"),
    Criteria(max_cost=Decimal("0.000001"), min_quality=99.0, max_latency=0.001),
    Criteria(free_first=True),
)


class StrategyTests(StandardTests):
    """What every strategy must do. Supply the fixture `strategy`: a fresh one.

    Attributes:
        deterministic: False for strategies that draw lots; then only what is ranked is checked, not the
            order.
    """

    deterministic: ClassVar[bool] = True

    @pytest.fixture
    def strategy(self) -> Strategy:
        """The strategy under test."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `strategy`")

    async def test_is_a_strategy(self, strategy: Strategy) -> None:
        """It has the shape of the port."""
        assert isinstance(strategy, Strategy)

    @pytest.mark.parametrize("criteria", WANTED, ids=range(len(WANTED)))
    @pytest.mark.parametrize(
        "candidates", [ORDINARY, BARE, ORDINARY + BARE], ids=["ordinary", "bare", "both"]
    )
    async def test_ranks_what_it_was_given(
        self, strategy: Strategy, criteria: Criteria, candidates: Sequence[Candidate]
    ) -> None:
        """Only the candidates given, each at most once; unknown prices and scores are no obstacle."""
        plan = await strategy.plan(REQUEST, criteria, Candidates(candidates))
        keys = ranked(plan)

        assert type(plan) is Plan
        assert keys
        assert sorted(set(keys)) == sorted(keys)
        assert [key for key in keys if key not in {each.key for each in candidates}] == []

    @pytest.mark.parametrize(
        "candidates", [ORDINARY, BARE, ORDINARY + BARE], ids=["ordinary", "bare", "both"]
    )
    async def test_figures_are_figures(self, strategy: Strategy, candidates: Sequence[Candidate]) -> None:
        """Scores, their parts and expectations are finite, and the order is that of the scores."""
        plan = await strategy.plan(REQUEST, Criteria(), Candidates(candidates))
        scores = [place.score for place in plan.ranking]
        parts = [part for place in plan.ranking for part in place.parts.values()]
        expected = [place.expected for place in plan.ranking]
        guesses = [
            guess for each in expected for guess in (each.quality, each.cost, each.latency, each.speed)
        ]

        assert scores == sorted(scores, reverse=True)
        assert [figure for figure in scores + parts if not math.isfinite(figure)] == []
        assert [guess for guess in guesses if guess is not None and not 0 <= guess < math.inf] == []

    async def test_nothing_to_rank(self, strategy: Strategy) -> None:
        """No candidates, no ranking, no error."""
        assert await strategy.plan(REQUEST, Criteria(), Candidates()) == Plan(())

    async def test_one_to_rank(self, strategy: Strategy) -> None:
        """A single candidate is chosen whatever it is."""
        assert [
            ranked(await strategy.plan(REQUEST, Criteria(), Candidates((each,)))) for each in ORDINARY + BARE
        ] == [[each.key] for each in ORDINARY + BARE]

    async def test_the_same_again(self, strategy: Strategy) -> None:
        """The same question has the same answer; lots may change the order but not who is ranked."""
        first = ranked(await strategy.plan(REQUEST, Criteria(), Candidates(ORDINARY)))
        second = ranked(await strategy.plan(REQUEST, Criteria(), Candidates(ORDINARY)))
        if not self.deterministic:
            first, second = sorted(first), sorted(second)

        assert first == second

    async def test_learns_without_fuss(self, strategy: Strategy) -> None:
        """A strategy that learns takes good and bad outcomes, with figures missing, and still plans."""
        if not isinstance(strategy, Learner):
            pytest.skip("the strategy does not learn")
        for each in ORDINARY + BARE:
            strategy.observe(Outcome(each, True, "", 0.5, 1.0, 100, Decimal("0.001"), "general", ""))
            strategy.observe(Outcome(each, False, "PM-SERVER", None, 0.1, None, None, "general", ""))
        plan = await strategy.plan(REQUEST, Criteria(), Candidates(ORDINARY))

        assert ranked(plan)


def ranked(plan: Plan) -> list[str]:
    """Keys of the candidates, best first."""
    return [place.candidate.key for place in plan.ranking]
