"""What Hugging Face's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Capability, FinishReason, Kind, Model, Rates, Usage
from pointsman_huggingface import Config, HuggingFace, HuggingFacePrices

from tests.recordings.expectations import Config as Recorded
from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed, Priced, usd


def create(config: Recorded) -> HuggingFace:
    """With the router's own policy: the fastest host answers."""
    return HuggingFace(Config(config.key, config.base_url))


def pricing(config: Recorded) -> HuggingFacePrices:
    """With the policy that has a price here: the fastest host of the example tells none."""
    return HuggingFacePrices(Config(config.key, config.base_url, "cheapest"))


EXPECTED = (
    Expectations(
        folder="huggingface",
        create=create,
        pricing=pricing,
        answers={
            "chat_router_together.json": ExpectedAnswer(
                "<think>\nHmm, the user", 450, Usage(4, 100), "deepseek-ai/DeepSeek-R1", FinishReason.LENGTH
            )
        },
        streams={
            "chat_stream.json": ExpectedAnswer("Paris", 5, Usage(40, 2), "meta-llama/llama-3.1-8b-instruct")
        },
        lists={
            "docs_router_models.json": Listed(
                1,
                Model(
                    "deepseek-ai/DeepSeek-V4-Pro",
                    kind=Kind.CHAT,
                    creator="deepseek-ai",
                    context_window=1048576,
                    can={Capability.TOOLS, Capability.JSON_SCHEMA},
                    cannot={Capability.VISION, Capability.AUDIO_INPUT},
                    created=date(2026, 4, 22),
                ),
            )
        },
        prices={
            "docs_router_models.json": Priced(
                1, "deepseek-ai/DeepSeek-V4-Pro", Rates(usd("1.69"), usd("3.38"))
            )
        },
        unused={"hub_inference_provider_mapping.json": "asked per model; the router's list says the same"},
    ),
)
