"""What Mistral's recorded answers say, read off by hand."""

from __future__ import annotations

from pointsman.errors import AuthenticationError
from pointsman.types import Capability, Kind, Model, Usage
from pointsman_mistral import Mistral

from tests.recordings.expectations import Expectations, ExpectedAnswer, Listed

EXPECTED = (
    Expectations(
        folder="mistral",
        create=Mistral,
        answers={
            "chat.json": ExpectedAnswer("2 + 2 equals **4**.", 19, Usage(23, 9), "mistral-small-latest"),
            "vercel_mistral-text.json": ExpectedAnswer(
                '**Holiday Name: "World Ki', 1925, Usage(13, 434), "mistral-small-latest"
            ),
        },
        streams={
            "chat_stream.json": ExpectedAnswer("1, 2, 3", 7, Usage(22, 8), "mistral-small-latest"),
            "chat_stream_reasoning.json": ExpectedAnswer(
                "144", 3, Usage(31, 66), "mistral-small-latest", thought=174
            ),
        },
        refusals={
            "error_401.json": AuthenticationError,
        },
        lists={
            "models_list_2026-02.json": Listed(
                29,
                Model(
                    "mistral-medium-2508",
                    name="mistral-medium-2508",
                    kind=Kind.CHAT,
                    creator="mistralai",
                    context_window=131072,
                    can={Capability.TOOLS, Capability.VISION},
                    cannot={Capability.AUDIO_INPUT},
                    aliases=("mistral-medium-latest", "mistral-medium", "mistral-vibe-cli-with-tools"),
                ),
            ),
        },
    ),
)
