"""Serves the recorded model lists and the benchmark feed on loopback, and points the real plugins at them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import fields
from pointsman.catalog import Source
from pointsman.testing import Reply, Upstream
from pointsman.types import Secret

PROVIDERS = ("openai", "anthropic", "groq", "mistral", "openrouter", "ollama")
_LISTS = {
    "openai": ("recorded/openai/models_list_2026-08.json", "/models"),
    "anthropic": ("recorded/anthropic/models_list_2026-08.json", "/v1/models"),
    "groq": ("recorded/groq/models_list_2025-09.json", "/models"),
    "mistral": ("recorded/mistral/models_list_2026-02.json", "/models"),
    "ollama": ("recorded/ollama/docs_api_tags.json", "/api/tags"),
}
_PAGE = 200


def serve_lists(upstream: Upstream, data: Path) -> None:
    """Every provider's list under its own prefix."""
    for name, (file, path) in _LISTS.items():
        body = json.loads((data / file).read_text())["response"]["body_json"]
        upstream.json("GET", f"/{name}{path}", body)
    shown = json.loads((data / "recorded/ollama/api_show.json").read_text())["response"]["body_json"]
    upstream.json("POST", "/ollama/api/show", shown)
    newest = json.loads((data / "recorded/openrouter/models_list_2026-02.json").read_text())["response"][
        "body_json"
    ]
    whole = json.loads((data / "pricing/openrouter/models_2026-05.json").read_text())["data"]
    listed = {row["id"]: row for row in (*newest["data"], *whole)}
    upstream.json("GET", "/openrouter/models", {"data": list(listed.values())})


def serve_paged(upstream: Upstream, data: Path) -> int:
    """The benchmark feed in its paged shape, filled with recorded values; returns the number of rows."""
    file = data / "pricing/artificial_analysis/web_leaderboard_2026-08-22_slim.json"
    rows = [_paged_row(row) for row in json.loads(file.read_text())["models"]]
    pages = [rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE)]

    def page(request: Any) -> Reply:
        number = int(request.query.get("page", "1"))
        return Reply.json(
            {
                "tier": "pro",
                "pagination": {
                    "page": number,
                    "page_size": _PAGE,
                    "total_pages": len(pages),
                    "has_more": number < len(pages),
                },
                "data": pages[number - 1],
            }
        )

    upstream.add("GET", "/analysis/language/models", page)
    return len(rows)


def serve_legacy(upstream: Upstream, data: Path) -> int:
    """The benchmark feed in its older shape, filled with recorded values; returns the number of rows."""
    file = data / "pricing/artificial_analysis/api_v2_legacy_flattened_2026-05-07.json"
    rows = [_legacy_row(row) for row in json.loads(file.read_text())]
    upstream.json("GET", "/analysis/data/llms/models", {"status": 200, "data": rows})
    return len(rows)


def providers(url: str) -> Iterator[Source]:
    """The real providers, each pointed at its prefix."""
    for name in PROVIDERS:
        yield built(name, "pointsman_providers", f"{url}/{name}")


def built(provider: str, hook: str, base_url: str, **settings: object) -> Source:
    """The extension `provider` of the plugin of that name, created as the host would."""
    module = importlib.import_module(f"pointsman_{provider.replace('-', '_')}")
    extension = next(each for each in getattr(module, hook)() if each.name == provider)
    given: dict[str, object] = {"key": Secret("not-a-real-key"), "base_url": base_url, **settings}
    known = {each.name for each in fields(extension.config)}
    config = extension.config(**{name: value for name, value in given.items() if name in known})
    return Source(provider, provider, lambda: extension.create(config))


def _paged_row(row: Mapping[str, Any]) -> dict[str, Any]:
    speed = row["speed"]
    return {
        "id": row["id"],
        "name": row["name"],
        "slug": row["slug"],
        "release_date": row["release_date"],
        "model_creator": {"name": row["creator"]["name"]},
        "evaluations": {
            name: value for name, value in row["evaluations"].items() if not isinstance(value, bool)
        },
        "pricing": {
            name: row["pricing"].get(name) for name in ("price_1m_input_tokens", "price_1m_output_tokens")
        },
        "performance": {
            "median_output_tokens_per_second": speed["output_tokens_per_second"],
            "median_time_to_first_token_seconds": speed["time_to_first_token_seconds"],
        },
    }


def _legacy_row(row: Mapping[str, Any]) -> dict[str, Any]:
    indexes = ("intelligence_index", "coding_index", "math_index")
    single: Sequence[str] = (
        "mmlu_pro",
        "gpqa",
        "hle",
        "livecodebench",
        "scicode",
        "ifbench",
        "lcr",
        "terminalbench_hard",
        "tau2",
        "math_500",
        "aime",
        "aime_25",
    )
    return {
        "id": row["id"],
        "name": row["name"],
        "slug": row["slug"],
        "model_creator": {"id": row["creator_id"], "name": row["creator_name"], "slug": row["creator"]},
        "evaluations": {
            **{f"artificial_analysis_{name}": row[name] for name in indexes},
            **{name: row[name] for name in single},
        },
        "pricing": {
            "price_1m_blended_3_to_1": row["price_blended"],
            "price_1m_input_tokens": row["price_input"],
            "price_1m_output_tokens": row["price_output"],
        },
        "median_output_tokens_per_second": row["output_tps"],
        "median_time_to_first_token_seconds": row["ttft"],
        "median_time_to_first_answer_token": row["ttfat"],
    }
