"""What the recorded model lists say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Capability, Kind, Model

# How many models a list holds, and one of them.
LISTS = {
    "openai/models_list_2026-02.json": (
        119,
        Model("gpt-4", creator="openai", created=date(2023, 6, 27)),
    ),
    "openai/models_list_2026-08.json": (
        118,
        Model("gpt-3.5-turbo", creator="openai", created=date(2023, 2, 28), retires=date(2026, 10, 23)),
    ),
    "groq/models_list_2025-09.json": (
        23,
        Model(
            "llama-3.3-70b-versatile",
            creator="Meta",
            context_window=131072,
            max_output_tokens=32768,
            created=date(2024, 12, 6),
        ),
    ),
    "groq/models_list_gomodel.json": (
        20,
        Model(
            "whisper-large-v3",
            creator="OpenAI",
            context_window=448,
            max_output_tokens=448,
            created=date(2023, 9, 3),
        ),
    ),
    "mistral/models_list_2026-02.json": (
        29,
        Model(
            "mistral-medium-2508",
            name="mistral-medium-2508",
            kind=Kind.CHAT,
            creator="mistralai",
            context_window=131072,
            can={Capability.TOOLS, Capability.VISION},
            cannot={Capability.AUDIO_INPUT},
            aliases=("mistral-medium-latest", "mistral-medium", "mistral-vibe-cli-with-tools"),
        ),
    ),
    "openrouter/models_list_2026-02.json": (
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
    "openrouter/models_list_small_2026.json": (
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
    "anthropic/models_list_2026-02.json": (
        10,
        Model("claude-opus-4-6", "Claude Opus 4.6", Kind.CHAT, created=date(2026, 2, 4)),
    ),
    "anthropic/models_list_2026-08.json": (
        10,
        Model(
            "claude-opus-5",
            "Claude Opus 5",
            Kind.CHAT,
            context_window=1000000,
            max_output_tokens=128000,
            can={
                Capability.VISION,
                Capability.DOCUMENT_INPUT,
                Capability.JSON_SCHEMA,
                Capability.REASONING,
            },
            created=date(2026, 7, 24),
        ),
    ),
    "anthropic/models_list_2026-08-02_with_headers.json": (
        11,
        Model(
            "claude-sonnet-4-5-20250929",
            "Claude Sonnet 4.5",
            Kind.CHAT,
            context_window=1000000,
            max_output_tokens=64000,
            can={
                Capability.VISION,
                Capability.DOCUMENT_INPUT,
                Capability.JSON_SCHEMA,
                Capability.REASONING,
            },
            created=date(2025, 9, 29),
        ),
    ),
    "ollama/models_list_2026-02.json": (
        3,
        Model("qwen3:latest", creator="library", created=date(2026, 1, 9)),
    ),
}

LOCAL_LISTS = {
    "ollama/api_show.json": Model(
        "llama3.2:latest",
        kind=Kind.CHAT,
        context_window=40960,
        can={Capability.TOOLS, Capability.STREAMING, Capability.JSON_SCHEMA},
        cannot={Capability.VISION, Capability.REASONING},
        local=True,
    ),
    "ollama/docs_api_show.json": Model(
        "llama3.2:latest",
        kind=Kind.CHAT,
        context_window=8192,
        can={Capability.VISION, Capability.STREAMING, Capability.JSON_SCHEMA},
        cannot={Capability.TOOLS, Capability.REASONING},
        local=True,
    ),
}
