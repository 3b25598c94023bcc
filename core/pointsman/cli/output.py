"""Rows in, text out: a table on a terminal, tab-separated values in a pipe, JSON when asked for.

Every command hands in one `Report` and knows nothing of how it is shown. All text passes `redact`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from pointsman.types.secrets import redact

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]

_LEAST = 20  # characters a column that may take several lines is not pressed below
_GAP = 3  # between two columns

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@frozen
class Column:
    """One column.

    Attributes:
        name: Key in the rows, and the header of the tab-separated form.
        title: Header on a terminal; None leaves the column out there.
        show: Text for people, from the value; by default the plain one.
        show_row: The same from the whole row.
        right: Whether to align right.
        style: Of rich, for a terminal.
        wide: Whether this column may take several lines; others are never broken.
        spare: Where the terminal is too narrow, the columns with the highest figure go first; 0 stays.
    """

    name: str
    title: str | None = ""
    show: Callable[[Any], str] = lambda value: cell(value)  # noqa: PLW0108 (defined below)
    show_row: Callable[[Row], str] | None = None
    right: bool = False
    style: str = ""
    wide: bool = False
    spare: int = 0

    def text(self, row: Row) -> str:
        """What a person reads."""
        return self.show_row(row) if self.show_row else self.show(row.get(self.name))


_Drawn = tuple[Column, list[str]]


@frozen
class Table:
    """Rows with their columns.

    Attributes: title: A heading on a terminal. empty: Said on a terminal when there are no rows. people,
    machine: Whether a terminal, or the tab-separated form, shows it; at most one table of a report is for
    machines.
    """

    columns: Sequence[Column]
    rows: Sequence[Row] = field(converter=tuple[Row, ...])
    title: str = ""
    empty: str = "nothing"
    people: bool = True
    machine: bool = True


@frozen
class Report:
    """What a command has to say.

    Attributes:
        command: Names the schema of the JSON form: ``pointsman/COMMAND/1``.
        document: The JSON form, without its ``schema``.
        picture: Text above the tables, for the width of the terminal in characters; on a terminal only.
        tables: For a terminal, in order.
        notes: Short lines under the tables, on a terminal only.
    """

    command: str
    document: Row
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    picture: Callable[[int], str] | None = None

    def json(self) -> str:
        """The document, indented; decimals are strings, times ISO 8601."""
        import orjson

        document = {"schema": f"pointsman/{self.command}/1", **self.document}
        return orjson.dumps(_jsonable(document), default=cell, option=orjson.OPT_INDENT_2).decode()

    def tsv(self) -> str:
        """The machine's table: a line of names, then a line per row; empty cells are unknown."""
        lines = []
        for table in self.tables:
            if table.machine:
                lines.append("\t".join(column.name for column in table.columns))
                lines += ["\t".join(cell(row.get(each.name)) for each in table.columns) for row in table.rows]
        return redact("\n".join(lines))

    def draw(self, console: Console) -> None:
        """Picture, tables and notes on a terminal."""
        if self.picture and (drawn := self.picture(console.width)):
            console.print(f"{_escaped_lines(drawn)}\n")
        for position, table in enumerate(each for each in self.tables if each.people):
            if position:
                console.print()
            _draw(table, console)
        if self.notes and self.tables:
            console.print()
        for note in self.notes:
            console.print(f"[dim]{_escaped(note)}[/dim]")


def cell(value: Any) -> str:
    """A value as it stands in a tab-separated line; unknown is empty."""
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], str]:
    return next((write for base, write in _CELLS if issubclass(kind, base)), str)


def _listed(values: Iterable[Any]) -> str:
    return ",".join(map(cell, values))


_CELLS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "true" if value else "false"),
    (str, lambda value: " ".join(printable(value).split())),
    (Decimal, lambda value: f"{value.normalize():f}"),
    (float, lambda value: f"{value:.6g}"),
    (date, lambda value: str(value.isoformat())),
    (Mapping, lambda value: _listed(f"{key}={cell(each)}" for key, each in value.items())),
    (Iterable, _listed),
)


def printable(text: str) -> str:
    """`text` without what could move the cursor, recolour the terminal or reverse the reading direction."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def _jsonable(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_jsonable(each) for each in value)
    if isinstance(value, Sequence):
        return [_jsonable(each) for each in value]
    return value


def _draw(table: Table, console: Console) -> None:
    from rich import box
    from rich.table import Table as Grid

    if table.title:
        console.print(f"[bold]{_escaped(table.title)}[/bold]")
    if not table.rows:
        console.print(f"[dim]{_escaped(table.empty)}[/dim]")
        return
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", border_style="dim")
    shown = _fitting(_drawn(table), console.width)
    for column, texts in shown:
        grid.add_column(
            column.title or column.name,
            justify="right" if column.right else "left",
            style=column.style,
            no_wrap=not column.wide,
            overflow="fold" if column.wide else "ellipsis",
            min_width=min(_width(column, texts), _LEAST) if column.wide else None,
        )
    for row in zip(*(texts for _, texts in shown), strict=True):
        grid.add_row(*map(_escaped, row))
    console.print(grid)


def _drawn(table: Table) -> list[_Drawn]:
    """The columns meant for people in which some row says something."""
    columns = [each for each in table.columns if each.title is not None]
    drawn = [(each, [printable(each.text(row)) for row in table.rows]) for each in columns]
    return [(column, texts) for column, texts in drawn if any(texts)]


def _fitting(drawn: list[_Drawn], width: int) -> list[_Drawn]:
    """What of it fits: the columns that can best be spared go first."""
    while drawn and _least_width(drawn) > width:
        sparest = max(drawn, key=lambda each: each[0].spare)
        if not sparest[0].spare:
            break
        drawn = [each for each in drawn if each is not sparest]
    return drawn


def _least_width(drawn: list[_Drawn]) -> int:
    widths = [min(_width(*each), _LEAST) if each[0].wide else _width(*each) for each in drawn]
    return sum(widths) + _GAP * (len(drawn) - 1)


def _width(column: Column, texts: Sequence[str]) -> int:
    return max(len(text) for text in (column.title or column.name, *texts))


def _escaped_lines(text: str) -> str:
    return "\n".join(map(_escaped, text.split("\n")))


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(redact(printable(text)))
