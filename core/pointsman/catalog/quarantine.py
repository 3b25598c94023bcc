"""Prices that are not believed.

One broken feed would make one model the cheapest, and it would get all the traffic. So a row that cannot be
true, that is a thousand times off another source, or that jumped more than tenfold since the last good one
is held back until a second source agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import log
from statistics import median

from attrs import frozen

from pointsman.types import Price, Quote, Rates

ABSURD = 300
"""Ratio between two sources that no price list explains; a mistaken unit is 1,000 or more."""
JUMP = 10
"""Ratio to the last good price that needs a second witness."""
_LEAST, _MOST = Decimal("1e-9"), Decimal(1_000_000)  # USD per million tokens
_BEYOND = 1_000.0  # the largest ratio told; zero against something is that
_TWO = 2  # sources: of more the middle tells which is off
AGREE = 2
"""Ratio up to which two sources bear each other out."""


@frozen
class Quarantined:
    """A row of a price list that is held back.

    Attributes:
        source: Whose row.
        model: As the source writes it.
        provider: As the source writes it.
        reason: In words, with the figures.
    """

    source: str
    model: str
    provider: str | None
    reason: str


def held(quote: Quote, reason: str) -> Quarantined:
    """`quote` as a quarantined row."""
    return Quarantined(quote.source, quote.model, quote.provider, reason)


def impossible(quote: Quote, *, may_be_free: bool) -> str:
    """Why this row cannot be true on its own; empty when it can.

    Args:
        quote: The row.
        may_be_free: Whether zero is believable (the provider's own list, an offer named free).
    """
    rates = quote.rates
    tiers = [
        figure
        for tier in rates.tiers
        for figure in (tier.input, tier.output, tier.cache_read, tier.cache_write)
    ]
    figures = [
        rates.input,
        rates.output,
        rates.cache_read,
        rates.cache_write,
        rates.cache_write_1h,
        rates.reasoning,
        rates.input_audio,
        rates.output_audio,
        rates.input_image,
        rates.request,
        *tiers,
    ]
    known = [figure for figure in figures if figure is not None]
    if any(not figure.is_finite() for figure in known):
        return "not a number"
    if any(figure < 0 for figure in known):
        return f"negative: {min(known)}"
    odd = [figure for figure in known if figure != 0 and not _LEAST <= figure <= _MOST]
    if odd:
        return f"no price anybody asks: {odd[0]:.3g} USD per million"
    if rates.input == 0 and rates.output == 0 and not may_be_free:
        return "zero, and not an offer that says it is free"
    return ""


def ratio(one: Rates, two: Rates) -> float:
    """Largest factor between the input or the output rates; 1 when they agree or cannot be compared."""
    worst = 1.0
    for left, right in ((one.input, two.input), (one.output, two.output)):
        if left is None or right is None or left == right:
            continue
        worst = max(worst, _BEYOND if 0 in {left, right} else float(max(left / right, right / left)))
    return min(worst, _BEYOND)


def absurd(quotes: Sequence[Quote], usual: float) -> list[tuple[Quote, str]]:
    """Of several sources' rows for one offer, those a factor `ABSURD` off.

    With three or more rows the ones far from their middle are held, with two the one farther from `usual`.

    Args:
        quotes: Believable on their own.
        usual: Middle of all blended prices, USD per million tokens.
    """
    priced = [(quote, float(quote.rates.blended)) for quote in quotes if quote.rates.blended]
    if len(priced) < _TWO:
        return []
    figures = [figure for _, figure in priced]
    if max(figures) / min(figures) < ABSURD:
        return []
    middle = (
        median(figures) if len(figures) > _TWO else min(figures, key=lambda figure: abs(log(figure / usual)))
    )
    return [
        (quote, f"{figure:g} USD per million against {middle:g} elsewhere")
        for quote, figure in priced
        if max(figure / middle, middle / figure) >= ABSURD**0.5
    ]


def jumped(quote: Quote, last: Price | None, others: Iterable[Quote]) -> str:
    """Why this row is not believed after the last good price; empty when another source agrees."""
    if last is None or last.estimated or not last.rates.known:
        return ""
    factor = ratio(quote.rates, last.rates)
    if factor <= JUMP:
        return ""
    if any(other.source != quote.source and ratio(quote.rates, other.rates) <= AGREE for other in others):
        return ""
    return f"{factor:.3g} times off the last good price {_shown(last.rates.blended)} USD per million"


def _shown(figure: Decimal | None) -> str:
    return "unknown" if figure is None else f"{figure.normalize():f}"
