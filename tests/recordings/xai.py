"""What xAI's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError
from pointsman.types import Capability, ContextTier, Kind, Model, Rates, Usage
from pointsman_xai import XAI, XAIPrices

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed, Priced, usd

EXPECTED = (
    Expectations(
        folder="xai",
        create=XAI,
        pricing=XAIPrices,
        answers={
            "chat.json": ExpectedAnswer(
                "Hello World!",
                159,
                Usage(10, 410, 3, reasoning_output_tokens=375, cost=usd("0.000207325")),
                "grok-3-mini",
                thought=1691,
            ),
            "chat_vercel.json": ExpectedAnswer(
                "Hello",
                5,
                Usage(12, 229, 2, reasoning_output_tokens=228, cost=usd("0.00011765")),
                "grok-3-mini",
                thought=189,
            ),
        },
        refusals={"error_400_bad_key.json": AuthenticationError},
        lists={
            "docs_v1_language_models.json": Listed(
                3,
                Model(
                    "grok-420-reasoning",
                    kind=Kind.CHAT,
                    creator="xai",
                    context_window=256000,
                    cannot={Capability.VISION, Capability.AUDIO_INPUT},
                    created=date(2026, 1, 10),
                ),
                path="/language-models",
                beside={"/models": "docs_v1_models.json"},
            ),
            "models_list_2026-02.json": Listed(13, Model("grok-3", creator="xai", created=date(2025, 4, 4))),
            "models_list_gomodel.json": Listed(
                10, Model("grok-4-0709", creator="xai", created=date(2025, 7, 9))
            ),
        },
        prices={
            "docs_v1_language_models.json": Priced(
                2,
                "grok-420-reasoning",
                Rates(usd("2"), usd("8"), usd("0.2"), tiers=(ContextTier(128000, usd("4"), usd("16")),)),
                path="/language-models",
            ),
            "docs_v1_models.json": Priced(
                2, "latest", Rates(usd("1.25"), usd("2.5"), usd("0.2"), input_image=usd("1.25"))
            ),
        },
    ),
)
