"""What servers known only by their address recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError
from pointsman.types import Capability, FinishReason, Kind, Model, Usage
from pointsman_openai_compatible import Compatible, Config

from tests.recordings.expectations import Config as Recorded
from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed


def create(config: Recorded) -> Compatible:
    """With nothing said beyond the address."""
    return Compatible(Config(config.base_url, config.key))


EXPECTED = (
    Expectations(
        folder="gpustack_vllm",
        create=create,
        base="/v1",
        answers={
            "vllm_chat.json": ExpectedAnswer(
                "<|im_end|>\n<|im_start|>user", 32, Usage(57, 20), "facebook/opt-125m", FinishReason.LENGTH
            )
        },
        streams={
            "vllm_chat_stream.json": ExpectedAnswer(
                "<|im_end|>", 39, None, "facebook/opt-125m", FinishReason.LENGTH
            )
        },
        refused_lists={"models_list_401.json": AuthenticationError},
        lists={
            "docs_vllm_v1_models.json": Listed(
                1,
                Model(
                    "seongil-dn/bge-m3-3800_steps_v2_234",
                    kind=Kind.CHAT,
                    creator="vllm",
                    context_window=1024,
                    created=date(2025, 9, 3),
                ),
            )
        },
    ),
    Expectations(
        folder="hetzner",
        create=create,
        base="/v1",
        lists={
            "models_list_2026-08.json": Listed(
                2,
                Model(
                    "Qwen/Qwen3.6-35B-A3B-FP8",
                    kind=Kind.CHAT,
                    creator="hetzner",
                    context_window=262144,
                    created=date(2026, 8, 19),
                ),
            )
        },
    ),
    Expectations(
        folder="heroku",
        create=lambda config: Compatible(Config(config.base_url, config.key, "/available-models")),
        base="",
        list_path="/available-models",
        lists={
            "available_models.json": Listed(
                28, Model("claude-3-5-haiku", kind=Kind.CHAT, retires=date(2026, 6, 12))
            )
        },
    ),
    Expectations(
        folder="lmstudio",
        create=lambda config: Compatible(Config(config.base_url, config.key, local=True)),
        base="/api/v0",
        answers={
            "docs_api_v0_chat.json": ExpectedAnswer(
                "Greetings, I'm a helpful AI", 184, Usage(24, 53), "granite-3.0-2b-instruct"
            )
        },
        lists={
            "docs_api_v0_models.json": Listed(
                3,
                Model(
                    "qwen2-vl-7b-instruct",
                    kind=Kind.CHAT,
                    creator="mlx-community",
                    context_window=32768,
                    can={Capability.VISION},
                    local=True,
                ),
            )
        },
    ),
    Expectations(
        folder="lmstudio",
        create=lambda config: Compatible(Config(config.base_url, config.key, "/api/v1/models", local=True)),
        base="",
        list_path="/api/v1/models",
        lists={
            "docs_api_v1_models.json": Listed(
                3,
                Model(
                    "google/gemma-4-26b-a4b",
                    "Gemma 4 26B A4B",
                    Kind.CHAT,
                    "google",
                    4096,  # what it is loaded with; it could take 262144
                    can={Capability.VISION, Capability.TOOLS, Capability.REASONING},
                    local=True,
                ),
            )
        },
    ),
)
