"""A strategy that leaves the choice to chance."""

from __future__ import annotations

import random
from collections.abc import Iterable

from attrs import frozen
from pointsman import (
    Candidates,
    ChatRequest,
    Criteria,
    Extension,
    Plan,
    Ranked,
    Strategy,
    hookimpl,
    setting,
)


@frozen
class Config:
    """Settings.

    Attributes:
        seed: Makes every toss of the same candidates the same one; None draws anew each time.
    """

    seed: int | None = setting("COINFLIP_SEED", default=None)


@frozen
class Coinflip:
    """Ranks by the toss. All candidates are allowed ones, so any order of them is an answer."""

    config: Config = Config()

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        coin = random.Random(self.config.seed)  # noqa: S311 - a fair coin keeps no secret
        tosses = [(coin.random(), each) for each in candidates]
        tosses.sort(key=lambda toss: toss[0], reverse=True)
        return Plan([Ranked(each, toss, {"toss": toss}) for toss, each in tosses])


@hookimpl
def pointsman_strategies() -> Iterable[Extension[Strategy]]:
    yield Extension("coinflip", Coinflip, config=Config, summary="Any model that is allowed, by chance.")
