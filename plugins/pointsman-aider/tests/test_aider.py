"""Scores of Aider's leaderboards."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import Facts, FeedError, Score
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_aider import Aider, Config, pointsman_benchmark_sources, read

NOW = datetime(2026, 8, 23, tzinfo=UTC)
RUN = {
    "dirname": "2025-08-23-15-47-21--alpaca-5-high",
    "test_cases": "225",
    "model": "alpaca-5 (high)",
    "edit_format": "diff",
    "commit_hash": "5318380",
    "pass_rate_1": "52.0",
    "pass_rate_2": "88.0",
    "command": "aider --model acme/alpaca-5 --thinking-tokens 32k",
    "date": "2025-08-23",
}


def board(*runs: dict[str, Any]) -> bytes:
    """A board of runs that differ from `RUN` in these fields; None takes a field away."""
    blocks = []
    for run in runs:
        fields = [(key, value) for key, value in {**RUN, **run}.items() if value is not None]
        blocks.append("- " + "\n  ".join(f"{key}: {value}" for key, value in fields))
    return "\n\n".join(blocks).encode()


class TestAider(BenchmarkSourceTests):
    """The boards pass the kit."""

    @pytest.fixture
    def source(self) -> Aider:
        return Aider()

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (board({}, {"model": "beaver-2"}), board({}), board({"pass_rate_2": None}))


def test_a_run_has_everything_the_board_tells() -> None:
    """The mode stays in the name; the id it was called by and its day come along."""
    (score,) = read(board({"released": "2025-08-07"}), "polyglot", NOW)
    facts = Facts(known_as=("acme/alpaca-5",), released=date(2025, 8, 7))
    ran = datetime(2025, 8, 23, tzinfo=UTC)

    assert score == Score("alpaca-5 (high)", "aider_polyglot", "coding", 88.0, ran, facts=facts)


def test_the_first_attempt_counts_where_there_is_no_second() -> None:
    """As on the refactoring board."""
    (score,) = read(board({"pass_rate_2": None}), "refactor", NOW)

    assert (score.benchmark, score.value) == ("aider_refactor", 52.0)


def test_of_several_runs_the_best_counts() -> None:
    """They differ in the form of the edits, which is not the model's name."""
    runs = [
        {"model": "alpaca-5 (whole)", "pass_rate_2": "60"},
        {"model": "alpaca-5", "pass_rate_2": "70"},
        {"model": "alpaca-5 (diff)", "pass_rate_2": "50"},
    ]

    assert [(score.model, score.value) for score in read(board(*runs), "edit", NOW)] == [("alpaca-5", 70.0)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("alpaca-5 (diff-fenced)", "alpaca-5"),
        ("Alpaca 5 A22B diff, no think, Acme API", "Alpaca 5 A22B, no think"),
        ("alpaca-5 (32k thinking)", "alpaca-5 (32k thinking)"),
        ("alpaca-wholesale-5", "alpaca-wholesale-5"),
        ("alpaca, different", "alpaca, different"),
    ],
)
def test_how_a_model_was_run_is_not_its_name(written: str, name: str) -> None:
    """Neither the form of its edits nor who served it; its mode is."""
    (score,) = read(board({"model": written}), "polyglot", NOW)

    assert score.model == name


def test_two_models_together_are_no_model() -> None:
    """However the board marks them; nor is a run that was broken off a run."""
    runs = [
        {"model": "alpaca-5 + beaver-2"},
        {"model": "b", "edit_format": "architect"},
        {"model": "c", "editor_model": "beaver-2"},
        {"model": "d", "test_cases": "33"},
        {"model": "e"},
    ]

    assert [score.model for score in read(board(*runs), "polyglot", NOW)] == ["e"]


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("aider --model acme/alpaca-5", ("acme/alpaca-5",)),
        ("OPENAI_API_BASE=x aider --model=acme/alpaca-5", ("acme/alpaca-5",)),
        ("aider --model fast", ()),
        ("aider --opus", ()),
        ("(not supported)", ()),
    ],
)
def test_an_id_is_known_only_where_it_is_one(command: str, known: tuple[str, ...]) -> None:
    """Aider's own short names move from model to model."""
    (score,) = read(board({"command": command}), "polyglot", NOW)

    assert score.facts.known_as == known


def test_a_run_that_is_none_costs_that_run_only() -> None:
    """A rate that is no rate, no model, a day no calendar has or one to come."""
    runs: list[dict[str, Any]] = [
        {"model": "a", "pass_rate_2": "lots"},
        {"model": "b", "pass_rate_2": "100.5"},
        {"model": None},
        {"model": "d", "date": "2025-13-45"},
        {"model": "e", "date": "2099-01-01"},
        {"model": "f", "pass_rate_2": "0"},
    ]
    scores = read(board(*runs), "polyglot", NOW)

    assert [(score.model, score.as_of) for score in scores[:2]] == [("d", NOW), ("e", NOW)]
    assert [score.model for score in scores[2:]] == ["f"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a: &a [x, x]\nb: *a\n", "anchors"),
        (b"- &a {model: x}\n", "anchors"),
        (b"[" * 100, "nested more deeply than a board"),
        (b"[" * 100_000, "source aider: the file is"),  # refused by ours or by the library
        (b" " * ((4 << 20) + 1), "larger than 4 MiB"),
        (b"- model: [unclosed\n", "no YAML"),
        (b"\xff\xfe\x00", "no YAML"),
        (b"- \x00\n", "no YAML"),
        (b"!!python/object/apply:os.getcwd []", "none of 0 rows"),
        (b"model: not a list\n", "none of 0 rows"),
    ],
    ids=["bomb", "anchor", "nest", "deep nest", "large", "broken", "binary", "zero", "call", "table"],
)
def test_a_file_that_is_no_board_is_an_error(body: bytes, said: str) -> None:
    """A bomb is refused before it is built, and nothing in a file is ever called."""
    with pytest.raises(FeedError, match=said):
        read(body, "polyglot", NOW)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.dictionaries(st.sampled_from(sorted(RUN)), st.text(max_size=12))))
def test_whatever_a_file_holds_it_is_read_or_refused(wild: str | dict[str, str]) -> None:
    """Nothing else is raised."""
    body = wild.encode() if isinstance(wild, str) else board(wild, {})
    with contextlib.suppress(FeedError):
        assert all(0 <= score.value <= 100 for score in read(body, "polyglot", NOW))


def test_the_configured_boards_are_fetched() -> None:
    """From the configured folder."""
    http = FakeHttp(board({}))
    asyncio.run(Aider(Config("https://mirror.example/data/", ("polyglot",))).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/data/polyglot_leaderboard.yml"]


def test_whose_data_it_is_is_said() -> None:
    """Address and licence."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence) == ("aider", "Apache-2.0")


@pytest.mark.parametrize(
    ("name", "count", "best"), [("polyglot", 65, 88.0), ("edit", 94, 84.2), ("refactor", 13, 92.1)]
)
def test_the_recorded_boards_are_read_whole(shared_data: Path, name: str, count: int, best: float) -> None:
    """One score per model that ran alone and to the end."""
    scores = read((shared_data / "benchmarks" / "aider" / f"{name}_leaderboard.yml").read_bytes(), name, NOW)

    assert (len(scores), max(score.value for score in scores)) == (count, best)
