"""The price of an offer, from every believable row of every price list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median

from attrs import evolve, frozen

from pointsman.catalog.accepted import accepts
from pointsman.catalog.facts import FactSource
from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics
from pointsman.catalog.prices.discounts import discount_for, reduced, reduced_rates
from pointsman.catalog.prices.merging import Merger
from pointsman.catalog.prices.quote_index import (
    BY_MOVING,
    ELSEWHERE,
    Joined,
    ModelNames,
    QuoteIndexes,
    by_maker,
)
from pointsman.catalog.prices.selection import SelectedQuotes
from pointsman.catalog.quarantine import Quarantined, absurd, held, jumped, undercut
from pointsman.types import Discount, Model, Price, Quote, Rates
from pointsman.types.models import NO_FACTS

_KEPT = 0.5
_SILENT = Rates()  # of a row that gives facts and no price


@frozen
class Priced:
    """The price of one offer.

    Attributes:
        price: None when no source knows it.
        quarantined: Rows held back on the way.
        fact_sources: What sources that know this very offer say of it beside the price, the preferred one
            first.
        joined: The rows the price was made of, the preferred one first.
    """

    price: Price | None
    quarantined: tuple[Quarantined, ...] = ()
    fact_sources: tuple[FactSource, ...] = ()
    joined: tuple[Joined, ...] = ()


@frozen
class _Believed:
    """Rows about one offer: those that are believed, those that are not, and why."""

    kept: list[Joined]
    disputed: list[Quote]
    quarantined: tuple[Quarantined, ...]


class Pricing:
    """Joins and merges the rows that are believed.

    Attributes:
        selected: The rows looked at.
    """

    def __init__(
        self,
        selected: SelectedQuotes,
        *,
        priority: Sequence[str] = (),
        statistics: NameStatistics = NO_STATISTICS,
    ) -> None:
        """Index the rows.

        Args:
            selected: Rows that hold and can be true.
            priority: Source names, most trusted first.
            statistics: See `pointsman.catalog.identity.match.match`.
        """
        self.selected, self._statistics = selected, statistics
        self._merger = Merger({name: place for place, name in enumerate(priority)}, selected.at)
        self._indexes = QuoteIndexes(selected.quotes, statistics)
        blended = [float(quote.rates.blended) for quote in selected.quotes if quote.rates.blended]
        self._usual = median(blended) if blended else 1.0

    def price(
        self, source: Source, model: Model, last: Price | None = None, born: date | None = None
    ) -> Priced:
        """The price of `model` at the provider `source`.

        Args:
            source: The provider instance.
            model: As it lists it.
            last: The last good price of this offer, to tell a jump from a price.
            born: See `pointsman.catalog.identity.index.NameQuery.of`.
        """
        joined = self._merger.ordered(self._join(source, model, born), source)
        fact_sources = tuple(
            FactSource(each.quote.source, each.quote.facts)
            for each in joined
            if each.own and each.confidence > BY_MOVING and each.quote.facts != NO_FACTS
        )
        joined = [each for each in joined if each.quote.rates != _SILENT]
        binding = [each for each in joined if each.quote.binding]
        if binding:
            return Priced(self._merger.merge(binding), (), fact_sources, tuple(binding))
        if model.local:
            zero = Rates(input=Decimal(0), output=Decimal(0))
            return Priced(
                Price(zero, "local", self.selected.at, evidence="runs on this machine"), (), fact_sources
            )
        best = [each for each in joined if each.own] or joined
        best = [each for each in best if each.confidence > BY_MOVING] or best
        discount = discount_for(self.selected.discounts, source, model)
        believed = self._believe(best, last, discount, f"{source.name}/{model.id}")
        if believed.kept:
            price = self._merger.merge(believed.kept, believed.disputed)
            price = reduced(price, discount) if discount else price
            return Priced(price, believed.quarantined, fact_sources, tuple(believed.kept))
        kept = _kept(last) if believed.quarantined and last is not None and not last.estimated else None
        return Priced(kept, believed.quarantined, fact_sources)

    def _join(self, source: Source, model: Model, born: date | None) -> list[Joined]:
        """At most one row per list, the maker's only where this provider's have no price."""
        names = ModelNames(model, born, self._statistics)
        found = [each for index in self._indexes.own(source) if (each := index.find(model, names, own=True))]
        if any(each.quote.rates != _SILENT for each in found):
            return found  # nobody then asks what the maker's list says
        lists = self._indexes.of_makers(source, names.makers)
        listed = filter(None, (index.find(model, names, own=False) for index in lists))
        return [*found, *(by_maker(each, source, names.makers) for each in listed)]

    def _believe(
        self, joined: list[Joined], last: Price | None, discount: Discount | None, offer: str
    ) -> _Believed:
        quotes = [each.quote for each in joined]
        doubtful = [quote for quote in quotes if not accepts(self.selected.accepted, quote)]
        reasons = {id(quote): reason for quote, reason in absurd(quotes, self._usual)}
        disputed = undercut([each for each in quotes if id(each) not in reasons])
        reasons |= {id(quote): reason for quote, reason in disputed}
        own = any(each.own for each in joined)
        if last is not None and (not own or last.confidence > ELSEWHERE):
            for quote in quotes:
                asked = [quote.rates]
                if discount:
                    asked.append(reduced_rates(quote.rates, 1 - discount.share))
                reason = jumped(quote, asked, last, quotes)
                if reason:
                    reasons.setdefault(id(quote), reason)
        held_back = {id(quote) for quote in doubtful if id(quote) in reasons}
        return _Believed(
            [each for each in joined if id(each.quote) not in held_back],
            [quote for quote, _ in disputed if id(quote) in held_back],
            tuple(held(quote, reasons[id(quote)], offer) for quote in quotes if id(quote) in held_back),
        )


def _kept(last: Price) -> Price:
    return evolve(
        last,
        confidence=min(last.confidence, _KEPT),
        evidence="last good price; the new one is held back",
    )
