"""A weighted sum of quality, cost, speed and availability."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from heapq import nlargest
from weakref import WeakKeyDictionary

from attrs import define, evolve, field, frozen, validators
from pointsman import (
    Candidates,
    ChatRequest,
    Criteria,
    Expectation,
    Outcome,
    Plan,
    Preference,
    Ranked,
    expected_tokens,
    setting,
)

from pointsman_strategies.columns import Columns, Prices, Table, rounded

MOST = 20
SPARE = 60
PREFERRED = 3.0
_TABLES = 8
_VIEWS = 64
_LEARNING = 0.2
_RECOVERED = 0.995
_NOT_ITS_FAULT = frozenset({"PM-INVALID-REQUEST", "PM-CONTENT-POLICY", "PM-CONTEXT-WINDOW", "cancelled"})


@frozen
class Weights:
    """``[strategies.weighted]``: what counts how much; only their proportions matter.

    Each is also read from ``POINTSMAN_WEIGHT_QUALITY``, ``…_COST``, ``…_SPEED``, ``…_AVAILABILITY``.
    """

    quality: float = setting("POINTSMAN_WEIGHT_QUALITY", default=0.5)
    cost: float = setting("POINTSMAN_WEIGHT_COST", default=0.25)
    speed: float = setting("POINTSMAN_WEIGHT_SPEED", default=0.15)
    availability: float = setting("POINTSMAN_WEIGHT_AVAILABILITY", default=0.1)

    def __attrs_post_init__(self) -> None:
        weights = (self.quality, self.cost, self.speed, self.availability)
        if min(weights) < 0 or not 0 < sum(weights) < float("inf"):
            raise ValueError("weights are zero or more, and at least one is not zero")

    def preferring(self, preference: Preference | None) -> Weights:
        """The same with the preferred part counting three times as much, adding up to 1."""
        weights = self
        if preference is not None:
            name = preference.value
            weights = evolve(self, **{name: (getattr(self, name) or 0.1) * PREFERRED})
        total = weights.quality + weights.cost + weights.speed + weights.availability
        return Weights(
            weights.quality / total, weights.cost / total, weights.speed / total, weights.availability / total
        )


@frozen(eq=False)
class _View:
    """What does not change between calls of one kind: the parts, their weighted sums, the order they give.

    Attributes:
        table: Of the candidates.
        columns: The parts.
        weights: Adding up to 1.
        sums: Of the weighted parts, everybody available.
        best: Places with the highest sums, best first; a few more than are ranked.
        plans: Rounded input and output tokens → the plan for calls of that size.
    """

    table: Table
    columns: Columns
    weights: Weights
    sums: list[float]
    best: list[int]
    plans: dict[tuple[int, int], Plan] = field(factory=dict)

    @classmethod
    def of(cls, table: Table, columns: Columns, weights: Weights) -> _View:
        quality, cost, speed, rest = weights.quality, weights.cost, weights.speed, weights.availability
        sums = [
            quality * good + cost * cheap + speed * quick + rest
            for good, cheap, quick in zip(columns.quality, columns.cost, columns.speed, strict=True)
        ]
        return cls(table, columns, weights, sums, _highest(sums))

    def plan(self, size: tuple[int, int], availability: Mapping[str, float]) -> Plan:
        """The plan for calls of this size; remembered while nobody fails."""
        if not availability:
            plan = self.plans.get(size)
            if plan is None:
                ranked = [self._ranked(place, size, self.sums[place], 1.0) for place in self.best[:MOST]]
                plan = self.plans[size] = Plan(ranked)
            return plan
        # Failures only take away, so the best now are among as many more of the best before as there are.
        places = self.best if len(availability) <= SPARE else range(len(self.sums))
        shares = {place: availability.get(self.table.candidates[place].key, 1.0) for place in places}
        sums = {
            place: self.sums[place] - self.weights.availability * (1.0 - share)
            for place, share in shares.items()
        }
        best = nlargest(MOST, sorted(sums), key=sums.__getitem__)
        return Plan([self._ranked(place, size, sums[place], shares[place]) for place in best])

    def _ranked(self, place: int, size: tuple[int, int], score: float, availability: float) -> Ranked:
        candidate = self.table.candidates[place]
        usd = self.table.usd(place, *size)
        quality, speed = candidate.quality, candidate.speed
        parts = {
            "quality": self.columns.quality[place],
            "cost": self.columns.cost[place],
            "speed": self.columns.speed[place],
            "availability": availability,
        }
        known = {"quality": bool(quality), "cost": usd is not None, "speed": self.table.timed(place)}
        unknown = ", ".join(name for name, is_known in known.items() if not is_known)
        expected = Expectation(
            quality=parts["quality"] * 100.0 if quality else None,
            cost=usd,
            latency=speed.time_to_first_token if speed else None,
            speed=speed.output_tokens_per_second if speed else None,
        )
        note = f"unknown, taken as the median: {unknown}" if unknown else ""
        return Ranked(candidate, score, parts, expected, note)


@define(eq=False)
class Weighted:
    """Scores each candidate by a weighted sum of four parts, each from 0 to 1.

    ``score = (w_q * quality + w_c * cost + w_s * speed + w_a * availability) / (w_q + w_c + w_s + w_a)``

    Quality is the catalog's for the category, cost and speed are placed between the least and the most among
    the candidates on a logarithmic scale, availability is the share of successes in the user's own traffic,
    recent ones counting more. Unknown values count as the median of the known ones. For the parts, the size
    of
    a call is rounded to a power of two; expected costs are for its size to an eighth.
    """

    weights: Weights = field(factory=Weights, validator=validators.instance_of(Weights))
    _tables: OrderedDict[str, Table] = field(factory=OrderedDict, init=False)
    _views: OrderedDict[tuple[object, ...], _View] = field(factory=OrderedDict, init=False)
    _prices: Prices = field(factory=WeakKeyDictionary, init=False)
    _availability: dict[str, float] = field(factory=dict, init=False)

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        """Rank the best twenty."""
        if not candidates:
            return Plan(())
        input_tokens, output_tokens = expected_tokens(request)
        size = rounded(input_tokens, 3), rounded(output_tokens, 3)
        return self._view(candidates, criteria, size).plan(size, self._availability)

    def observe(self, outcome: Outcome) -> None:
        """Learn from one attempt: an exponential moving average of success, per candidate."""
        if outcome.error in _NOT_ITS_FAULT:
            return
        key = outcome.candidate.key
        before = self._availability.get(key, 1.0)
        after = before + _LEARNING * ((1.0 if outcome.ok else 0.0) - before)
        if after > _RECOVERED:
            self._availability.pop(key, None)
        else:
            self._availability[key] = after

    def _view(self, candidates: Candidates, criteria: Criteria, size: tuple[int, int]) -> _View:
        coarse = rounded(size[0], 1), rounded(size[1], 1)
        key = (candidates.version, criteria.category, criteria.prefer, coarse)
        view = self._views.get(key)
        if view is None:
            table = self._table(candidates)
            columns = table.columns(criteria.category, *coarse)
            view = self._views[key] = _View.of(table, columns, self.weights.preferring(criteria.prefer))
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        return view

    def _table(self, candidates: Candidates) -> Table:
        table = self._tables.get(candidates.version)
        if table is None:
            table = self._tables[candidates.version] = Table.of(candidates, self._prices)
            if len(self._tables) > _TABLES:
                forgotten, _ = self._tables.popitem(last=False)
                for key in [key for key in self._views if key[0] == forgotten]:
                    del self._views[key]
        return table


def _highest(sums: list[float]) -> list[int]:
    """Places of the highest sums, best first; equal ones in the catalog's order."""
    return nlargest(MOST + SPARE, range(len(sums)), key=sums.__getitem__)
