"""Scores of LiveBench (https://livebench.ai).

A release of LiveBench is a set of fresh questions with a table of its own: ``table_2026_06_25.csv`` (a row
per model, a column per task, 0 to 100) and ``categories_2026_06_25.json`` (category → its tasks). Releases
ask other questions, so figures of two releases are never mixed: the newest one is read, which the listing of
the site's folder tells, or the one the configuration names.

A category's score is the mean of its tasks, as the site computes it; a row that lacks a task of a category
has no score in it.

LiveBench writes the mode behind the model's id in a hand of its own (``…-highthinking``, ``…-thinking-auto``,
``…-base`` for a thinking model with thinking off). It is rewritten into the usual words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    FeedError,
    Http,
    Origin,
    Score,
    Speed,
    hookimpl,
    setting,
)
from pointsman.sources import as_json, csv_rows, fetch, one_each, percent, readable
from pointsman.wire.fields import identifier, rows, string, table

NAME = "livebench"
INDEX = "https://api.github.com/repos/LiveBench/new-livebench/contents/public"
FILES = "https://raw.githubusercontent.com/LiveBench/new-livebench/main/public"
ORIGIN = Origin(
    url="https://livebench.ai",
    licence="none stated",
    changes="with each model release; new questions about twice a year",
)
CATEGORIES: Mapping[str, str] = {
    "Reasoning": "reasoning",
    "Coding": "coding",
    "Agentic Coding": "coding",
    "Mathematics": "math",
    "Data Analysis": "reasoning",
    "Language": "general",
    "IF": "instructions",
    "Instruction Following": "instructions",
}
"""Category of LiveBench → ours; one that is not here is not read."""

_TABLE = re.compile(r"table_(\d{4}_\d{2}_\d{2})\.csv")
_HANDS = (
    (re.compile(r"(high|low|medium)thinking$"), r"\1-thinking"),
    (re.compile(r"-thinking-auto\b"), "-thinking"),
    (re.compile(r"-(?:base|nothinking)$"), "-no-thinking"),
)


@frozen
class Config:
    """Settings: which release (``2026-06-25``; empty for the newest), where releases are listed, and where
    their files are.
    """

    release: str = setting("LIVEBENCH_RELEASE", default="")
    index_url: str = setting("LIVEBENCH_INDEX_URL", default=INDEX)
    files_url: str = setting("LIVEBENCH_FILES_URL", default=FILES)


@frozen
class LiveBench:
    """The newest release, as it is today."""

    config: Config = Config()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model and category.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no list of releases, or no table.
        """
        release = self.config.release.replace("-", "_")
        if not release:
            release = newest(await fetch(http, NAME, self.config.index_url, as_json))
        base, now = self.config.files_url.rstrip("/"), datetime.now(UTC)
        categories = await fetch(http, NAME, f"{base}/categories_{release}.json", as_json)
        url = f"{base}/table_{release}.csv"
        return await fetch(http, NAME, url, lambda answer: read(answer.body, categories, now))


def newest(listing: object) -> str:
    """The newest release, as file names write it, of a folder's listing (the answer of GitHub's API).

    Raises:
        FeedError: It lists none that has both its table and its categories.
    """
    names = {string(table(entry).get("name")) for entry in rows(listing)}
    releases = [match[1] for name in names if (match := _TABLE.fullmatch(name))]
    whole = [release for release in releases if f"categories_{release}.json" in names]
    if not whole:
        raise FeedError(NAME, "the listing names no table of a release")
    return max(whole)


def read(body: bytes, categories: object, now: datetime) -> tuple[Score, ...]:
    """The scores of a release.

    Raises:
        FeedError: There is no category that is known, or the table cannot be read.
    """
    known = {name: _texts(tasks) for name, tasks in table(categories).items() if name in CATEGORIES}
    if not any(known.values()):
        raise FeedError(NAME, f"no category is known, of {', '.join(map(str, table(categories)))[:200]!r}")

    def scores(row: Mapping[str, str]) -> Iterator[Score]:
        model = identifier(spelled(row["model"]))
        if model is None:
            raise ValueError("the model has no name that can be shown")
        for name, tasks in known.items():
            values = [value for task in tasks if (value := percent(row.get(task))) is not None]
            if tasks and len(values) == len(tasks):
                yield Score(model, _benchmark(name), CATEGORIES[name], fmean(values), now)

    found = readable(NAME, csv_rows(NAME, body, ("model",)), scores)
    return one_each(found, lambda score: (score.model, score.benchmark))


def spelled(model: str) -> str:
    """A model's id with its mode in the usual words."""
    for pattern, usual in _HANDS:
        model = pattern.sub(usual, model)
    return model


def _benchmark(name: str) -> str:
    return "livebench_" + name.lower().replace(" ", "_")


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in rows(value) if isinstance(text, str)))


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, LiveBench, config=Config, summary="Questions that no model has seen before.", origin=ORIGIN
    )
