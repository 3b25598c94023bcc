"""What Ollama's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError, ContextWindowError, ModelNotFoundError
from pointsman.providers import OpenAICompatible
from pointsman.types import Capability, Kind, Model, Usage
from pointsman_ollama import Ollama

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="ollama",
        create=Ollama,
        chat_path="/api/chat",
        list_path="/api/tags",
        answers={
            "api_chat.json": ExpectedAnswer("A joke about OpenTelemetry!\n", 256, Usage(17, 66), "llama3"),
        },
        streams={
            "api_chat_stream_ndjson.json": ExpectedAnswer(
                "Why did the OpenTelemetry", 212, Usage(17, 50), "llama3"
            ),
        },
        refusals={
            "error_404_model.json": ModelNotFoundError,
        },
        lists={
            "api_show.json": Listed(
                2,
                Model(
                    "llama3.2:latest",
                    kind=Kind.CHAT,
                    context_window=40960,
                    can={Capability.TOOLS, Capability.STREAMING, Capability.JSON_SCHEMA},
                    cannot={Capability.VISION, Capability.REASONING},
                    local=True,
                ),
                path="/api/show",
                beside={"/api/tags": "docs_api_tags.json"},
            ),
            "docs_api_show.json": Listed(
                2,
                Model(
                    "llama3.2:latest",
                    kind=Kind.CHAT,
                    context_window=8192,
                    can={Capability.VISION, Capability.STREAMING, Capability.JSON_SCHEMA},
                    cannot={Capability.TOOLS, Capability.REASONING},
                    local=True,
                ),
                path="/api/show",
                beside={"/api/tags": "docs_api_tags.json"},
            ),
        },
        unused={"docs_api_ps.json": "which models are loaded is not asked for"},
    ),
    # What Ollama's OpenAI-compatible endpoints answered is read by the provider for those.
    Expectations(
        folder="ollama",
        create=OpenAICompatible,
        answers={
            "openai_compat_chat.json": ExpectedAnswer("4200 + 42 = 4242\n", 17, Usage(21, 16), "gemma3:4b"),
        },
        streams={
            "cloud_openai_compat_stream.json": ExpectedAnswer(
                "1  \n2  \n3", 9, Usage(74, 45), "gpt-oss:120b", thought=98
            ),
        },
        refusals={
            "cloud_error_400_context_length.json": ContextWindowError,
            "cloud_error_401.json": AuthenticationError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                3, Model("qwen3:latest", creator="library", created=date(2026, 1, 9))
            ),
        },
    ),
)
