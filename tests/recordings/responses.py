"""What the recorded answers in the responses dialect say, whoever gave them, read off by hand."""

from __future__ import annotations

from decimal import Decimal

from pointsman.errors import ContextWindowError, ModelNotFoundError
from pointsman.providers import OpenAIResponses
from pointsman.types import Usage

from tests.recordings.expectations import Expectations, ExpectedAnswer

EXPECTED = (
    Expectations(
        folder="openai",
        create=OpenAIResponses,
        chat_path="/responses",
        answers={
            "responses.json": ExpectedAnswer(
                "The capital of France is ", 31, Usage(14, 8), "gpt-4.1-nano-2025-04-14"
            )
        },
        streams={"responses_stream.json": ExpectedAnswer("pong", 4, Usage(11, 5), "gpt-5.5-2026-04-23")},
        refusals={
            "error_400_context_length_responses.json": ContextWindowError,
            "error_400_model_responses.json": ModelNotFoundError,
        },
    ),
    Expectations(
        folder="xai",
        create=OpenAIResponses,
        chat_path="/responses",
        answers={
            "responses.json": ExpectedAnswer(
                "4",
                1,
                Usage(204, 80, 128, reasoning_output_tokens=79, cost=Decimal("0.0003206")),
                "grok-4.3",
                thought=51,
            )
        },
        streams={
            "responses_stream.json": ExpectedAnswer(
                "1, 2, 3.",
                8,
                Usage(199, 160, 128, reasoning_output_tokens=152, cost=Decimal("0.00051435")),
                "grok-4.3",
                thought=35,
            )
        },
    ),
    Expectations(
        folder="lmstudio",
        create=OpenAIResponses,
        chat_path="/responses",
        answers={
            "responses.json": ExpectedAnswer(
                "text content",
                12,
                Usage(136, 3677, reasoning_output_tokens=2456),
                "mistralai/ministral-3-14b-reasoning",
                thought=17,
            )
        },
    ),
)
