"""What is known of many candidates, as columns of floats from 0 (worst of them) to 1 (best).

An unknown value is the median of the known ones: unknown is neither good nor bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, log, nan
from statistics import median
from weakref import WeakKeyDictionary

from attrs import define, field, frozen
from pointsman import Candidate, FloatPrice

_UNKNOWN = (nan, nan, nan)

Prices = WeakKeyDictionary[Candidate, FloatPrice | None]
"""Prices as floats, for as long as their candidates are in use: sets of one catalog share most of them."""


@frozen(eq=False)
class Columns:
    """One row per candidate, in their order.

    Attributes:
        quality: Quality in the category, 0 to 1 as 0 to 100.
        cost: 1 for the cheapest and for what costs nothing, 0 for the dearest, on a logarithmic scale.
        speed: 1 for the quickest whole answer, 0 for the slowest, on a logarithmic scale.
    """

    quality: list[float]
    cost: list[float]
    speed: list[float]


@define(eq=False)
class Table:
    """What columns are made of, prepared once per set of candidates. Unknown figures are NaN.

    Attributes:
        candidates: In the catalog's order.
        prices: Rates as floats; None when unknown.
        rates: Input and output in USD per token, and the fee per request.
        tiered: Places of those with other rates for long prompts.
        paces: Seconds to the first token, and seconds per token.
    """

    candidates: Sequence[Candidate]
    prices: list[FloatPrice | None]
    rates: list[tuple[float, float, float]]
    tiered: list[int]
    paces: list[tuple[float, float]]
    _qualities: dict[str, list[float]] = field(factory=dict, init=False)

    @classmethod
    def of(cls, candidates: Sequence[Candidate], known: Prices) -> Table:
        """The table of these candidates.

        Args:
            candidates: In the catalog's order.
            known: Prices of candidates seen before; those of the others are added.
        """
        prices = [known[each] if each in known else _price(each, known) for each in candidates]
        rates = [
            _UNKNOWN if price is None else (price.input, price.output, price.request) for price in prices
        ]
        tiered = [place for place, price in enumerate(prices) if price is not None and price.tiers]
        return cls(candidates, prices, rates, tiered, [_pace(each) for each in candidates])

    def columns(self, category: str, input_tokens: int, output_tokens: int) -> Columns:
        """The columns for one category and one size of call."""
        usd = [input_tokens * read + output_tokens * written + fee for read, written, fee in self.rates]
        for place in self.tiered:
            usd[place] = self.usd(place, input_tokens, output_tokens) or 0.0
        seconds = [first + output_tokens * each for first, each in self.paces]
        quality = self._qualities.get(category)
        if quality is None:
            quality = self._qualities[category] = _quality(self.candidates, category)
        return Columns(quality, _thrift(usd), _thrift(seconds))

    def usd(self, place: int, input_tokens: int, output_tokens: int) -> float | None:
        """Expected cost at one place; None when unknown."""
        price = self.prices[place]
        return None if price is None else price.cost(input_tokens, output_tokens)

    def timed(self, place: int) -> bool:
        """Whether the speed at one place is known."""
        return not isnan(self.paces[place][1])


def _price(candidate: Candidate, known: Prices) -> FloatPrice | None:
    price = known[candidate] = FloatPrice.of(candidate.price)
    return price


def rounded(tokens: int, bits: int) -> int:
    """`tokens` to so many binary digits: sizes are estimates, and calls of about one size share work."""
    shift = max(tokens.bit_length() - bits, 0)
    return (tokens >> shift << shift) + (1 << shift >> 1)


def _pace(each: Candidate) -> tuple[float, float]:
    speed = each.speed
    if speed is None or not speed.output_tokens_per_second:
        return nan, nan
    return speed.time_to_first_token or 0.0, 1.0 / speed.output_tokens_per_second


def _quality(candidates: Sequence[Candidate], category: str) -> list[float]:
    found = [each.quality_in(category) for each in candidates]
    known = [quality.value for quality in found if quality is not None]
    middle = median(known) if known else 50.0
    return [(middle if quality is None else quality.value) / 100.0 for quality in found]


def _thrift(amounts: Sequence[float]) -> list[float]:
    """How little each amount is beside the others: 1 for the least, 0 for the most, by their logarithms."""
    known = [amount for amount in amounts if amount > 0.0]
    if not known:
        return [1.0 if amount == 0.0 else 0.5 for amount in amounts]
    low, high = log(min(known)), log(max(known))
    if low == high:
        return [1.0] * len(amounts)
    scale = 1.0 / (high - low)
    # Most figures are known and above zero: the two exceptions are looked for only where they occur.
    if len(known) == len(amounts):
        return [(high - log(amount)) * scale for amount in amounts]
    middle = (high - log(median(known))) * scale
    return [
        (high - log(amount)) * scale if amount > 0.0 else 1.0 if amount == 0.0 else middle
        for amount in amounts
    ]
