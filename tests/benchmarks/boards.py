"""Reads a folder of saved leaderboards as scores, for `scores.py`; files that are absent are left out."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

from pointsman.types import Scale, Score

AT = datetime(2026, 8, 23, tzinfo=UTC)
WIDE = Scale(-10_000.0, 10_000.0)
"""Every column is standardised, so only the direction of its scale counts."""

ANALYSIS = {
    "artificial_analysis_intelligence_index": "general",
    "artificial_analysis_coding_index": "coding",
    "artificial_analysis_agentic_index": "agentic",
    "tau2_bench": "agentic",
    "terminal_bench_hard": "coding",
    "scicode": "coding",
    "aa_lcr": "long_context",
    "aa_omniscience": "factuality",
    "ifbench": "instructions",
    "hle": "reasoning",
    "gpqa": "reasoning",
    "critpt": "reasoning",
    "mmmu_pro": "vision",
}
LIVE = {
    "Reasoning": "reasoning",
    "Coding": "coding",
    "Agentic Coding": "coding",
    "Mathematics": "math",
    "Data Analysis": "reasoning",
    "Language": "general",
    "IF": "instructions",
}
CALLS = {"Live Acc": "agentic", "Multi Turn Acc": "agentic", "Non-Live AST Acc": "agentic"}
CARDS = {
    "mmlu": "general",
    "mmlu-pro": "general",
    "gpqa": "reasoning",
    "humaneval": "coding",
    "livecodebench": "coding",
    "math": "math",
    "aime-2025": "math",
    "gsm8k": "math",
    "mgsm": "multilingual",
    "ifeval": "instructions",
    "simpleqa": "factuality",
    "mmmu": "vision",
    "drop": "reasoning",
}
EPOCH = {"swe": "coding", "gpqa": "reasoning", "math": "math", "aime": "math"}


def read(folder: Path) -> list[Score]:
    """Every score of every leaderboard found."""
    return [
        score
        for name, reader in READERS.items()
        for path in sorted((folder / name).glob(GLOBS[name]))
        for score in reader(path)
    ]


def _score(source: str, model: str, benchmark: str, category: str, value: Any) -> Iterator[Score]:
    """The score, if the value is a number."""
    try:
        number = float(str(value).rstrip("%"))
    except ValueError:
        return
    if model:
        yield Score(model, benchmark, category, number, AT, WIDE, source=source)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _columns(path: Path, source: str, named: str, columns: Mapping[str, str]) -> Iterator[Score]:
    """One score per column; of a model called in two ways the row that stands first, the better one."""
    rows: dict[str, dict[str, str]] = {}
    for row in _table(path):
        rows.setdefault(re.sub(r" \((FC|Prompt)\)$", "", row[named]), row)
    for name, row in rows.items():
        for column, category in columns.items():
            yield from _score(source, name, column, category, row[column])


def _live(path: Path) -> Iterator[Score]:
    """A category is the mean of its tasks."""
    tasks = json.loads(
        path.with_name(path.name.replace("table", "categories")).with_suffix(".json").read_text()
    )
    for row in _table(path):
        for name, members in tasks.items():
            values = [float(row[task]) for task in members if row.get(task)]
            if values:
                yield from _score("live", row["model"], name, LIVE[name], sum(values) / len(values))


def _arena(path: Path) -> Iterator[Score]:
    board = path.stem.rsplit("_", 1)[-1]
    category = {"text": "general", "code": "coding", "vision": "vision"}.get(board)
    for row in json.loads(path.read_text())["models"] if category else ():
        yield from _score("arena", row["model"], board, str(category), row["score"])


def _cards(path: Path) -> Iterator[Score]:
    for name, card in json.loads(path.read_text()).items():
        for row in card.get("benchmarks", ()):
            if category := CARDS.get(row["benchmark_id"]):
                yield from _score("cards", name, row["benchmark_id"], category, row["score"])


def _epoch(path: Path) -> Iterator[Score]:
    for benchmark, rows in json.loads(path.read_text())["benchmarks"].items():
        category = next((EPOCH[word] for word in EPOCH if word in benchmark), "reasoning")
        for row in rows:
            if not isnan(row["score"]):  # the file holds bare NaN
                yield from _score("epoch", row["model_version"], benchmark, category, row["score"])


def _pairs(path: Path) -> Iterator[Score]:
    """The board is YAML; two keys of each entry are all that is needed."""
    found = re.findall(
        r"^  model: (.+?)$.*?^  pass_rate_2: ([\d.]+)$", path.read_text(), re.DOTALL | re.MULTILINE
    )
    for name, value in found:
        yield from _score("pairs", name, "polyglot", "coding", value)


def _issues(path: Path) -> Iterator[Score]:
    """Only the board on which every model works with the same agent."""
    boards = json.loads(path.read_text())["leaderboards"]
    for row in next(board["results"] for board in boards if board["name"] == "bash-only"):
        name = next((tag[7:] for tag in row["tags"] if tag.startswith("Model: ")), "")
        yield from _score("issues", name, "bash-only", "coding", row["resolved"])


READERS: Mapping[str, Callable[[Path], Iterator[Score]]] = {
    "artificial_analysis": lambda path: _columns(path, "analysis", "name", ANALYSIS),
    "livebench": _live,
    "bfcl": lambda path: _columns(path, "calls", "Model", CALLS),
    "lmarena": _arena,
    "llm_stats": _cards,
    "epoch": _epoch,
    "aider": _pairs,
    "swebench": _issues,
    "lechmazur": lambda path: _columns(path, "puzzles", "model", {"score_pct": "reasoning"}),
    "vectara": lambda path: _columns(path, "facts", "model", {"factual_consistency_pct": "factuality"}),
}
GLOBS = {
    "artificial_analysis": "*.csv",
    "livebench": "table_2026_06_25.csv",
    "bfcl": "data_overall.csv",
    "lmarena": "arena_ai_*.json",
    "llm_stats": "*.json",
    "epoch": "benchmark_data.json",
    "aider": "polyglot_leaderboard.yml",
    "swebench": "*.json",
    "lechmazur": "*.csv",
    "vectara": "*.csv",
}
