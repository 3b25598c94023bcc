"""What Together's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Kind, Model, Rates, Usage
from pointsman_together import Together, TogetherPrices

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed, Priced, usd

EXPECTED = (
    Expectations(
        folder="together",
        create=Together,
        pricing=TogetherPrices,
        answers={
            "chat.json": ExpectedAnswer(
                "To find the answer", 54, Usage(44, 23), "meta-llama/Llama-3.3-70B-Instruct-Turbo"
            ),
            "chat_2024.json": ExpectedAnswer(
                " Why don't we ever hear", 115, Usage(18, 35), "mistralai/Mixtral-8x7B-Instruct-v0.1"
            ),
            "chat_2026.json": ExpectedAnswer(
                "The sky appears blue", 245, Usage(46, 45), "meta-llama/Llama-3.3-70B-Instruct-Turbo"
            ),
        },
        lists={
            "docs_models_schema_example.json": Listed(
                1,
                Model(
                    "Austism/chronos-hermes-13b",
                    "Chronos Hermes (13B)",
                    Kind.CHAT,
                    "Austism",
                    2048,
                    created=date(2023, 8, 24),
                ),
            )
        },
        prices={
            "docs_models_schema_example.json": Priced(
                1, "Austism/chronos-hermes-13b", Rates(usd("0.3"), usd("0.3"))
            )
        },
    ),
)
