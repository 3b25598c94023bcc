"""Quality against price, drawn with characters."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pointsman.catalog.pareto import Point
from pointsman.cli import figures
from pointsman.cli.axes import Axes

ON_LINE, FEW, MANY = "●", "·", "○"
HEIGHT = 18
NARROWEST = 40
_LABEL = 4
_FREE = 6


def draw(points: Sequence[Point], line: Collection[Point], width: int, height: int = HEIGHT) -> str:
    """The points as text of at most `width` characters a line; nothing where there are none, or no room.

    Args:
        points: Every point.
        line: Those on the frontier.
        width: Characters.
        height: Lines, without the axis.
    """
    if not points or width < NARROWEST:
        return ""
    axes = Axes.around(points)
    left = _FREE if axes.free else 0
    room = width - _LABEL - 1 - left
    blank = [" "] * (left + room)
    if axes.free:
        blank[_FREE - 1] = "┊"
    grid = [list(blank) for _ in range(height)]
    names = {point.model for point in line}
    for point in sorted(points, key=lambda each: each.model in names):
        cells = grid[height - 1 - _cell(axes.up(point.quality), height)]
        at = left + _cell(axes.across(point.price), room) if point.price > 0 else _FREE // 2 - 1
        cells[at] = ON_LINE if point.model in names else FEW if cells[at] == " " else MANY
    labels = {height - 1 - _cell(axes.up(each), height): f"{each:>{_LABEL}}" for each in axes.qualities}
    body = [f"{labels.get(at, ' ' * _LABEL)}│{''.join(row)}".rstrip() for at, row in enumerate(grid)]
    return "\n".join([*body, *_foot(axes, left, room)])


def _cell(share: float, cells: int) -> int:
    return min(max(round(share * (cells - 1)), 0), cells - 1)


def _foot(axes: Axes, left: int, room: int) -> list[str]:
    """The price axis: its rule, and round prices that do not run into each other."""
    rule, labels = ["─"] * (left + room), [" "] * (left + room)
    if axes.free:
        labels[: _FREE - 2] = "free"
    free_from = left
    for price in axes.prices:
        at = left + _cell(axes.across(price), room)
        rule[at] = "┴"
        text = figures.dollars(price)
        start = min(max(at - len(text) // 2, free_from), left + room - len(text))
        if start >= free_from:
            labels[start : start + len(text)] = text
            free_from = start + len(text) + 1
    margin = " " * _LABEL
    return [f"{margin}└{''.join(rule)}", f"{margin} {''.join(labels)}".rstrip()]
