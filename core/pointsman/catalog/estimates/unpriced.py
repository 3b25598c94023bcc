"""Gives chat models that nobody prices an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve

from pointsman.catalog.estimates.estimator import Estimator
from pointsman.catalog.estimates.features import KnownPrice, PriceFeatures
from pointsman.catalog.kinds import purpose
from pointsman.types import Candidate, Facts, Kind, Quote

Offer = tuple[Candidate, Facts]
"""A candidate, and what is known of it apart from its price."""


def with_estimates(offers: Sequence[Offer], quotes: Iterable[Quote], at: datetime) -> list[Candidate]:
    """The candidates in their order, the unpriced ones with an estimate where enough is known.

    Args:
        offers: Chat models.
        quotes: Rows of price lists that hold now and are believed on their own.
        at: Now.
    """
    candidates = [candidate for candidate, _ in offers]
    wanted = {place: _described(*offer) for place, offer in enumerate(offers) if unpriced(offer[0])}
    if not wanted:
        return candidates
    known = (each for quote in quotes if _talks(quote) and (each := KnownPrice.read(quote)))
    estimator = Estimator.fit(known, wanted.values())
    for place, features in wanted.items():
        if price := estimator.estimate(features, at):
            candidates[place] = evolve(candidates[place], price=price)
    return candidates


def unpriced(candidate: Candidate) -> bool:
    """Whether nobody says what a plain token of it costs."""
    price = candidate.price
    return price is None or price.rates.input is None or price.rates.output is None


def _described(candidate: Candidate, facts: Facts) -> PriceFeatures:
    return PriceFeatures.listed(candidate.provider, candidate.model, facts)


def _talks(quote: Quote) -> bool:
    """Whether it prices a chat model, as far as anybody says."""
    return quote.facts.kind in {None, Kind.CHAT} and purpose(quote.model) is None
