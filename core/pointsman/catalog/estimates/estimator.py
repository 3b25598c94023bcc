"""Estimates the price of an offer from everything that is priced today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from math import sqrt
from statistics import fmean

from attrs import evolve, field, frozen

from pointsman.catalog.estimates.features import KnownPrice, PriceFeatures
from pointsman.catalog.estimates.kernel import MODEL_VARIANCE, OFFER_VARIANCE, PRIOR, Kernel
from pointsman.catalog.estimates.kriging import weigh
from pointsman.catalog.estimates.markups import Markups, Pair
from pointsman.catalog.estimates.models import PricedModel, gather, single
from pointsman.catalog.estimates.trial import Record, Trial, record_for, records
from pointsman.types import Price, Rates

FEWEST = 30
"""Models with a known price; from fewer nothing is estimated."""
SOURCE = "estimate"
WORTH = 0.5
"""Confidence of an estimate whose like always came within a factor of two; no quote is worth so little."""
_TRIALS = 160
_NAMED = 3


@frozen
class Guess:
    """An estimate as binary logarithms.

    Attributes:
        prices: Of a million tokens of input and of output.
        deviation: One standard deviation of each, as the kriging claims.
        like: What it was guessed from, the weightiest first.
        elsewhere: Whether the very model is priced at another host.
    """

    prices: Pair
    deviation: float
    like: tuple[str, ...]
    elsewhere: bool


@frozen
class Estimator:
    """Made by `fit`; immutable, and the same known prices make the same one.

    Attributes:
        models: Today's priced models.
        levels: What each costs at a host without markup, in binary logarithms.
        markups: What hosts ask beside each other.
        kernel: How much two models have to do with each other.
        mean: The mean level.
        strange: How well a model nobody prices is estimated.
        elsewhere: How well one that is priced at another host is.
    """

    models: tuple[PricedModel, ...]
    levels: tuple[Pair, ...]
    markups: Markups = field(repr=False)
    kernel: Kernel = field(repr=False)
    mean: Pair = (0.0, 0.0)
    strange: tuple[Record, ...] = ()
    elsewhere: tuple[Record, ...] = ()
    _by_key: dict[str, int] = field(factory=dict, repr=False)
    _unpriced: dict[str, PricedModel] = field(factory=dict, repr=False)

    @classmethod
    def fit(
        cls, known: Iterable[KnownPrice], listed: Iterable[PriceFeatures] = (), trials: int = _TRIALS
    ) -> Estimator:
        """Learn from known prices.

        Args:
            known: Offers with their prices.
            listed: Offers whose price is not known; a model is described by all that is said of it.
            trials: On how many models the estimates are tried; 0 for none, and then no price is estimated.
        """
        gathered = gather(known, listed)
        models = tuple(each for each in gathered if each.offers)
        unpriced = {key: each for each in gathered if not each.offers for key in each.keys}
        markups = Markups.of(models)
        levels = tuple(markups.level(each) for each in models)
        mean = (
            (fmean(each[0] for each in levels), fmean(each[1] for each in levels)) if levels else (0.0, 0.0)
        )
        keys = {key: place for place, each in enumerate(models) for key in each.keys}
        made = cls(models, levels, markups, Kernel.of(models), mean, by_key=keys, unpriced=unpriced)
        if len(models) < FEWEST or not trials:
            return made
        strange = records([made._left_out(place) for place in _spread(len(models), trials)])
        several = [place for place, each in enumerate(models) if len(each.offers) > 1]
        sold = records([made._elsewhere(several[n]) for n in _spread(len(several), trials)])
        return evolve(made, strange=strange, elsewhere=sold)

    def estimate(self, features: PriceFeatures, at: datetime) -> Price | None:
        """The estimated price of an offer; None where too little is known, or where it says it is free.

        Args:
            features: The offer.
            at: When the known prices were joined.
        """
        if features.free or not self.strange:
            return None
        guess = self.guess(features)
        found = record_for(guess.deviation, (guess.elsewhere and self.elsewhere) or self.strange)
        if found is None:
            return None
        factor = 2 ** (max(found.reach) * guess.deviation)
        given, produced = (Decimal(f"{2**price:.3g}") for price in guess.prices)
        how = "its price elsewhere" if guess.elsewhere else f"{len(self.models)} models, most like it"
        return Price(
            Rates(input=given, output=produced),
            source=SOURCE,
            as_of=at,
            confidence=round(WORTH * found.within, 4),
            estimated=True,
            evidence=f"estimated from {how}: {', '.join(guess.like)}; four of five such estimates are within"
            f" a factor of {factor:.2g}",
        )

    def guess(self, features: PriceFeatures, without: int | None = None) -> Guess:
        """The estimate without what trials make of it.

        Args:
            features: The offer.
            without: Place of a model that must not be known; nor what it adds to the markup of its hosts.
        """
        same = next((self._by_key[key] for key in features.keys if key in self._by_key), None)
        markup = self.markups.of_host(features.host, without)
        if same is not None and same != without:
            return self._as_elsewhere(same, markup)
        if same is not None:
            return self._as_relatives(self.models[same], markup, without)
        alike = next((self._unpriced[key] for key in features.keys if key in self._unpriced), None)
        return self._as_relatives(alike or single(features), markup, without)

    def _as_elsewhere(self, place: int, markup: Pair, but: int | None = None) -> Guess:
        """The model's own level, and the host's markup."""
        model = self.models[place]
        offers = [each for n, each in enumerate(model.offers) if n != but]
        level = self.levels[place] if but is None else self.markups.level(model, but)
        like = tuple(f"{each.features.name} at {each.features.host}" for each in offers[:_NAMED])
        deviation = sqrt(OFFER_VARIANCE + OFFER_VARIANCE / len(offers))
        return Guess((level[0] + markup[0], level[1] + markup[1]), deviation, like, elsewhere=True)

    def _as_relatives(self, wanted: PricedModel, markup: Pair, without: int | None) -> Guess:
        """Kriging over the nearest models."""
        known = [place for place in range(len(self.models)) if place != without]
        weights, explained = weigh(wanted, [self.models[place] for place in known], self.kernel.row, _own)
        found = [(known[place], weight) for place, weight in weights]
        mean = self.mean if without is None else self._mean_without(without)
        given, produced = (
            mean[side]
            + markup[side]
            + sum(weight * (self.levels[place][side] - mean[side]) for place, weight in found)
            for side in (0, 1)
        )
        heaviest = sorted(found, key=lambda pair: -pair[1])[:_NAMED]
        like = tuple(self.models[place].offers[0].features.name for place, _ in heaviest)
        variance = max(PRIOR - explained, 0.0) + MODEL_VARIANCE + OFFER_VARIANCE
        return Guess((given, produced), sqrt(variance), like, elsewhere=False)

    def _mean_without(self, place: int) -> Pair:
        others = len(self.levels) - 1
        given, produced = (
            (self.mean[side] * len(self.levels) - self.levels[place][side]) / max(others, 1)
            for side in (0, 1)
        )
        return given, produced

    def _left_out(self, place: int) -> Trial:
        """One offer of a model, estimated as if nobody priced that model."""
        offers = self.models[place].offers
        known = offers[place % len(offers)]
        return trial(self.guess(known.features, place), known)

    def _elsewhere(self, place: int) -> Trial:
        """One offer of a model, estimated from its others."""
        offers = self.models[place].offers
        but = place % len(offers)
        markup = self.markups.of_host(offers[but].features.host, place)
        return trial(self._as_elsewhere(place, markup, but), offers[but])


def _own(model: PricedModel) -> float:
    """What is peculiar to a model, and to its few offers."""
    return MODEL_VARIANCE + OFFER_VARIANCE / len(model.offers)


def trial(guess: Guess, known: KnownPrice) -> Trial:
    given, produced = known.logs
    return Trial(guess.deviation, (abs(guess.prices[0] - given), abs(guess.prices[1] - produced)))


def _spread(count: int, most: int) -> Sequence[int]:
    """At most `most` places out of `count`, evenly spread."""
    return range(count) if count <= most else [place * count // most for place in range(most)]
