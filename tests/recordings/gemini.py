"""What Gemini's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError, ModelNotFoundError, RateLimitError
from pointsman.providers import OpenAICompatible
from pointsman.types import Capability, FinishReason, Kind, Model, Usage
from pointsman_gemini import Gemini

from tests.recordings.expectations import ASKED, Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="gemini",
        create=Gemini,
        base="/v1beta",
        chat_path=f"/models/{ASKED}:generateContent",
        stream_path=f"/models/{ASKED}:streamGenerateContent",
        answers={
            "generate.json": ExpectedAnswer(
                "The capital of France is **Paris**.", 35, Usage(8, 8), "gemini-2.5-flash-lite"
            ),
            "generate_cached.json": ExpectedAnswer(
                "Paris.", 6, Usage(3520, 44, 3512, reasoning_output_tokens=42), "gemini-2.5-flash"
            ),
            "generate_function_call.json": ExpectedAnswer(
                "", 0, Usage(21, 1), "gemini-2.0-flash", FinishReason.TOOL_CALLS, (("bar", "{}"),)
            ),
            "generate_thinking_usage.json": ExpectedAnswer(
                "1 + 1 = 2.", 10, Usage(9, 84, reasoning_output_tokens=76), "gemini-3.5-flash", thought=699
            ),
        },
        streams={
            "stream_sse.json": ExpectedAnswer(
                "1, 2, 3", 7, Usage(8, 27, reasoning_output_tokens=20), "gemini-2.5-flash"
            ),
            "stream_without_alt_sse_json_array.json": ExpectedAnswer(
                "",
                0,
                Usage(32, 54, reasoning_output_tokens=42),
                "gemini-2.5-flash",
                FinishReason.TOOL_CALLS,
                (("pelican_name_generator", "{}"),),
                thought=236,
            ),
        },
        refusals={
            "error_400_bad_key.json": AuthenticationError,
            "error_404_model.json": ModelNotFoundError,
            "error_404_model_stream.json": ModelNotFoundError,
            "error_429.json": RateLimitError,
            "vercel_google-429-retry-info.json": RateLimitError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                45,
                Model(
                    "gemini-exp-1206",
                    name="Gemini Experimental 1206",
                    kind=Kind.CHAT,
                    context_window=1048576,
                    max_output_tokens=65536,
                    can={Capability.REASONING},
                    created=date(2025, 3, 25),
                ),
            ),
            "models_list_2026-08_page1.json": Listed(
                50,
                Model("gemini-embedding-2", "Gemini Embedding 2", Kind.EMBEDDING, context_window=8192),
            ),
        },
    ),
    # What the OpenAI-compatible endpoint lists is read by the provider for those.
    Expectations(
        folder="gemini",
        create=OpenAICompatible,
        base="/v1beta/openai",
        lists={
            "models_list_openai_compat.json": Listed(
                53, Model("models/gemini-2.5-pro", name="Gemini 2.5 Pro", creator="google")
            ),
        },
    ),
)
