"""aimock, in the shapes of six vendors."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from pointsman import (
    AuthenticationError,
    ContextWindowError,
    FinishReason,
    JsonSchema,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    RateLimitError,
    ServerError,
)

from tests.servers.running import Running
from tests.servers.upstreams import NAMES, SCHEMA, WEATHER, both, opened, refusals

pytestmark = pytest.mark.anyio

MODEL = "lamp"
BILL = Decimal(11 * 3 + 7 * 15) / 1_000_000
REFUSALS: dict[str, type[ProviderError]] = {
    "Be limited.": RateLimitError,
    "Say: wrong key.": AuthenticationError,
    "It is too long.": ContextWindowError,
    "There is no such model.": ModelNotFoundError,
    "Be broken.": ServerError,
    "Be overloaded.": OverloadedError,
}


@pytest.mark.parametrize("name", NAMES)
async def test_its_list_is_read(aimock: Running, tmp_path: Path, name: str) -> None:
    """One model, which may be chosen for chat."""
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,)) as router:
        catalog = await router.catalog()

    assert [each.model.id for each in catalog.candidates] == [MODEL]


@pytest.mark.parametrize("name", NAMES)
async def test_an_answer_arrives_whole(aimock: Running, tmp_path: Path, name: str) -> None:
    """Its text, letters beyond ASCII included, and how it ended."""
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "Is the lamp lit?")

    assert [(reply.text, reply.finish_reason, reply.attempts) for reply in replies] == [
        ("The lamp is lit — ganz hell.", FinishReason.STOP, 1)
    ] * 2


# For Ollama it says 0 tokens, whatever its fixture names.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "ollama"])
async def test_usage_and_bill_are_exact(aimock: Running, tmp_path: Path, name: str) -> None:
    """11 tokens in, 7 out, at $3 and $15 per million; the ledger has the same sum."""
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "Is the lamp lit?")
        ledger = await router.usage(by=["model"])

    assert [
        (reply.usage.input_tokens, reply.usage.output_tokens, reply.cost.usd, reply.cost.estimated)
        for reply in replies
    ] == [(11, 7, BILL, False)] * 2
    assert [row.usd for row in ledger] == [BILL * 2]


@pytest.mark.parametrize("name", NAMES)
async def test_parallel_tool_calls_stay_apart(aimock: Running, tmp_path: Path, name: str) -> None:
    """Text first, then two calls of one tool, each with an id of its own."""
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "How is it in both cities?", tools=[WEATHER])

    called = [("weather", {"city": "Bonn"}), ("weather", {"city": "Köln"})]
    assert [("Let me see.", called, 2, FinishReason.TOOL_CALLS)] * 2 == [
        (
            reply.text,
            [(call.name, json.loads(call.arguments)) for call in reply.tool_calls],
            len({call.id for call in reply.tool_calls}),
            reply.finish_reason,
        )
        for reply in replies
    ]


# Anthropic's list does not say that the model takes a schema, and Converse has no field for one.
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("anthropic", "bedrock")])
async def test_an_answer_with_a_schema_arrives(aimock: Running, tmp_path: Path, name: str) -> None:
    """As JSON."""
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "Answer as an object.", response_format=JsonSchema(SCHEMA))

    assert [json.loads(reply.text) for reply in replies] == [{"city": "Bonn"}] * 2


@pytest.mark.parametrize("name", NAMES)
async def test_a_refusal_has_its_class(aimock: Running, tmp_path: Path, name: str) -> None:
    """In every shape, before a stream as well."""
    config = {"calls": {"attempts": 1}}
    async with opened(NAMES[name], aimock.url, tmp_path, models=(MODEL,), **config) as router:
        found = await refusals(router, REFUSALS)

    assert {words: [kind] * 2 for words, kind in REFUSALS.items()} == found
