"""Finds the lines and priors of `ability` by expectation and maximisation (Dempster, Laird, Rubin 1977).

A sweep asks what abilities the present lines and priors let one believe in, then what lines and priors these
abilities would make likeliest. Each figure is pulled towards a start by `PULL` imagined observation; so a
benchmark that measured only strong models is not taken for an easy one, and a noisy one counts for less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import mul

from attrs import define, frozen

from pointsman.catalog.scores.ability import DEVIATION, NOISE, SPREAD, Fit, Line
from pointsman.catalog.scores.board import Board, Group, Strip
from pointsman.catalog.scores.columns import Point
from pointsman.catalog.scores.family import FamilyPrior, Name

SWEEPS = 14
PULL = 1.0
_LEAST = 0.02  # of a slope, or a deviation
_QUIETEST = 0.05  # no benchmark is without noise


@frozen(eq=False)
class _State:
    """Lines by column, T by category, V, and what is known of relatives; before the first sweep nothing."""

    lines: Sequence[Line]
    deviations: Sequence[float]
    spread: tuple[float, ...] = SPREAD
    prior_mean: FamilyPrior | None = None


@define(eq=False)
class _Sums:
    """What a sweep believes, and the sums that the priors follow from.

    Attributes:
        general: Means of the general abilities, by model.
        means, variances: Of the abilities, by slot.
        squares: By category, squared deviations and how many.
        apart: By nearness of relatives, squared distances from what was expected and how many.
    """

    general: list[float]
    means: list[float]
    variances: list[float]
    squares: list[list[float]]
    apart: list[list[float]]


def learn(measured: Mapping[Name, Sequence[Point]]) -> Fit:
    """Fit lines and priors to everything measured; the same input gives the same fit."""
    board = Board.of(measured)
    if not board.names:
        return Fit()
    state = _State([Line()] * len(board.columns), [DEVIATION] * len(board.categories))
    for _ in range(SWEEPS):
        sums = _expect(board, state)
        state = _State(
            [_line(strip, sums) for strip in board.strips],
            [max(total / count, _LEAST) for total, count in sums.squares],
            tuple(total / count for total, count in sums.apart),
            FamilyPrior(board.index, sums.general, state.prior_mean.gains if state.prior_mean else {}),
        )
    assert state.prior_mean is not None  # noqa: S101 (there was a sweep)
    return Fit(
        dict(zip(board.columns, state.lines, strict=True)),
        dict(zip(board.categories, state.deviations, strict=True)),
        state.spread,
        state.prior_mean,
        _ranges(board, _expect(board, state)),
    )


def _expect(board: Board, state: _State) -> _Sums:
    """What the present lines and priors let one believe of everybody."""
    sums = _Sums(
        [0.0] * len(board.names),
        [0.0] * board.size,
        [0.0] * board.size,
        [[PULL * DEVIATION, PULL] for _ in board.categories],
        [[PULL * start, PULL] for start in SPREAD],
    )
    for group in board.groups:
        _expect_group(group, state, sums)
    return sums


@frozen(eq=False)
class _Part:
    """One category of a group: how its scores tell, which is the same for all models of the group.

    Attributes:
        weights: Of its scores; their sum with the scores, less `offset`, is the pull towards them.
        offset: What the intercepts make.
        rest: 1 - k, as in `pointsman.catalog.scores.ability.posterior`.
        deviation: T.
        tally: The sum of squares of its category.
    """

    weights: Sequence[float]
    offset: float
    rest: float
    deviation: float
    tally: list[float]


def _expect_group(group: Group, state: _State, sums: _Sums) -> None:
    parts, precision = _parts(group, state, sums)
    means, variances, general = sums.means, sums.variances, sums.general
    by_nearness: dict[int, tuple[float, list[float], list[float]]] = {}
    for model, scores, slot in zip(group.models, group.scores, group.slots, strict=True):
        expected, near = state.prior_mean.expect_at(model) if state.prior_mean else (0.0, 0)
        if near not in by_nearness:
            by_nearness[near] = _variances(parts, 1 / (precision + 1 / state.spread[near]))
        variance, around, squares = by_nearness[near]
        pulls = [sum(map(mul, part.weights, z)) - part.offset for part, z in zip(parts, scores, strict=True)]
        total = expected / state.spread[near]
        for part, pull in zip(parts, pulls, strict=True):
            total += part.rest * pull
        middle = general[model] = total * variance
        for place, part in enumerate(parts):
            mean = part.rest * (middle + part.deviation * pulls[place])
            means[slot + place], variances[slot + place] = mean, around[place]
            part.tally[0] += (mean - middle) ** 2 + squares[place]
            part.tally[1] += 1.0
        tally = sums.apart[near]
        tally[0] += (middle - expected) ** 2 + variance
        tally[1] += 1.0


def _parts(group: Group, state: _State, sums: _Sums) -> tuple[list[_Part], float]:
    """The categories of a group, and the precision with which their scores tell the general ability."""
    parts, precision = [], 0.0
    for category, columns in group.categories:
        lines = [state.lines[column] for column in columns]
        weights = [line.slope / line.noise for line in lines]
        weight = sum(line.slope * line.slope / line.noise for line in lines)
        rest = 1 / (1 + weight * state.deviations[category])
        offset = sum(share * line.intercept for share, line in zip(weights, lines, strict=True))
        parts.append(_Part(weights, offset, rest, state.deviations[category], sums.squares[category]))
        precision += weight * rest
    return parts, precision


def _variances(parts: Sequence[_Part], variance: float) -> tuple[float, list[float], list[float]]:
    """Of the general ability, of each category's, and of each category's deviation."""
    own = [part.rest * part.deviation for part in parts]
    return (
        variance,
        [part.rest**2 * variance + each for part, each in zip(parts, own, strict=True)],
        [(1 - part.rest) ** 2 * variance + each for part, each in zip(parts, own, strict=True)],
    )


def _line(strip: Strip, sums: _Sums) -> Line:
    """Regression of a column's scores on abilities, pulled towards `Line()`."""
    count = len(strip.scores)
    abilities = [sums.means[slot] for slot in strip.slots]
    total = sum(abilities)
    across = sum(map(mul, strip.scores, abilities))
    along = sum(map(mul, abilities, abilities)) + sum([sums.variances[slot] for slot in strip.slots])
    slope = max(
        (across - strip.total * total / count + PULL) / (along - total * total / count + PULL), _LEAST
    )
    intercept = (strip.total - slope * total) / (count + PULL)
    apart = (
        strip.squares
        + count * intercept**2
        + slope**2 * along
        - 2 * intercept * strip.total
        - 2 * slope * across
        + 2 * intercept * slope * total
    )
    return Line(intercept, slope, max((apart + PULL * NOISE) / (count + PULL), _QUIETEST))


def _ranges(board: Board, sums: _Sums) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest ability per category."""
    means: dict[str, list[float]] = defaultdict(list)
    for group in board.groups:
        for place, (category, _) in enumerate(group.categories):
            means[board.categories[category]] += [sums.means[slot + place] for slot in group.slots]
    return {category: (min(values), max(values)) for category, values in means.items()}
