"""Scores of τ-bench (https://taubench.com): agents that serve customers with tools and a policy.

The board is a folder: ``manifest.json`` names the submissions, and each is a file of its own::

    manifest.json                        {"submissions": ["alpaca-5_acme_2026-02-26"],
                                          "voice_submissions": […], "legacy_submissions": […]}
    alpaca-5_acme_2026-02-26/submission.json
        {"model_name": "Alpaca 5", "model_organization": "Acme", "submission_type": "standard",
         "reasoning_effort": "high", "results": {"retail": {"pass_1": 81.6, …}, "airline": null},
         "methodology": {"evaluation_date": "2026-05-05"}, "model_release": {"release_date": "2026-02-01"}}

``pass_1`` is the share of tasks solved at the first attempt, in percent; every domain is a benchmark. Legacy
submissions were graded by older rules and are benchmarks of their own. Not read: voice, and "custom"
submissions or changed prompts, which measure somebody's agent as much as the model. Of several submissions of
one model in one mode the one evaluated last counts. People's addresses, which the files hold, are not looked
at.

A hundred small files: eight are fetched at a time, and no more than `MOST` in all, newest entries of the
manifest first. One that cannot be had is left out; when more than half cannot, the last good scores stay.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    PointsmanError,
    ProviderError,
    Score,
    Speed,
    hookimpl,
    setting,
)
from pointsman.sources import as_json, fetch, moment, one_each, percent, readable
from pointsman.wire.fields import day, identifier, label, rows, string, table

NAME = "tau-bench"
URL = "https://raw.githubusercontent.com/sierra-research/tau2-bench/main/web/leaderboard/public/submissions"
ORIGIN = Origin(url="https://taubench.com", licence="MIT", changes="with each model release")
CATEGORY = "agentic"
LISTS: Mapping[str, str] = {"submissions": "tau2", "legacy_submissions": "tau2_legacy"}
"""List of the manifest → how its benchmarks begin."""
DOMAINS = ("retail", "airline", "telecom", "banking_knowledge")
MOST = 200
"""Submissions that are fetched at most."""

_AT_A_TIME = 8
_FOLDER = re.compile(r"[A-Za-z0-9][\w.+&-]{0,199}")
_EFFORT = re.compile(r"[a-z]{2,10}|\d+k?")
_THINKING = "enabled"

log = logging.getLogger(__name__)


@frozen
class Config:
    """Settings: the folder of the submissions."""

    url: str = setting("TAU_BENCH_URL", default=URL)


@frozen
class Place:
    """A submission the manifest names: how its benchmarks begin, and its folder."""

    board: str
    folder: str


@frozen
class TauBench:
    """The board, as it is today."""

    config: Config = Config()

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per model, mode and domain.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no board.
        """
        base = self.config.url.rstrip("/")
        named = places(await fetch(http, NAME, f"{base}/manifest.json", as_json))
        found: list[tuple[Place, object]] = []
        failed: list[PointsmanError] = []
        for start in range(0, len(named), _AT_A_TIME):
            batch = named[start : start + _AT_A_TIME]
            for place, got in zip(
                batch, await asyncio.gather(*(_fetch(http, base, p) for p in batch)), strict=True
            ):
                if isinstance(got, PointsmanError):
                    failed.append(got)
                else:
                    found.append((place, got))
            if len(failed) * 2 > len(named):
                raise failed[0]
        if failed:
            log.warning(
                "%s: %d of %d submissions cannot be had: %s", NAME, len(failed), len(named), failed[0]
            )
        return await asyncio.to_thread(read, found, datetime.now(UTC))


async def _fetch(http: Http, base: str, place: Place) -> object:
    """The submission, or why it cannot be had."""
    try:
        return await fetch(http, NAME, f"{base}/{place.folder}/submission.json", as_json)
    except (FeedError, ProviderError) as error:
        return error


def places(manifest: object) -> Sequence[Place]:
    """The submissions a manifest names, text only, at most `MOST`.

    Raises:
        FeedError: It names none.
    """
    found = [
        Place(board, folder)
        for name, board in LISTS.items()
        for folder in reversed(rows(table(manifest).get(name)))
        if isinstance(folder, str) and _FOLDER.fullmatch(folder)
    ]
    if not found:
        raise FeedError(NAME, "the manifest names no submission")
    if len(found) > MOST:
        log.warning("%s: %d submissions are named, %d are read", NAME, len(found), MOST)
    return tuple(dict.fromkeys(found))[:MOST]


def read(submissions: Iterable[tuple[Place, object]], now: datetime) -> tuple[Score, ...]:
    """The scores of all submissions.

    Raises:
        FeedError: None says anything, or most cannot be read.
    """
    found = readable(NAME, submissions, lambda row: _scores(row[0].board, table(row[1]), now))
    return one_each(
        found,
        lambda score: (score.model, score.benchmark),
        lambda score, known: score.as_of > known.as_of,
    )


def _scores(board: str, entry: Mapping[str, Any], now: datetime) -> Iterator[Score]:
    """The scores of one submission; none where it is not about a model alone.

    Raises:
        ValueError: It names no model.
    """
    method = table(entry.get("methodology"))
    if (
        entry.get("submission_type", "standard") != "standard"
        or entry.get("modality", "text") != "text"
        or table(method.get("verification")).get("modified_prompts") is True
    ):
        return
    model = identifier(_named(entry))
    if model is None:
        raise ValueError("a submission without a model")
    as_of = moment(day(method.get("evaluation_date")) or day(entry.get("submission_date")), now)
    facts = Facts(released=day(table(entry.get("model_release")).get("release_date")))
    creator = label(entry.get("model_organization"))
    results = table(entry.get("results"))
    for domain in DOMAINS:
        share = percent(table(results.get(domain)).get("pass_1"))
        if share is not None:
            yield Score(model, f"{board}_{domain}", CATEGORY, share, as_of, creator=creator, facts=facts)


def _named(entry: Mapping[str, Any]) -> str:
    """The model's name with its mode, where the submission tells it in one word."""
    name, effort = string(entry.get("model_name")), string(entry.get("reasoning_effort")).strip().lower()
    if not name or not _EFFORT.fullmatch(effort):
        return name
    return f"{name} ({'thinking' if effort == _THINKING else effort})"


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, TauBench, config=Config, summary="Serving customers with tools and a policy.", origin=ORIGIN
    )
