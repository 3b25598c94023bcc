"""Scores of Aider's leaderboards (https://aider.chat/docs/leaderboards/): editing code until its tests pass.

The boards are YAML files in Aider's repository, a list of runs::

    - dirname: 2025-08-23-15-47-21--alpaca-5-high
      test_cases: 225
      model: alpaca-5 (high)
      edit_format: diff
      pass_rate_1: 52.0
      pass_rate_2: 88.0
      command: aider --model acme/alpaca-5
      date: 2025-08-23

``pass_rate_2`` (percent solved within two attempts) is what the boards rank by; the refactoring board has
only ``pass_rate_1``. Of several runs of one model the best counts, since they differ in the form its edits
were asked for, and anybody who uses it picks the form that works. Not read: runs of two models together (an
architect and an editor), and runs that were broken off (less than half of the board's cases).

Every value is read as text (YAML would make a number of some commit hashes), and a document with anchors or
with deep nesting is refused before anything is built: the boards have neither, and bombs do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import field, frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    Facts,
    FeedError,
    Http,
    Origin,
    Score,
    Speed,
    hookimpl,
    setting,
)
from pointsman.sources import fetch, figure, moment, one_each, percent, readable
from pointsman.wire.fields import day, identifier, rows, string, table

NAME = "aider"
URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data"
ORIGIN = Origin(
    url="https://aider.chat/docs/leaderboards/",
    licence="Apache-2.0",
    changes="now and then; the newest runs are of 2025",
)
CATEGORY = "coding"
BOARDS = ("polyglot", "edit", "refactor")
"""Files are called ``<board>_leaderboard.yml``."""

_LARGEST = 4 << 20  # bytes; the largest board was 56 KiB in 2025, and YAML is slow to read
_DEEPEST = 4  # levels; a board has two
_LEAST = 0.5  # share of the board's cases a run must have
_ASIDE = re.compile(r"\s*\(?\b(?:whole|diff-fenced|udiff|diff)\b\)?|,[^,]* API$")  # not the model's name
_MODEL = re.compile(r"--model[= ](\S+)")
_DIGIT = re.compile(r"\d")

_Run = Mapping[str, Any]


@frozen
class Config:
    """Settings: the folder the boards are in, and which to read."""

    url: str = setting("AIDER_LEADERBOARD_URL", default=URL)
    boards: tuple[str, ...] = field(default=BOARDS, converter=tuple[str, ...])


@frozen
class Aider:
    """The boards, as they are today."""

    config: Config = Config()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model and board.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no board.
        """
        now = datetime.now(UTC)
        boards = [await self._board(http, board, now) for board in self.config.boards]
        return tuple(score for board in boards for score in board)

    async def _board(self, http: Http, board: str, now: datetime) -> tuple[Score, ...]:
        url = f"{self.config.url.rstrip('/')}/{board}_leaderboard.yml"
        return await fetch(http, NAME, url, lambda answer: read(answer.body, board, now))


def read(body: bytes, board: str, now: datetime) -> tuple[Score, ...]:
    """The scores of one board.

    Raises:
        FeedError: It is no YAML list of runs, or most of them cannot be read.
    """
    runs = [table(run) for run in rows(_document(body))]
    cases = max((count for run in runs if (count := figure(run.get("test_cases")))), default=0)

    def scores(run: _Run) -> Iterator[Score]:
        score, count = _score(run, board, now), figure(run.get("test_cases"))
        if not _is_of_two(run) and (count is None or count >= _LEAST * float(cases)):
            yield score

    found = readable(NAME, runs, scores)
    return one_each(found, lambda score: score.model, lambda score, known: score.value > known.value)


def _document(body: bytes) -> object:
    """The document, with every value as text.

    Raises:
        FeedError: It is no YAML, or is built to grow.
    """
    if len(body) > _LARGEST:
        raise FeedError(NAME, f"the file is larger than {_LARGEST >> 20} MiB")
    import yaml  # here, because every command loads every plugin, and few read a board

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the first where the C library was there to build
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            if getattr(event, "anchor", None) is not None:
                raise FeedError(NAME, "the file uses anchors, which no board does")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise FeedError(NAME, "the file is nested more deeply than a board is")
        return yaml.load(text, Loader=loader)  # noqa: S506 (a base loader makes lists, tables and text, no objects)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise FeedError(NAME, f"the file is no YAML: {' '.join(str(error).split())[:200]}") from error


def _score(run: _Run, board: str, now: datetime) -> Score:
    """The score of a run.

    Raises:
        ValueError: It names no model, or no rate.
    """
    model = identifier(_ASIDE.sub("", string(run.get("model"))).strip())
    rate = percent(run.get("pass_rate_2", run.get("pass_rate_1")))
    if model is None or rate is None:
        raise ValueError(f"a run without a model or a rate: {string(run.get('dirname'))[:60]!r}")
    called = _MODEL.search(string(run.get("command")))
    given = identifier(called[1]) if called else None
    return Score(
        model,
        f"aider_{board}",
        CATEGORY,
        rate,
        moment(run.get("date"), now),
        facts=Facts(
            # Without a figure it is one of Aider's own short names, which move from model to model.
            known_as=(given,) if given and _DIGIT.search(given) else (),
            released=day(run.get("released", run.get("_released"))),
        ),
    )


def _is_of_two(run: _Run) -> bool:
    return run.get("edit_format") == "architect" or "editor_model" in run or " + " in string(run.get("model"))


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(NAME, Aider, config=Config, summary="Editing code until its tests pass.", origin=ORIGIN)
