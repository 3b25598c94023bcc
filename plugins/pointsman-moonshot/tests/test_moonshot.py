"""Moonshot's models."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_moonshot import pointsman_providers


class TestMoonshot(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "moonshot"
    providers = staticmethod(pointsman_providers)
    url = "https://api.moonshot.ai/v1/chat/completions"
    reasoning_field = "reasoning_content"
