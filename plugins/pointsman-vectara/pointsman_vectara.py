"""Hallucination rates by Vectara (https://github.com/vectara/hallucination-leaderboard).

How often a model says what is not in the document it was to summarise, judged by Vectara's own
evaluation model. The board is the table in the repository's README::

    Last updated on March 10, 2026

    |Model|Hallucination Rate|Factual Consistency Rate|Answer Rate|Average Summary Length (Words)|
    |----|----:|----:|----:|----:|
    |acme/alpaca-5|1.8 %|98.2 %|99.5 %|172.4|

The factual consistency rate is what the hallucination rate leaves of 100 %, so it is not a second score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    FeedError,
    Origin,
    Scale,
    Score,
    hookimpl,
    setting,
)
from pointsman.sources import ScoreFeed, as_bytes, moment, one_each, percent, readable
from pointsman.wire.fields import identifier, label

NAME = "vectara"
URL = "https://raw.githubusercontent.com/vectara/hallucination-leaderboard/main/README.md"
ORIGIN = Origin(
    url="https://github.com/vectara/hallucination-leaderboard",
    licence="Apache-2.0",
    changes="every few weeks",
)
BENCHMARK = "vectara_hallucination_rate"
CATEGORY = "factuality"
FEWER_IS_BETTER = Scale(100.0, 0.0)

_MODEL = "model"
_RATE = "hallucination rate"
_UPDATED = re.compile(r"Last updated on ([A-Z][a-z]+) (\d{1,2})[a-z]*, (\d{4})")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@frozen
class Config:
    """Settings: where the README is."""

    url: str = setting("VECTARA_URL", default=URL)


def source(config: Config) -> ScoreFeed:
    """The board, as it is today: one score per model."""
    return ScoreFeed(NAME, config.url, read, as_bytes)


def read(body: bytes, now: datetime) -> tuple[Score, ...]:
    """The scores of a README.

    Raises:
        FeedError: It holds no table with a model and its rate, or none that can be read.
    """
    text = body.decode("utf-8", errors="replace")
    as_of = _updated(text, now)

    def score(row: Mapping[str, str]) -> Iterator[Score]:
        model = identifier(_LINK.sub(r"\1", row.get(_MODEL, "")).strip())
        rate = percent(row.get(_RATE, "").replace(" ", ""))
        if model is None or rate is None:
            raise ValueError(f"no model or no rate in {str(dict(row))[:100]}")
        creator, _, name = model.partition("/")
        yield Score(
            model, BENCHMARK, CATEGORY, rate, as_of, FEWER_IS_BETTER, label(creator) if name else None
        )

    return one_each(readable(NAME, _table(text), score), lambda score: score.model)


def _table(text: str) -> list[Mapping[str, str]]:
    """The rows of the first table that has the two columns, by lower-case column name."""
    lines = iter(text.splitlines())
    for line in lines:
        names = [name.lower() for name in _cells(line)]
        if _MODEL in names and _RATE in names:
            next(lines, None)  # the line of dashes
            return [dict(zip(names, _cells(row), strict=False)) for row in _until_blank(lines)]
    raise FeedError(NAME, "the page holds no table of hallucination rates")


def _until_blank(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.lstrip().startswith("|"):
            return
        yield line


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _updated(text: str, now: datetime) -> datetime:
    """The day the page says it was updated, never one to come; now where it says none."""
    match = _UPDATED.search(text)
    try:
        day = datetime.strptime(" ".join(match.groups()) + " +0000", "%B %d %Y %z") if match else None
    except ValueError:
        return now
    return moment(day, now)


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME,
        source,
        config=Config,
        summary="How often a model makes things up when it summarises.",
        origin=ORIGIN,
    )
