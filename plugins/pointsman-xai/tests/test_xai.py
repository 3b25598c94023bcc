"""xAI's models."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_xai import pointsman_providers


class TestXAI(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "xai"
    providers = staticmethod(pointsman_providers)
    url = "https://api.x.ai/v1/chat/completions"
    max_tokens_field = "max_completion_tokens"
