"""What GitHub's recorded answers say, read off by hand."""

from __future__ import annotations

from datetime import date

from pointsman.types import Capability, Kind, Model
from pointsman_github_models import GitHubModels

from tests.recordings.expectations import Expectations, Listed

EXPECTED = (
    Expectations(
        folder="github_models",
        create=GitHubModels,
        chat_path="/inference/chat/completions",
        list_path="/catalog/models",
        lists={
            "docs_catalog.json": Listed(
                1,
                Model(
                    "openai/gpt-4.1",
                    "OpenAI GPT-4.1",
                    Kind.CHAT,
                    "OpenAI",
                    1048576,
                    32768,
                    {Capability.STREAMING, Capability.TOOLS, Capability.VISION, Capability.AUDIO_INPUT},
                    created=date(2025, 4, 14),
                ),
            )
        },
    ),
)
