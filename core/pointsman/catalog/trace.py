"""How a name was read, and what each source has that is nearest to it. Pure.

It answers "why was this joined, and why not that": for every source the row that was taken and the runner-up,
each with the verdict of `pointsman.catalog.identity.compare`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from attrs import evolve, frozen

from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.identity.compare import decide
from pointsman.catalog.identity.match import Match, Verdict
from pointsman.catalog.identity.name import Identity, names_of
from pointsman.catalog.identity.record import NameRecord, name_only, parse_model, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.joins import Joins, ListedModel
from pointsman.catalog.scores.book import taken_of
from pointsman.catalog.spelling import plain
from pointsman.kinds import SourceKind
from pointsman.types import Candidate, Quote

_ORDER = {Verdict.SAME: 0, Verdict.UNSURE: 1, Verdict.DIFFERENT: 2}

RowKey = tuple[SourceKind, str, str]
"""Kind and name of the source, and the name as it writes it."""


@frozen
class TracedRow:
    """A row of a source beside the name looked for.

    Attributes:
        kind: What the source holds.
        source: Its name.
        name: As the source writes it.
        joined: Whether the catalog took it.
        match: The comparison.
    """

    kind: SourceKind
    source: str
    name: str
    joined: bool
    match: Match


@frozen
class _Wanted:
    """What is looked for.

    Attributes:
        names: Under which it may be found.
        records: The same with what its provider says beside them.
        provider: Who lists it; None for a name that nobody lists.
        taken: The rows the catalog took for it.
    """

    names: tuple[Identity, ...]
    records: tuple[NameRecord, ...]
    provider: Source | None = None
    taken: frozenset[RowKey] = frozenset()


def trace(candidate: Candidate, joins: Joins) -> tuple[TracedRow, ...]:
    """Of each source the rows that were taken for a candidate (else the nearest), then the runner-up.

    A row that has no word, number or size in common is no runner-up, nor is the price of another provider
    that is not the maker.

    Args:
        candidate: Of the catalog that was made from these rows.
        joins: As the catalog was made with.
    """
    listed = next((each for each in joins.listed() if each.key == candidate.key), None)
    model, born = (listed.model, listed.born) if listed else (candidate.model, candidate.model.created)
    names = tuple(names_of(model))
    records = [evolve(parse_model(model), released=born), *map(name_only, names[1:])]
    taken = _taken(listed, candidate, joins) if listed else frozenset[RowKey]()
    return _nearest(_Wanted(names, tuple(records), listed.source if listed else None, taken), joins)


def trace_name(name: Identity, joins: Joins) -> tuple[TracedRow, ...]:
    """The same for a name that no provider lists: of each source what is nearest to it."""
    return _nearest(_Wanted((name,), (name_only(name),)), joins)


def _taken(listed: ListedModel, candidate: Candidate, joins: Joins) -> frozenset[RowKey]:
    """The rows that make the price and the qualities of a candidate."""
    joined = joins.price(listed, candidate.price).joined
    prices = ((SourceKind.PRICES, each.quote.source, each.quote.model) for each in joined)
    rows, _ = joins.measured(listed)
    scores = ((SourceKind.SCORES, source, row.entry.name) for (_, source), row in taken_of(rows).items())
    return frozenset([*prices, *scores])


def _nearest(wanted: _Wanted, joins: Joins) -> tuple[TracedRow, ...]:
    found: list[TracedRow] = []
    for (kind, source), rows in groupby(_rows(wanted, joins), key=lambda each: each[:2]):
        records = {row.name: row for _, _, row in rows}
        judged = (_judge(wanted, kind, source, row, joins) for row in records.values())
        ordered = [each for _, each in sorted(filter(None, judged), key=lambda pair: pair[0])]
        first = [each for each in ordered if each.joined] or ordered[:1]
        found += [*first, *[each for each in ordered if each not in first][:1]]
    return tuple(found)


def _rows(wanted: _Wanted, joins: Joins) -> Iterator[tuple[SourceKind, str, NameRecord]]:
    """The rows that are compared, source by source, as the catalog reads them."""
    rows = joins.rows
    if wanted.provider is None:
        for listing in rows.listings:
            for model in listing.models:
                name = listing.source.name
                yield SourceKind.PROVIDER, name, parse_row(ListRow.listed(model, name))
    for quote in sorted(joins.prices.selected.readable, key=lambda each: each.source):
        if _about(quote, wanted):
            yield SourceKind.PRICES, quote.source, parse_row(ListRow.priced(quote))
    scored = {(each.source, each.model, each.creator): each for each in rows.scores}
    for score in sorted(scored.values(), key=lambda each: each.source):
        row = ListRow.scored(score.source, score.model, score.creator, score.facts)
        yield SourceKind.SCORES, score.source, parse_row(row)


def _about(quote: Quote, wanted: _Wanted) -> bool:
    """Whether this row may price the offer: its provider's own, or its maker's."""
    source, provider = wanted.provider, quote.provider
    if source is None or provider is None or source.is_called(provider):
        return True
    host = quote.host and (source.host == quote.host or source.host.endswith(f".{quote.host}"))
    return bool(host) or plain(provider) in {plain(each) for name in wanted.names for each in name.prefix}


def _judge(
    wanted: _Wanted, kind: SourceKind, source: str, row: NameRecord, joins: Joins
) -> tuple[tuple[Any, ...], TracedRow] | None:
    """One row, and its place in the order: taken, the surer verdict, the more it has in common; None where
    it has nothing in common.
    """
    text = row.readings[0].text
    tried = [(each, decide(each, row, joins.statistics, listed=True)) for each in wanted.records]
    mine, best = min(tried, key=lambda pair: (_rank(pair[1]), -_common(pair[0].name, row.name)))
    joined = (kind, source, text) in wanted.taken
    common = _common(mine.name, row.name)
    if not joined and not common and best.verdict is Verdict.DIFFERENT:
        return None
    place = (not joined, *_rank(best), -common, text)
    return place, TracedRow(kind, source, text, joined, best)


def _rank(found: Match) -> tuple[Any, ...]:
    near = 1 if found.mode_only else _ORDER[found.verdict]
    return near, found.offer_differs, -found.confidence


def _common(one: Identity, two: Identity) -> float:
    """Share of words, numbers and sizes that both write, 0 to 1; only to find the nearest of what differs."""
    left, right = ({*each.words, *each.version, *each.sizes} for each in (one, two))
    return len(left & right) / max(len(left | right), 1)
