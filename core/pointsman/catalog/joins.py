"""What every source says, indexed so that a listed model finds its price and its scores.

`build` asks it for every model there is, `trace` for one and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from attrs import evolve, field, frozen

from pointsman.catalog.accepted import Accepted
from pointsman.catalog.feeds.sources import Listing, Source, SourceRef
from pointsman.catalog.identity.index import Found
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.statistics import NameStatistics
from pointsman.catalog.prices import Priced, Pricing, select_quotes
from pointsman.catalog.scores import ScoreBook
from pointsman.catalog.scores.columns import Row
from pointsman.kinds import SourceKind
from pointsman.types import Discount, Model, Price, Quality, Quote, Score, Speed

Measured = tuple[list[Found[Row]], Mapping[str, Quality]]
"""The rows about a model, and the quality they make."""


@frozen
class SourceRows:
    """Everything that was fetched, each row with the name of its source.

    Attributes:
        listings: What each provider lists.
        quotes: The rows of all price lists.
        scores: What all benchmark sources measured.
    """

    listings: Sequence[Listing]
    quotes: Sequence[Quote | Discount]
    scores: Sequence[Score | Speed]

    @classmethod
    def of(cls, rows: Mapping[SourceRef, Sequence[Any]]) -> Self:
        """From the rows of each source."""
        listings = [Listing(ref.source, tuple(each)) for ref, each in _of(rows, SourceKind.PROVIDER)]
        quotes, scores = (
            [evolve(row, source=ref.source.name) for ref, each in _of(rows, kind) for row in each]
            for kind in (SourceKind.PRICES, SourceKind.SCORES)
        )
        return cls(listings, quotes, scores)


def _of(
    rows: Mapping[SourceRef, Sequence[Any]], kind: SourceKind
) -> Iterator[tuple[SourceRef, Sequence[Any]]]:
    return ((ref, each) for ref, each in rows.items() if ref.kind is kind)


@frozen
class ListedModel:
    """A model in a provider's list.

    Attributes:
        source: The provider.
        model: As it lists it.
        born: Its release day, where that says which issue of its name it is; else None.
    """

    source: Source
    model: Model
    born: date | None

    @property
    def key(self) -> str:
        """``provider/model``."""
        return f"{self.source.name}/{self.model.id}"


@frozen(eq=False)
class Joins:
    """Everything a listed model is joined with.

    Attributes:
        rows: What was fetched.
        statistics: How today's lists write names.
        prices: The price lists.
        scores: The measurements.
    """

    rows: SourceRows = field(repr=False)
    statistics: NameStatistics = field(repr=False)
    prices: Pricing = field(repr=False)
    scores: ScoreBook = field(repr=False)
    _measured: dict[tuple[object, ...], Measured] = field(factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        rows: SourceRows,
        at: datetime,
        *,
        priority: Sequence[str] = (),
        accepted: Sequence[Accepted] = (),
    ) -> Self:
        """Index the rows.

        Args:
            rows: What was fetched.
            at: As of when prices hold.
            priority: Pricing sources, most trusted first.
            accepted: Price rows the user has confirmed.
        """
        selected = select_quotes(rows.quotes, at, accepted)
        statistics = NameStatistics.of(rows.listings, selected.readable, rows.scores)
        prices = Pricing(selected, priority=priority, statistics=statistics)
        return cls(rows, statistics, prices, ScoreBook(rows.scores, statistics))

    def listed(self) -> Iterator[ListedModel]:
        """Every model of every list, once per list."""
        for listing in self.rows.listings:
            moving = _moving(listing.models)
            for model in {model.id: model for model in listing.models}.values():
                born = None if _undated(model) in moving else model.created
                yield ListedModel(listing.source, model, born)

    def price(self, listed: ListedModel, last: Price | None = None) -> Priced:
        """What a listed model costs.

        Args:
            listed: The model.
            last: The last good price of it, to tell a jump from a price.
        """
        return self.prices.price(listed.source, listed.model, last, listed.born)

    def measured(self, listed: ListedModel) -> Measured:
        """The scores of a listed model. Many providers list one model alike, so each is looked for once."""
        model = listed.model
        asked = (
            *(model.id, model.name, model.creator, model.aliases, model.known_as, model.created),
            listed.born,
        )
        if asked not in self._measured:
            rows = self.scores.rows(model, listed.born)
            self._measured[asked] = rows, self.scores.quality(rows, model)
        return self._measured[asked]


def _undated(model: Model) -> tuple[object, ...]:
    """What the dated issues of a name share with it, and whether this is none of them."""
    name = parse(model.id)
    return name.words, name.version, name.sizes, name.stage, name.day is None


def _moving(models: Iterable[Model]) -> frozenset[tuple[object, ...]]:
    """Undated names whose dated issues are listed beside them: they move, so their own date says nothing."""
    return frozenset((*key[:-1], True) for model in models if not (key := _undated(model))[-1])
