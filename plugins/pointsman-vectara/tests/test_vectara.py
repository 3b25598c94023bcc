"""Hallucination rates by Vectara."""

from __future__ import annotations

import asyncio
import contextlib
import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import FeedError, Scale, Score
from pointsman.sources import ScoreFeed
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_vectara import Config, pointsman_benchmark_sources, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
HEAD = """# Hallucination Leaderboard

|Another|Table|
|----|----|
|1|2|

Last updated on March 10, 2026

|Model|Hallucination Rate|Factual Consistency Rate|Answer Rate|Average Summary Length (Words)|
|----|----:|----:|----:|----:|
"""


def page(*rows: str) -> bytes:
    """A README with these rows in its table."""
    return (HEAD + "".join(f"|{row}|\n" for row in rows) + "\n## Model\n|not|a row|\n").encode()


class TestVectara(BenchmarkSourceTests):
    """The board passes the kit."""

    @pytest.fixture
    def source(self) -> ScoreFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (page("acme/alpaca-5|1.8 %|98.2 %|99.5 %|172.4"),)


def test_a_rate_is_a_score_of_factuality_and_fewer_is_better() -> None:
    """Its maker stands before the slash, its date above the table."""
    (score,) = read(page("acme/alpaca-5|1.8 %|98.2 %|99.5 %|172.4"), NOW)
    day = datetime(2026, 3, 10, tzinfo=UTC)

    assert score == Score(
        "acme/alpaca-5", "vectara_hallucination_rate", "factuality", 1.8, day, Scale(100, 0), "acme"
    )


def test_a_row_that_is_none_costs_that_row_only() -> None:
    """A rate that is no rate, a name that is none, a model that came before."""
    rows = [
        "a/b|1 %|99 %",
        "c/d|lots",
        "\x1b[1m|2 %",
        "e/f|101 %",
        "a/b|3 %|97 %",
        "g|4 %|96 %",
        "[h/i](x)|5 %",
    ]

    assert [(score.model, score.value, score.creator) for score in read(page(*rows), NOW)] == [
        ("a/b", 1.0, "a"),
        ("g", 4.0, None),
        ("h/i", 5.0, "h"),
    ]


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("November 1st, 2023", datetime(2023, 11, 1, tzinfo=UTC)),
        ("December 31, 2099", NOW),
        ("Smarch 3, 2026", NOW),
        ("yesterday", NOW),
    ],
)
def test_a_date_that_cannot_be_is_today(written: str, taken: datetime) -> None:
    """Neither one to come nor one that no calendar has."""
    (score,) = read(page("a/b|1 %").replace(b"March 10, 2026", written.encode()), NOW)

    assert score.as_of == taken


def test_a_page_without_the_table_is_an_error() -> None:
    """The last good rates then stay."""
    with pytest.raises(FeedError, match="no table"):
        read(b"# Moved\n|Model|Price|\n|--|--|\n|a|1|\n", NOW)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_whatever_the_rows_are_they_are_read_or_refused(rows: list[str]) -> None:
    """Nothing else is raised."""
    with contextlib.suppress(FeedError):
        assert all(0 <= score.value <= 100 for score in read(page(*rows), NOW))


def test_the_address_is_a_setting() -> None:
    """For mirrors and pins."""
    http = FakeHttp(page("a/b|1 %"))
    asyncio.run(source(Config("https://mirror.example/README.md")).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/README.md"]


def test_whose_data_it_is_is_said() -> None:
    """Address and licence."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence) == ("vectara", "Apache-2.0")


def test_the_recorded_board_is_read_whole(shared_data: Path) -> None:
    """Every row of it, written as the page writes them."""
    file = shared_data / "benchmarks" / "vectara" / "hallucination_leaderboard_2026-03-10.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    written = [f"{row['model']}|{row['hallucination_rate_pct']} %|{row['answer_rate_pct']} %" for row in rows]
    scores = read(page(*written), NOW)

    assert {score.model: score.value for score in scores} == {
        row["model"]: float(row["hallucination_rate_pct"]) for row in rows
    }
    assert (len(scores), scores[0].value) == (96, 1.8)
