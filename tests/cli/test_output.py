"""Rows as a table, as tab-separated values, as JSON."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.cli import figures
from pointsman.cli.output import Column, Report, Table, cell, printable
from pointsman.types import Secret, Tier
from rich.console import Console

COLUMNS = (
    Column("name"),
    Column("price", "USD", show=figures.rate, right=True),
    Column("detail", wide=True),
    Column("extra", spare=1),
    Column("machine", None),
)
ROWS = (
    {"name": "one", "price": Decimal("0.10"), "detail": "a b", "extra": "x" * 20, "machine": True},
    {"name": "two", "price": None, "detail": "", "extra": "", "machine": False},
)
REPORT = Report("things", {"things": ROWS}, [Table(COLUMNS, ROWS)], ["a note"])


def drawn(report: Report, width: int = 80) -> list[str]:
    """Lines on a terminal of this width, without styles."""
    screen = io.StringIO()
    report.draw(Console(file=screen, width=width))
    return [line.rstrip() for line in screen.getvalue().splitlines()]


def test_a_pipe_gets_a_header_and_plain_values() -> None:
    """Exact, without marks; what is unknown is empty."""
    assert REPORT.tsv().splitlines() == [
        "name\tprice\tdetail\textra\tmachine",
        "one\t0.1\ta b\t" + "x" * 20 + "\ttrue",
        "two\t\t\t\tfalse",
    ]


def test_json_names_its_schema() -> None:
    """Exact money as text, the rest as JSON's own."""
    document = json.loads(REPORT.json())

    assert (
        document["schema"],
        document["things"][0]["price"],
        document["things"][1]["price"],
        document["things"][0]["machine"],
    ) == ("pointsman/things/1", "0.1", None, True)


def test_a_terminal_gets_titles_and_figures() -> None:
    """What is for machines is left out, a note stands below."""
    lines = drawn(REPORT)

    assert lines[0].split() == ["name", "USD", "detail", "extra"]
    assert lines[3].split() == ["two", "?"]
    assert lines[4:] == ["", "a note"]


def test_a_narrow_terminal_gets_fewer_columns() -> None:
    """Those that can be spared go first; nothing is cut."""
    lines = drawn(REPORT, width=40)

    assert lines[0].split() == ["name", "USD", "detail"]
    assert [line for line in lines if len(line) > 40] == []


def test_a_column_that_says_nothing_is_not_drawn() -> None:
    """A row of blanks is noise."""
    table = Table([Column("a"), Column("b")], [{"a": "x", "b": ""}])

    assert drawn(Report("r", {}, [table]))[0].split() == ["a"]


def test_no_rows_are_words() -> None:
    """An empty table says so to a person, and is a header for a machine."""
    report = Report("r", {}, [Table([Column("a")], [], empty="nothing here")])

    assert (drawn(report), report.tsv()) == (["nothing here"], "a")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("1E-7"), "0.0000001"),
        (1.5, "1.5"),
        (3, "3"),
        (Tier.BUDGET, "budget"),
        (datetime(2030, 1, 2, 3, 4, tzinfo=UTC), "2030-01-02T03:04:00+00:00"),
        (["a", "b"], "a,b"),
        ({"a": 1}, "a=1"),
        ("two\nlines\tand a tab", "two lines and a tab"),
    ],
)
def test_a_cell_is_one_line(value: object, text: str) -> None:
    """Whatever the value."""
    assert text == cell(value)


@given(st.text())
def test_nothing_a_model_writes_moves_the_cursor(text: str) -> None:
    """No escape, no bell, no reversal of the reading direction."""
    assert set() == set(printable(text)) & {"\x1b", "\x07", "\r", "\x9b", "\u202e", "\x00"}


@given(st.text(), st.text())
def test_a_row_has_as_many_cells_as_columns(one: str, two: str) -> None:
    """Wild text adds neither cells nor rows."""
    table = Table([Column("a"), Column("b")], [{"a": one, "b": two}])
    lines = Report("r", {}, [table]).tsv().split("\n")

    assert [len(line.split("\t")) for line in lines] == [2, 2]


def test_markup_in_a_value_is_text() -> None:
    """A model called [red] is not red."""
    table = Table([Column("a")], [{"a": "[red]x[/red]"}])

    assert drawn(Report("r", {}, [table]))[2] == "[red]x[/red]"


def test_a_key_is_masked_in_every_form() -> None:
    """Whatever a row holds by mistake."""
    key = Secret("sk-rows-canary-0123456789abcdef").reveal()
    rows = [{"a": f"x {key} y"}]
    report = Report("r", {"rows": rows}, [Table([Column("a")], rows)], [key])

    assert [form for form in (report.json(), report.tsv(), "\n".join(drawn(report))) if key in form] == []
