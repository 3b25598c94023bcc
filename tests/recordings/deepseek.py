"""What DeepSeek's recorded answers say, read off by hand."""

from __future__ import annotations

from pointsman.errors import AuthenticationError, ContextWindowError
from pointsman.types import Model, Usage
from pointsman_deepseek import DeepSeek

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="deepseek",
        create=DeepSeek,
        answers={
            "chat.json": ExpectedAnswer("4", 1, Usage(12, 1), "deepseek-v4-flash"),
            "vercel_deepseek-reasoning.json": ExpectedAnswer(
                'The word "strawberry"',
                107,
                Usage(18, 345, reasoning_output_tokens=315),
                "deepseek-reasoner",
                thought=935,
            ),
        },
        streams={"chat_stream.json": ExpectedAnswer("1, 2, 3.", 8, Usage(11, 8), "deepseek-v4-flash")},
        refusals={
            "error_400_context_length.json": ContextWindowError,
            "error_401.json": AuthenticationError,
        },
        lists={"models_list_2026-02.json": Listed(2, Model("deepseek-reasoner", creator="deepseek"))},
    ),
)
