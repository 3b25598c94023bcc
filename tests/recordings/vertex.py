"""What Vertex AI's recorded answers say, read off by hand: Gemini's dialect at another address."""

from __future__ import annotations

from pointsman.errors import ContextWindowError
from pointsman.types import Model, Usage
from pointsman_gemini import Gemini

from tests.recordings.expectations import ASKED, Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="vertex",
        create=Gemini,
        base="/v1beta1/publishers/google",
        chat_path=f"/models/{ASKED}:generateContent",
        stream_path=f"/models/{ASKED}:streamGenerateContent",
        streams={
            "stream_sse.json": ExpectedAnswer(
                "1, 2, 3", 7, Usage(7, 32, reasoning_output_tokens=25), "gemini-2.5-flash"
            ),
        },
        refusals={"error_400_context_length.json": ContextWindowError},
        lists={"models_list_2026-02.json": Listed(10, Model("gemini-2.5-flash"))},
    ),
)
