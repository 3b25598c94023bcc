"""The built-in strategy: the best quality, then the lowest expected cost. Used when no other works."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from attrs import frozen

from pointsman.hookspecs import Extension, hookimpl
from pointsman.money.cost import expected_cost
from pointsman.money.tokens import expected_tokens
from pointsman.protocols import Strategy
from pointsman.types import Candidates, ChatRequest, Criteria, Expectation, Plan, Ranked

MOST = 50


@frozen
class Plain:
    """Ranks by quality in the category, then expected cost, then name; an unknown quality is the median."""

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        """Rank every candidate."""
        input_tokens, output_tokens = expected_tokens(request)
        qualities = [each.quality_in(criteria.category) for each in candidates]
        known = [quality.value for quality in qualities if quality is not None]
        middle = median(known) if known else 50.0
        ranked = []
        for each, quality in zip(candidates, qualities, strict=True):
            cost = expected_cost(each.price, input_tokens, output_tokens)
            expected = Expectation(
                None if quality is None else quality.value,
                None if quality is None else quality.uncertainty,
                None if cost is None else float(cost),
            )
            score = middle if quality is None else quality.value
            ranked.append(Ranked(each, score, {"quality": score}, expected))
        ranked.sort(key=_order)
        return Plan(tuple(ranked[:MOST]))


def _order(ranked: Ranked) -> tuple[float, float, str]:
    cost = ranked.expected.cost
    return (-ranked.score, float("inf") if cost is None else cost, ranked.candidate.key)


@hookimpl
def pointsman_strategies() -> Iterable[Extension[Strategy]]:
    """The strategy of last resort."""
    yield Extension("plain", Plain, summary="Best quality, then lowest cost; always there.")
