"""llama.cpp's server, in the three dialects it speaks: an answer of a real model, however small."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pointsman import ContextWindowError, FinishReason, JsonSchema

from tests.servers.running import Running
from tests.servers.upstreams import NAMES, SCHEMA, WEATHER, both, opened, refusals

pytestmark = pytest.mark.anyio

MODEL = "tiny"
DIALECTS = ("compatible", "openai", "responses", "anthropic")
HISTORY: list[dict[str, Any]] = [
    {"role": "system", "content": "Be short."},
    {"role": "user", "content": "Is it raining in Bonn?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_w1",
                "type": "function",
                "function": {"name": "weather", "arguments": '{"city":"Bonn"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_w1", "content": "It rains."},
]


@pytest.mark.parametrize("name", DIALECTS)
async def test_its_list_is_read(llama: Running, tmp_path: Path, name: str) -> None:
    """One model, by the name it was given, that may be chosen for chat."""
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        catalog = await router.catalog()

    assert [each.model.id for each in catalog.candidates] == [MODEL]


@pytest.mark.parametrize("name", DIALECTS)
async def test_an_answer_has_its_text_its_end_its_usage_and_its_bill(
    llama: Running, tmp_path: Path, name: str
) -> None:
    """Of as many tokens as were allowed; at $3 and $15 per million."""
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "hello", max_output_tokens=12)
        ledger = await router.usage(by=["model"])

    # Its Responses endpoint says `completed` whatever ended the answer.
    end = FinishReason.STOP if name == "responses" else FinishReason.LENGTH
    bill = [Decimal((reply.usage.input_tokens or 0) * 3 + 12 * 15) / 1_000_000 for reply in replies]
    assert all(reply.text and reply.usage.input_tokens for reply in replies)
    assert [(end, 12)] * 2 == [(reply.finish_reason, reply.usage.output_tokens) for reply in replies]
    assert bill == [reply.cost.usd for reply in replies]
    assert [sum(bill)] == [row.usd for row in ledger]


@pytest.mark.parametrize("name", DIALECTS)
async def test_a_tool_is_called_with_arguments_of_its_schema(
    llama: Running, tmp_path: Path, name: str
) -> None:
    """Each call has an id of its own, and its own arguments, wherever the next one begins."""
    options: dict[str, Any] = {"tools": [WEATHER], "temperature": 0, "max_output_tokens": 120}
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "hello", tool_choice="required", **options)

    for reply in replies:
        first = reply.tool_calls[0]
        assert (first.name, list(json.loads(first.arguments))) == ("weather", ["city"])
        assert len({call.id for call in reply.tool_calls}) == len(reply.tool_calls) == 2


@pytest.mark.parametrize("name", ["compatible", "openai"])
async def test_an_answer_has_the_form_of_its_schema(llama: Running, tmp_path: Path, name: str) -> None:
    """A grammar lets a model that knows nothing write nothing else; in these dialects alone."""
    options: dict[str, Any] = {"response_format": JsonSchema(SCHEMA), "max_output_tokens": 400}
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        replies = await both(router, "hello", **options)

    assert [list(json.loads(reply.text)) for reply in replies] == [["city"]] * 2


@pytest.mark.parametrize("name", DIALECTS)
async def test_a_conversation_with_a_tool_result_is_taken(llama: Running, tmp_path: Path, name: str) -> None:
    """All of it reaches the model: call and result are in the prompt, beside the tool."""
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        short = await router.chat(HISTORY[:2], tools=[WEATHER], max_output_tokens=4)
        replies = await both(router, HISTORY, tools=[WEATHER], max_output_tokens=4)

    before = short.usage.input_tokens or 0
    assert [(reply.usage.input_tokens or 0) > before + 60 for reply in replies] == [True] * 2


@pytest.mark.parametrize("name", DIALECTS)
async def test_too_long_a_prompt_is_a_context_window_error(llama: Running, tmp_path: Path, name: str) -> None:
    """In the words of llama.cpp."""
    prompt = "hi " * 8_000
    async with opened(NAMES[name], llama.url, tmp_path, models=(MODEL,)) as router:
        found = await refusals(router, [prompt], max_output_tokens=4)

    assert {prompt: [ContextWindowError] * 2} == found
