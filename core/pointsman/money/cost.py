"""What a call costs: tokens times rates, exactly.

With `Usage` in OpenTelemetry's terms (input includes what was cached, output includes reasoning)::

    usd = (input_text * input + input_image * input_image + input_audio * input_audio
           + cache_read * cache_read + cache_read_audio * cache_read_audio
           + cache_write * cache_write + cache_write_1h * cache_write_1h
           + output_text * output + reasoning * reasoning
           + output_audio * output_audio + output_image * output_image) / 1,000,000
          + request + searches * search

The left one of each pair is a number of tokens, the right one a rate. `input_text` and `output_text` is what
is left of the input and the output (see `pointsman.money.portions`); `cache_write_1h` are the tokens written
to the cache for an hour, `cache_write` those written for a shorter time.

What a rate that is None means:

- ``input``, ``output``: unknown, and so is the cost, unless there are no such tokens.
- ``cache_read``, ``cache_write``: charged as plain input. ``cache_write_1h``: as ``cache_write``.
  ``input_audio``: as input. ``cache_read_audio``: as ``cache_read``. ``output_audio``, ``output_image``: as
  output. In each case the cost is marked estimated.
- ``reasoning``, ``input_image``: not priced apart, so charged as output and as input.
- ``request``: no such fee. ``search``: unknown; searches are left out, and the cost is marked estimated.

A tier holds for the whole request as soon as its input is larger than the tier's threshold; of several, the
highest. In a marginal tier only the tokens beyond the threshold are charged at its rates: a prompt is filled
by what a cache served, then by what was written to one, then by the rest.

Where the provider says that it answered in another service (batch, flex, priority …), the rates of that
variant hold. One whose rates nobody states costs as the standard one, marked estimated.

Where it says in which region, every rate per token is multiplied with that region's factor; without one the
cost is marked estimated. So it is where the price is the dearest of several by the hour, and where something
was used that no rate covers (`Usage.extras`).

Providers sometimes report parts larger than the whole: nothing goes below zero then, the parts are charged as
reported, and the cost is marked estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from pointsman.money.float_price import FloatPrice
from pointsman.money.portions import Portion, Portions
from pointsman.money.tariff import Level, tariff_of
from pointsman.types.money import EXACT, Cost, Price, Usage

__all__ = ["FloatPrice", "cost", "expected_cost"]

_ZERO: Final = Decimal(0)
_add_product = EXACT.fma


def cost(usage: Usage, price: Price | None) -> Cost:
    """What a call cost.

    Args:
        usage: Tokens used; a cost the provider itself states there wins over every price.
        price: Of the offer that answered, as it was when the call was made; None when nothing is known.

    Returns:
        `usd` is None where a rate or count that matters is unknown; the source is then ``unknown``.
    """
    if usage.cost is not None:
        return Cost(usage.cost, "provider")
    if price is None:
        return Cost(None, "unknown", usage.estimated)
    tariff = tariff_of(price, usage.service_tier, usage.region)
    levels = tariff.levels(usage.input_tokens)
    prompt, answer, impossible = Portions.of(usage)
    usd = tariff.request
    assumed = impossible or tariff.assumed or price.hourly or bool(usage.extras)
    if usage.searches:
        assumed |= tariff.search is None
        usd = _add_product(usage.searches, tariff.search or _ZERO, usd)
    for portions in (prompt, answer):
        charged, guessed = _charge(usd, portions, levels)
        if charged is None:
            return Cost(None, "unknown", usage.estimated)
        usd, assumed = charged, assumed or guessed
    if tariff.unpriced_above is not None:
        assumed |= (usage.input_tokens or 0) > tariff.unpriced_above
    estimated = assumed or usage.estimated or price.estimated
    return Cost(usd, "estimate" if price.estimated else price.source, estimated)


def expected_cost(price: Price | None, input_tokens: int, output_tokens: int) -> Decimal | None:
    """USD for a call of this size with nothing cached, in the standard service; None when unknown."""
    if price is None:
        return None
    tariff = tariff_of(price, "")
    levels = tariff.levels(input_tokens)
    rates = levels[0].rates
    (input_rate, _), (output_rate, _) = rates["input_text"], rates["output_text"]
    if len(levels) == 1 and input_rate is not None and output_rate is not None:  # nearly always
        return _add_product(
            output_tokens, output_rate, _add_product(input_tokens, input_rate, tariff.request)
        )
    return cost(Usage(input_tokens, output_tokens), price).usd


def _charge(
    usd: Decimal, portions: Sequence[Portion], levels: Sequence[Level]
) -> tuple[Decimal | None, bool]:
    """`usd` and what these portions cost; None when unknown. Also whether a rate of theirs is assumed."""
    assumed = False
    for tokens, (rate, guessed) in _at_rates(portions, levels):
        assumed |= guessed
        if tokens is not None and rate is not None:
            usd = _add_product(tokens, rate, usd)
        elif rate != _ZERO:  # what costs nothing costs nothing in any number
            return None, assumed
    return usd, assumed


def _at_rates(
    portions: Sequence[Portion], levels: Sequence[Level]
) -> Iterable[tuple[int | None, tuple[Decimal | None, bool]]]:
    """The tokens of one direction in their order, each with the rate of the level in which they fall."""
    first = levels[0].rates
    if len(levels) == 1:
        return [(tokens, first[name]) for name, tokens in portions if tokens != 0]
    found: list[tuple[int | None, tuple[Decimal | None, bool]]] = []
    before = 0
    for name, tokens in portions:
        if tokens is None:
            found.append((None, first[name]))
            continue
        end = before + tokens
        for level, above in zip(levels, [*(level.start for level in levels[1:]), end], strict=True):
            inside = min(above, end) - max(level.start, before)
            if inside > 0:
                found.append((inside, level.rates[name]))
        before = end
    return found
