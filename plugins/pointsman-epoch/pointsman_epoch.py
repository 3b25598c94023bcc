"""Scores of Epoch AI's benchmarking hub (https://epoch.ai/benchmarks).

One ZIP archive with a CSV file per benchmark. Files of Epoch's own runs look like this::

    Model version,mean_score,Best score (across scorers),Release date,Organization,…,Started at,id
    alpaca-5_high,0.832,0.832,2025-12-17,Acme,…,2025-12-17T22:39:00.278Z,x

and those it copies from others (``…_external.csv``) have their score in a column of their own. Scores are
shares from 0 to 1. A model's version carries its mode (``_high``, ``_16K``).

``epoch_capabilities_index.csv`` holds Epoch's own index over all of these, one figure per model on a scale
without ends.

Which files are read, from which column and for which category, is declared in `BENCHMARKS`: of the copied
ones only those that no other plugin brings from their own place.
"""

from __future__ import annotations

import io
import logging
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import frozen
from pointsman import (
    FRACTION,
    BenchmarkSource,
    Extension,
    Facts,
    FeedError,
    Origin,
    Scale,
    Score,
    hookimpl,
    setting,
)
from pointsman.sources import ScoreFeed, as_bytes, csv_rows, figure, moment, one_each, readable
from pointsman.wire.fields import day, identifier, label

NAME = "epoch"
URL = "https://epoch.ai/data/benchmark_data.zip"
ORIGIN = Origin(
    url="https://epoch.ai/benchmarks",
    licence="CC-BY-4.0",
    changes="daily",
    attribution="Epoch AI, 'AI Benchmarking', https://epoch.ai/benchmarks",
)
INDEX_SCALE = Scale(0.0, 300.0)
"""The index has no ends: models of 2023 to 2025 lie between 60 and 155."""


@frozen
class Column:
    """Where the score of one file stands, and what it says something about."""

    category: str
    names: tuple[str, ...] = ("Best score (across scorers)", "mean_score")
    scale: Scale = FRACTION


BENCHMARKS: Mapping[str, Column] = {
    "epoch_capabilities_index": Column("general", ("ECI Score",), INDEX_SCALE),
    "gpqa_diamond": Column("reasoning"),
    "chess_puzzles": Column("reasoning"),
    "math_level_5": Column("math"),
    "otis_mock_aime_2024_2025": Column("math"),
    "frontiermath": Column("math"),
    "frontiermath_tier_4": Column("math"),
    "frontiermath_tiers_1_3_v2": Column("math"),
    "frontiermath_tier_4_v2": Column("math"),
    "swe_bench_verified": Column("coding"),
    "simpleqa_verified": Column("factuality"),
    "arc_agi_external": Column("reasoning", ("Score",)),
    "arc_agi_2_external": Column("reasoning", ("Score",)),
    "simplebench_external": Column("reasoning", ("Score (AVG@5)",)),
    "hle_external": Column("knowledge", ("Accuracy",)),
    "mmlu_external": Column("knowledge", ("EM",)),
    "weirdml_external": Column("coding", ("Accuracy",)),
    "terminalbench_external": Column("agentic", ("Accuracy mean",)),
    "fictionlivebench_external": Column("long_context", ("120k token score",)),
    "vpct_external": Column("vision", ("Correct",)),
}
"""File → column and category; a file that is not here is not read."""

_LARGEST = 16 << 20  # bytes of one file, unpacked
_MOST_FILES = 1_000
_USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)

log = logging.getLogger(__name__)


@frozen
class Config:
    """Settings: where the archive is."""

    url: str = setting("EPOCH_BENCHMARKS_URL", default=URL)


def source(config: Config) -> ScoreFeed:
    """The hub, as it is today: one score per model, mode and benchmark."""
    return ScoreFeed(NAME, config.url, read, as_bytes)


def read(body: bytes, now: datetime) -> tuple[Score, ...]:
    """The scores of every declared file of the archive; a file that is broken costs that file only.

    Raises:
        FeedError: It is no archive, or holds no declared file that can be read.
    """
    found: list[Score] = []
    trouble = "it holds none of them"
    for name, table in _files(body):
        try:
            found += _scores(name, table(), now)
        except FeedError as error:
            trouble = str(error)
            log.warning("%s: %s is left out: %s", NAME, name, error)
    if not found:
        raise FeedError(NAME, f"no benchmark of the archive can be read: {trouble}")
    return tuple(found)


def _files(body: bytes) -> Iterator[tuple[str, _Table]]:
    """Declared benchmarks in the archive, each with what reads its file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        entries = archive.infolist()[:_MOST_FILES]
    except _BROKEN as error:
        raise FeedError(NAME, f"the file is no ZIP archive: {error}") from error
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.rsplit("/", 1)[-1].removesuffix(".csv")
        if name in BENCHMARKS and name not in seen:
            seen.add(name)
            yield name, _Table(archive, entry)


@frozen
class _Table:
    """A file in the archive, not unpacked yet."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    def __call__(self) -> list[Mapping[str, str]]:
        try:
            if self.entry.compress_type not in _USUAL:
                raise zipfile.BadZipFile("it is packed in an unusual way")
            with self.archive.open(self.entry) as file:
                body = file.read(_LARGEST + 1)
        except _BROKEN as error:
            raise FeedError(NAME, f"{self.entry.filename[:60]!r} cannot be unpacked: {error}") from error
        if len(body) > _LARGEST:  # what the archive says of its size is not believed
            raise FeedError(NAME, f"{self.entry.filename[:60]!r} is larger than {_LARGEST >> 20} MiB")
        return csv_rows(NAME, body, ("Model version",))


def _scores(name: str, table: list[Mapping[str, str]], now: datetime) -> tuple[Score, ...]:
    """The scores of one file; of several runs of one model the newest."""
    declared = BENCHMARKS[name]
    column = next((each for each in declared.names if table and each in table[0]), "")
    if not column:
        raise FeedError(NAME, f"it has no column {' or '.join(declared.names)}")
    found = readable(NAME, table, lambda row: _score(row, name, row.get(column, ""), now))
    return one_each(found, lambda score: score.model, lambda score, known: score.as_of > known.as_of)


def _score(row: Mapping[str, str], name: str, written: str, now: datetime) -> Iterator[Score]:
    """The score of a row; none where it has no figure, or names no version of a model.

    Raises:
        ValueError: The name cannot be shown, or the figure lies off its scale.
    """
    if not written or not row["Model version"]:
        return
    declared, value, model = BENCHMARKS[name], figure(written), identifier(row["Model version"])
    if model is None or value is None or not declared.scale.worst <= value <= declared.scale.best:
        raise ValueError(f"no model or no score: {row['Model version'][:60]!r}, {written[:20]!r}")
    shown = label(row.get("Model name"))
    yield Score(
        model,
        name if name.startswith("epoch_") else f"epoch_{name.removesuffix('_external')}",
        declared.category,
        float(value),
        moment(row.get("Started at"), now),
        declared.scale,
        label(row.get("Organization", "").split(",")[0]),
        facts=Facts(known_as=(shown,) if shown else (), released=day(row.get("Release date"))),
    )


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, source, config=Config, summary="Hard benchmarks, run by Epoch AI itself.", origin=ORIGIN
    )
