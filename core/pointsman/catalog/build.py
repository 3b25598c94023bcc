"""Puts a catalog together from what the sources say. Pure: the same rows give the same catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from attrs import evolve

from pointsman.catalog.accepted import Accepted
from pointsman.catalog.codec import uncollected
from pointsman.catalog.estimates import with_estimates
from pointsman.catalog.estimates.unpriced import Offer
from pointsman.catalog.facts import merge_facts
from pointsman.catalog.feeds.sources import Listing, SourceStatus
from pointsman.catalog.joins import Joins, ListedModel, SourceRows
from pointsman.catalog.kinds import classify
from pointsman.catalog.prices import Priced
from pointsman.catalog.quarantine import Quarantined
from pointsman.catalog.scores import speed
from pointsman.catalog.snapshot import Catalog, LeftOut
from pointsman.catalog.tiers import cut, tier
from pointsman.kinds import SourceKind
from pointsman.types import Candidate, Discount, Kind, Model, Price, Quote, Score, Speed


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
    with uncollected():
        joins = Joins.of(SourceRows(listings, quotes, scores), at, priority=priority, accepted=accepted)
        known = {each.key: each.price for each in (last.candidates if last else ()) if each.price}
        found, left_out, held_back = _read(joins, known, at.date())
        chat = [offer for offer in found if offer[0].model.kind is Kind.CHAT]
        candidates = with_estimates(chat, joins.prices.selected.quotes, at)
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
            turns=joins.prices.selected.turns,
        )


def _read(
    joins: Joins, last: Mapping[str, Price], today: date
) -> tuple[list[Offer], list[LeftOut], list[Quarantined]]:
    """Every listed model, as a candidate or left out of chat, and the price rows held back."""
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    held_back = list(joins.prices.selected.quarantined)
    for listed in joins.listed():
        if retired := _retired(listed.model, today):
            model = listed.model
            left_out.append(LeftOut(listed.source.name, model.id, model.kind, "retired", retired))
            continue
        priced = joins.price(listed, last.get(listed.key))
        held_back += priced.quarantined
        for made in _place(listed, priced, joins):
            if isinstance(made, LeftOut):
                left_out.append(made)
            else:
                offers.append(made)
    return offers, left_out, held_back


def _retired(model: Model, today: date) -> str:
    """Why a model is no longer served; empty while it is."""
    if model.active and (model.retires is None or model.retires > today):
        return ""
    return f"retired on {model.retires}" if model.retires else "its provider no longer serves it"


def _place(listed: ListedModel, priced: Priced, joins: Joins) -> Iterator[Offer | LeftOut]:
    """A model as an offer, or why it is not one for chat; an embedding model is both."""
    source, model = listed.source, listed.model
    rows, quality = joins.measured(listed)
    filled = merge_facts(model, priced.fact_sources)
    kind = classify(
        model,
        facts=filled,
        priced=_pricer(priced),
        scored=", ".join(
            sorted({point.source for found in rows for point in found.entry.points}),
        ),
    )
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
