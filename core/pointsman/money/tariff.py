"""Which rates hold for a call: those of the service that answered it, and of the length of its prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final
from weakref import ref

from attrs import evolve, field, frozen

from pointsman.types.money import EXACT, ContextTier, Price, Rates

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_PER_MILLION: Final = -6  # as a power of ten

CHARGED_AS: Final[Mapping[str, tuple[str, str, bool]]] = {
    "input_text": ("input", "", False),
    "cache_read": ("cache_read", "input_text", False),
    "cache_read_audio": ("cache_read_audio", "cache_read", False),
    "cache_write": ("cache_write", "input_text", False),
    "cache_write_1h": ("cache_write_1h", "cache_write", False),
    "input_audio": ("input_audio", "input_text", False),
    "input_image": ("input_image", "input_text", True),
    "output_text": ("output", "", False),
    "reasoning": ("reasoning", "output_text", True),
    "output_audio": ("output_audio", "output_text", False),
    "output_image": ("output_image", "output_text", False),
}
"""Each portion's rate, what it is charged as where that is unknown, and whether that is then certain."""

_FROM_STANDARD: Final = (
    "input",
    "output",
    "cache_write",
    "cache_write_1h",
    "input_audio",
    "output_audio",
    "cache_read_audio",
    "output_image",
)
"""What a service that has no such rate takes from the standard one."""


@frozen
class Level:
    """What holds from some number of tokens on.

    Attributes:
        start: That number.
        rates: USD per token of each portion, None when unknown, and whether it had to be assumed.
    """

    start: int
    rates: Mapping[str, tuple[Decimal | None, bool]]


@frozen
class Tariff:
    """The rates of one offer in one service, prepared for charging.

    Attributes:
        request: USD per request.
        search: USD per web search; None when unknown.
        assumed: Whether nobody prices the service or the region, so that the standard rates are charged.
        unpriced_above: The service has no rates for prompts longer than this, though the standard one has;
            None where that is not so.
        by_length: What holds for prompts of more than so many tokens, the longest first; the last one is for
            all others. The levels of each begin at 0; more than one where tiers are marginal.
    """

    request: Decimal
    search: Decimal | None
    assumed: bool
    unpriced_above: int | None
    by_length: tuple[tuple[int, tuple[Level, ...]], ...]

    def levels(self, input_tokens: int | None) -> tuple[Level, ...]:
        """Those that hold for a prompt of this length."""
        for above, levels in self.by_length:
            if above < 0 or (input_tokens is not None and input_tokens > above):
                return levels
        raise AssertionError("the last one is for all others")


_Prepared = dict[int, tuple[ref[Price], dict[tuple[str, str], Tariff]]]
_prepared: _Prepared = {}
"""By the identity of the price: comparing two of them takes longer than charging a call."""


def tariff_of(price: Price, service_tier: str, region: str = "") -> Tariff:
    """The rates of a service in a region, prepared once for as long as the price lives.

    Args:
        price: Of the offer.
        service_tier: Empty for the standard one.
        region: Empty for anywhere.
    """
    known = _prepared.get(id(price))
    if known is None or known[0]() is not price:
        key = id(price)
        known = _prepared[key] = (ref(price, partial(_forget, _prepared, key)), {})
    tariff = known[1].get((service_tier, region))
    if tariff is None:
        tariff = known[1][service_tier, region] = _prepare(price, service_tier, region)
    return tariff


def _forget(prepared: _Prepared, key: int, gone: ref[Price]) -> None:
    """Unless another price lives at the same place by now. At the end of a program globals may be gone."""
    if key in prepared and prepared[key][0] is gone:
        del prepared[key]


def _prepare(price: Price, service_tier: str, region: str) -> Tariff:
    base = _service(price, service_tier)
    held = base or _Assumptions(price.rates)
    unpriced = None
    if held.rates is not price.rates and not held.rates.tiers and price.rates.tiers:
        unpriced = min(tier.above for tier in price.rates.tiers)
    factor = _factor(price, region)
    assumed = base is None or factor is None
    levels = tuple(_by_length(evolve(held, factor=factor or _ONE)))
    return Tariff(held.rates.request or _ZERO, held.rates.search, assumed, unpriced, levels)


def _factor(price: Price, region: str) -> Decimal | None:
    """What every token costs more in a region; None where nobody says."""
    if not region:
        return _ONE
    wanted = region.casefold()
    return next((each.factor for each in price.regions if each.name.casefold() == wanted), None)


@frozen
class _Assumptions:
    """Rates on the way to a tariff.

    Attributes:
        rates: USD per million tokens.
        assumed: Names of those that are.
        factor: What they are multiplied with.
    """

    rates: Rates
    assumed: frozenset[str] = field(default=frozenset())
    factor: Decimal = _ONE

    def under(self, tier: ContextTier) -> _Assumptions:
        """What holds in `tier`, where this holds below it.

        A price list that states what a tier's output costs often leaves out its reasoning, and one that
        states what writing costs often leaves out the hour: neither is ever cheaper than the rate it comes
        with.
        """
        stated = {
            name: rate
            for name in ("input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning")
            if (rate := getattr(tier, name)) is not None
        }
        assumed = set(self.assumed - stated.keys())
        for name, partner in (("cache_write_1h", "cache_write"), ("reasoning", "output")):
            below, below_partner = getattr(self.rates, name), getattr(self.rates, partner)
            if name not in stated and partner in stated and below is not None:
                apart = below != below_partner
                stated[name] = max(below, stated[partner]) if apart else stated[partner]
                assumed |= {name} if apart else set()
        return evolve(self, rates=evolve(self.rates, **stated), assumed=frozenset(assumed))

    def level(self, start: int) -> Level:
        """Every portion's rate, per token; one that is unknown is charged as what it is nearest to."""
        return Level(start, {portion: self._rate(portion) for portion in CHARGED_AS})

    def _rate(self, portion: str) -> tuple[Decimal | None, bool]:
        rate: Decimal | None = None
        assumed = False
        while rate is None and portion:
            name, otherwise, certain = CHARGED_AS[portion]
            rate = getattr(self.rates, name)
            assumed |= name in self.assumed or (rate is None and bool(otherwise) and not certain)
            portion = otherwise
        if rate is None:
            return None, assumed
        return EXACT.scaleb(EXACT.multiply(rate, self.factor), _PER_MILLION), assumed


def _service(price: Price, service_tier: str) -> _Assumptions | None:
    """The rates of a service, its gaps filled; None where nobody prices it."""
    if not service_tier:
        return _Assumptions(price.rates)
    wanted = service_tier.casefold()
    for variant in price.variants:
        if variant.service_tier.casefold() == wanted:
            return _filled(variant.rates, price.rates)
    return None


def _filled(own: Rates, standard: Rates) -> _Assumptions:
    """A service's own rates and the standard ones; reading a cache is never dearer than plain input."""
    taken: dict[str, Any] = {
        name: rate
        for name in _FROM_STANDARD
        if getattr(own, name) is None and (rate := getattr(standard, name)) is not None
    }
    plain = standard.input if own.input is None else own.input
    if own.cache_read is None and standard.cache_read is not None and plain is not None:
        taken["cache_read"] = min(standard.cache_read, plain)
    assumed = frozenset(taken)
    for fee in ("request", "search"):
        if getattr(own, fee) is None and getattr(standard, fee) is not None:
            taken[fee] = getattr(standard, fee)
    return _Assumptions(evolve(own, **taken), assumed)


def _by_length(base: _Assumptions) -> Iterator[tuple[int, tuple[Level, ...]]]:
    """Of every whole-request tier, the highest first, then of no tier; marginal tiers stand above each."""
    tiers = sorted(base.rates.tiers, key=lambda tier: tier.above)
    steps: list[tuple[int, _Assumptions]] = [(-1, base)]
    for tier in tiers:
        if not tier.marginal:
            steps.append((tier.above, steps[-1][1].under(tier)))
    for above, held in reversed(steps):
        levels, last = [held.level(0)], held
        for tier in tiers:
            if tier.marginal and tier.above > above:
                last = last.under(tier)
                levels.append(last.level(tier.above))
        yield above, tuple(levels)
