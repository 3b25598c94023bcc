"""Scores of the Berkeley Function-Calling Leaderboard (https://gorilla.cs.berkeley.edu/leaderboard.html).

How well models call tools. The board is one CSV file with a row per model *and way of calling*:
``Alpaca-5 (FC)`` was given the tools as the provider's API takes them, ``Alpaca-5 (Prompt)`` in the prompt.
Pointsman passes tools on as the API takes them, so that row is the model's; the one from the prompt stands in
where there is no other. Whatever else stands in those parentheses (``FC thinking``) is a mode and stays in
the name.

Accuracies are written ``77.47%``, what was not measured ``N/A``. Latency and cost in the file are those of
the whole benchmark, not of the model's service, and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import frozen
from pointsman import (
    BenchmarkSource,
    Capability,
    Extension,
    Facts,
    Origin,
    Score,
    hookimpl,
    setting,
)
from pointsman.sources import ScoreFeed, as_bytes, csv_rows, percent, readable
from pointsman.wire.fields import identifier, label

NAME = "bfcl"
URL = "https://raw.githubusercontent.com/ShishirPatil/gorilla/gh-pages/data_overall.csv"
ORIGIN = Origin(
    url="https://gorilla.cs.berkeley.edu/leaderboard.html",
    licence="Apache-2.0",
    changes="every few months",
)
CATEGORY = "agentic"
BENCHMARKS: Mapping[str, str] = {
    "Overall Acc": "bfcl_overall",
    "Non-Live AST Acc": "bfcl_non_live",
    "Live Acc": "bfcl_live",
    "Multi Turn Acc": "bfcl_multi_turn",
    "Web Search Acc": "bfcl_web_search",
    "Memory Acc": "bfcl_memory",
    "Irrelevance Detection": "bfcl_irrelevance",
}
"""Column → benchmark; all of them are about tools."""

_CLOSED = "Proprietary"
_SUFFIX = re.compile(r"(.*\S)\s*\(([^()]*)\)")
_WAYS = {"fc": 0, "": 1, "prompt": 2}
"""How the tools were given, the one that is believed first; rows without a suffix do not say."""

_Row = Mapping[str, str]


@frozen
class Config:
    """Settings: where the table is."""

    url: str = setting("BFCL_URL", default=URL)


def source(config: Config) -> ScoreFeed:
    """The board, as it is today: one score per model and part of the benchmark."""
    return ScoreFeed(NAME, config.url, read, as_bytes)


def read(body: bytes, now: datetime) -> tuple[Score, ...]:
    """The scores of the table.

    Raises:
        FeedError: It is none, or most of it cannot be read.
    """
    rows = csv_rows(NAME, body, ("Model", "Overall Acc"))
    best: dict[str, tuple[int, _Row]] = {}
    for row in rows:
        name, way = named(row["Model"])
        best.setdefault(name.casefold(), (_WAYS[way], row))
        best[name.casefold()] = min(best[name.casefold()], (_WAYS[way], row), key=lambda each: each[0])
    return readable(NAME, (row for _, row in best.values()), lambda row: _scores(row, now))


def named(written: str) -> tuple[str, str]:
    """A model's name without the way it was called, and that way: ``fc``, ``prompt`` or nothing."""
    match = _SUFFIX.fullmatch(written)
    words = re.split(r"[\s+]+", match[2]) if match else []
    way = next((word.lower() for word in words if word.lower() in _WAYS and word), "")
    if match is None or not way:
        return written, ""
    mode = " ".join(word for word in words if word and word.lower() != way)
    return (f"{match[1]} ({mode})" if mode else match[1]), way


def _scores(row: _Row, now: datetime) -> Iterator[Score]:
    name, way = named(row["Model"])
    model = identifier(name)
    if model is None:
        raise ValueError("the model has no name that can be shown")
    licence = row.get("License", "")
    facts = Facts(
        can={Capability.TOOLS} if way == "fc" else (),
        open_weights=licence != _CLOSED if licence else None,
    )
    creator = label(row.get("Organization"))
    for column, benchmark in BENCHMARKS.items():
        value = percent(row.get(column))
        if value is not None:
            yield Score(model, benchmark, CATEGORY, value, now, creator=creator, facts=facts)


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME,
        source,
        config=Config,
        summary="How well models call tools, measured in Berkeley.",
        origin=ORIGIN,
    )
