"""What Perplexity's recorded answers say, read off by hand."""

from __future__ import annotations

from pointsman.errors import AuthenticationError, ContextWindowError
from pointsman.types import Kind, Model, Rates, Usage
from pointsman_perplexity import Config, Perplexity, PerplexityPrices

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed, Priced, usd

EXPECTED = (
    Expectations(
        folder="perplexity",
        create=lambda config: Perplexity(Config(config.key, config.base_url)),
        pricing=lambda config: PerplexityPrices(Config(config.key, config.base_url)),
        list_path="/v1/models",
        answers={
            "chat.json": ExpectedAnswer(
                "**2 + 2 = 4**.[3]\n\n", 19, Usage(9, 12, cost=usd("0.00502")), "sonar"
            )
        },
        refusals={
            "error_400_context_length.json": ContextWindowError,
            "error_401.json": AuthenticationError,
        },
        lists={"models_list_2026-08.json": Listed(39, Model("sonar", kind=Kind.CHAT, creator="perplexity"))},
        prices={
            "models_list_2026-08.json": Priced(
                39, "anthropic/claude-haiku-4-5", Rates(usd("1"), usd("5"), usd("0.1"), usd("1.25"))
            )
        },
    ),
)
