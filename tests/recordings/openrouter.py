"""What OpenRouter's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pointsman.errors import AuthenticationError, ContextWindowError, InvalidRequestError, OverloadedError
from pointsman.types import Capability, ContextTier, Kind, Model, Rates, Usage
from pointsman_openrouter import HostsConfig, OpenRouter, OpenRouterHosts, OpenRouterPrices

from tests.recordings.expectations import Broken, Expectations, ExpectedAnswer, Listed, Priced, usd

EXPECTED = (
    Expectations(
        folder="openrouter",
        create=OpenRouter,
        pricing=OpenRouterPrices,
        answers={
            "chat.json": ExpectedAnswer("Hello!", 6, Usage(12, 2, cost=Decimal("0.00005")), "openai/gpt-4o"),
            "chat_claude.json": ExpectedAnswer(
                "2 + 2 = 4", 9, Usage(16, 13, cost=Decimal("0.000081")), "anthropic/claude-4.5-haiku-20251001"
            ),
        },
        streams={
            "chat_stream.json": ExpectedAnswer(
                "1\n2\n3", 5, Usage(15, 9, cost=Decimal("0.00006")), "anthropic/claude-4.5-haiku-20251001"
            ),
        },
        broken={
            "chat_stream_midstream_error.json": Broken(
                InvalidRequestError,
                Usage(43, 10, reasoning_output_tokens=10, cost=Decimal(0), estimated=True),
            ),
        },
        refusals={
            "error_400_context_length.json": ContextWindowError,
            "error_401.json": AuthenticationError,
            "error_429.json": OverloadedError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                12,
                Model(
                    "anthropic/claude-opus-4.6",
                    name="Anthropic: Claude Opus 4.6",
                    kind=Kind.CHAT,
                    creator="anthropic",
                    context_window=1000000,
                    max_output_tokens=128000,
                    can={Capability.TOOLS, Capability.JSON_SCHEMA, Capability.REASONING, Capability.VISION},
                    cannot={Capability.AUDIO_INPUT, Capability.DOCUMENT_INPUT},
                    aliases=("anthropic/claude-4.6-opus-20260205",),
                    created=date(2026, 2, 4),
                ),
            ),
            "models_list_small_2026.json": Listed(
                4,
                Model(
                    "anthropic/claude-sonnet-4",
                    name="Anthropic: Claude Sonnet 4",
                    kind=Kind.CHAT,
                    creator="anthropic",
                    context_window=200000,
                    max_output_tokens=64000,
                    can={
                        Capability.TOOLS,
                        Capability.REASONING,
                        Capability.VISION,
                        Capability.DOCUMENT_INPUT,
                    },
                    cannot={Capability.AUDIO_INPUT, Capability.JSON_SCHEMA},
                    aliases=("anthropic/claude-4-sonnet-20250522",),
                    created=date(2025, 5, 22),
                ),
            ),
        },
        prices={
            "models_list_2026-02.json": Priced(
                12,
                "anthropic/claude-opus-4.6",
                Rates(usd("5"), usd("25"), usd("0.5"), usd("6.25")),
            ),
            "models_list_small_2026.json": Priced(
                4,
                "anthropic/claude-sonnet-4",
                Rates(
                    usd("3"),
                    usd("15"),
                    usd("0.3"),
                    usd("3.75"),
                    usd("6"),
                    tiers=(ContextTier(200000, usd("6"), usd("22.5"), usd("0.6"), usd("7.5")),),
                ),
            ),
        },
    ),
    Expectations(
        folder="openrouter",
        create=OpenRouter,
        pricing=lambda config: OpenRouterHosts(HostsConfig(("acme/asked",), config.base_url)),
        prices={
            "model_endpoints_2025-05.json": Priced(
                2,
                "acme/asked",
                Rates(
                    usd("1.25"),
                    usd("10"),
                    usd("0.31"),
                    usd("1.625"),
                    reasoning=usd("0"),
                    request=usd("0"),
                ),
                path="/models/acme/asked/endpoints",
                provider="Google AI Studio",
            ),
        },
    ),
)
