"""What Groq's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import ModelNotFoundError, ResponseError
from pointsman.types import Model, Usage
from pointsman_groq import Groq

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="groq",
        create=Groq,
        answers={
            "chat.json": ExpectedAnswer("Here's one:\n\nWhy did", 106, Usage(18, 26), "llama3-8b-8192"),
        },
        streams={
            "chat_stream.json": ExpectedAnswer(
                "A joke about OpenTelemetr", 277, Usage(18, 73), "llama3-8b-8192"
            ),
            "chat_stream_gomodel.json": ExpectedAnswer(
                "Hello World!", 12, Usage(38, 4), "llama-3.3-70b-versatile"
            ),
        },
        refusals={
            "error_400_tool_use_failed.json": ResponseError,
            "error_404_model.json": ModelNotFoundError,
        },
        lists={
            "models_list_2025-09.json": Listed(
                23,
                Model(
                    "llama-3.3-70b-versatile",
                    creator="Meta",
                    context_window=131072,
                    max_output_tokens=32768,
                    created=date(2024, 12, 6),
                ),
            ),
            "models_list_gomodel.json": Listed(
                20,
                Model(
                    "whisper-large-v3",
                    creator="OpenAI",
                    context_window=448,
                    max_output_tokens=448,
                    created=date(2023, 9, 3),
                ),
            ),
        },
    ),
)
