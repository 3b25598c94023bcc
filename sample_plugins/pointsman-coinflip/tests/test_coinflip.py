"""The coin passes the kit, with a seed and without."""

from __future__ import annotations

from collections import Counter

import pytest
from pointsman import Candidate, Candidates, Criteria, Model, Strategy
from pointsman.testing import StrategyTests
from pointsman.testing.strategies import REQUEST
from pointsman_coinflip import Coinflip, Config

CANDIDATES = [Candidate("acme", Model(name)) for name in "abcd"]


class TestCoinflip(StrategyTests):
    """The kit, drawing anew each time."""

    deterministic = False

    @pytest.fixture
    def strategy(self) -> Strategy:
        return Coinflip()


class TestSeeded(StrategyTests):
    """The kit, with a seed."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        return Coinflip(Config(seed=7))


@pytest.mark.anyio
async def test_the_coin_is_fair() -> None:
    """Over many seeds every candidate comes first about as often."""
    firsts: Counter[str] = Counter()
    for seed in range(2000):
        plan = await Coinflip(Config(seed=seed)).plan(REQUEST, Criteria(), Candidates(CANDIDATES))
        firsts[plan.ranking[0].candidate.model.id] += 1

    assert sorted(firsts) == ["a", "b", "c", "d"]
    assert [name for name, count in firsts.items() if not 400 < count < 600] == []
