"""The best linear guess from the nearest relatives, and how uncertain it is (simple kriging, Krige 1951).

With K the covariances among `NEAREST` known models, n their own variances and k the covariances with the
model asked for::

    w = (K + diag n)^-1 k        level = mean + w (levels - mean)        variance = k(x, x) - w k
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import nlargest
from itertools import count
from math import sqrt
from operator import mul
from typing import TypeVar

NEAREST = 40
_LEAST = 1e-6  # where a similarity of names is not quite a covariance

T = TypeVar("T")


def weigh(
    wanted: T,
    known: Sequence[T],
    covariances: Callable[[T, Sequence[T]], Sequence[float]],
    own: Callable[[T], float],
) -> tuple[list[tuple[int, float]], float]:
    """The weight of each of the nearest `known`, by its place, and the variance they explain (w k above).

    Args:
        wanted: What is asked for.
        known: What it may be guessed from.
        covariances: Of one with each of others; a positive definite function.
        own: The variance of what one of `known` has to itself; more than 0.
    """
    near = nlargest(NEAREST, zip(covariances(wanted, known), count()))
    places = [place for _, place in near]
    right = [shared for shared, _ in near]
    chosen = [known[place] for place in places]
    rows = [[*covariances(one, chosen[: row + 1])] for row, one in enumerate(chosen)]
    for row, one in enumerate(chosen):
        rows[row][row] += own(one)
    weights = _solve(rows, right)
    return list(zip(places, weights, strict=True)), sum(map(mul, weights, right))


def _solve(rows: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a symmetric positive definite system, given its lower triangle (Cholesky)."""
    size = len(rows)
    lower: list[list[float]] = []
    for i, row in enumerate(rows):
        done: list[float] = []
        for j in range(i):
            done.append((row[j] - sum(map(mul, done, lower[j]))) / lower[j][j])
        done.append(sqrt(max(row[i] - sum(map(mul, done, done)), _LEAST)))
        lower.append(done)
    forward: list[float] = []
    for i in range(size):
        forward.append((right[i] - sum(map(mul, lower[i], forward))) / lower[i][i])
    back = [0.0] * size
    for i in reversed(range(size)):
        later = sum(lower[j][i] * back[j] for j in range(i + 1, size))
        back[i] = (forward[i] - later) / lower[i][i]
    return back
