"""The real plugins read the recorded lists of six providers and the benchmark feed, over loopback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pointsman.catalog import Catalog, CatalogManager, State
from pointsman.catalog.refresh import RefreshJob
from pointsman.http import Client
from pointsman.kinds import SourceKind
from pointsman.testing import Upstream
from pointsman.types import Candidate, Kind

from tests.catalog.values import Memory, refs

from .real_lists import built, providers, serve_legacy, serve_lists, serve_paged

pytestmark = [pytest.mark.shared, pytest.mark.anyio]

AT = datetime(2026, 8, 23, tzinfo=UTC)
"""The day after the newest recording: what had retired by then is left out, whenever the test runs."""


async def refreshed(upstream: Upstream) -> Catalog:
    """A catalog from the real plugins, every one of them pointed at the loopback server."""
    clients: dict[str, Client] = {}
    feed = f"{upstream.url}/analysis"
    manager = CatalogManager(
        RefreshJob(
            sources=refs(
                providers(upstream.url),
                [
                    built("openrouter", "pointsman_pricing_sources", f"{upstream.url}/openrouter"),
                    built("genai-prices", "pointsman_pricing_sources", "", update=False),
                    built("artificial-analysis", "pointsman_pricing_sources", feed),
                ],
                [built("artificial-analysis", "pointsman_benchmark_sources", feed)],
            ),
            http=lambda name: clients.setdefault(name, Client(name)),
            store=Memory(),
            clock=lambda: AT,
        )
    )
    try:
        return await manager.refresh()
    finally:
        for client in clients.values():
            await client.aclose()


_made: dict[str, Catalog] = {}


@pytest.fixture(params=["paged", "legacy"])
def shape(request: pytest.FixtureRequest) -> str:
    """The shape in which the benchmark feed answers."""
    return str(request.param)


@pytest.fixture
async def catalog(shape: str, shared_data: Path) -> Catalog:
    """The catalog of one shape, fetched once for all tests."""
    if shape not in _made:
        async with Upstream() as upstream:
            serve_lists(upstream, shared_data)
            {"paged": serve_paged, "legacy": serve_legacy}[shape](upstream, shared_data)
            _made[shape] = await refreshed(upstream)
    return _made[shape]


def share(catalog: Catalog, holds: Callable[[Candidate], bool]) -> float:
    """Share of the candidates."""
    return sum(map(holds, catalog.candidates)) / len(catalog.candidates)


def price_of(catalog: Catalog, key: str) -> tuple[float, float] | None:
    """Input and output, USD per million tokens; None when unknown."""
    found = catalog.get(key)
    assert found is not None, key
    rates = found.price.rates if found.price else None
    return (float(rates.input), float(rates.output)) if rates and rates.input and rates.output else None


def row_of(catalog: Catalog, key: str) -> str:
    """The name of the row whose general score was taken; empty for none."""
    found = catalog.get(key)
    assert found is not None, key
    return found.quality["general"].evidence.split(" (words")[0] if "general" in found.quality else ""


async def test_hundreds_of_real_models_are_known(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every source answers, and most of what is offered has a price and a score."""
    priced = share(catalog, lambda each: each.price is not None)
    own = share(catalog, lambda each: each.price is not None and each.price.confidence >= 0.7)
    scored = share(catalog, lambda each: bool(each.quality))
    fast = share(catalog, lambda each: each.speed is not None)
    with capsys.disabled():
        print(  # noqa: T201 (the figures are the point of the test)
            f"\n{len(catalog.candidates)} candidates, {len(catalog.left_out)} left out; priced {priced:.1%}"
            f" (sure {own:.1%}), scored {scored:.1%}, speed {fast:.1%}"
        )

    assert {status.state for status in catalog.sources} == {State.FRESH}
    assert (len(catalog.candidates) > 400, len(catalog.left_out) > 50) == (True, True)
    assert (priced > 0.97, own > 0.9, scored > 0.45) == (True, True, True)


async def test_nothing_that_is_not_for_chat_is_offered(catalog: Catalog) -> None:
    """No embedding, image, audio, moderation or guard model, by the words of its name."""
    words = (
        *("embed", "rerank", "moderation", "guard", "tts", "whisper", "transcri", "realtime", "audio"),
        *("image", "dall-e", "sora", "ocr"),
    )
    offered = [each.key for each in catalog.candidates if any(word in each.model.id for word in words)]

    assert offered == []


async def test_every_model_listed_is_accounted_for(catalog: Catalog) -> None:
    """Offered or left out with a reason: as many as were listed."""
    listed = sum(status.rows for status in catalog.sources if status.kind is SourceKind.PROVIDER)

    assert len(catalog.candidates) + len(catalog.left_out) == listed
    assert [each for each in catalog.left_out if not each.reason] == []
    assert {Kind.EMBEDDING, Kind.IMAGE, Kind.AUDIO, Kind.MODERATION} <= {
        each.kind for each in catalog.left_out
    }


@pytest.mark.parametrize(
    ("key", "price"),
    [
        ("openai/gpt-4o-2024-08-06", (2.5, 10)),
        ("openai/gpt-4o-2024-05-13", (5, 15)),
        ("openai/gpt-4o-mini", (0.15, 0.6)),
        ("openai/gpt-5", (1.25, 10)),
        ("openai/gpt-5-mini-2025-08-07", (0.25, 2)),
        ("openai/gpt-5-pro", (15, 120)),
        ("openai/o3", (2, 8)),
        ("anthropic/claude-opus-4-5-20251101", (5, 25)),
        ("anthropic/claude-sonnet-4-5-20250929", (3, 15)),
        ("anthropic/claude-haiku-4-5-20251001", (1, 5)),
        ("groq/openai/gpt-oss-120b", (0.15, 0.6)),
        ("groq/llama-3.3-70b-versatile", (0.59, 0.79)),
        ("mistral/mistral-large-2411", (2, 6)),
        ("mistral/codestral-2508", (0.3, 0.9)),
        ("openrouter/anthropic/claude-sonnet-4.5", (3, 15)),
        ("openrouter/openai/gpt-4", (30, 60)),
    ],
)
async def test_well_known_prices_are_right(catalog: Catalog, key: str, price: tuple[float, float]) -> None:
    """Each of these was looked up by hand in the provider's price list."""
    assert price_of(catalog, key) == price


@pytest.mark.parametrize("shape", ["paged"], indirect=True)
@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("anthropic/claude-haiku-4-5-20251001", "Claude 4.5 Haiku (Non-reasoning)"),
        ("anthropic/claude-opus-4-6", "Claude Opus 4.6 (Non-reasoning, High Effort)"),
        ("openai/gpt-5-mini", "GPT-5 mini (medium)"),
        ("openai/gpt-4o-2024-11-20", "GPT-4o (Nov '24)"),
        ("openai/o3-2025-04-16", "o3"),
        ("groq/moonshotai/kimi-k2-instruct", "Kimi K2"),
        ("groq/qwen/qwen3-32b", "Qwen3 32B (Non-reasoning)"),
        ("groq/meta-llama/llama-4-scout-17b-16e-instruct", "Llama 4 Scout"),
        ("mistral/devstral-small-2507", "Devstral Small (Jul '25)"),
        ("openrouter/deepseek/deepseek-r1-0528", "DeepSeek R1 0528 (May '25)"),
        ("openrouter/qwen/qwen3-235b-a22b-thinking-2507", "Qwen3 235B A22B 2507 (Reasoning)"),
        ("openrouter/qwen/qwen3-coder", "Qwen3 Coder 480B A35B Instruct"),
        ("openrouter/google/gemini-2.5-pro-preview-05-06", "Gemini 2.5 Pro Preview (May' 25)"),
        ("openrouter/nvidia/nemotron-3-nano-30b-a3b", "NVIDIA Nemotron 3 Nano 30B A3B (Non-reasoning)"),
        ("openrouter/z-ai/glm-4.6v", "GLM-4.6V (Non-reasoning)"),
        ("openrouter/amazon/nova-lite-v1", "Nova Lite"),
        ("openrouter/anthropic/claude-opus-4.7-fast", "Claude Opus 4.7 (Non-reasoning, High Effort)"),
        ("openrouter/mistralai/mistral-large-2512", "Mistral Large 3"),
        ("mistral/mistral-large-2512", "Mistral Large 3"),
        ("mistral/devstral-2512", "Devstral 2"),
        ("mistral/mistral-small-2506", "Mistral Small 3.2"),
    ],
)
async def test_well_known_scores_are_joined(catalog: Catalog, key: str, row: str) -> None:
    """Each of these pairs was read by hand."""
    assert row_of(catalog, key) == row


@pytest.mark.parametrize("shape", ["paged"], indirect=True)
@pytest.mark.parametrize(
    ("key", "trap"),
    [
        ("openai/gpt-5-pro", "GPT-5 "),
        ("openai/gpt-5.4-pro", "GPT-5.4 "),
        ("openai/gpt-4o-search-preview", "GPT-4o"),
        ("openai/gpt-4o", "GPT-4o (May"),
        ("mistral/mistral-medium-2508", "Mistral Medium"),
        ("mistral/devstral-2512", "Devstral Medium"),
        ("ollama/llama3.2:latest", "Llama 3.2"),
        ("ollama/deepseek-r1:latest", "DeepSeek R1"),
        ("openrouter/ibm-granite/granite-4.0-h-micro", "Granite 4.0 Micro"),
        ("openrouter/nousresearch/hermes-3-llama-3.1-405b", "Llama 3.1"),
        ("openrouter/nex-agi/deepseek-v3.1-nex-n1", "DeepSeek V3.1"),
        ("openrouter/qwen/qwen3-coder-flash", "Qwen3 Coder"),
        ("openrouter/openai/o4-mini-deep-research", "o4-mini"),
        ("openrouter/cognitivecomputations/dolphin-mistral-24b-venice-edition:free", "Mistral"),
    ],
)
async def test_traps_are_not_joined(catalog: Catalog, key: str, trap: str) -> None:
    """A variant, a moving alias, a derivative or a name without its size takes nobody else's score."""
    assert not row_of(catalog, key).startswith(trap)


async def test_a_catalog_of_hundreds_is_written_and_read(catalog: Catalog) -> None:
    """The real thing survives JSON unchanged."""
    back = Catalog.from_json(catalog.to_json())

    assert (back.hash, back.to_json() == catalog.to_json()) == (catalog.hash, True)
