"""LiteLLM's proxy, in the three dialects it speaks: models it makes up, and one it relays."""

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

MODELS = ("lamp", "relayed", "limited", "small", "broken")
DIALECTS = ("compatible", "openai", "responses", "anthropic")
MOCKED = ("compatible", "openai", "anthropic")
"""Where it can make answers up whole and streamed."""
MADE_UP: dict[str, type[ProviderError]] = {
    "limited": RateLimitError,
    "small": ContextWindowError,
    "broken": ServerError,
}
RELAYED: dict[str, type[ProviderError]] = {
    "Be limited.": RateLimitError,
    "Say: wrong key.": AuthenticationError,
    "It is too long.": ContextWindowError,
    "There is no such model.": ModelNotFoundError,
    "Be broken.": ServerError,
    "Be overloaded.": OverloadedError,
}
ONCE = {"calls": {"attempts": 1}}


@pytest.mark.parametrize("name", DIALECTS)
async def test_its_list_is_read(litellm: Running, tmp_path: Path, name: str) -> None:
    """Every model of its configuration."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS) as router:
        catalog = await router.catalog()

    assert set(MODELS) == {each.model.id for each in catalog.candidates}


@pytest.mark.parametrize("name", MOCKED)
async def test_an_answer_it_makes_up_arrives(litellm: Running, tmp_path: Path, name: str) -> None:
    """Some are JSON where a stream was asked for; the bill is of the usage that it says."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS) as router:
        replies = await both(router, "Is the lamp lit?", model="lamp")

    assert [(reply.text, reply.finish_reason) for reply in replies] == [
        ("The lamp is lit.", FinishReason.STOP)
    ] * 2
    for reply in replies:
        sent, received = reply.usage.input_tokens or 0, reply.usage.output_tokens or 0
        assert min(sent, received) > 0
        assert reply.cost.usd == Decimal(sent * 3 + received * 15) / 1_000_000


@pytest.mark.parametrize("name", DIALECTS)
async def test_an_answer_it_relays_arrives(litellm: Running, tmp_path: Path, name: str) -> None:
    """With text, end, usage and bill."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS) as router:
        replies = await both(router, "Is the lamp lit?", model="relayed")

    assert [("The lamp is lit — ganz hell.", FinishReason.STOP, 11, 7, Decimal("0.000138"))] * 2 == [
        (
            reply.text,
            reply.finish_reason,
            reply.usage.input_tokens,
            reply.usage.output_tokens,
            reply.cost.usd,
        )
        for reply in replies
    ]


@pytest.mark.parametrize("name", DIALECTS)
async def test_parallel_tool_calls_stay_apart(litellm: Running, tmp_path: Path, name: str) -> None:
    """As it writes them in each dialect."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS) as router:
        replies = await both(router, "How is it in both cities?", model="relayed", tools=[WEATHER])

    called = [("weather", {"city": "Bonn"}), ("weather", {"city": "Köln"})]
    assert [(called, 2, FinishReason.TOOL_CALLS)] * 2 == [
        (
            [(call.name, json.loads(call.arguments)) for call in reply.tool_calls],
            len({call.id for call in reply.tool_calls}),
            reply.finish_reason,
        )
        for reply in replies
    ]


# Its list does not say in Anthropic's way that a model takes a schema.
@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "anthropic"])
async def test_an_answer_with_a_schema_arrives(litellm: Running, tmp_path: Path, name: str) -> None:
    """As JSON."""
    options = {"model": "relayed", "response_format": JsonSchema(SCHEMA)}
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS) as router:
        replies = await both(router, "Answer as an object.", **options)

    assert [json.loads(reply.text) for reply in replies] == [{"city": "Bonn"}] * 2


@pytest.mark.parametrize("name", MOCKED)
async def test_an_error_it_makes_up_has_its_class(litellm: Running, tmp_path: Path, name: str) -> None:
    """In every dialect."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS, **ONCE) as router:
        found = {model: (await refusals(router, ["hello"], model=model))["hello"] for model in MADE_UP}

    assert {model: [kind] * 2 for model, kind in MADE_UP.items()} == found


@pytest.mark.parametrize("name", DIALECTS)
async def test_a_refusal_it_relays_has_its_class(litellm: Running, tmp_path: Path, name: str) -> None:
    """Wrapped in its own words, and in every dialect."""
    async with opened(NAMES[name], litellm.url, tmp_path, models=MODELS, **ONCE) as router:
        found = await refusals(router, RELAYED, model="relayed")

    assert {words: [kind] * 2 for words, kind in RELAYED.items()} == found
