"""The lowest expected cost, then the best quality."""

from __future__ import annotations

from heapq import nsmallest
from math import inf

from attrs import frozen
from pointsman import (
    Candidate,
    Candidates,
    ChatRequest,
    Criteria,
    Expectation,
    FloatPrice,
    Plan,
    Ranked,
    expected_tokens,
)

MOST = 20


@frozen
class Cheapest:
    """Ranks by expected cost of this call; an unknown price comes last, equal costs go by quality."""

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        """Rank the cheapest twenty."""
        input_tokens, output_tokens = expected_tokens(request)

        def order(each: Candidate) -> tuple[float, float, str]:
            quick = FloatPrice.of(each.price)
            cost = inf if quick is None else quick.cost(input_tokens, output_tokens)
            quality = each.quality_in(criteria.category)
            return cost, -(quality.value if quality else 0.0), each.key

        best = nsmallest(MOST, ((order(each), each) for each in candidates), key=lambda pair: pair[0])
        return Plan([_ranked(each, cost, -quality) for (cost, quality, _), each in best])


def _ranked(candidate: Candidate, cost: float, quality: float) -> Ranked:
    """Scored by 1 / (1 + cost): 1 for what costs nothing, 0 for what has no known price."""
    if cost == inf:
        return Ranked(candidate, 0.0, {}, Expectation(quality=quality or None), "price unknown")
    thrift = 1.0 / (1.0 + cost)
    return Ranked(candidate, thrift, {"cost": thrift}, Expectation(quality=quality or None, cost=cost))
