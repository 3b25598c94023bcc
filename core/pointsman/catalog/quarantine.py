"""Prices that are not believed.

One broken feed would make one model the cheapest, and it would get all the traffic. So a row is held back
until another source agrees, or the user says so, when

- it cannot be true at all: negative, no number, zero for what is not free;
- it is `ABSURD` times off another source: a mistaken unit;
- it asks less than a `UNDERCUT`-th of what every other source says, alone;
- it jumped more than `JUMP`-fold since the last good price.

Sources that are up to `AGREE` times apart bear each other out. Beyond that their price is used with less
confidence and the disagreement shown: price lists are that far apart too often to throw a row away for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import log
from statistics import median

from attrs import field, fields, frozen

from pointsman.types import ContextTier, Discount, Price, Quote, Rates

ABSURD = 300
"""Ratio between two sources that no price list explains; a mistaken unit is 1,000 or more."""
JUMP = 10
"""Ratio to the last good price that needs a second source."""
UNDERCUT = 10
"""How many times cheaper than all others a row may be on its own word."""
_LEAST, _MOST = Decimal("1e-9"), Decimal(1_000_000)  # USD per million tokens
_CHEAPEST, _DEAREST = Decimal("0.1"), Decimal(10)  # times, in a region
_BEYOND = 1_000.0  # the largest ratio given; zero against something is that
_LONGEST = 200  # characters of an id
_MARKUP = frozenset("<>")
_RATES = tuple(each.name for each in fields(Rates) if each.name != "tiers")
_TIER_RATES = tuple(each.name for each in fields(ContextTier) if each.name not in {"above", "marginal"})
_TWO = 2  # sources: of more the middle shows which is off
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
        rates: What it asks; empty where that is no number.
        offer: Key of the offer it was held back for; empty where it cannot be true for any.
    """

    source: str
    model: str
    provider: str | None
    reason: str
    rates: Rates = Rates()
    offer: str = field(default="", eq=False)

    @property
    def acceptable(self) -> bool:
        """Whether the user's word can lift it; what cannot be a price stays out."""
        return self.rates.known and (bool(self.offer) or self.rates.input == self.rates.output == 0)


def held(row: Quote | Discount, reason: str, offer: str = "") -> Quarantined:
    """`row` as a quarantined row; texts nobody could read are written out."""
    rates = row.rates if isinstance(row, Quote) and not _no_number(row) else Rates()
    provider = None if row.provider is None else _shown_text(row.provider)
    return Quarantined(str(row.source), _shown_text(row.model), provider, reason, rates, offer)


def unusable(model: object, *names: object) -> str:
    """Why this id, or one of these names, cannot be shown, logged or sent; empty when they can."""
    for text in (model, *(name for name in names if name is not None)):
        if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
            return f"an id of no sensible length: {_shown_text(text)}"
        if not text.isprintable() or not _MARKUP.isdisjoint(text):
            return f"an id with characters that no id has: {_shown_text(text)}"
    return ""


def no_share(discount: Discount) -> str:
    """Why this is no discount; empty when it is one."""
    share = discount.share
    if not isinstance(share, Decimal) or not share.is_finite() or not 0 <= share <= 1:
        return f"a discount of {_shown_text(str(share))} is no share between 0 and 1"
    return ""


def impossible(quote: Quote, *, may_be_free: bool) -> str:
    """Why this row cannot be true on its own; empty when it can.

    Args:
        quote: The row.
        may_be_free: Whether zero is believable (the provider's own list, an offer named free).
    """
    rates = quote.rates
    figures = [each for some in (rates, *(one.rates for one in quote.variants)) for each in _figures(some)]
    if any(not isinstance(figure, Decimal) or not figure.is_finite() for figure in figures):
        return "not a number"
    factors = [each.factor for each in quote.regions]
    if not all(isinstance(each, Decimal) and _sensible(each) for each in factors):
        return "a region's factor that nobody asks"
    if any(figure < 0 for figure in figures):
        return f"negative: {min(figures)}"
    odd = [figure for figure in figures if figure != 0 and not _LEAST <= figure <= _MOST]
    if odd and not quote.binding:
        return f"no price anybody asks: {odd[0]:.3g} USD per million"
    if rates.input == 0 and rates.output == 0 and not may_be_free:
        return "zero, and not an offer that says it is free"
    return ""


def _sensible(factor: Decimal) -> bool:
    return factor.is_finite() and _CHEAPEST <= factor <= _DEAREST


def _figures(rates: Rates) -> list[Decimal]:
    """Every figure of a row, those of its tiers included."""
    figures = [getattr(rates, name) for name in _RATES]
    figures += [getattr(tier, name) for tier in rates.tiers for name in _TIER_RATES]
    return [figure for figure in figures if figure is not None]


def _no_number(quote: Quote) -> bool:
    if not isinstance(quote.rates, Rates):
        return True
    figures = _figures(quote.rates)
    return any(not isinstance(figure, Decimal) or not figure.is_finite() for figure in figures)


def _shown_text(text: object) -> str:
    written = str(text)
    readable = written if written.isprintable() else ascii(written)[1:-1]
    return readable if len(readable) <= _LONGEST else f"{readable[:60]}… ({len(written)} characters)"


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


def undercut(quotes: Sequence[Quote]) -> list[tuple[Quote, str]]:
    """Of several sources' rows for one offer, those far cheaper than all others, with nobody beside them.

    A provider's own zero is not among them: it gives the offer away.
    """
    found = []
    for quote in quotes:
        others = [other for other in quotes if other.source != quote.source and _cheaper(quote, other)]
        factor = min((ratio(quote.rates, other.rates) for other in others), default=1.0)
        rivals = sum(other.source != quote.source for other in quotes)
        if others and len(others) == rivals and factor >= UNDERCUT and quote.rates.blended:
            found.append((quote, f"{factor:.3g} times cheaper than what every other source says"))
    return found


def _cheaper(one: Quote, two: Quote) -> bool:
    mine, theirs = one.rates.blended, two.rates.blended
    return mine is not None and theirs is not None and mine < theirs


def jumped(quote: Quote, asked: Sequence[Rates], last: Price | None, others: Iterable[Quote]) -> str:
    """Why this row is not believed after the last good price; empty when another source agrees.

    Args:
        quote: The row.
        asked: Its rates, as written and with today's discount taken off; the one nearer to the last counts.
        last: The last good price.
        others: Rows of all sources about the same offer.
    """
    if last is None or last.estimated or not last.rates.known:
        return ""
    factor = min(ratio(rates, last.rates) for rates in asked)
    if factor <= JUMP:
        return ""
    if any(other.source != quote.source and ratio(quote.rates, other.rates) <= AGREE for other in others):
        return ""
    return f"{factor:.3g} times off the last good price {_shown(last.rates.blended)} USD per million"


def _shown(figure: Decimal | None) -> str:
    return "unknown" if figure is None else f"{figure.normalize():f}"
