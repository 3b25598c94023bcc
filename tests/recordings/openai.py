"""What OpenAI's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError, InvalidRequestError, ModelNotFoundError, RateLimitError
from pointsman.types import FinishReason, Model, Usage
from pointsman_openai import OpenAI

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="openai",
        create=OpenAI,
        answers={
            "chat.json": ExpectedAnswer("\\(4200 + 42", 21, Usage(16, 12), "gpt-4o-2024-08-06"),
            "chat_prompt_cached_tokens.json": ExpectedAnswer(
                "### Summary of Articles:\n", 1485, Usage(1149, 261, 1024), "gpt-4o-mini-2024-07-18"
            ),
            "chat_reasoning_tokens.json": ExpectedAnswer(
                "Hello there! How can", 38, Usage(7, 87, reasoning_output_tokens=64), "o3-mini-2025-01-31"
            ),
            "chat_tools.json": ExpectedAnswer(
                "",
                0,
                Usage(68, 16),
                "gpt-3.5-turbo-0125",
                FinishReason.TOOL_CALLS,
                (("get_current_weather", '{"location":"San Francisco"}'),),
            ),
        },
        streams={
            "chat_stream_include_usage.json": ExpectedAnswer(
                "", 0, Usage(13, 50, reasoning_output_tokens=50), "gpt-5-mini-2025-08-07", FinishReason.LENGTH
            ),
            "chat_stream_json_schema.json": ExpectedAnswer(
                '{"output":7}', 12, Usage(62, 5), "gpt-4o-2024-08-06"
            ),
        },
        refusals={
            "error_400_unsupported_parameter.json": InvalidRequestError,
            "error_401.json": AuthenticationError,
            "error_404_model.json": ModelNotFoundError,
            "error_429.json": RateLimitError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                119, Model("gpt-4", creator="openai", created=date(2023, 6, 27))
            ),
            "models_list_2026-08.json": Listed(
                118,
                Model(
                    "gpt-3.5-turbo", creator="openai", created=date(2023, 2, 28), retires=date(2026, 10, 23)
                ),
            ),
        },
    ),
)
