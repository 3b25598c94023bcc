"""What a host asks beside others that sell the same models.

In binary logarithms: 1 is twice as much. A model's level is the middle of what its hosts ask, each without
its own markup; a host's markup is the mean of what it asks above the level of its models, pulled towards none
by `PULL` models without one. The two are found in turns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from statistics import median

from attrs import frozen

from pointsman.catalog.estimates.features import KnownPrice
from pointsman.catalog.estimates.models import PricedModel

PULL = 3
_TURNS = 3

Pair = tuple[float, float]
"""For input and for output."""


@frozen
class _Account:
    """What one host asks above the level of its models: sums and count."""

    sums: Pair = (0.0, 0.0)
    count: int = 0

    @cached_property
    def markup(self) -> Pair:
        weight = self.count + PULL
        return self.sums[0] / weight, self.sums[1] / weight


_NOTHING = _Account()


@frozen
class Markups:
    """The markup of every host, and of every host without one of its models.

    Attributes:
        hosts: By host.
        shares: By host and place of the model: what that model adds.
    """

    hosts: dict[str, _Account]
    shares: dict[tuple[str, int], _Account]

    @classmethod
    def of(cls, models: Sequence[PricedModel]) -> Markups:
        """From all models with at least two offers."""
        markups = cls({}, {})
        for _ in range(_TURNS):
            markups = markups._again(models)
        return markups

    def of_host(self, host: str, without: int | None = None) -> Pair:
        """The markup of `host`; none for one that is unknown.

        Args:
            host: Plain name.
            without: Place of a model that must not count.
        """
        account = self.hosts.get(host, _NOTHING)
        if without is not None and (share := self.shares.get((host, without))):
            sums = account.sums[0] - share.sums[0], account.sums[1] - share.sums[1]
            account = _Account(sums, account.count - share.count)
        return account.markup

    def level(self, model: PricedModel, but: int | None = None) -> Pair:
        """What `model` costs at a host without markup.

        Args:
            model: With at least one offer, or two where one is left out.
            but: Place of an offer that must not count.
        """
        found = [self._bare(each) for place, each in enumerate(model.offers) if place != but]
        return median(pair[0] for pair in found), median(pair[1] for pair in found)

    def _bare(self, known: KnownPrice) -> Pair:
        given, produced = known.logs
        markup = self.of_host(known.features.host)
        return given - markup[0], produced - markup[1]

    def _again(self, models: Sequence[PricedModel]) -> Markups:
        hosts: dict[str, list[Pair]] = defaultdict(list)
        shares: dict[tuple[str, int], list[Pair]] = defaultdict(list)
        for place, model in enumerate(models):
            if len(model.offers) > 1:
                level = self.level(model)
                for each in model.offers:
                    given, produced = each.logs
                    above = given - level[0], produced - level[1]
                    hosts[each.features.host].append(above)
                    shares[each.features.host, place].append(above)
        return Markups(
            {host: _account(found) for host, found in hosts.items()},
            {place: _account(found) for place, found in shares.items()},
        )


def _account(found: Sequence[Pair]) -> _Account:
    return _Account((sum(each[0] for each in found), sum(each[1] for each in found)), len(found))
