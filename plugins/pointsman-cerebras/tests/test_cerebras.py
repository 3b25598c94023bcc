"""Models served by Cerebras."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_cerebras import pointsman_providers


class TestCerebras(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "cerebras"
    providers = staticmethod(pointsman_providers)
    url = "https://api.cerebras.ai/v1/chat/completions"
    max_tokens_field = "max_completion_tokens"
