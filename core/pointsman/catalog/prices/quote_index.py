"""Finds the row of each price list that prices an offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import NamedTuple

from attrs import evolve, frozen

from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.identity.index import Found, NameIndex, NameQuery
from pointsman.catalog.identity.match import SURE
from pointsman.catalog.identity.name import Identity, names_of, parse
from pointsman.catalog.identity.record import NameRecord, parse_model, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.identity.statistics import NameStatistics
from pointsman.catalog.spelling import plain
from pointsman.types import Model, Quote

ELSEWHERE = 0.4
"""Confidence of the maker's list price for another host's offer."""
BY_MOVING = 0.75
"""Confidence at most of a join by an alias that moves."""
_BY_MAKER = 0.9
_BY_ALIAS = 0.95  # an alias may have moved since the source was written
_BY_NAME = 0.95
_PATTERN = frozenset("*?[")


@frozen
class Joined:
    """A row joined to an offer.

    Attributes:
        quote: The row.
        confidence: Of the join, 0 to 1.
        own: Whether the row is for this very provider.
        evidence: Why it was joined.
    """

    quote: Quote
    confidence: float
    own: bool
    evidence: str


class PriceList(NamedTuple):
    """Whose rows, about which provider; `binding` ones apart from the others."""

    source: str
    provider: str | None
    binding: bool


class ModelNames:
    """What a model is looked for by in price lists, each name with the confidence of a join by it at most.

    Attributes:
        makers: Plain names of who may have made it.
    """

    def __init__(self, model: Model, born: date | None, statistics: NameStatistics) -> None:
        self._model, self._born, self._statistics = model, born, statistics
        prefix = parse(model.id, model.creator).prefix
        self.makers = {plain(name) for name in (model.creator, *prefix) if name}

    @cached_property
    def steady(self) -> Sequence[tuple[NameQuery, float]]:
        """The names that mean the same model in every list."""
        names: list[Identity | NameRecord] = [parse_model(self._model), *names_of(self._model)[1:]]
        return [(self._query(name), _BY_NAME) for name in names]

    @cached_property
    def own(self) -> Sequence[tuple[NameQuery, float]]:
        """These, and the aliases that move, for the provider's own list."""
        aliases = [parse(alias, self._model.creator) for alias in self._model.aliases]
        steady = names_of(self._model)
        limits = ((alias, _BY_NAME if alias in steady else BY_MOVING) for alias in aliases)
        return [*self.steady, *((self._query(alias), limit) for alias, limit in limits)]

    def _query(self, name: Identity | NameRecord) -> NameQuery:
        return NameQuery.of(name, self._statistics, self._born)


class QuoteIndex:
    """The rows of one source about one provider."""

    def __init__(self, quotes: list[Quote], statistics: NameStatistics) -> None:
        self._quotes, self._statistics = quotes, statistics
        self._hosts = {quote.host for quote in quotes if quote.host}
        self._by_id = {quote.model.casefold(): quote for quote in quotes}
        # In somebody's own list a pattern speaks for many ids; what is written out stands above it.
        self._patterns = sorted(
            (quote for quote in quotes if quote.binding and _PATTERN & set(quote.model)),
            key=lambda quote: (-len(quote.model), quote.model),
        )
        self._index: NameIndex[Quote] | None = None

    def serves(self, host: str) -> bool:
        """Whether the source says this provider answers at `host`."""
        return bool(host) and any(host == known or host.endswith("." + known) for known in self._hosts)

    def find(self, model: Model, names: ModelNames, *, own: bool) -> Joined | None:
        """The row for `model`: by id, by alias, by pattern, else by name."""
        for known in (model.id, *model.aliases):
            quote = self._by_id.get(known.casefold())
            if quote:
                exact = known == model.id
                return Joined(quote, 1.0 if exact else _BY_ALIAS, own=True, evidence=f"id {quote.model}")
        for quote in self._patterns:
            if fnmatchcase(model.id.casefold(), quote.model.casefold()):
                return Joined(quote, 1.0, own=True, evidence=f"pattern {quote.model}")
        return self._by_name(names, own=own)

    def _by_name(self, names: ModelNames, *, own: bool) -> Joined | None:
        if self._index is None:
            rows = ((parse_row(ListRow.priced(quote)), quote) for quote in self._quotes)
            self._index = NameIndex(rows, self._statistics)
        # The provider's own rows follow its own moving aliases; anybody else's were written at another time.
        for query, limit in names.own if own else names.steady:
            for found in self._index.find(query):
                if not found.match.offer_differs and _same_id(found):
                    why = f"name {found.entry.model}: {found.match.evidence}"
                    sure = min(found.match.confidence or SURE, limit)
                    return Joined(found.entry, sure, own=True, evidence=why)
        return None


class QuoteIndexes:
    """The rows of all sources, by source and by the provider they are about."""

    def __init__(self, quotes: Iterable[Quote], statistics: NameStatistics) -> None:
        """Index them in an order that follows from nothing but the rows."""
        rows: dict[PriceList, list[Quote]] = defaultdict(list)
        for quote in quotes:
            rows[PriceList(quote.source, quote.provider, quote.binding)].append(quote)
        lists = sorted(rows, key=lambda each: (each.source, each.provider or "", each.binding))
        self._indexes = [
            (
                each,
                QuoteIndex(
                    sorted(rows[each], key=lambda quote: (quote.model.casefold(), quote.model)), statistics
                ),
            )
            for each in lists
        ]
        self._by_maker: dict[str | None, list[int]] = defaultdict(list)  # those that may hold a list price
        for number, each in enumerate(lists):
            if not each.binding:
                self._by_maker[None if each.provider is None else plain(each.provider)].append(number)
        self._own: dict[Source, frozenset[int]] = {}

    def own(self, source: Source) -> Iterator[QuoteIndex]:
        """The rows about this very provider."""
        return (self._indexes[number][1] for number in sorted(self._own_numbers(source)))

    def of_makers(self, source: Source, makers: Iterable[str]) -> Iterator[QuoteIndex]:
        """The rows of others that may hold the list price of a model of these makers."""
        listed = {number for name in (None, *makers) for number in self._by_maker.get(name, ())}
        return (self._indexes[number][1] for number in sorted(listed - self._own_numbers(source)))

    def _own_numbers(self, source: Source) -> frozenset[int]:
        if source not in self._own:
            self._own[source] = frozenset(
                number for number, (each, index) in enumerate(self._indexes) if _is_about(each, index, source)
            )
        return self._own[source]


def _is_about(rows: PriceList, index: QuoteIndex, source: Source) -> bool:
    if rows.provider is None:
        return rows.binding
    return source.is_called(rows.provider) or index.serves(source.host)


def by_maker(joined: Joined, source: Source, makers: set[str]) -> Joined:
    """A row that names no provider, or the maker: the price at the maker, a guess at any other host."""
    at_maker = any(source.is_called(maker) for maker in makers) or not makers
    if at_maker:
        return evolve(
            joined,
            own=False,
            confidence=joined.confidence * _BY_MAKER,
            evidence=f"list price; {joined.evidence}",
        )
    return evolve(
        joined,
        own=False,
        confidence=min(joined.confidence, 1.0) * ELSEWHERE,
        evidence=f"list price of another host; {joined.evidence}",
    )


def _same_id(found: Found[Quote]) -> bool:
    """Whether no mode separates the two; a list that writes ids, not names, sells modes separately."""
    return " " in found.entry.model or not found.match.mode_one_sided
