"""Which models are alike, by how their names are written, and what that says of one of them.

Nearest of kin share words and version (other sizes, dates and modes of it); a family shares the first word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping

from attrs import frozen

from pointsman.catalog.identity import Identity, Mode

Name = tuple[tuple[str, ...], tuple[str, ...], frozenset[str], str, Mode]
"""Words, version, sizes, stage and mode: one model in one mode, whatever source writes it."""

NOBODY: Name = ((), (), frozenset(), "", Mode())
"""A name without relatives."""

STRENGTH = 2.0
"""So many relatives weigh as much as the wider circle around them."""


def name_of(identity: Identity) -> Name:
    """The parts that tell models and modes apart. Dates and offers are left out: half the sources do."""
    return identity.words, identity.version, identity.sizes, identity.stage, identity.mode


@frozen
class Circle:
    """A sum over relatives, so that one of them can be taken out again."""

    total: float = 0.0
    count: int = 0


_NONE = Circle()


class Kinship:
    """Abilities of everybody, summed by kin and by family."""

    def __init__(self, abilities: Mapping[Name, float]) -> None:
        sums: dict[Hashable, list[float]] = defaultdict(list)
        for name, ability in abilities.items():
            for circle in _circles(name):
                sums[circle].append(ability)
        self._circles = {circle: Circle(sum(each), len(each)) for circle, each in sums.items()}
        self._abilities = abilities

    def expect(self, name: Name) -> tuple[float, bool]:
        """What the others of its family and kin lead one to expect, and whether it has nearest of kin.

        Each circle's mean is shrunk towards the wider one by `STRENGTH`; the model itself is left out.
        """
        own = self._abilities.get(name)
        expected, near = 0.0, False
        for circle in _circles(name):
            found = self._circles.get(circle, _NONE)
            total, count = found.total, found.count
            if own is not None:
                total, count = total - own, count - 1
            expected = (total + STRENGTH * expected) / (count + STRENGTH)
            near = count > 0
        return expected, near


def _circles(name: Name) -> tuple[Hashable, Hashable]:
    """The family, then the nearest of kin."""
    words, version, *_ = name
    return words[:1], (words, version)
