"""OpenAI's models, through the dialect's own home."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_openai import pointsman_providers


class TestOpenAI(OpenAICompatibleTests):
    """The dialect's kit."""

    name = "openai"
    providers = staticmethod(pointsman_providers)
    url = "https://api.openai.com/v1/chat/completions"
    max_tokens_field = "max_completion_tokens"
