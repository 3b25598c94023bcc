"""The model behind the merge: one general ability, and a deviation from it per category.

For a model m, a category c and a benchmark b of that category, with standardised score x:

    y[m, c] = g[m] + d[m, c]                   g ~ N(f[m], V),     d ~ N(0, T[c])
    x[m, b] = a[b] + s[b] * y[m, c] + e        e ~ N(0, v[b])

g, d given the rest have a closed form (`posterior`); a, s, v, T, V and f (what its family leads to expect)
are found by `learning`. It is a factor analysis with one general and one group factor per score (Holzinger
and Swineford 1937), written as probabilistic components (Tipping and Bishop 1999) so that what was not
measured may be missing.

A row that was measured in another mode, or of which it is not sure that it is the model's, measures an
ability that is off by `Evidence.gain` and, around that, by a variance `Evidence.doubt` which all its scores
share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from pointsman.catalog.scores.columns import Column, Point
from pointsman.catalog.scores.family import FamilyPrior, ModelIndex, Name

NOISE = 0.3  # start of v, in squared standard deviations
DEVIATION = 0.15  # start of T, likewise
SPREAD = (1.0, 0.3, 0.1)  # start of V without relatives, with siblings, with the model in other modes
LEANING = 0.3  # variance of what all scores of one model by one source share


@frozen
class Line:
    """How a benchmark follows ability: intercept, slope, noise (a variance)."""

    intercept: float = 0.0
    slope: float = 1.0
    noise: float = NOISE


@frozen
class Belief:
    """A normal distribution.

    Attributes:
        mean: In standard deviations of all models.
        variance: Squared.
    """

    mean: float
    variance: float


@frozen
class Evidence:
    """What one row says of a model.

    Attributes:
        points: Its standardised scores.
        gain: How much better the model is as measured than as asked for.
        doubt: A variance; 0 where the row is the model's for sure, as asked for.
    """

    points: Sequence[Point]
    gain: float = 0.0
    doubt: float = 0.0


@frozen
class Posterior:
    """What is believed of one model.

    Attributes:
        general: Its general ability.
        categories: Its ability in each measured category.
    """

    general: Belief
    categories: Mapping[str, Belief]


@frozen
class Fit:
    """The benchmarks' lines and the priors, as fitted to everything measured.

    Attributes:
        lines: By column.
        deviations: T by category.
        spread: V of models without relatives, with siblings, and of those known in another mode.
        prior_mean: What models alike lead to expect.
        ranges: By category, the lowest and the highest ability of anybody measured in it.
    """

    lines: Mapping[Column, Line] = field(factory=dict)
    deviations: Mapping[str, float] = field(factory=dict)
    spread: tuple[float, ...] = SPREAD
    prior_mean: FamilyPrior = field(factory=lambda: FamilyPrior(ModelIndex(), (), {}))
    ranges: Mapping[str, tuple[float, float]] = field(factory=dict)

    def prior(self, name: Name) -> Belief:
        """Of the general ability, before any score."""
        expected, near = self.prior_mean.expect(name)
        return Belief(expected, self.spread[near])

    def believe(self, name: Name, evidence: Iterable[Evidence]) -> Posterior:
        """Abilities, given these rows."""
        return posterior(self, self.prior(name), evidence)

    def unmeasured(self, found: Posterior, category: str) -> Belief:
        """Ability in a category of which no score is known: the general one, less sure."""
        deviation = self.deviations.get(category, DEVIATION)
        return Belief(found.general.mean, found.general.variance + deviation)

    def place(self, name: Name, evidence: Sequence[Evidence], source: str, category: str) -> float:
        """What a benchmark of this source and category would show of the model, in standard deviations.

        It is the ability and, on top, the source's leaning: what is left of its other scores of the model,
        shrunk by `LEANING`. A leaning describes the source's ways, so it is no part of the ability.
        """
        found = self.believe(name, evidence)
        weight, pull = 1 / LEANING, 0.0
        for row in evidence:
            for point in row.points:
                if point.source == source:
                    line = self.lines.get(point.column, Line())
                    ability = found.categories[point.category].mean + row.gain
                    share = line.slope / line.noise
                    weight += share * line.slope
                    pull += share * (point.z - line.intercept - line.slope * ability)
        return found.categories.get(category, found.general).mean + pull / weight


def posterior(fit: Fit, prior: Belief, evidence: Iterable[Evidence]) -> Posterior:
    """Abilities given scores: exact for the model above, where a row is about one category.

    A category's scores, weighted by their precision, say as much as one score with precision W at z. With d
    integrated out that measures g with variance 1/W + T; given g, y is between g and z by k = T / (T + 1/W).
    A doubt M leaves of a row's precision W the share 1 / (1 + M W).
    """
    sums: dict[str, tuple[float, float]] = {}
    for row in evidence:
        weights = [(point, fit.lines.get(point.column, Line())) for point in row.points]
        whole = sum(line.slope * line.slope / line.noise for _, line in weights)
        left = 1 / (1 + row.doubt * whole)
        for point, line in weights:
            weight, pull = sums.get(point.category, (0.0, 0.0))
            share = left * line.slope / line.noise
            seen = point.z - line.intercept - line.slope * row.gain
            sums[point.category] = weight + share * line.slope, pull + share * seen
    precision, total = 1 / prior.variance, prior.mean / prior.variance
    for category, (weight, pull) in sums.items():
        rest = 1 / (1 + weight * fit.deviations.get(category, DEVIATION))  # 1 - k
        precision += weight * rest
        total += pull * rest
    general = Belief(total / precision, 1 / precision)
    found = {}
    for category, (weight, pull) in sums.items():
        deviation = fit.deviations.get(category, DEVIATION)
        rest = 1 / (1 + weight * deviation)
        mean = rest * (general.mean + deviation * pull)
        found[category] = Belief(mean, rest * rest * general.variance + rest * deviation)
    return Posterior(general, found)
