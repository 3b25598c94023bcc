"""Prices that no source has, estimated from today's known ones.

`features` says what a price may depend on, `models` gathers the offers of one model, `markups` is what
hosts ask beside each other, `kernel` how much two models have in common, `kriging` the guess from the
nearest ones, `trial` how far such guesses are from prices that are known, `estimator` puts it together,
and `unpriced` finds the models that need it.
"""

from pointsman.catalog.estimates.estimator import Estimator
from pointsman.catalog.estimates.features import KnownPrice, PriceFeatures
from pointsman.catalog.estimates.unpriced import with_estimates

__all__ = ["Estimator", "KnownPrice", "PriceFeatures", "with_estimates"]
