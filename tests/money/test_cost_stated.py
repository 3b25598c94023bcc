"""What a call cost by the price list of its days, against what the provider said that it cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pointsman.dialects.openai_responses import responses_usage
from pointsman.money.cost import cost
from pointsman.providers import openai_usage
from pointsman.types import Price, Rates, Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
M = 1_000_000
EXACT = Decimal(0)
Reader = Callable[[Mapping[str, Any]], Usage]

OPENROUTER = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
}


def openrouter(shared: Path, edition: str, model: str) -> Rates:
    """A model of OpenRouter's own list, USD per token there."""
    document = json.loads((shared / f"pricing/openrouter/models_{edition}.json").read_bytes())
    rows = document["data"] if isinstance(document, dict) else document
    (pricing,) = (row["pricing"] for row in rows if row["id"] == model)
    rates: dict[str, Any] = {
        name: Decimal(pricing[key]) * M for key, name in OPENROUTER.items() if key in pricing
    }
    return Rates(**rates, request=Decimal(pricing.get("request", 0)))


def models_dev(shared: Path, edition: str, model: str) -> Rates:
    """A model of xAI in models.dev, USD per million tokens."""
    document = json.loads(
        (shared / f"pricing/models_dev/api_{edition}.json").read_bytes(), parse_float=Decimal
    )
    stated = document["xai"]["models"][model]["cost"]
    names = ("input", "output", "cache_read", "reasoning")
    rates: dict[str, Any] = {name: Decimal(stated[name]) for name in names if name in stated}
    return Rates(**rates)


def usage_of(shared: Path, recording: str) -> Mapping[str, Any]:
    """The last usage object of a recorded answer, whole or streamed."""
    answer = json.loads((shared / "recorded" / recording).read_bytes())["response"]
    if "body_json" in answer:
        return answer["body_json"]["usage"]  # type: ignore[no-any-return]
    text = answer.get("body_text") or answer["body"]
    events = [line[6:] for line in text.splitlines() if line.startswith("data: {")]
    found = [json.loads(event) for event in events]
    stated = [each.get("usage") or each.get("response", {}).get("usage") for each in found]
    return next(each for each in reversed(stated) if each)


def of_response(usage: Mapping[str, Any]) -> Usage:
    """What a response with this usage object took."""
    return responses_usage({"usage": usage}) or Usage()


@pytest.mark.parametrize(
    ("recording", "read", "list_of", "edition", "model", "rounding"),
    [
        ("openrouter/chat.json", openai_usage, openrouter, "2026-02-10", "openai/gpt-4o", EXACT),
        (
            "openrouter/chat_claude.json",
            openai_usage,
            openrouter,
            "2026-05",
            "anthropic/claude-haiku-4.5",
            EXACT,
        ),
        (
            "openrouter/chat_stream.json",
            openai_usage,
            openrouter,
            "2026-05",
            "anthropic/claude-haiku-4.5",
            EXACT,
        ),
        ("xai/chat.json", openai_usage, models_dev, "2026-02-10", "grok-3-mini", EXACT),
        ("xai/chat_vercel.json", openai_usage, models_dev, "2026-02-10", "grok-3-mini", EXACT),
        ("xai/responses.json", of_response, models_dev, "2026-07-30", "grok-4.3", EXACT),
        ("xai/responses_stream.json", of_response, models_dev, "2026-07-30", "grok-4.3", EXACT),
        # Perplexity rounds each of its parts to 0.00001 USD, and asks a fee per request
        (
            "perplexity/chat.json",
            openai_usage,
            openrouter,
            "2025-05-23",
            "perplexity/sonar",
            Decimal("0.00001"),
        ),
    ],
)
def test_the_cost_is_what_the_provider_says(  # noqa: PLR0917 (one case is one line)
    shared_data: Path,
    recording: str,
    read: Reader,
    list_of: Callable[[Path, str, str], Rates],
    edition: str,
    model: str,
    rounding: Decimal,
) -> None:
    """To the last digit, or to the rounding the provider itself does."""
    usage = read(usage_of(shared_data, recording))
    price = Price(list_of(shared_data, edition, model), "list", NOW)
    computed = cost(evolve(usage, cost=None), price)

    assert usage.cost is not None
    assert computed.usd is not None
    assert (abs(computed.usd - usage.cost) <= rounding, computed.estimated) == (True, False)
