"""Scores collected by LLM Stats (https://llm-stats.com).

Its data lives in a repository, two small files per model, fetched as one archive (``tar.gz``)::

    …/data/organizations/acme/models/alpaca-5/model.json
        {"model_id": "alpaca-5", "name": "Alpaca 5", "organization_id": "acme",
         "release_date": "2025-04-16", "license_id": "proprietary"}
    …/data/organizations/acme/models/alpaca-5/benchmarks.json
        [{"benchmark_id": "gpqa", "score": 0.833, "is_self_reported": true,
          "self_reported_source_link": "https://acme.example", "created_at": "2025-07-19T19:56:12+00:00"}]

Scores are shares from 0 to 1. Nearly all of them (2206 of 2224 in October 2025) are what a model's maker says
of it. Such rows are left out unless the configuration asks for them; rows whose source is a placeholder
(``example.com``) always are.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen
from pointsman import (
    FRACTION,
    BenchmarkSource,
    Extension,
    Facts,
    FeedError,
    Origin,
    Score,
    hookimpl,
    setting,
)
from pointsman.sources import ScoreFeed, as_bytes, moment, number, one_each, readable
from pointsman.wire.fields import day, identifier, label, rows, string, table

NAME = "llm-stats"
URL = "https://codeload.github.com/JonathanChavezTamales/llm-leaderboard/tar.gz/refs/heads/main"
ORIGIN = Origin(
    url="https://github.com/JonathanChavezTamales/llm-leaderboard",
    licence="CC-BY-4.0",
    changes="with model releases; the newest rows are of October 2025",
    attribution="LLM Stats, https://llm-stats.com",
)
CATEGORIES: Mapping[str, str] = {
    "aider-polyglot": "coding",
    "humaneval": "coding",
    "livecodebench": "coding",
    "livecodebench-v6": "coding",
    "mbpp": "coding",
    "multipl-e": "coding",
    "swe-bench-verified": "coding",
    "aime-2024": "math",
    "aime-2025": "math",
    "gsm8k": "math",
    "hmmt-2025": "math",
    "math": "math",
    "math-500": "math",
    "arc-agi-v2": "reasoning",
    "bbh": "reasoning",
    "big-bench-hard": "reasoning",
    "drop": "reasoning",
    "gpqa": "reasoning",
    "bfcl": "agentic",
    "browsecomp": "agentic",
    "tau-bench-airline": "agentic",
    "tau-bench-retail": "agentic",
    "tau2-airline": "agentic",
    "tau2-retail": "agentic",
    "tau2-telecom": "agentic",
    "terminal-bench": "agentic",
    "collie": "instructions",
    "ifeval": "instructions",
    "multichallenge": "instructions",
    "graphwalks-bfs-<128k": "long_context",
    "mrcr": "long_context",
    "openai-mrcr:-2-needle-128k": "long_context",
    "facts-grounding": "factuality",
    "simpleqa": "factuality",
    "truthfulqa": "factuality",
    "global-mmlu-lite": "multilingual",
    "include": "multilingual",
    "mgsm": "multilingual",
    "mmmlu": "multilingual",
    "multi-if": "multilingual",
    "ai2d": "vision",
    "chartqa": "vision",
    "docvqa": "vision",
    "mathvista": "vision",
    "mmmu": "vision",
    "mmmu-pro": "vision",
    "humanity's-last-exam": "knowledge",
    "mmlu": "knowledge",
    "mmlu-pro": "knowledge",
    "mmlu-redux": "knowledge",
    "supergpqa": "knowledge",
    "triviaqa": "knowledge",
    "arena-hard": "general",
    "livebench": "general",
}
"""Benchmark → category; one that is not here is not read."""

_FILE = re.compile(
    r"(?:.*/)?organizations/([^/]{1,80})/models/([^/]{1,120})/(model|benchmarks)\.json", re.ASCII
)
_UNPACKED = 64 << 20  # bytes; the archive was 2 MiB in 2025
_LARGEST = 1 << 20  # bytes of one file
_BROKEN = (tarfile.TarError, ValueError, OSError, EOFError, OverflowError)
_PLACEHOLDER = "://example.com/"
_CLOSED = "proprietary"

_Card = dict[str, Any]


@frozen
class Config:
    """Settings: whether to believe what makers say of their own models, and where the archive is."""

    self_reported: bool = field(default=False)
    url: str = setting("LLM_STATS_URL", default=URL)


def source(config: Config) -> ScoreFeed:
    """The collection, as it is today: one score per model and benchmark."""
    return ScoreFeed(
        NAME,
        config.url,
        lambda body, now: read(cards(body), now, self_reported=config.self_reported),
        as_bytes,
    )


def cards(body: bytes) -> Mapping[str, _Card]:
    """The files of an archive: maker and model → ``model`` and ``benchmarks`` as parsed.

    A file that is no JSON is left out.

    Raises:
        FeedError: It is no such archive, or too large.
    """
    found: dict[str, _Card] = {}
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, _UNPACKED + 1)
        if len(unpacked) > _UNPACKED:
            raise FeedError(NAME, f"the archive is larger than {_UNPACKED >> 20} MiB")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                match = _FILE.fullmatch(member.name) if member.isreg() else None
                if match is not None and (file := archive.extractfile(member)) is not None:
                    card = found.setdefault(f"{match[1]}/{match[2]}", {})
                    card[match[3]] = _parsed(file.read(_LARGEST + 1))
    except (zlib.error, *_BROKEN) as error:
        raise FeedError(NAME, f"the file is no archive: {error}") from error
    return found


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body) if len(body) <= _LARGEST else None
    except (ValueError, RecursionError):
        return None


def read(found: Mapping[str, _Card], now: datetime, *, self_reported: bool = False) -> tuple[Score, ...]:
    """The scores of all models.

    Args:
        found: As `cards` gives them.
        now: Bounds every date.
        self_reported: Whether rows of the model's own maker count.

    Raises:
        FeedError: None says anything, or most cannot be read.
    """

    def scores(item: tuple[str, _Card]) -> Iterator[Score]:
        name, card = item
        about = table(card.get("model"))
        model = identifier(name)
        if model is None:
            raise ValueError("the model has no name that can be shown")
        shown, licence = label(about.get("name")), string(about.get("license_id"))
        facts = Facts(
            known_as=(shown,) if shown else (),
            released=day(about.get("release_date")),
            open_weights=licence != _CLOSED if licence else None,
        )
        creator = label(about.get("organization_id")) or label(name.partition("/")[0])
        for row in rows(card.get("benchmarks")):
            score = _score(model, table(row), now, self_reported=self_reported)
            if score is not None:
                yield evolve(score, creator=creator, facts=facts)

    return one_each(readable(NAME, found.items(), scores), lambda score: (score.model, score.benchmark))


def _score(model: str, row: Mapping[str, Any], now: datetime, *, self_reported: bool) -> Score | None:
    """The score of a row; None where it is not believed, not known or none."""
    benchmark = string(row.get("benchmark_id"))
    category = CATEGORIES.get(benchmark)
    own = row.get("is_self_reported") is not False
    if category is None or (own and not self_reported):
        return None
    value = number(row.get("score"))
    if value is None or not 0 <= value <= 1 or _PLACEHOLDER in string(row.get("self_reported_source_link")):
        return None
    return Score(
        model, f"llm_stats_{benchmark}", category, float(value), moment(row.get("created_at"), now), FRACTION
    )


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, source, config=Config, summary="Benchmark scores collected by LLM Stats.", origin=ORIGIN
    )
