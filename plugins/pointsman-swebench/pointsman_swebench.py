"""Scores of SWE-bench (https://www.swebench.com): real issues of real repositories, solved until tests pass.

Most entries of its boards are products of an agent *and* a model. Only those of one small agent with nothing
but a shell, run by the makers of the benchmark themselves, compare models; they are recognised by their
folder (``20251124_mini-v1.16.0_…``) on whichever board they stand::

    {"leaderboards": [{"name": "Verified", "results": [
      {"name": "Alpaca 5 (high)", "folder": "20260217_mini-v2.0.0_alpaca-5-high", "resolved": 76.8,
       "date": "2026-02-17", "tags": ["Model: alpaca-5", "Org: Acme"], "reasoning_effort": "high",
       "model_release_date": 20251124, "os_model": false}]}]}

Two generations of that agent are not comparable, so they are two benchmarks. The same run stands on several
boards and counts once; of several runs of one model in one mode the newest counts.

The data is CC BY-NC 4.0, that is: not for commercial use. So this source is off until its user says that the
licence fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Extension,
    Facts,
    Origin,
    Score,
    hookimpl,
    setting,
)
from pointsman.sources import ScoreFeed, moment, one_each, percent, readable
from pointsman.wire.fields import day, identifier, label, rows, string, table

NAME = "swebench"
URL = "https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io/master/data/leaderboards.json"
ORIGIN = Origin(
    url="https://www.swebench.com",
    licence="CC-BY-NC-4.0",
    changes="every few months",
    attribution="SWE-bench, https://www.swebench.com",
)
CATEGORY = "coding"
BOARDS: Mapping[str, str] = {
    "Verified": "swe_bench_verified",
    "bash-only": "swe_bench_verified",
    "Multilingual": "swe_bench_multilingual",
}
"""Board → benchmark; "bash-only" was a second view of "Verified"."""

_AGENT = re.compile(r"\d{8}_mini-v(\d+)\.")
_MODE = re.compile(r"\b(none|minimal|low|medium|high|xhigh|max)\b(?: reasoning)?\)?\s*(?:\([^()]*\))?$")
_HOST = re.compile(r"https?://[^/]+/")


@frozen
class Config:
    """Settings: whether the data's licence (CC BY-NC 4.0: no commercial use) is accepted, which turns the
    source on, and where the boards are.
    """

    accept_licence: bool = setting("SWEBENCH_ACCEPT_LICENCE")
    url: str = setting("SWEBENCH_URL", default=URL)

    def __attrs_post_init__(self) -> None:
        if self.accept_licence is not True:
            raise ValueError(f"'accept_licence' must be true: the data is {ORIGIN.licence}")


def source(config: Config) -> ScoreFeed:
    """The boards, as they are today: one score per model, mode and generation of the agent."""
    return ScoreFeed(NAME, config.url, read)


def read(document: object, now: datetime) -> tuple[Score, ...]:
    """The scores of all boards.

    Raises:
        FeedError: No entry says anything, or most cannot be read.
    """
    entries = [
        (BOARDS[name], table(entry))
        for board in rows(table(document).get("leaderboards"))
        if (name := string(table(board).get("name"))) in BOARDS
        for entry in rows(table(board).get("results"))
        if _AGENT.match(string(table(entry).get("folder")))
    ]
    found = readable(NAME, entries, lambda entry: _score(*entry, now))
    return one_each(
        found,
        lambda score: (score.model, score.benchmark),
        lambda score, known: score.as_of > known.as_of,
    )


def _score(board: str, entry: Mapping[str, Any], now: datetime) -> Iterator[Score]:
    """The score of an entry; none where it names several models.

    Raises:
        ValueError: It names none, or no share.
    """
    tags = [string(tag) for tag in rows(entry.get("tags"))]
    models = [_HOST.sub("", tag.removeprefix("Model: ")) for tag in tags if tag.startswith("Model: ")]
    if len(models) > 1:
        return
    named = label(entry.get("name"))
    mode = _mode(entry)
    model = identifier(f"{models[0]} ({mode})" if mode else models[0]) if models else None
    share = percent(entry.get("resolved"))
    if model is None or share is None:
        raise ValueError(f"an entry without a model or a share: {string(entry.get('folder'))[:60]!r}")
    agent = _AGENT.match(string(entry.get("folder")))
    generation = max(int(agent[1]), 1) if agent else 1
    yield Score(
        model,
        board if generation == 1 else f"{board}_v{generation}",
        CATEGORY,
        share,
        moment(entry.get("date"), now),
        creator=next((label(tag[5:]) for tag in tags if tag.startswith("Org: ")), None),
        facts=Facts(
            known_as=(named,) if named else (),
            released=_release(entry.get("model_release_date")),
            open_weights=entry["os_model"] if isinstance(entry.get("os_model"), bool) else None,
        ),
    )


def _mode(entry: Mapping[str, Any]) -> str:
    """The effort, from its own field or else from the end of the display name."""
    effort = string(entry.get("reasoning_effort")).strip().lower()
    if effort.isalpha():
        return effort
    match = _MODE.search(string(entry.get("name")).lower())
    return match[1] if match else ""


def _release(value: object) -> date | None:
    """A day written ``20251124``, as a number."""
    return day(str(value)) if type(value) is int else None


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME,
        source,
        config=Config,
        summary="Real issues of real repositories, one agent for all models.",
        origin=ORIGIN,
    )
