"""How a name was read, and what each source has that is nearest to it. Pure.

It answers "why was this joined, and why not that": for every source the row that was taken and the runner-up,
each with the verdict of `pointsman.catalog.identity.compare`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from pointsman.catalog.feeds.sources import Listing, Source, SourceRef
from pointsman.catalog.identity.compare import decide
from pointsman.catalog.identity.match import Match, Verdict
from pointsman.catalog.identity.name import Identity, names_of
from pointsman.catalog.identity.record import NameRecord, name_only, parse_model, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.identity.statistics import NameStatistics
from pointsman.catalog.spelling import plain
from pointsman.kinds import SourceKind
from pointsman.types import Candidate, Model, Quote

_ORDER = {Verdict.SAME: 0, Verdict.UNSURE: 1, Verdict.DIFFERENT: 2}


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
class Wanted:
    """What is looked for.

    Attributes:
        names: Under which it may be found.
        source: Its provider; None for a name no provider lists.
        taken: The evidence of what was joined, by kind.
        model: As its provider lists it; None for a name no provider lists.
    """

    names: tuple[Identity, ...]
    source: Source | None = None
    taken: Mapping[SourceKind, str] = {}
    model: Model | None = None

    @property
    def rows(self) -> tuple[NameRecord, ...]:
        """What is looked for, as the catalog does it: the listed row, then its other names."""
        first = (
            name_only(self.names[0])
            if self.model is None
            else evolve(parse_model(self.model), released=self.model.created)
        )
        return first, *map(name_only, self.names[1:])

    @classmethod
    def of(cls, candidate: Candidate, rows: Mapping[SourceRef, Sequence[Any]]) -> Wanted:
        """A candidate of the catalog."""
        price = candidate.price.evidence if candidate.price else ""
        scores = "; ".join(each.evidence for each in candidate.quality.values())
        source = next((each for kind, each in rows if _is(kind, each, candidate)), None)
        names = tuple(names_of(candidate.model))
        taken = {SourceKind.PRICES: price, SourceKind.SCORES: scores}
        return cls(names, source, taken, candidate.model)


def nearest(wanted: Wanted, rows: Mapping[SourceRef, Sequence[Any]]) -> tuple[TracedRow, ...]:
    """Of each source the rows that were taken (else the nearest), then the runner-up.

    A row that has no word, number or size in common is no runner-up.

    Args:
        wanted: What is looked for. Where its provider is known, only price rows about that provider or from
            the model's maker are looked at, and no other provider's list.
        rows: The rows of each source.
    """
    statistics = NameStatistics.of(*_sorted(rows))
    found: list[TracedRow] = []
    for (kind, source), written in rows.items():
        if kind is SourceKind.PROVIDER and wanted.source is not None:
            continue
        names = {row.name: row for row in _rows(kind, source, written, wanted)}
        judged = [_judge(wanted, kind, source.name, row, statistics) for row in names.values()]
        ordered = [each for _, each in sorted(filter(None, judged), key=lambda pair: pair[0])]
        first = [each for each in ordered if each.joined] or ordered[:1]
        found += [*first, *[each for each in ordered if each not in first][:1]]
    return tuple(found)


def _is(kind: SourceKind, source: Source, candidate: Candidate) -> bool:
    return kind is SourceKind.PROVIDER and source.name == candidate.provider


def _rows(kind: SourceKind, source: Source, written: Sequence[Any], wanted: Wanted) -> Iterable[NameRecord]:
    """The rows of a source as the catalog reads them."""
    if kind is SourceKind.PROVIDER:
        return [parse_row(ListRow.listed(row, source.name)) for row in written]
    if kind is SourceKind.PRICES:
        quotes = (row for row in written if isinstance(row, Quote) and _about(row, wanted))
        return [parse_row(ListRow.priced(row)) for row in quotes]
    return [parse_row(ListRow.scored(source.name, row.model, row.creator, row.facts)) for row in written]


def _about(quote: Quote, wanted: Wanted) -> bool:
    """Whether this row may price the offer: its provider's own, or its maker's."""
    source, provider = wanted.source, quote.provider
    if source is None or provider is None or source.is_called(provider):
        return True
    host = quote.host and (source.host == quote.host or source.host.endswith(f".{quote.host}"))
    return bool(host) or plain(provider) in {plain(each) for name in wanted.names for each in name.prefix}


def _judge(
    wanted: Wanted, kind: SourceKind, source: str, row: NameRecord, statistics: NameStatistics
) -> tuple[tuple[Any, ...], TracedRow] | None:
    """One row, and its place in the order: taken, the surer verdict, the more it has in common; None where
    it has nothing in common.
    """
    text = row.readings[0].text
    tried = [(each, decide(each, row, statistics, listed=True)) for each in wanted.rows]
    mine, best = min(tried, key=lambda pair: (_rank(pair[1]), -_common(pair[0].name, row.name)))
    joined = _taken(text, wanted.taken.get(kind, ""))
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


def _taken(name: str, evidence: str) -> bool:
    """Whether the evidence of a join names this row: ``id NAME``, ``name NAME: …`` or ``NAME (…)``."""
    parts = evidence.split("; ")
    return any(
        part in {name, f"id {name}"} or part.startswith((f"name {name}:", f"{name} (")) for part in parts
    )


def _sorted(rows: Mapping[SourceRef, Sequence[Any]]) -> tuple[list[Listing], list[Any], list[Any]]:
    listings = [
        Listing(source, tuple(each for each in written if isinstance(each, Model)))
        for (kind, source), written in rows.items()
        if kind is SourceKind.PROVIDER
    ]
    priced = [row for (kind, _), written in rows.items() if kind is SourceKind.PRICES for row in written]
    quotes = [row for row in priced if isinstance(row, Quote)]
    scores = [row for (kind, _), written in rows.items() if kind is SourceKind.SCORES for row in written]
    return listings, quotes, scores
