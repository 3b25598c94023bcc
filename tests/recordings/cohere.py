"""What Cohere's recorded answers say, read off by hand."""

from __future__ import annotations

from pointsman.errors import AuthenticationError, ContextWindowError, ModelNotFoundError
from pointsman.types import Capability, Kind, Model, Usage
from pointsman_cohere import Cohere

from tests.recordings.expectations import ASKED, Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="cohere",
        create=Cohere,
        chat_path="/v2/chat",
        list_path="/v1/models",
        embed_path="/v2/embed",
        # No answer names its model.
        answers={
            "chat.json": ExpectedAnswer("2 + 2 equals 4.", 15, Usage(8, 8), ASKED),
            "vercel_cohere-text.json": ExpectedAnswer(
                "The capital of France is Paris.", 31, Usage(12, 7), ASKED
            ),
        },
        streams={
            "chat_stream.json": ExpectedAnswer(
                "Sure! Here's counting from 1 to 3:\n\n1, 2, 3.", 44, Usage(7, 21), ASKED
            ),
        },
        refusals={
            "error_400_context_length.json": ContextWindowError,
            "error_401.json": AuthenticationError,
        },
        refused_embeddings={"error_404_model_embed.json": ModelNotFoundError},
        lists={
            "docs_models_schema_example.json": Listed(
                1,
                Model(
                    "command-r-plus",
                    kind=Kind.CHAT,
                    context_window=128000,
                    can={Capability.TOOLS, Capability.JSON_SCHEMA},
                    cannot={Capability.VISION},
                ),
            ),
        },
    ),
)
