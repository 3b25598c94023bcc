"""What a call costs: tokens times rates, exactly.

With `Usage` in OpenTelemetry's terms (input includes what was cached, output includes reasoning)::

    usd = (plain * input + read * cache_read + written * cache_write + kept * cache_write_1h
           + spoken * output + thought * reasoning) / 1,000,000 + request

    plain = input_tokens - read - written - kept        spoken = output_tokens - thought

where `kept` are the tokens written to the cache for an hour and `written` those written for a shorter time.

What a rate that is None means:

- ``input``, ``output``: unknown, and so is the cost, unless there are no such tokens.
- ``cache_read``, ``cache_write``: charged as plain input; the cost is marked estimated.
- ``cache_write_1h``: charged as ``cache_write``; the cost is marked estimated.
- ``reasoning``: not priced apart, so charged as output. ``request``: no such fee.

A tier holds for the whole request as soon as its input is larger than the tier's threshold; of several, the
highest. Providers sometimes report parts larger than the whole: nothing goes below zero then, the parts are
charged as reported, and the cost is marked estimated.
"""

from __future__ import annotations

from decimal import Context, Decimal

from attrs import frozen

from pointsman.types.money import ContextTier, Cost, Price, Rates, Usage

# Wide enough that no product or sum of real rates and token counts is ever rounded.
_EXACT = Context(prec=200, Emin=-10_000, Emax=10_000)
_ZERO = Decimal(0)
_MILLION_DIGITS = -6


def cost(usage: Usage, price: Price | None) -> Cost:
    """What a call cost.

    Args:
        usage: Tokens used; a cost the provider itself states there wins over every price.
        price: Of the offer that answered; None when nothing is known.

    Returns:
        `usd` is None where a rate or count that matters is unknown; the source is then ``unknown``.
    """
    if usage.cost is not None:
        return Cost(usage.cost, "provider")
    if price is None:
        return Cost(None, "unknown", usage.estimated)
    bill = _Bill(usage, price.rates)
    usd = bill.total()
    if usd is None:
        return Cost(None, "unknown", usage.estimated)
    estimated = usage.estimated or price.estimated or bill.guessed
    return Cost(usd, "estimate" if price.estimated else price.source, estimated)


def expected_cost(price: Price | None, input_tokens: int, output_tokens: int) -> Decimal | None:
    """USD for a call of this size with nothing cached; None when unknown."""
    return cost(Usage(input_tokens, output_tokens), price).usd


class _Bill:
    """One sum in the making."""

    def __init__(self, usage: Usage, rates: Rates) -> None:
        self.usage = usage
        self.rates = rates
        self.guessed = False  # whether a rate or a count had to be assumed

    def total(self) -> Decimal | None:
        usage, rates = self.usage, self.rates
        tier = _tier(rates, usage.input_tokens)
        read = usage.cache_read_input_tokens
        written = usage.cache_creation_input_tokens
        thought = usage.reasoning_output_tokens
        plain = self._rest(usage.input_tokens, read + written)
        spoken = self._rest(usage.output_tokens, thought)
        input_rate = _either(tier.input if tier else None, rates.input)
        output_rate = _either(tier.output if tier else None, rates.output)
        parts = [_times(plain, input_rate), _times(spoken, output_rate)]
        if thought:
            parts.append(_times(thought, _either(rates.reasoning, output_rate)))
        if read:
            rate = _either(tier.cache_read if tier else None, rates.cache_read)
            parts.append(_times(read, self._known(rate, input_rate)))
        if written:
            parts.extend(self._writes(tier, input_rate, written))
        usd = rates.request or _ZERO
        for part in parts:
            if part is None:
                return None
            usd = _EXACT.add(usd, part)
        return usd

    def _writes(
        self, tier: ContextTier | None, input_rate: Decimal | None, written: int
    ) -> list[Decimal | None]:
        """The two lifetimes. A tier does not say what an hour costs: never less than its short one."""
        kept = min(self.usage.cache_creation_1h_input_tokens, written)
        short = _either(tier.cache_write if tier else None, self.rates.cache_write)
        parts = []
        if written > kept:
            parts.append(_times(written - kept, self._known(short, input_rate)))
        if kept:
            rate = self._known(self.rates.cache_write_1h, _either(short, input_rate))
            if tier is not None and tier.cache_write is not None and rate is not None:
                rate = max(rate, tier.cache_write)
                self.guessed = True
            parts.append(_times(kept, rate))
        return parts

    def _known(self, rate: Decimal | None, otherwise: Decimal | None) -> Decimal | None:
        if rate is None:
            self.guessed = True
            return otherwise
        return rate

    def _rest(self, whole: int | None, parts: int) -> int | None:
        if whole is None:
            return None
        if parts > whole:
            self.guessed = True
            return 0
        return whole - parts


def _times(tokens: int | None, rate: Decimal | None) -> Decimal | None:
    """USD; no tokens and a rate of zero both cost nothing, whatever the other one is."""
    if tokens == 0 or rate == _ZERO:
        return _ZERO
    if tokens is None or rate is None:
        return None
    return _EXACT.scaleb(_EXACT.multiply(tokens, rate), _MILLION_DIGITS)


def _either(rate: Decimal | None, otherwise: Decimal | None) -> Decimal | None:
    return otherwise if rate is None else rate


def _tier(rates: Rates, input_tokens: int | None) -> ContextTier | None:
    """The highest tier this prompt exceeds."""
    exceeded = [tier for tier in rates.tiers if input_tokens is not None and input_tokens > tier.above]
    return max(exceeded, key=lambda tier: tier.above, default=None)


@frozen
class QuickPrice:
    """A price for choosing among thousands: the same formula in floats, prepared once per price.

    Attributes:
        input, output: USD per token.
        request: USD per request.
        tiers: Threshold, input and output of each tier, highest threshold first.
    """

    input: float
    output: float
    request: float
    tiers: tuple[tuple[int, float, float], ...] = ()

    @classmethod
    def of(cls, price: Price | None) -> QuickPrice | None:
        """None when the price of a plain token is unknown."""
        if price is None or price.rates.input is None or price.rates.output is None:
            return None
        rates = price.rates
        plain = float(rates.input or 0) / 1e6, float(rates.output or 0) / 1e6
        tiers = tuple(
            (
                tier.above,
                plain[0] if tier.input is None else float(tier.input) / 1e6,
                plain[1] if tier.output is None else float(tier.output) / 1e6,
            )
            for tier in sorted(rates.tiers, key=lambda tier: -tier.above)
        )
        return cls(*plain, float(rates.request or 0), tiers)

    def cost(self, input_tokens: float, output_tokens: float) -> float:
        """USD for a call of this size with nothing cached; agrees with `expected_cost` to 12 digits."""
        for above, input_rate, output_rate in self.tiers:
            if input_tokens > above:
                return input_tokens * input_rate + output_tokens * output_rate + self.request
        return input_tokens * self.input + output_tokens * self.output + self.request
