"""Hallucination rates by Vectara (https://github.com/vectara/hallucination-leaderboard).

How often a model says what is not in the document it was told to summarise, judged by Vectara's own
evaluation model. The board is the table in the repository's README::

    Last updated on March 10, 2026

    |Model|Hallucination Rate|Factual Consistency Rate|Answer Rate|Average Summary Length (Words)|
    |----|----:|----:|----:|----:|
    |acme/alpaca-5|1.8 %|98.2 %|99.5 %|172.4|

The factual consistency rate is what the hallucination rate leaves of 100 %, so it is not a second score.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    FeedError,
    Http,
    HttpRequest,
    Origin,
    Scale,
    Score,
    Speed,
    hookimpl,
    setting,
)
from pointsman.providers.fields import identifier, label
from pointsman.sources import percent, readable

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


@frozen
class Vectara:
    """The board, as it is today."""

    config: Config = Config()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what holds no such table.
        """
        answer = await http.request(HttpRequest("GET", self.config.url))
        return await asyncio.to_thread(read, answer.body, datetime.now(UTC))


def read(body: bytes, now: datetime) -> tuple[Score, ...]:
    """The scores of a README.

    Raises:
        FeedError: It holds no table with a model and its rate, or none that can be read.
    """
    text = body.decode("utf-8", errors="replace")
    as_of = _updated(text, now)
    seen: set[str] = set()

    def score(row: Mapping[str, str]) -> Iterator[Score]:
        model = identifier(_LINK.sub(r"\1", row.get(_MODEL, "")).strip())
        rate = percent(row.get(_RATE, "").replace(" ", ""))
        if model is None or rate is None:
            raise ValueError(f"no model or no rate in {str(dict(row))[:100]}")
        if model not in seen:
            seen.add(model)
            creator, _, name = model.partition("/")
            yield Score(
                model, BENCHMARK, CATEGORY, rate, as_of, FEWER_IS_BETTER, label(creator) if name else None
            )

    return readable(NAME, _table(text), score)


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
        day = datetime.strptime(" ".join(match.groups()) + " +0000", "%B %d %Y %z") if match else now
    except ValueError:
        return now
    return min(day, now)


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME,
        Vectara,
        config=Config,
        summary="How often a model makes things up when it summarises.",
        origin=ORIGIN,
    )
