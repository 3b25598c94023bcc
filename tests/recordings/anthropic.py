"""What Anthropic's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import (
    AuthenticationError,
    ContextWindowError,
    InvalidRequestError,
    ModelNotFoundError,
    RateLimitError,
)
from pointsman.types import Capability, FinishReason, Kind, Model, Usage
from pointsman_anthropic import Anthropic

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="anthropic",
        create=Anthropic,
        chat_path="/v1/messages",
        list_path="/v1/models",
        answers={
            "messages.json": ExpectedAnswer(
                "4200 + 42 = 4242", 16, Usage(17, 15), "claude-sonnet-4-20250514"
            ),
            "messages_200_with_retry_after.json": ExpectedAnswer(
                'Paris is known as the "Ci', 265, Usage(14, 65), "claude-sonnet-4-5-20250929"
            ),
            "messages_cache_creation.json": ExpectedAnswer(
                "The title of this documen", 71, Usage(1652, 29, 0, 1650), "claude-sonnet-5"
            ),
            "messages_cache_read.json": ExpectedAnswer(
                "Red delicious", 13, Usage(1696, 7, 1650, 44), "claude-sonnet-5"
            ),
        },
        streams={
            "messages_stream.json": ExpectedAnswer("Hello", 5, Usage(10, 4), "claude-haiku-4-5-20251001"),
            "messages_stream_thinking.json": ExpectedAnswer(
                "1. **Pouch** - references", 89, Usage(46, 133), "claude-haiku-4-5-20251001", thought=289
            ),
            "messages_stream_tool.json": ExpectedAnswer(
                "",
                0,
                Usage(543, 40),
                "claude-haiku-4-5-20251001",
                FinishReason.TOOL_CALLS,
                (("pelican_name_generator", "{}"),),
            ),
        },
        refusals={
            "error_400_bad_effort.json": InvalidRequestError,
            "error_400_context_length.json": ContextWindowError,
            "error_401.json": AuthenticationError,
            "error_404_model.json": ModelNotFoundError,
            "error_429.json": RateLimitError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                10, Model("claude-opus-4-6", "Claude Opus 4.6", Kind.CHAT, created=date(2026, 2, 4))
            ),
            "models_list_2026-08.json": Listed(
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
            "models_list_2026-08-02_with_headers.json": Listed(
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
        },
    ),
)
