"""Ratings of LMArena (https://arena.ai/leaderboard): people choose the better of two answers, blind.

Two sources, because two places publish what one alone does not:

* ``lmarena`` reads the Arena's own catalogue (https://github.com/lmarena/arena-catalog): hundreds of models,
  a rating per kind of prompt, with the influence of length and formatting taken out ("style control")::

      {"coding": {"alpaca-5": {"rating": 1450.2, "rating_q975": 1460.1, "rating_q025": 1440.3}}}

  It tells no date, so GitHub is asked when the file last changed; where it does not answer, the ratings are
  dated on the day they are fetched.
* ``lmarena-daily`` reads a daily copy of the Arena's front pages
  (https://github.com/oolong-tea-2026/arena-ai-leaderboards): fewer models, one rating per board, but new ones
  appear within a day::

      {"meta": {"fetched_at": "2026-04-19T04:38:02+00:00"},
       "models": [{"model": "alpaca-5", "vendor": "Acme", "license": "open", "score": 1505, "ci": 11}]}

Both are ratings of the kind used in chess: only differences mean something, there is no best and no worst,
and the two do not share a zero; so they are benchmarks of their own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    Facts,
    FeedError,
    Http,
    Origin,
    ProviderError,
    Scale,
    Score,
    Speed,
    hookimpl,
    setting,
)
from pointsman.sources import as_json, fetch, moment, number, one_each, readable
from pointsman.wire.fields import identifier, label, rows, string, table

NAME = "lmarena"
DAILY = "lmarena-daily"
URL = "https://raw.githubusercontent.com/lmarena/arena-catalog/main/data"
HISTORY = (
    "https://api.github.com/repos/lmarena/arena-catalog/commits"
    "?per_page=1&path=data/leaderboard-text-style-control.json"
)
DAILY_URL = "https://raw.githubusercontent.com/oolong-tea-2026/arena-ai-leaderboards/main/data"
ORIGIN = Origin(
    url="https://github.com/lmarena/arena-catalog", licence="none stated", changes="every few weeks"
)
DAILY_ORIGIN = Origin(
    url="https://github.com/oolong-tea-2026/arena-ai-leaderboards", licence="MIT", changes="daily"
)
RATING = Scale(0.0, 3000.0)
"""Ratings have no ends: those of 2023 to 2026 lie between 500 and 1600. Wide enough that none falls out,
narrow enough that a figure of another kind does."""

TEXT: Mapping[str, str] = {
    "full": "general",
    "coding": "coding",
    "math": "math",
    "if": "instructions",
    "hard_6": "reasoning",
    "long_user": "long_context",
    "chinese": "multilingual",
    "french": "multilingual",
    "german": "multilingual",
    "japanese": "multilingual",
    "korean": "multilingual",
    "russian": "multilingual",
    "spanish": "multilingual",
}
"""Kind of prompt → category. The others (English, industries, without ties …) are cuts of the same votes."""
VISION: Mapping[str, str] = {"full": "vision"}
FILES: Mapping[str, Mapping[str, str]] = {
    "leaderboard-text-style-control.json": TEXT,
    "leaderboard-vision-style-control.json": VISION,
}
BOARDS: Mapping[str, str] = {"text": "general", "code": "coding", "vision": "vision"}
"""Board → category. The others rate pictures, films, or models together with a search engine."""

log = logging.getLogger(__name__)

_HARNESS = re.compile(r"harness\)$")  # a model inside somebody's agent, as in ``alpaca-5 (acme-harness)``


@frozen
class Config:
    """Settings: the folder of the catalogue, and where to ask when it last changed (empty: nowhere)."""

    url: str = setting("LMARENA_URL", default=URL)
    history_url: str = setting("LMARENA_HISTORY_URL", default=HISTORY)


@frozen
class DailyConfig:
    """Settings: the folder of the daily copies."""

    url: str = setting("LMARENA_DAILY_URL", default=DAILY_URL)


@frozen
class Catalogue:
    """Ratings by kind of prompt."""

    config: Config = Config()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model and kind of prompt.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no catalogue.
        """
        as_of = await self._changed(http, datetime.now(UTC))
        files = [await self._file(http, *file, as_of) for file in FILES.items()]
        return tuple(score for file in files for score in file)

    async def _file(
        self, http: Http, file: str, categories: Mapping[str, str], as_of: datetime
    ) -> tuple[Score, ...]:
        url = f"{self.config.url.rstrip('/')}/{file}"
        return await fetch(http, NAME, url, lambda answer: read(answer.json(), categories, as_of))

    async def _changed(self, http: Http, now: datetime) -> datetime:
        """When the catalogue last changed; now where nobody says."""
        if not self.config.history_url:
            return now
        try:
            history = await fetch(http, NAME, self.config.history_url, as_json)
        except (FeedError, ProviderError) as error:
            log.info("%s: when the catalogue last changed is not known: %s", NAME, error)
            return now
        newest = table(next(iter(rows(history)), None))
        return moment(table(table(newest.get("commit")).get("committer")).get("date"), now)


@frozen
class Front:
    """Ratings of the front pages, copied daily."""

    config: DailyConfig = DailyConfig()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model and board.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no board.
        """
        base, now = self.config.url.rstrip("/"), datetime.now(UTC)
        latest = table(await fetch(http, DAILY, f"{base}/latest.json", as_json))
        folder = string(latest.get("path"))
        if identifier(folder) is None or "/" in folder:
            raise FeedError(DAILY, "latest.json names no folder")
        boards = [await self._board(http, f"{base}/{folder}", board, now) for board in BOARDS]
        return tuple(score for board in boards for score in board)

    async def _board(self, http: Http, folder: str, board: str, now: datetime) -> tuple[Score, ...]:
        url = f"{folder}/{board}.json"
        return await fetch(http, DAILY, url, lambda answer: read_board(answer.json(), board, now))


def read(document: object, categories: Mapping[str, str], as_of: datetime) -> tuple[Score, ...]:
    """The scores of one file of the catalogue.

    Args:
        document: Kind of prompt → model → its rating and the ends of its interval.
        categories: Kinds to read; what a score of each says something about.
        as_of: When it last changed.

    Raises:
        FeedError: It says nothing of them.
    """
    entries = (
        (kind, model, entry)
        for kind in categories
        for model, entry in table(table(document).get(kind)).items()
    )

    def score(row: tuple[str, str, Any]) -> Iterator[Score]:
        kind, model, entry = row
        category = categories[kind]
        name = f"lmarena_{'text' if categories is TEXT else category}_{kind}"
        yield _score(model, name, category, table(entry).get("rating"), as_of)

    return readable(NAME, entries, score)


def read_board(document: object, board: str, now: datetime) -> tuple[Score, ...]:
    """The scores of one board of the daily copy.

    Raises:
        FeedError: It says nothing.
    """
    as_of = moment(table(table(document).get("meta")).get("fetched_at"), now)

    def score(row: object) -> Iterator[Score]:
        entry = table(row)
        name = entry.get("model")
        if _HARNESS.search(string(name)):
            return
        yield _score(
            name,
            f"lmarena_daily_{board}",
            BOARDS[board],
            entry.get("score"),
            as_of,
            creator=label(entry.get("vendor")),
            facts=Facts(open_weights=_OPEN.get(string(entry.get("license")).lower())),
        )

    found = readable(DAILY, rows(table(document).get("models")), score)
    return one_each(found, lambda score: score.model)


_OPEN = {"open": True, "proprietary": False}


def _score(
    name: object, benchmark: str, category: str, rating: object, as_of: datetime, **more: Any
) -> Score:
    """The score.

    Raises:
        ValueError: The row has no name that can be shown, or no rating that can be one.
    """
    model = identifier(name)
    value = number(rating)
    if model is None or value is None or not RATING.worst <= value <= RATING.best:
        raise ValueError(f"no model or no rating: {str(name)[:50]!r}, {str(rating)[:50]!r}")
    return Score(model, benchmark, category, float(value), as_of, RATING, **more)


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, Catalogue, config=Config, summary="What people prefer, by kind of prompt.", origin=ORIGIN
    )
    yield Extension(
        DAILY, Front, config=DailyConfig, summary="What people prefer, as of today.", origin=DAILY_ORIGIN
    )
