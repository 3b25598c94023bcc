"""What a call costs: tokens times rates, exactly.

With `Usage` in OpenTelemetry's terms (input includes what was cached, output includes reasoning)::

    usd = (plain * input + image * input_image + audio * input_audio
           + read * cache_read + read_audio * cache_read_audio
           + written * cache_write + kept * cache_write_1h
           + spoken * output + thought * reasoning
           + sounds * output_audio + pictures * output_image) / 1,000,000 + request

`kept` are the tokens written to the cache for an hour and `written` those written for a shorter time; `plain`
and `spoken` is what is left of the input and the output (see `pointsman.money.portions`).

What a rate that is None means:

- ``input``, ``output``: unknown, and so is the cost, unless there are no such tokens.
- ``cache_read``, ``cache_write``: charged as plain input. ``cache_write_1h``: as ``cache_write``.
  ``input_audio``: as input. ``cache_read_audio``: as ``cache_read``. ``output_audio``, ``output_image``: as
  output. In each case the cost is marked estimated.
- ``reasoning``, ``input_image``: not priced apart, so charged as output and as input.
- ``request``: no such fee.

A tier holds for the whole request as soon as its input is larger than the tier's threshold; of several, the
highest. In a marginal tier only the tokens beyond the threshold are charged at its rates: a prompt is filled
by what a cache served, then by what was written to one, then by the rest.

Where the provider says that it answered in another service (batch, flex, priority …), the rates of that
variant hold. One whose rates nobody told costs as the standard one, marked estimated.

Providers sometimes report parts larger than the whole: nothing goes below zero then, the parts are charged as
reported, and the cost is marked estimated.
"""

from __future__ import annotations

from decimal import Decimal

from pointsman.money.bill import Bill
from pointsman.money.float_price import FloatPrice
from pointsman.types.money import Cost, Price, Usage

__all__ = ["FloatPrice", "cost", "expected_cost"]


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
    bill = Bill(usage, price)
    if bill.usd is None:
        return Cost(None, "unknown", usage.estimated)
    estimated = usage.estimated or price.estimated or bill.guessed
    return Cost(bill.usd, "estimate" if price.estimated else price.source, estimated)


def expected_cost(price: Price | None, input_tokens: int, output_tokens: int) -> Decimal | None:
    """USD for a call of this size with nothing cached, in the standard service; None when unknown."""
    return cost(Usage(input_tokens, output_tokens), price).usd
