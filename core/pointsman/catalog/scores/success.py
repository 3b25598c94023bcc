"""What abilities mean for a task: the share of its scale that a benchmark like it can be expected to give.

Qualities are relative, from the worst to the best of today's field, so a category in which all models are
good looks as wide as one in which most fail. For choosing against cost that is not enough: what matters is
how much more often the dearer model succeeds. For a measured category that is the mean over its benchmarks of

    mean[b] + sd[b] (a[b] + s[b] y)                      clipped to 0 … 1

with mean and sd of the benchmark's own scale, so it means something where scales do (shares of tasks solved,
not ratings). A task that no category of today's benchmarks speaks for follows the general ability less
closely: it is taken for one of the general category with `FOLLOWS` g in place of y.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from attrs import frozen

from pointsman.catalog.scores.ability import Fit, Line, Posterior
from pointsman.catalog.scores.columns import Column, Scale

FOLLOWS = 0.5
"""Correlation of the general ability with a benchmark when neither its category nor its source were seen.

Over 49 real ones it was 0.60, over the means of ten categories 0.57, and 0.44 for calling tools (``--unseen``
of ``tests/benchmarks/scores.py``); what no benchmark speaks for is rather like the latter."""

GENERAL = "general"


@frozen
class Success:
    """Expected shares.

    Attributes:
        benchmarks: By category, the line of each benchmark and where it stands on its scale.
    """

    benchmarks: Mapping[str, Sequence[tuple[Line, Scale]]]

    @classmethod
    def of(cls, fit: Fit, scales: Mapping[Column, Scale]) -> Success:
        """Of everything that was fitted."""
        found: dict[str, list[tuple[Line, Scale]]] = defaultdict(list)
        for column in sorted(fit.lines):
            found[column[2]].append((fit.lines[column], scales[column]))
        return cls(found)

    def share(self, found: Posterior, category: str) -> float:
        """The expected share of a model, 0 to 1; 0.5 where nothing was ever measured."""
        own = self.benchmarks.get(category)
        if own:
            return _mean(own, found.categories.get(category, found.general).mean)
        rest = self.benchmarks.get(GENERAL) or [each for some in self.benchmarks.values() for each in some]
        return _mean(rest, FOLLOWS * found.general.mean) if rest else 0.5


def _mean(benchmarks: Sequence[tuple[Line, Scale]], ability: float) -> float:
    shares = [on.mean + on.spread * (line.intercept + line.slope * ability) for line, on in benchmarks]
    return fmean([0.0 if share < 0.0 else min(share, 1.0) for share in shares])
