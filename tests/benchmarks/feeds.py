"""Everything recorded, as providers' lists, price lists and leaderboards; see `catalog.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import evolve
from pointsman.http import Answer
from pointsman.types import Kind, Model, Quote, Score
from pointsman_genai_prices import read as read_genai_prices
from pointsman_litellm_prices import read as read_litellm_prices
from pointsman_llm_prices import read as read_llm_prices
from pointsman_models_dev import read as read_models_dev

from tests.benchmarks import boards

AT = datetime(2026, 8, 23, tzinfo=UTC)
_LARGEST = "pricing/models_dev/api_2026-07-30.json"


def listings(data: Path) -> Mapping[str, tuple[Model, ...]]:
    """Every provider of the largest price list with its models, as if each listed them itself."""
    return {
        provider: tuple(_model(name, row) for name, row in listed["models"].items())
        for provider, listed in json.loads((data / _LARGEST).read_text()).items()
    }


def quotes(data: Path) -> list[Quote]:
    """The rows of every recorded price list of many providers."""
    found: list[Quote] = []
    found += _from("models-dev", read_models_dev(_exact(data / _LARGEST), AT))
    litellm = data / "pricing/litellm/model_prices_and_context_window.json"
    found += _from("litellm-prices", read_litellm_prices(_exact(litellm), AT))
    found += _from("genai-prices", read_genai_prices(_exact(data / "pricing/genai_prices/data_v2.json"), AT))
    for file in sorted((data / "pricing/llm_prices/data").glob("*.json")):
        found += _from("llm-prices", read_llm_prices(_exact(file), AT))
    return found


def scores(data: Path) -> list[Score]:
    """The rows of every recorded leaderboard."""
    return boards.read(data / "benchmarks")


def _model(name: str, row: Mapping[str, Any]) -> Model:
    chats = "text" in row.get("modalities", {}).get("output", ["text"])
    return Model(name, name=row.get("name"), kind=None if chats else Kind.OTHER)


def _from(source: str, rows: tuple[Quote, ...]) -> list[Quote]:
    return [evolve(row, source=source) for row in rows]


def _exact(file: Path) -> Any:
    return Answer(200, {}, file.read_bytes()).json(exact=True)
