"""Wherever a documented dialect puts its counts they are found, and no bill is too low without a mark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from pointsman.dialects.openai_chat import ChatEvents, read_answer
from pointsman.dialects.openai_responses import responses_usage
from pointsman.money.cost import cost
from pointsman.providers import (
    AnthropicCounts,
    ForwardedUsage,
    anthropic_usage,
    openai_usage,
)
from pointsman.types import Cost, Price, Rates, Region, Usage

RATES = Rates(
    input=Decimal(2),
    output=Decimal(10),
    cache_read=Decimal("0.5"),
    cache_write=Decimal(3),
    cache_write_1h=Decimal(4),
)
PRICE = Price(RATES, "list", datetime(2026, 1, 1, tzinfo=UTC))
M = 1_000_000


def whole(usage: Mapping[str, Any], **beside: Any) -> Usage:
    """A whole answer with this usage object."""
    choice = {"message": {"content": "Ahoy", **beside.pop("message", {})}, "finish_reason": "stop"}
    return read_answer({"choices": [choice], "usage": usage, **beside}, "m").usage


def streamed(*events: Mapping[str, Any]) -> Usage | None:
    """The last usage of a stream."""
    reader = ChatEvents()
    found = [chunk.usage for event in events if (chunk := reader.read(event)) and chunk.usage]
    return found[-1] if found else None


def forwarded(dialect: str, *events: Mapping[str, Any]) -> Usage | None:
    """The usage of a stream that is passed on."""
    said = ForwardedUsage(dialect)
    for event in events:
        said.feed(b"data: " + orjson.dumps(event) + b"\n\n")
    said.end()
    return said.usage


def last(usage: Mapping[str, Any]) -> dict[str, Any]:
    """The event that carries a usage object."""
    return {"choices": [], "usage": usage}


@pytest.mark.parametrize(
    "parts",
    [
        {"prompt_tokens_details": {"cached_tokens": M, "cache_write_tokens": 2 * M}},
        {"prompt_tokens_details": {"cached_tokens": M, "cache_creation_tokens": 2 * M}},
        {"prompt_tokens_details": {"cached_tokens": M, "cache_creation_input_tokens": 2 * M}},
        {"cache_read_input_tokens": M, "cache_creation_input_tokens": 2 * M},
        {"prompt_tokens_details": {"cached_tokens": 0}, "cache_read_input_tokens": M}
        | {"cache_creation_input_tokens": 2 * M},
        {"prompt_cache_hit_tokens": M, "cache_write_tokens": 2 * M},
        {"cached_tokens": str(M), "cache_creation_input_tokens": float(2 * M)},
    ],
)
def test_cached_input_has_many_names(parts: dict[str, Any]) -> None:
    """Read and stored, each at its own rate, whole, streamed and passed on."""
    usage = {"prompt_tokens": 4 * M, "completion_tokens": M, "total_tokens": 5 * M, **parts}
    found = {whole(usage), streamed(last(usage)), forwarded("openai-chat", last(usage))}

    assert found == {Usage(4 * M, M, M, 2 * M)}
    assert cost(openai_usage(usage), PRICE) == Cost(Decimal("18.5"), "list")


def test_what_is_kept_for_an_hour() -> None:
    """Under the name of a gateway."""
    kept = {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}
    details = {"cache_creation_tokens": 7, "cache_creation_token_details": kept}

    assert openai_usage({"prompt_tokens": 9, "prompt_tokens_details": details}) == Usage(9, None, 0, 7, 4)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        # thoughts that nobody names
        ((10, 5, 40, 0, 0), Usage(10, 30, estimated=True)),
        # reasoning, the cache, or both left out of their wholes
        ((10, 5, 22, 0, 7), Usage(10, 12, reasoning_output_tokens=7)),
        ((10, 5, 35, 20, 0), Usage(30, 5, 20)),
        ((10, 5, 42, 20, 7), Usage(30, 12, 20, reasoning_output_tokens=7)),
        # parts larger than their wholes: left out, unless the total says otherwise
        ((10, 5, None, 20, 0), Usage(30, 5, 20, estimated=True)),
        ((10, 5, None, 0, 7), Usage(10, 12, reasoning_output_tokens=7, estimated=True)),
        ((10, 5, 15, 20, 7), Usage(10, 5, 10, reasoning_output_tokens=5, estimated=True)),
        # one side unknown
        ((10, None, 15, 0, 0), Usage(10, 5)),
        ((None, 5, 15, 0, 0), Usage(10, 5)),
        ((None, None, 15, 0, 0), Usage()),
        # a total that cannot be
        ((10, 5, 12, 0, 0), Usage(10, 5, estimated=True)),
        ((10, 5, 0, 0, 0), Usage(10, 5)),
        (("10", 5.0, "15", 0, 0), Usage(10, 5)),
    ],
)
def test_totals(stated: tuple[Any, ...], expected: Usage) -> None:
    """A part that nobody counted is paid for all the same, in both of OpenAI's dialects."""
    given, produced, total, cached, reasoning = stated
    chat = {
        "prompt_tokens": given,
        "completion_tokens": produced,
        "total_tokens": total,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    responses = {
        "input_tokens": given,
        "output_tokens": produced,
        "total_tokens": total,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens_details": {"reasoning_tokens": reasoning},
    }

    assert openai_usage(chat) == expected
    assert responses_usage({"usage": responses}) == expected


FULL = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3}}
ZERO = {"prompt_tokens": 0, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 0}}
WORD = {"delta": {"content": "Ahoy"}, "finish_reason": "stop"}


@pytest.mark.parametrize(
    "events",
    [
        [{"choices": [WORD], "usage": FULL}],
        [{"choices": [WORD]}, last(FULL)],
        [{"choices": [WORD], "x_groq": {"usage": FULL}}],
        [{"choices": [{**WORD, "usage": FULL}]}],
        [{"choices": [WORD], "usage": {**FULL, "completion_tokens": 1}}, last(FULL)],
        [{"choices": [WORD], "usage": None}, last(FULL), last(ZERO)],
        [{"choices": [WORD], "usage": FULL}, last({})],
        [last({**FULL, "completion_tokens": 0}), {"choices": [WORD], "usage": {"completion_tokens": 4}}],
    ],
)
def test_places_and_repeats(events: list[dict[str, Any]]) -> None:
    """In any event, once or with each, and a later 0 takes nothing away."""
    assert streamed(*events) == forwarded("openai-chat", *events) == Usage(9, 4, 3)


def test_the_service_may_stand_in_another_event() -> None:
    """Whichever stated it first."""
    events = {"choices": [WORD], "service_tier": "flex"}, last(FULL)

    assert streamed(*events) == forwarded("openai-chat", *events) == Usage(9, 4, 3, service_tier="flex")


def test_zeros_inside_of_a_stream_of_anthropics() -> None:
    """Also where they stand one level down."""
    kept = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 40}
    begun = {"input_tokens": 10, "cache_creation_input_tokens": 40, "cache_creation": kept}
    ended = {
        "input_tokens": 0,
        "output_tokens": 6,
        "cache_creation_input_tokens": 0,
        "cache_creation": dict.fromkeys(kept, 0),
    }
    counts = AnthropicCounts()
    counts.add(begun)
    events = (
        {"type": "message_start", "message": {"usage": begun}},
        {"type": "message_delta", "usage": ended},
    )

    assert counts.add(ended) == forwarded("anthropic-messages", *events) == Usage(50, 6, 0, 40, 40)


@pytest.mark.parametrize(
    ("place", "regions", "expected"),
    [
        ("global", (), Cost(Decimal(12), "list")),
        ("not_available", (), Cost(Decimal(12), "list")),
        ("us", (), Cost(Decimal(12), "list", estimated=True)),
        ("us", (Region("eu", Decimal(2)),), Cost(Decimal(12), "list", estimated=True)),
        ("us", (Region("US", Decimal("1.1")),), Cost(Decimal("13.2"), "list")),
    ],
)
def test_geography(place: str, regions: tuple[Region, ...], expected: Cost) -> None:
    """What a place costs more is computed where a list states it, and marked where none does."""
    price = Price(RATES, "list", PRICE.as_of, regions=regions)
    usage = anthropic_usage({"input_tokens": M, "output_tokens": M, "inference_geo": place})

    assert cost(usage, price) == expected


@pytest.mark.parametrize(("fee", "usd", "estimated"), [(None, 12, True), (Decimal("0.01"), "12.03", False)])
def test_searches(fee: Decimal | None, usd: Any, estimated: bool) -> None:
    """Each is paid for; where nobody says how much, the cost is marked."""
    price = Price(Rates(Decimal(2), Decimal(10), search=fee), "list", PRICE.as_of)
    counted = {"web_search_requests": 3, "web_fetch_requests": 2}
    usage = anthropic_usage({"input_tokens": M, "output_tokens": M, "server_tool_use": counted})
    items = [
        *(
            {"type": "web_search_call", "action": {"type": kind}}
            for kind in ("search", "search", "open_page")
        ),
        {"type": "web_search_call"},
    ]
    response = {"output": items, "usage": {"input_tokens": M, "output_tokens": M}, "status": "completed"}
    passed = forwarded("openai-responses", {"type": "response.completed", "response": response})

    assert usage == responses_usage(response) == passed == Usage(M, M, searches=3)
    assert cost(usage, price) == Cost(Decimal(usd), "list", estimated)


@pytest.mark.parametrize(
    "usage",
    [
        anthropic_usage(
            {"input_tokens": 1, "output_tokens": 1, "server_tool_use": {"code_execution_requests": 1}}
        ),
        openai_usage({"prompt_tokens": 1, "completion_tokens": 1, "num_sources_used": 4}),
        openai_usage({"prompt_tokens": 1, "completion_tokens": 1, "prompt_audio_seconds": 40}),
        whole(
            {"prompt_tokens": 1, "completion_tokens": 1}, message={"annotations": [{"type": "url_citation"}]}
        ),
        whole({"prompt_tokens": 1, "completion_tokens": 1}, message={"executed_tools": [{}]}),
        responses_usage(
            {"output": [{"type": "file_search_call"}], "usage": {"input_tokens": 1, "output_tokens": 1}}
        ),
    ],
)
def test_what_no_rate_covers_is_marked(usage: Usage) -> None:
    """Sources, files, code: counted by the provider, priced by nobody."""
    assert cost(usage, PRICE) == Cost(Decimal("0.000012"), "list", estimated=True)


def test_what_stands_beside_the_answer_is_added() -> None:
    """Compacting a conversation is not in the counts at the top."""
    steps = [
        {"type": "compaction", "input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 30},
        {"type": "message", "input_tokens": 10, "output_tokens": 5},
    ]
    stated = {"input_tokens": 10, "output_tokens": 5, "iterations": steps}

    assert anthropic_usage(stated) == Usage(140, 25, 30)


def test_a_price_that_is_lower_at_some_hours_is_marked() -> None:
    """It is an upper bound."""
    price = Price(RATES, "list", PRICE.as_of, hourly=True)

    assert cost(Usage(M, 0), price) == Cost(Decimal(2), "list", estimated=True)
