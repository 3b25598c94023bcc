"""Which models are alike, by how their names are written, and what that says of one of them.

The circles around a model, widest first: its family (the first word), its siblings (words and version: other
sizes and stages of it), and itself in other modes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from attrs import field, frozen

from pointsman.catalog.identity.name import Identity, Mode
from pointsman.catalog.scores.effort import gains, setting

Name = tuple[tuple[str, ...], tuple[str, ...], frozenset[str], str, Mode]
"""Words, version, sizes, stage and mode: one model in one mode, whatever source writes it."""

NO_NAME: Name = ((), (), frozenset(), "", Mode())
"""A name without relatives."""

STRENGTH = 0.5
"""So many relatives weigh as much as the wider circle around them."""

UNRELATED, SIBLING, SAME = range(3)
"""The nearest that is known of a model: nobody or its family, its siblings, itself in another mode."""

_Sum = tuple[float, int]


def name_of(identity: Identity) -> Name:
    """The parts that tell models and modes apart. Dates and offers are left out: half the sources do."""
    return identity.words, identity.version, identity.sizes, identity.stage, identity.mode


def circles_of(name: Name) -> tuple[Hashable, Hashable, Hashable]:
    """The family, the siblings, and the model in any mode."""
    words, version, sizes, stage, _ = name
    return words[:1], (words, version), (words, version, sizes, stage)


@frozen(eq=False)
class ModelIndex:
    """Everybody measured, numbered, with their circles numbered too.

    Attributes:
        places: Number of each name.
        circles: Number of each circle.
        around: Of each name, its circles, widest first.
        settings: Of each name, see `pointsman.catalog.scores.effort.setting`.
        multi_mode: Models measured in more than one setting: the numbers of their names.
    """

    places: Mapping[Name, int] = field(factory=dict)
    circles: Mapping[Hashable, int] = field(factory=dict)
    around: Sequence[tuple[int, ...]] = ()
    settings: Sequence[str] = ()
    multi_mode: Sequence[Sequence[int]] = ()

    @classmethod
    def of(cls, names: Iterable[Name]) -> ModelIndex:
        """These names, in their order."""
        places = {name: place for place, name in enumerate(names)}
        circles: dict[Hashable, int] = {}
        around = [
            tuple(circles.setdefault((width, circle), len(circles)) for width, circle in enumerate(each))
            for each in map(circles_of, places)
        ]
        settings = [setting(name[-1]) for name in places]
        selves: dict[int, list[int]] = defaultdict(list)
        for place, each in enumerate(around):
            selves[each[-1]].append(place)
        multi_mode = [each for each in selves.values() if len({settings[place] for place in each}) > 1]
        return cls(places, circles, around, settings, multi_mode)


class FamilyPrior:
    """Abilities of everybody, less what their modes gain, summed by circle."""

    def __init__(self, index: ModelIndex, abilities: Sequence[float], start: Mapping[str, float]) -> None:
        groups = [[(index.settings[place], abilities[place]) for place in each] for each in index.multi_mode]
        self.gains = gains(groups, start) if groups else {}
        self._index = index
        self._bare = [
            ability - self.gains.get(each, 0.0)
            for ability, each in zip(abilities, index.settings, strict=True)
        ]
        self._totals, self._counts = [0.0] * len(index.circles), [0] * len(index.circles)
        for bare, circles in zip(self._bare, index.around, strict=True):
            for circle in circles:
                self._totals[circle] += bare
                self._counts[circle] += 1

    def gain(self, one: Mode, over: Mode) -> float:
        """How much better a model is in the one mode than in the other."""
        return self.gains.get(setting(one), 0.0) - self.gains.get(setting(over), 0.0)

    def expect(self, name: Name) -> tuple[float, int]:
        """What its circles lead one to expect of a model, and how near the nearest of them is: `UNRELATED`,
        `SIBLING` or `SAME`.

        Each circle's mean is shrunk towards the wider one by `STRENGTH`; the model itself is left out.
        """
        place = self._index.places.get(name)
        if place is not None:
            return self.expect_at(place)
        numbers = (self._index.circles.get((width, each)) for width, each in enumerate(circles_of(name)))
        sums = ((0.0, 0) if each is None else (self._totals[each], self._counts[each]) for each in numbers)
        return _narrowed(sums, self.gains.get(setting(name[-1]), 0.0))

    def expect_at(self, place: int) -> tuple[float, int]:
        """The same of the name with this number."""
        bare, totals, counts = self._bare[place], self._totals, self._counts
        sums = [(totals[each] - bare, counts[each] - 1) for each in self._index.around[place]]
        return _narrowed(sums, self.gains.get(self._index.settings[place], 0.0))


def _narrowed(sums: Iterable[_Sum], gain: float) -> tuple[float, int]:
    """The mean of the nearest circle, each shrunk towards the wider one."""
    expected, near = 0.0, UNRELATED
    for width, (total, count) in enumerate(sums):
        if count > 0:
            expected = (total + STRENGTH * expected) / (count + STRENGTH)
            near = width
    return expected + gain, near
