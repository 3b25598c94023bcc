"""DeepSeek's models."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_deepseek import pointsman_providers


class TestDeepSeek(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    supports_json_schema = False
    supports_images = False

    name = "deepseek"
    providers = staticmethod(pointsman_providers)
    url = "https://api.deepseek.com/chat/completions"
    reasoning_field = "reasoning_content"
    refused = ("seed",)
