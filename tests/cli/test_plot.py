"""Quality against price: on a terminal, and as a file."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.pareto import Point, frontier
from pointsman.cli.output import Report
from pointsman.cli.picture import FORMS, Scene, html, svg
from pointsman.cli.scatter import FEW, HEIGHT, MANY, NARROWEST, ON_LINE, draw
from rich.console import Console

from tests.cli.conftest import Program, tsv

SVG = "{http://www.w3.org/2000/svg}"
POINTS = (
    Point("acme/free", Decimal(0), 20),
    Point("acme/cheap", Decimal("0.1"), 40, 3.0),
    Point("acme/worse", Decimal(1), 35, estimated=True),
    Point("acme/best", Decimal(10), 90),
)


def scene(points: Sequence[Point] = POINTS) -> Scene:
    """A picture of these points."""
    return Scene(points, frontier(points), "general", "a test")


def texts(picture: str) -> list[str]:
    """Everything written in an SVG picture, tooltips included."""
    return [each.text or "" for each in ET.fromstring(picture).iter()]  # noqa: S314 (our own)


def test_a_terminal_shows_every_point_and_the_line() -> None:
    """Dearer is further right, better is higher, free stands apart on the left."""
    lines = draw(POINTS, frontier(POINTS), 60).splitlines()
    best, worse = next(line for line in lines if ON_LINE in line), next(line for line in lines if FEW in line)

    assert (
        sum(line.count(ON_LINE) for line in lines),
        sum(line.count(FEW) for line in lines),
        len(lines),
    ) == (3, 1, HEIGHT + 2)
    assert best.index(ON_LINE) > worse.index(FEW)
    assert re.findall(r"free|\$[\d.]+", lines[-1]) == ["free", "$0.10", "$1.00", "$10.00"]


def test_models_at_one_place_are_marked_as_several() -> None:
    """A point of the line is drawn over them."""
    twins = [Point(f"acme/{name}", Decimal(2), 10.0) for name in "ab"]
    drawn = draw([*twins, Point("acme/c", Decimal(1), 50)], [Point("acme/c", Decimal(1), 50)], 60)

    assert (drawn.count(MANY), drawn.count(FEW), drawn.count(ON_LINE)) == (1, 0, 1)


def test_where_there_is_no_room_or_nothing_to_draw_there_is_no_picture() -> None:
    """Better none than a wrong one."""
    assert [draw([], [], 80), draw(POINTS, [], NARROWEST - 1)] == ["", ""]


PRICES = st.decimals(0, 100_000, places=6)


@given(st.lists(st.builds(Point, st.text(min_size=1), PRICES, st.floats(0, 100)), max_size=30))
def test_any_points_fit_the_width_and_make_sound_xml(points: list[Point]) -> None:
    """Whatever the names, however small or large the prices."""
    drawn = draw(points, frontier(points), 72)
    root = ET.fromstring(svg(scene(points)))  # noqa: S314 (our own)

    assert [line for line in drawn.splitlines() if len(line) > 72] == []
    assert len(root.findall(f".//{SVG}circle")) >= len({point.model for point in points})


def test_a_picture_tells_its_points_in_words() -> None:
    """A title, a text with the whole line, and a tooltip per point."""
    written = texts(svg(scene()))

    assert written.count("Quality (general) against price") == 2
    assert (
        "4 models. No model beats these in both, cheapest first: acme/free: free, quality 20; "
        "acme/cheap: $0.10, quality 40; acme/best: $10.00, quality 90."
    ) in written
    assert "acme/worse: ~$1.00, quality 35 ±0" in written


def test_names_are_text_whatever_they_hold() -> None:
    """A provider chooses its models' names; none becomes a tag, a key never shows."""
    nasty = '<script>alert("x")</script>&\x1b[31m sk-canary-0123456789abcdef'
    points = [Point(nasty, Decimal(1), 50)]
    page, picture = html(scene(points)), svg(scene(points))

    assert [("<script" in text, "sk-canary" in text, "\x1b" in text) for text in (page, picture)] == [
        (False, False, False)
    ] * 2
    assert [text for text in texts(picture) if text.startswith("<script>alert")] != []


@pytest.mark.parametrize("form", list(FORMS))
def test_a_file_loads_nothing_from_anywhere(form: str) -> None:
    """No address but the name of the SVG language, no script."""
    text = FORMS[form](scene())

    assert {"http://www.w3.org/2000/svg"} == set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert re.findall(r"<script|<link|<img|src=|url\(|@import|javascript:", text) == []


def test_a_page_holds_every_point_as_a_table() -> None:
    """Those on the line first."""
    rows = re.findall(r"<th scope=row>([^<]+)</th>.*?<td>(yes|)</td>", html(scene()))

    assert rows == [("acme/free", "yes"), ("acme/cheap", "yes"), ("acme/best", "yes"), ("acme/worse", "")]


def test_nothing_to_draw_is_said() -> None:
    """An empty picture would look like a fault."""
    assert "No model has both a price and a score." in texts(svg(scene(())))


def test_a_report_shows_its_picture_above_its_tables() -> None:
    """As wide as the terminal, and never in a pipe."""
    screen = io.StringIO()
    report = Report("things", {}, notes=["a note"], picture=lambda width: f"{width} wide\n[bold]")
    report.draw(Console(file=screen, width=44))

    assert [line.rstrip() for line in screen.getvalue().splitlines()] == ["44 wide", "[bold]", "", "a note"]
    assert report.tsv() == ""


def test_the_program_marks_the_line(world: Program) -> None:
    """In every form; a pipe gets all models with it or without the picture."""
    plain, plotted = world("models").stdout, world("models", "--plot").stdout

    assert plain == plotted
    assert [row["frontier"] for row in world.json("models")["models"]] == [True, True, True]
    assert [row["frontier"] for row in tsv(plain)] == ["true"] * 3


@pytest.mark.parametrize("name", ["out.svg", "out.HTML"])
def test_the_program_writes_the_picture(world: Program, tmp_path: Path, name: str) -> None:
    """Of the models the filters leave, with their names."""
    result = world("models", "--max-price", "2", "--plot-file", name)
    text = (tmp_path / name).read_text(encoding="utf-8")

    assert (result.exit_code, result.stderr) == (0, f"wrote {name}\n")
    assert [name in text for name in ("swift-1-mini", "merry-2", "grand-2-large")] == [True, True, False]


def test_a_picture_of_another_form_is_refused_at_once(world: Program) -> None:
    """Before anybody is asked for models."""
    result = world("models", "--plot-file", "out.png")

    assert (result.exit_code, "out.png must end in .svg or .html" in result.stderr) == (2, True)


def test_a_picture_that_cannot_be_written_is_one_line(world: Program) -> None:
    """Naming the file."""
    result = world("models", "--plot-file", "missing/out.svg")

    assert (result.exit_code, "missing/out.svg" in result.stderr) == (1, True)
