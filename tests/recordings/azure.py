"""What Azure's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.errors import AuthenticationError, ModelNotFoundError, RateLimitError
from pointsman.types import Kind, Model, Usage
from pointsman_azure import Azure, Config

from tests.recordings.expectations import ASKED, Expectations, ExpectedAnswer, Listed
from tests.recordings.expectations import Config as Recorded


def create(config: Recorded) -> Azure:
    """With a deployment of a model that the region's list knows, and one it does not."""
    return Azure(Config(config.key, config.base_url, (f"{ASKED}=gpt-4o-2024-08-06", "other")))


def dated(config: Recorded) -> Azure:
    """The older interface, where every deployment has an address."""
    return Azure(Config(config.key, config.base_url, (ASKED,), "2024-10-21"))


EXPECTED = (
    Expectations(
        folder="azure",
        create=create,
        base="",
        chat_path="/openai/v1/chat/completions",
        list_path="/openai/v1/models",
        # More tokens are said to be cached than there are; the part is clamped to the whole, and marked.
        answers={
            "chat.json": ExpectedAnswer("4", 1, Usage(7, 1, 7, estimated=True), "grok-4-1-fast-non-reasoning")
        },
        streams={
            "chat_stream.json": ExpectedAnswer(
                "1, 2, 3", 8, Usage(7, 8, 7, estimated=True), "grok-4-1-fast-non-reasoning"
            )
        },
        refusals={"error_401.json": AuthenticationError, "error_429.json": RateLimitError},
        lists={
            "models_list_2026-02.json": Listed(
                2,
                Model(
                    ASKED,
                    "gpt-4o-2024-08-06",
                    Kind.CHAT,
                    aliases=("gpt-4o-2024-08-06",),
                    created=date(2024, 8, 6),
                    retires=date(2026, 10, 1),
                ),
            )
        },
    ),
    Expectations(
        folder="azure",
        create=dated,
        chat_path=f"/openai/deployments/{ASKED}/chat/completions",
        answers={
            "chat_deployment_with_ratelimit.json": ExpectedAnswer(
                "Why did the Opentelemetry", 124, Usage(15, 24), "gpt-35-turbo"
            )
        },
        refusals={"error_404_deployment.json": ModelNotFoundError},
    ),
)
