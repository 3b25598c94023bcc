"""Scores of Epoch AI's benchmarking hub."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import math
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import FRACTION, Facts, FeedError, Score
from pointsman.sources import ScoreFeed
from pointsman.testing import BenchmarkSourceTests, FakeHttp
from pointsman_epoch import Config, pointsman_benchmark_sources, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
HEAD = "Model version,mean_score,Best score (across scorers),Release date,Organization,Started at,id\n"
RUN = 'alpaca-5_high,0.8,0.832,2025-12-17,"Acme,Beta",2025-12-17T22:39:00.278Z,x\n'


def archive(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as into:
        for name, text in files.items():
            into.writestr(name, text)
    return packed.getvalue()


class TestEpoch(BenchmarkSourceTests):
    """The hub passes the kit."""

    @pytest.fixture
    def source(self) -> ScoreFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (archive({"gpqa_diamond.csv": HEAD + RUN, "math_level_5.csv": HEAD + RUN}),)


def test_a_run_has_everything_the_file_tells() -> None:
    """A share of one; its mode stays in the name, the first of several makers counts."""
    (score,) = read(archive({"gpqa_diamond.csv": HEAD + RUN}), NOW)
    began = datetime(2025, 12, 17, 22, 39, 0, 278000, tzinfo=UTC)

    assert score == Score(
        "alpaca-5_high",
        "epoch_gpqa_diamond",
        "reasoning",
        0.832,
        began,
        FRACTION,
        "Acme",
        facts=Facts(released=date(2025, 12, 17)),
    )


def test_every_file_has_its_own_column() -> None:
    """The index, a copied benchmark, a run without the best of several scorers; others are not read."""
    files: dict[str, str | bytes] = {
        "data/epoch_capabilities_index.csv": "Model version,ECI Score,Model name\na-5_high,151.3,A 5\n",
        "fictionlivebench_external.csv": "Model version,120k token score,16k token score\na-5,0.75,0.9\n",
        "simpleqa_verified.csv": "Model version,mean_score\nalpaca-5,0.5\n",
        "juggling.csv": "Model version,mean_score\nalpaca-5,0.5\n",
        "README.md": "# Licensing",
    }
    scores = read(archive(files), NOW)

    assert [(score.benchmark, score.category, score.value, score.facts.known_as) for score in scores] == [
        ("epoch_capabilities_index", "general", 151.3, ("A 5",)),
        ("epoch_fictionlivebench", "long_context", 0.75, ()),
        ("epoch_simpleqa_verified", "factuality", 0.5, ()),
    ]


def test_of_several_runs_the_newest_counts() -> None:
    """Wherever it stands."""
    rows = [
        RUN,
        RUN.replace("0.832", "0.9").replace("2025-12-17T", "2025-12-19T"),
        RUN.replace("0.832", "0.7"),
    ]

    assert [score.value for score in read(archive({"gpqa_diamond.csv": HEAD + "".join(rows)}), NOW)] == [0.9]


def test_a_file_counts_once() -> None:
    """The first of its name, in whichever folder."""
    other = HEAD + RUN.replace("0.832", "0.5")
    scores = read(archive({"a/gpqa_diamond.csv": HEAD + RUN, "b/gpqa_diamond.csv": other}), NOW)

    assert [score.value for score in scores] == [0.832]


def test_a_row_that_is_none_costs_that_row_only() -> None:
    """No figure, none on the scale, no version, a name that cannot be shown, a day to come."""
    rows = [
        RUN.replace("0.832", "NaN").replace("alpaca", "a"),
        RUN.replace("0.832", "83.2").replace("alpaca", "b"),
        RUN.replace("0.832", "").replace("alpaca", "c"),
        RUN.replace("alpaca-5_high", ""),
        RUN.replace("alpaca", "\x1b[1m"),
        RUN.replace("alpaca", "f").replace("2025-12-17T", "2099-12-17T"),
        RUN.replace("alpaca", "g").replace("2025-12-17T22:39:00.278Z", "yesterday"),
    ]
    scores = read(archive({"gpqa_diamond.csv": HEAD + "".join(rows)}), NOW)

    assert [(score.model, score.as_of) for score in scores] == [("f-5_high", NOW), ("g-5_high", NOW)]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "Model,Price\na,1\n",
        b"\xff\xfe",
        "Model version\nalpaca-5\n",
        HEAD,
        HEAD + RUN + "\n" * (16 << 20),
    ],
    ids=["empty", "other", "binary", "column", "no rows", "bomb"],
)
def test_a_broken_file_costs_that_file_only(broken: str | bytes) -> None:
    """And is an error where it is the only one."""
    both = read(archive({"math_level_5.csv": broken, "gpqa_diamond.csv": HEAD + RUN}), NOW)

    assert [score.benchmark for score in both] == ["epoch_gpqa_diamond"]
    with pytest.raises(FeedError, match="no benchmark of the archive"):
        read(archive({"math_level_5.csv": broken}), NOW)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_damaged_archive_is_read_or_refused(place: int, byte: int) -> None:
    """Whichever byte of it is another."""
    body = bytearray(archive({"math_level_5.csv": HEAD + RUN, "gpqa_diamond.csv": HEAD + RUN}))
    body[place % len(body)] = byte
    with contextlib.suppress(FeedError):
        assert all(0 <= score.value <= 300 for score in read(bytes(body), NOW))


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=7), max_size=5))
def test_whatever_the_rows_are_they_are_read_or_refused(rows: list[list[str]]) -> None:
    """Nothing else is raised."""
    text = HEAD + "\n".join(",".join(cells) for cells in rows)
    with contextlib.suppress(FeedError):
        scores = read(archive({"gpqa_diamond.csv": text.encode("utf-8", "replace")}), NOW)

        assert all(0 <= score.value <= 1 for score in scores)


def test_the_address_is_a_setting() -> None:
    """For mirrors and pins."""
    http = FakeHttp(archive({"gpqa_diamond.csv": HEAD + RUN}))
    asyncio.run(source(Config("https://mirror.example/hub.zip")).scores(http))

    assert [sent.url for sent in http.sent] == ["https://mirror.example/hub.zip"]


def test_whose_data_it_is_is_said() -> None:
    """Address, licence and what it asks for."""
    ((name, origin),) = [(each.name, each.origin) for each in pointsman_benchmark_sources()]

    assert (name, origin and origin.licence, "Epoch AI" in (origin.attribution if origin else "")) == (
        "epoch",
        "CC-BY-4.0",
        True,
    )


def test_the_recorded_scores_are_read_whole(shared_data: Path) -> None:
    """Every score of every recorded benchmark, written as the archive writes them."""
    file = shared_data / "benchmarks" / "epoch" / "benchmark_data.json"
    recorded = json.loads(file.read_text())  # holds NaN, which Python reads
    files = {f"{name}.csv": sheet(rows) for name, rows in recorded["benchmarks"].items()}
    index = [{**row, "score": row["eci_score"]} for row in recorded["index"]]
    files["epoch_capabilities_index.csv"] = sheet(index, column="ECI Score")
    scores = read(archive({**files}), NOW)
    gpqa = {score.model: score.value for score in scores if score.benchmark == "epoch_gpqa_diamond"}
    rated = {row["model_version"] for row in index if row["score"] is not None}

    assert gpqa == {row["model_version"]: row["score"] for row in recorded["benchmarks"]["gpqa_diamond"]}
    assert len(scores) == sum(map(len, recorded["benchmarks"].values())) + len(rated)


def sheet(rows: list[dict[str, Any]], column: str = "Best score (across scorers)") -> str:
    """Rows of the recorded file as the archive writes them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Model version", column, "Release date", "Organization"])
    for row in rows:
        known = isinstance(row["score"], float) and not math.isnan(row["score"])
        writer.writerow(
            [row["model_version"], row["score"] if known else "", row["release_date"], row["organization"]]
        )
    return text.getvalue()
