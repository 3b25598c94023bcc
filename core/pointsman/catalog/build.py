"""Puts a catalog together from what the sources say. Pure: the same rows give the same catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from attrs import evolve, field, frozen

from pointsman.catalog.accepted import Accepted
from pointsman.catalog.estimates import with_estimates
from pointsman.catalog.estimates.unpriced import Offer
from pointsman.catalog.facts import merge_facts
from pointsman.catalog.feeds.sources import Listing, Source, SourceStatus
from pointsman.catalog.identity.index import Found
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.statistics import NameStatistics
from pointsman.catalog.kinds import classify
from pointsman.catalog.prices import Priced, Pricing, select_quotes
from pointsman.catalog.quarantine import Quarantined
from pointsman.catalog.scores import ScoreBook, speed
from pointsman.catalog.scores.columns import Row
from pointsman.catalog.snapshot import Catalog, LeftOut
from pointsman.catalog.tiers import cut, tier
from pointsman.kinds import SourceKind
from pointsman.types import Candidate, Discount, Kind, Model, Price, Quality, Quote, Score, Speed

Measured = tuple[list[Found[Row]], Mapping[str, Quality]]
"""The rows that speak of a model, and the quality they make."""


@frozen
class _Books:
    prices: Pricing
    scores: ScoreBook
    last: Mapping[str, Price]
    today: date
    _measured: dict[tuple[object, ...], Measured] = field(factory=dict)

    def measured(self, model: Model, born: date | None) -> Measured:
        """The scores of a listed model. Many providers list one model alike, so each is looked for once."""
        asked = model.id, model.name, model.creator, model.aliases, model.known_as, model.created, born
        if asked not in self._measured:
            rows = self.scores.rows(model, born)
            self._measured[asked] = rows, self.scores.quality(rows, model)
        return self._measured[asked]


def build(
    listings: Sequence[Listing],
    quotes: Sequence[Quote | Discount],
    scores: Sequence[Score | Speed],
    *,
    at: datetime,
    priority: Sequence[str] = (),
    last: Catalog | None = None,
    sources: Sequence[SourceStatus] = (),
    accepted: Sequence[Accepted] = (),
) -> Catalog:
    """Join prices and scores to every listed model, classify it, and cut the tiers.

    Args:
        listings: What each provider lists.
        quotes: Price rows of all sources, their `source` filled in.
        scores: Measured rows, likewise.
        at: Now.
        priority: Pricing sources, most trusted first.
        last: The catalog before this one; its prices tell a jump from a price.
        sources: How each source was asked; the number of quarantined rows is filled in here.
        accepted: Price rows the user has confirmed.
    """
    selected = select_quotes(quotes, at, accepted)
    statistics = NameStatistics.of(listings, selected.readable, scores)
    books = _Books(
        Pricing(selected, priority=priority, statistics=statistics),
        ScoreBook(scores, statistics),
        {each.key: each.price for each in (last.candidates if last else ()) if each.price},
        at.date(),
    )
    found, left_out, held_back = _read(listings, books)
    chat = [offer for offer in found if offer[0].model.kind is Kind.CHAT]
    candidates = with_estimates(chat, selected.quotes, at)
    cuts = cut(candidate.price for candidate in candidates)
    placed = (evolve(candidate, tier=tier(candidate.price, cuts)) for candidate in candidates)
    return Catalog(
        candidates=sorted(placed, key=lambda candidate: candidate.key),
        embedders=sorted(
            (each for each, _ in found if each.model.kind is Kind.EMBEDDING),
            key=lambda candidate: candidate.key,
        ),
        left_out=tuple(sorted(left_out, key=lambda each: (each.provider, each.model))),
        sources=_counted(sources, held_back),
        quarantined=tuple(dict.fromkeys(held_back)),
        cuts=cuts,
        at=at,
        turns=selected.turns,
    )


def _read(listings: Sequence[Listing], books: _Books) -> tuple[list[Offer], list[LeftOut], list[Quarantined]]:
    """Every listed model, as a candidate or left out of chat, and the price rows held back."""
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    held_back = list(books.prices.selected.quarantined)
    for listing in listings:
        moving = _moving(listing.models)
        for model in {model.id: model for model in listing.models}.values():
            born = None if _key(model) in moving else model.created
            for made in _place(listing.source, model, books, born, held_back):
                if isinstance(made, LeftOut):
                    left_out.append(made)
                else:
                    offers.append(made)
    return offers, left_out, held_back


def _place(
    source: Source, model: Model, books: _Books, born: date | None, held_back: list[Quarantined]
) -> Iterator[Offer | LeftOut]:
    """`model` as an offer, or why it is not one for chat; an embedding model is both."""
    if not model.active or (model.retires is not None and model.retires <= books.today):
        when = f"retired on {model.retires}" if model.retires else "its provider no longer serves it"
        yield LeftOut(source.name, model.id, model.kind, "retired", when)
        return
    rows, quality = books.measured(model, born)
    priced = books.prices.price(source, model, books.last.get(f"{source.name}/{model.id}"), born)
    filled = merge_facts(model, priced.fact_sources)
    kind = classify(
        model,
        facts=filled,
        priced=_pricer(priced),
        scored=", ".join(
            sorted({point.source for found in rows for point in found.entry.points}),
        ),
    )
    held_back += priced.quarantined
    if kind.kind is not Kind.CHAT:
        yield LeftOut(source.name, model.id, kind.kind, "kind", kind.evidence)
    if kind.kind not in {Kind.CHAT, Kind.EMBEDDING}:
        return
    candidate = Candidate(
        provider=source.name,
        model=evolve(model, kind=kind.kind),
        price=priced.price,
        quality=quality,
        speed=speed(rows, source),
        can=filled.can,
        cannot=model.cannot,
        context_window=filled.context_window,
    )
    yield candidate, filled.facts


def _key(model: Model) -> tuple[object, ...]:
    name = parse(model.id)
    return name.words, name.version, name.sizes, name.stage, name.day is None


def _moving(models: Iterable[Model]) -> frozenset[tuple[object, ...]]:
    """Undated names whose dated issues are listed beside them: they move, so their own date says nothing."""
    return frozenset((*key[:-1], True) for model in models if not (key := _key(model))[-1])


def _pricer(priced: Priced) -> str:
    """Who prices the model per output token of text; a price of zero from outside proves nothing."""
    price = priced.price
    if price is None or price.rates.input is None or not price.rates.output:
        return ""
    return price.source


def _counted(sources: Iterable[SourceStatus], held_back: Iterable[Quarantined]) -> tuple[SourceStatus, ...]:
    counts = Counter(row.source for row in dict.fromkeys(held_back))
    return tuple(
        evolve(status, quarantined=counts[status.name]) if status.kind is SourceKind.PRICES else status
        for status in sources
    )
