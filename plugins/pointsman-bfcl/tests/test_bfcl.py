"""Scores of the Berkeley Function-Calling Leaderboard."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import Capability, Facts, FeedError, Score
from pointsman.sources import ScoreFeed
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_bfcl import BENCHMARKS, Config, named, pointsman_benchmark_sources, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
HEAD = (
    "Rank,Overall Acc,Model,Model Link,Latency Mean (s),Non-Live AST Acc,Live Acc,Multi Turn Acc,"
    "Web Search Acc,Memory Acc,Irrelevance Detection,Organization,License"
)


def sheet(*rows: str) -> bytes:
    """The table with these rows."""
    return "\n".join((HEAD, *rows)).encode()


def row(model: str, overall: str = "77.47%", licence: str = "Proprietary") -> str:
    """One row, its parts all the same."""
    return (
        f"1,{overall},{model},https://acme.example,4.38,88.58%,79.79%,68.38%,84.5%,N/A,84.72%,Acme,{licence}"
    )


class TestBfcl(BenchmarkSourceTests):
    """The board passes the kit."""

    @pytest.fixture
    def source(self) -> ScoreFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (sheet(row("Alpaca-5 (FC)"), row("Alpaca-5 (Prompt)"), row("Beaver-2")),)


def test_every_part_of_the_benchmark_is_a_score() -> None:
    """Percent as numbers; what was not measured is left out."""
    scores = read(sheet(row("Alpaca-5 (FC)")), NOW)
    facts = Facts(can={Capability.TOOLS}, open_weights=False)

    assert scores[0] == Score("Alpaca-5", "bfcl_overall", "agentic", 77.47, NOW, creator="Acme", facts=facts)
    assert {score.benchmark: score.value for score in scores[1:]} == {
        "bfcl_non_live": 88.58,
        "bfcl_live": 79.79,
        "bfcl_multi_turn": 68.38,
        "bfcl_web_search": 84.5,
        "bfcl_irrelevance": 84.72,
    }


@pytest.mark.parametrize(
    ("written", "name", "way"),
    [
        ("Alpaca-5 (FC)", "Alpaca-5", "fc"),
        ("Alpaca-5 (Prompt)", "Alpaca-5", "prompt"),
        ("Alpaca-5 (FC thinking)", "Alpaca-5 (thinking)", "fc"),
        ("Alpaca-5 (Prompt + Thinking)", "Alpaca-5 (Thinking)", "prompt"),
        ("Alpaca-5 (high)", "Alpaca-5 (high)", ""),
        ("Alpaca-5-FC", "Alpaca-5-FC", ""),
        ("(FC)", "(FC)", ""),
    ],
)
def test_only_the_way_of_calling_leaves_the_name(written: str, name: str, way: str) -> None:
    """A mode stays."""
    assert named(written) == (name, way)


def test_a_model_measured_twice_counts_with_the_tools_of_its_api() -> None:
    """Whichever row stands first, however it is spelled."""
    rows = [
        row("Alpaca-5 (Prompt)", "90%"),
        row("alpaca-5 (FC)", "70%"),
        row("Beaver-2", "80%"),
        row("Beaver-2 (FC)", "60%"),
        row("Camel-3 (Prompt)", "50%"),
    ]
    scores = [score for score in read(sheet(*rows), NOW) if score.benchmark == "bfcl_overall"]

    assert {score.model: score.value for score in scores} == {
        "alpaca-5": 70.0,
        "Beaver-2": 60.0,
        "Camel-3": 50.0,
    }
    assert [score.model for score in scores if Capability.TOOLS in score.facts.can] == [
        "alpaca-5",
        "Beaver-2",
    ]


def test_a_licence_tells_whether_the_weights_are_open() -> None:
    """Only where there is one."""
    rows = [row("A-1", licence="MIT"), row("B-1"), row("C-1", licence="")]
    stated = {score.model: score.facts.open_weights for score in read(sheet(*rows), NOW)}

    assert stated == {"A-1": True, "B-1": False, "C-1": None}


def test_a_row_that_is_none_costs_that_row_only() -> None:
    """A name that cannot be shown, a figure that is none."""
    rows = [row("A-1", "high"), row("\x1b[1mB"), row("C-1", "101%"), row("D-1", "NaN")]
    overall = [s.model for s in read(sheet(*rows), NOW) if s.benchmark == "bfcl_overall"]

    assert (overall, len(read(sheet(*rows), NOW))) == ([], 15)


def test_another_table_is_an_error() -> None:
    """The last good scores then stay."""
    with pytest.raises(FeedError, match="no column Overall Acc"):
        read(b"Model,Price\nA-1,2\n", NOW)


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=20), min_size=13, max_size=14), max_size=6))
def test_whatever_the_rows_are_they_are_read_or_refused(rows: list[list[str]]) -> None:
    """Nothing else is raised."""
    with contextlib.suppress(FeedError):
        scores = read(sheet(*(",".join(cells) for cells in rows)), NOW)

        assert all(0 <= score.value <= 100 for score in scores)


def test_the_address_is_a_setting() -> None:
    """For mirrors and pins."""
    http = FakeHttp(sheet(row("A-1")))
    asyncio.run(source(Config("https://mirror.example/bfcl.csv")).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/bfcl.csv"]


def test_whose_data_it_is_is_said() -> None:
    """Address and licence."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence) == ("bfcl", "Apache-2.0")


def test_the_recorded_board_is_read_whole(shared_data: Path) -> None:
    """A hundred and nine rows of ninety models."""
    file = shared_data / "benchmarks" / "bfcl" / "data_overall.csv"
    scores = read(file.read_bytes(), NOW)
    overall = {score.model: score.value for score in scores if score.benchmark == "bfcl_overall"}

    assert len(overall) == len({score.model for score in scores})
    assert {score.benchmark for score in scores} == set(BENCHMARKS.values())
    assert (overall["Claude-Opus-4-5-20251101"], overall["Gemini-3-Pro-Preview"]) == (77.47, 68.14)
