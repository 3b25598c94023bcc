"""The model behind the merge: one general ability, and a deviation from it per category.

For a model m, a category c and a benchmark b of that category, with standardised score x:

    y[m, c] = g[m] + d[m, c]                   g ~ N(kin[m], V),  d ~ N(0, T[c])
    x[m, b] = a[b] + s[b] * y[m, c] + e        e ~ N(0, v[b])

g, d given the rest have a closed form (`posterior`). a, s, v, T, V and kin are found by expectation and
maximisation (Dempster, Laird, Rubin 1977), each pulled towards a start by `PULL` imagined observation; so a
benchmark that measured only strong models is not taken for an easy one, and a noisy one counts for less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from pointsman.catalog.scores.columns import Column, Point
from pointsman.catalog.scores.kin import Kinship, Name

SWEEPS = 14
PULL = 1.0
NOISE = 0.3  # start of v, in squared standard deviations
DEVIATION = 0.15  # start of T, likewise
LEANING = 0.3  # variance of what all scores of one model by one source share
_LEAST = 0.02


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
class Posterior:
    """What is believed of one model.

    Attributes:
        general: Its general ability.
        categories: Its ability in each measured category.
        squares: The expected squared deviation of each from the general one.
    """

    general: Belief
    categories: Mapping[str, Belief]
    squares: Mapping[str, float]


@frozen
class Fit:
    """The benchmarks' lines and the priors, as fitted to everything measured.

    Attributes:
        lines: By column.
        deviations: T by category.
        spread: V of models without and with nearest of kin.
        kinship: What models alike lead to expect.
    """

    lines: Mapping[Column, Line] = field(factory=dict)
    deviations: Mapping[str, float] = field(factory=dict)
    spread: tuple[float, float] = (1.0, 1.0)
    kinship: Kinship = field(factory=lambda: Kinship({}))

    def prior(self, name: Name) -> Belief:
        """Of the general ability, before any score."""
        expected, near = self.kinship.expect(name)
        return Belief(expected, self.spread[near])

    def posterior(self, name: Name, points: Iterable[Point]) -> Posterior:
        """Of the abilities, given these scores."""
        return posterior(self, self.prior(name), points)

    def place(self, name: Name, points: Sequence[Point], source: str, category: str) -> float:
        """What a benchmark of this source and category would show of the model, in standard deviations.

        It is the ability and, on top, the source's leaning: what is left of its other scores of the model,
        shrunk by `LEANING`. A leaning tells of the source's ways, so it is no part of the ability.
        """
        found = self.posterior(name, points)
        weight, pull = 1 / LEANING, 0.0
        for point in points:
            if point.source == source:
                line = self.lines.get(point.column, Line())
                told = line.slope / line.noise
                weight += told * line.slope
                pull += told * (point.z - line.intercept - line.slope * found.categories[point.category].mean)
        return found.categories.get(category, found.general).mean + pull / weight


def posterior(fit: Fit, prior: Belief, points: Iterable[Point]) -> Posterior:
    """Abilities given scores: exact for the model above.

    A category's scores, weighted by their precision, say as much as one score with precision W at z. With d
    integrated out that tells g with variance 1/W + T; and given g, y is between g and z by k = T / (T + 1/W).
    """
    sums: dict[str, tuple[float, float]] = {}
    for point in points:
        line = fit.lines.get(point.column, Line())
        weight, pull = sums.get(point.category, (0.0, 0.0))
        told = line.slope / line.noise
        sums[point.category] = weight + told * line.slope, pull + told * (point.z - line.intercept)
    precision, total = 1 / prior.variance, prior.mean / prior.variance
    for category, (weight, pull) in sums.items():
        share = 1 / (1 + weight * fit.deviations.get(category, DEVIATION))
        precision += weight * share
        total += pull * share
    general = Belief(total / precision, 1 / precision)
    found, squares = {}, {}
    for category, (weight, pull) in sums.items():
        deviation = fit.deviations.get(category, DEVIATION)
        rest = 1 / (1 + weight * deviation)  # 1 - k
        mean = rest * (general.mean + deviation * pull)
        found[category] = Belief(mean, rest * rest * general.variance + rest * deviation)
        squares[category] = (mean - general.mean) ** 2 + (1 - rest) ** 2 * general.variance + rest * deviation
    return Posterior(general, found, squares)


def learn(measured: Mapping[Name, Sequence[Point]]) -> Fit:
    """Fit lines and priors to everything measured; the same input gives the same fit."""
    fit = Fit()
    for _ in range(SWEEPS):
        found = {name: fit.posterior(name, points) for name, points in measured.items()}
        fit = Fit(
            _lines(measured, found),
            _deviations(found),
            _spread(fit, found),
            Kinship({name: each.general.mean for name, each in found.items()}),
        )
    return fit


def _lines(
    measured: Mapping[Name, Sequence[Point]], found: Mapping[Name, Posterior]
) -> Mapping[Column, Line]:
    cells: dict[Column, list[tuple[float, Belief]]] = defaultdict(list)
    for name, points in measured.items():
        for point in points:
            cells[point.column].append((point.z, found[name].categories[point.category]))
    return {column: _line(pairs) for column, pairs in cells.items()}


def _line(pairs: Sequence[tuple[float, Belief]]) -> Line:
    """Regression of scores on abilities, pulled towards `Line()`."""
    count = len(pairs)
    middle = sum(y.mean for _, y in pairs) / count
    height = sum(x for x, _ in pairs) / count
    across = sum((y.mean - middle) * (x - height) for x, y in pairs)
    along = sum((y.mean - middle) ** 2 + y.variance for _, y in pairs)
    slope = max((across + PULL) / (along + PULL), _LEAST)
    intercept = sum(x - slope * y.mean for x, y in pairs) / (count + PULL)
    apart = sum((x - intercept - slope * y.mean) ** 2 + slope * slope * y.variance for x, y in pairs)
    return Line(intercept, slope, max((apart + PULL * NOISE) / (count + PULL), _LEAST))


def _deviations(found: Mapping[Name, Posterior]) -> Mapping[str, float]:
    """Mean squared deviation of each category from the general ability."""
    squares: dict[str, list[float]] = defaultdict(list)
    for each in found.values():
        for category, square in each.squares.items():
            squares[category].append(square)
    return {
        category: max((sum(values) + PULL * DEVIATION) / (len(values) + PULL), _LEAST)
        for category, values in squares.items()
    }


def _spread(fit: Fit, found: Mapping[Name, Posterior]) -> tuple[float, float]:
    """Mean squared distance from what was expected, without and with nearest of kin."""
    sums = [(PULL, PULL), (PULL, PULL)]
    for name, each in found.items():
        expected, near = fit.kinship.expect(name)
        total, count = sums[near]
        sums[near] = total + (each.general.mean - expected) ** 2 + each.general.variance, count + 1
    return sums[0][0] / sums[0][1], sums[1][0] / sums[1][1]
