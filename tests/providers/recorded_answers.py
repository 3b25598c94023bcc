"""What the recorded answers, streams and refusals say, read off by hand."""

from __future__ import annotations

from decimal import Decimal

from pointsman.errors import (
    AuthenticationError,
    ContextWindowError,
    InvalidRequestError,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    RateLimitError,
    ResponseError,
)
from pointsman.types import FinishReason, Usage

from tests.providers.recorded import Told

ANSWERS = {
    "openai/chat.json": Told("\\(4200 + 42", 21, Usage(16, 12), "gpt-4o-2024-08-06"),
    "openai/chat_prompt_cached_tokens.json": Told(
        "### Summary of Articles:\n", 1485, Usage(1149, 261, 1024), "gpt-4o-mini-2024-07-18"
    ),
    "openai/chat_reasoning_tokens.json": Told(
        "Hello there! How can", 38, Usage(7, 87, reasoning_output_tokens=64), "o3-mini-2025-01-31"
    ),
    "openai/chat_tools.json": Told(
        "",
        0,
        Usage(68, 16),
        "gpt-3.5-turbo-0125",
        FinishReason.TOOL_CALLS,
        (("get_current_weather", '{"location":"San Francisco"}'),),
    ),
    "groq/chat.json": Told("Here's one:\n\nWhy did", 106, Usage(18, 26), "llama3-8b-8192"),
    "mistral/chat.json": Told("2 + 2 equals **4**.", 19, Usage(23, 9), "mistral-small-latest"),
    "mistral/vercel_mistral-text.json": Told(
        '**Holiday Name: "World Ki', 1925, Usage(13, 434), "mistral-small-latest"
    ),
    "openrouter/chat.json": Told("Hello!", 6, Usage(12, 2, cost=Decimal("0.00005")), "openai/gpt-4o"),
    "openrouter/chat_claude.json": Told(
        "2 + 2 = 4", 9, Usage(16, 13, cost=Decimal("0.000081")), "anthropic/claude-4.5-haiku-20251001"
    ),
    "anthropic/messages.json": Told("4200 + 42 = 4242", 16, Usage(17, 15), "claude-sonnet-4-20250514"),
    "anthropic/messages_200_with_retry_after.json": Told(
        'Paris is known as the "Ci', 265, Usage(14, 65), "claude-sonnet-4-5-20250929"
    ),
    "anthropic/messages_cache_creation.json": Told(
        "The title of this documen", 71, Usage(1652, 29, 0, 1650), "claude-sonnet-5"
    ),
    "anthropic/messages_cache_read.json": Told(
        "Red delicious", 13, Usage(1696, 7, 1650, 44), "claude-sonnet-5"
    ),
    "ollama/api_chat.json": Told("A joke about OpenTelemetry!\n", 256, Usage(17, 66), "llama3"),
    "ollama/openai_compat_chat.json": Told("4200 + 42 = 4242\n", 17, Usage(21, 16), "gemma3:4b"),
}

STREAMS = {
    "openai/chat_stream_include_usage.json": Told(
        "", 0, Usage(13, 50, reasoning_output_tokens=50), "gpt-5-mini-2025-08-07", FinishReason.LENGTH
    ),
    "openai/chat_stream_json_schema.json": Told('{"output":7}', 12, Usage(62, 5), "gpt-4o-2024-08-06"),
    "groq/chat_stream.json": Told("A joke about OpenTelemetr", 277, Usage(18, 73), "llama3-8b-8192"),
    "groq/chat_stream_gomodel.json": Told("Hello World!", 12, Usage(38, 4), "llama-3.3-70b-versatile"),
    "mistral/chat_stream.json": Told("1, 2, 3", 7, Usage(22, 8), "mistral-small-latest"),
    "mistral/chat_stream_reasoning.json": Told("144", 3, Usage(31, 66), "mistral-small-latest", thought=174),
    "openrouter/chat_stream.json": Told(
        "1\n2\n3", 5, Usage(15, 9, cost=Decimal("0.00006")), "anthropic/claude-4.5-haiku-20251001"
    ),
    "anthropic/messages_stream.json": Told("Hello", 5, Usage(10, 4), "claude-haiku-4-5-20251001"),
    "anthropic/messages_stream_thinking.json": Told(
        "1. **Pouch** - references", 89, Usage(46, 133), "claude-haiku-4-5-20251001", thought=289
    ),
    "anthropic/messages_stream_tool.json": Told(
        "",
        0,
        Usage(543, 40),
        "claude-haiku-4-5-20251001",
        FinishReason.TOOL_CALLS,
        (("pelican_name_generator", "{}"),),
    ),
    "ollama/api_chat_stream_ndjson.json": Told("Why did the OpenTelemetry", 212, Usage(17, 50), "llama3"),
    "ollama/cloud_openai_compat_stream.json": Told(
        "1  \n2  \n3", 9, Usage(74, 45), "gpt-oss:120b", thought=98
    ),
}

BROKEN_STREAMS: dict[str, tuple[type[ProviderError], Usage]] = {
    "openrouter/chat_stream_midstream_error.json": (
        InvalidRequestError,
        Usage(43, 10, reasoning_output_tokens=10, cost=Decimal(0)),
    ),
}

REFUSALS: dict[str, type[ProviderError]] = {
    "openai/error_400_unsupported_parameter.json": InvalidRequestError,
    "openai/error_401.json": AuthenticationError,
    "openai/error_404_model.json": ModelNotFoundError,
    "openai/error_429.json": RateLimitError,
    "groq/error_400_tool_use_failed.json": ResponseError,
    "groq/error_404_model.json": ModelNotFoundError,
    "mistral/error_401.json": AuthenticationError,
    "openrouter/error_400_context_length.json": ContextWindowError,
    "openrouter/error_401.json": AuthenticationError,
    "openrouter/error_429.json": OverloadedError,
    "anthropic/error_400_bad_effort.json": InvalidRequestError,
    "anthropic/error_400_context_length.json": ContextWindowError,
    "anthropic/error_401.json": AuthenticationError,
    "anthropic/error_404_model.json": ModelNotFoundError,
    "anthropic/error_429.json": RateLimitError,
    "ollama/error_404_model.json": ModelNotFoundError,
    "ollama/cloud_error_400_context_length.json": ContextWindowError,
    "ollama/cloud_error_401.json": AuthenticationError,
}
