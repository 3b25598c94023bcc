"""What Bedrock's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError, ContextWindowError, ModelNotFoundError
from pointsman.types import Capability, Kind, Model, Usage
from pointsman_bedrock import Bedrock
from pointsman_bedrock import Config as BedrockConfig
from pointsman_openai_compatible import Compatible
from pointsman_openai_compatible import Config as CompatibleConfig

from tests.recordings.expectations import Config, Expectations, ExpectedAnswer, Listed


def create(config: Config) -> Bedrock:
    return Bedrock(BedrockConfig(config.key, "us-east-1", bearer=config.key, base_url=config.base_url))


EXPECTED = (
    Expectations(
        folder="bedrock",
        create=create,
        chat_path="/model/asked/converse",
        stream_path="/model/asked/converse-stream",
        list_path="/foundation-models",
        answers={"converse.json": ExpectedAnswer("Hello", 5, Usage(8, 2), "asked")},
        streams={
            "converse_stream_binary.json": ExpectedAnswer(
                "Sure! Here is the count", 47, Usage(53, 21), "asked"
            )
        },
        refusals={
            "error_400_context_length.json": ContextWindowError,
            "error_400_model.json": ModelNotFoundError,
            "error_403_auth.json": AuthenticationError,
        },
        lists={
            # 63 of the 135 rows can be called on demand; the others need a profile or are provisioned.
            "models_list_2026-02.json": Listed(
                63,
                Model(
                    "nvidia.nemotron-nano-12b-v2",
                    name="NVIDIA Nemotron Nano 12B v2 VL BF16",
                    kind=Kind.CHAT,
                    creator="NVIDIA",
                    max_output_tokens=131072,
                    can={Capability.STREAMING, Capability.VISION},
                    cannot={Capability.AUDIO_INPUT},
                ),
            ),
        },
    ),
    # Bedrock's other endpoint speaks the OpenAI dialect, and is reached as any such endpoint is.
    Expectations(
        folder="bedrock",
        create=lambda config: Compatible(CompatibleConfig(config.base_url, config.key)),
        base="/v1",
        lists={
            "mantle_models_list.json": Listed(
                48,
                Model("google.gemma-3-4b-it", kind=Kind.CHAT, creator="system", created=date(2025, 11, 30)),
            )
        },
    ),
)
