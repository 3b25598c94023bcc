r"""How much the prices of two models have to do with each other: a covariance, in squared binary logarithms.

::

    k(a, b) = 1                                                      all prices rise and fall together
            + 3   exp(-0.05 dT^2 - 0.15 dA^2)                        size: total and active parameters
            + 5   exp(-dR^2 - 0.3 D)                                 age, and what they can do
            + 15  S                                                  shared words
            + 4   S^2 exp(-0.1 dT^2 - 3 dR^2 - 0.1 D)                relatives of one size and age

`dT`, `dA` are differences of the binary logarithms of parameters (2 where one side does not write them, 0
where neither does), `dR` of release years (1 where unknown), `D` counts capabilities only one side has, and
`S` is the weighted Jaccard similarity of the words, a word weighing the logarithm of how rare it is today.
Sums and products of covariances are covariances (Rasmussen and Williams 2006, chapter 4); the gaps make it
not quite one, for which `MODEL_VARIANCE` makes up.

Factors and rates are rounded from a search over a recorded price list. It is a flat optimum: half of the
models are estimated as well with what a search over the other half finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log

from attrs import field, frozen

from pointsman.catalog.estimates.models import PricedModel

MODEL_VARIANCE = 0.6
"""Variance of what is peculiar to a model and shared by all its offers."""
OFFER_VARIANCE = 0.3
"""Variance of what is peculiar to one offer."""

_SIZE, _SIZE_TOTAL, _SIZE_ACTIVE = 3.0, 0.05, 0.15
_AGE, _AGE_RATE, _AGE_TRAITS = 5.0, 1.0, 0.3
_WORDS = 15.0
_SIBLING, _SIBLING_TOTAL, _SIBLING_AGE, _SIBLING_TRAITS = 4.0, 0.1, 3.0, 0.1
_UNWRITTEN, _UNKNOWN = 4.0, 1.0
PRIOR = 1.0 + _SIZE + _AGE + _WORDS + _SIBLING
"""The variance of a price nothing is known of."""


@frozen
class Kernel:
    """The covariance, with today's weights of words.

    Attributes:
        weights: By word: the logarithm of the number of models over those that have it.
        rare: Weight of a word no model has.
    """

    weights: Mapping[str, float]
    rare: float
    _words: dict[tuple[frozenset[str], frozenset[str]], float] = field(factory=dict, eq=False, repr=False)

    @classmethod
    def of(cls, models: Iterable[PricedModel]) -> Kernel:
        """Weigh the words of today's models."""
        counts: dict[str, int] = {}
        total = 0
        for each in models:
            total += 1
            for word in each.words:
                counts[word] = counts.get(word, 0) + 1
        return cls({word: log(total / count) for word, count in counts.items()}, log(total) if total else 0.0)

    def row(self, one: PricedModel, others: Iterable[PricedModel]) -> list[float]:
        """The covariances of its level with those of others, without the variance of a single model."""
        found = []
        for two in others:
            total = _apart(one.total, two.total, _UNWRITTEN)
            active = _apart(one.active, two.active, _UNWRITTEN)
            age = _apart(one.released, two.released, _UNKNOWN)
            traits = 0 if one.traits is two.traits else len(one.traits ^ two.traits)
            size = _SIZE * exp(-_SIZE_TOTAL * total - _SIZE_ACTIVE * active)
            shared = 1.0 + size + _AGE * exp(-_AGE_RATE * age - _AGE_TRAITS * traits)
            if not one.words.isdisjoint(two.words) and (words := self.words(one.words, two.words)):
                sibling = exp(-_SIBLING_TOTAL * total - _SIBLING_AGE * age - _SIBLING_TRAITS * traits)
                shared += _WORDS * words + _SIBLING * words * words * sibling
            found.append(shared)
        return found

    def words(self, one: frozenset[str], two: frozenset[str]) -> float:
        """The weighted Jaccard similarity, 0 to 1."""
        known = self._words.get((one, two))
        if known is None:
            inside, outside = self._weight(one & two), self._weight(one ^ two)
            known = self._words[one, two] = inside / (inside + outside) if inside else 0.0
        return known

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self.weights.get(word, self.rare) for word in words)


def _apart(one: float | None, two: float | None, unknown: float) -> float:
    """The squared difference."""
    if one is None or two is None:
        return 0.0 if one is two else unknown
    return (one - two) ** 2
