"""Everything measured, numbered and laid out for fitting: the same work for every sweep, done once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attrs import frozen

from pointsman.catalog.scores.columns import Column, Point
from pointsman.catalog.scores.family import ModelIndex, Name


@frozen(eq=False)
class Group:
    """Models measured by the same columns.

    Attributes:
        categories: Numbers of the categories, and of the columns in each.
        models: Numbers of the models.
        scores: Per model, its scores per category, in the order of the columns.
        slots: Per model, where its first category stands in the list of all abilities.
    """

    categories: Sequence[tuple[int, Sequence[int]]]
    models: Sequence[int]
    scores: Sequence[Sequence[Sequence[float]]]
    slots: Sequence[int]


@frozen(eq=False)
class Strip:
    """One column.

    Attributes:
        scores: Of everybody it measured.
        slots: Where their abilities in its category stand.
        total, squares: Sums of the scores and of their squares.
    """

    scores: Sequence[float]
    slots: Sequence[int]
    total: float
    squares: float


@frozen(eq=False)
class Board:
    """Everything measured.

    Attributes:
        names: By number.
        index: Their relations.
        columns, categories: By number.
        groups: All models.
        strips: By column.
        size: How many abilities there are: models times their categories.
    """

    names: Sequence[Name]
    index: ModelIndex
    columns: Sequence[Column]
    categories: Sequence[str]
    groups: Sequence[Group]
    strips: Sequence[Strip]
    size: int

    @classmethod
    def of(cls, measured: Mapping[Name, Sequence[Point]]) -> Board:
        """Lay out what was measured of each name."""
        names = list(measured)
        seen = {point.column: None for points in measured.values() for point in points}
        columns = {column: place for place, column in enumerate(sorted(seen))}
        categories = {name: place for place, name in enumerate(sorted({column[2] for column in columns}))}
        kind = [categories[column[2]] for column in columns]
        members: dict[tuple[int, ...], list[tuple[int, list[float]]]] = defaultdict(list)
        for model, points in enumerate(measured.values()):
            cells = sorted((columns[point.column], point.z) for point in points)
            pattern = tuple(column for column, _ in cells)
            members[pattern].append((model, [z for _, z in cells]))
        groups, strips, size = _laid_out(members, kind)
        return cls(
            names,
            ModelIndex.of(names),
            list(columns),
            list(categories),
            groups,
            [_strip(cells) for cells in strips],
            size,
        )


_Cells = list[tuple[float, int]]


def _laid_out(
    members: Mapping[tuple[int, ...], Sequence[tuple[int, list[float]]]], kind: Sequence[int]
) -> tuple[list[Group], list[_Cells], int]:
    """Groups, the cells (score, slot) of each column, and the number of slots."""
    strips: list[_Cells] = [[] for _ in kind]
    groups, size = [], 0
    for pattern, each in members.items():
        split: dict[int, list[int]] = defaultdict(list)  # by category, the places in the pattern
        for place, column in enumerate(pattern):
            split[kind[column]].append(place)
        scores, slots = [], []
        for _, values in each:
            slots.append(size)
            for places in split.values():
                for place in places:
                    strips[pattern[place]].append((values[place], size))
                size += 1
            scores.append([[values[place] for place in places] for places in split.values()])
        groups.append(
            Group(
                [(category, [pattern[place] for place in places]) for category, places in split.items()],
                [model for model, _ in each],
                scores,
                slots,
            )
        )
    return groups, strips, size


def _strip(cells: _Cells) -> Strip:
    scores = [score for score, _ in cells]
    return Strip(scores, [slot for _, slot in cells], sum(scores), sum(score * score for score in scores))
