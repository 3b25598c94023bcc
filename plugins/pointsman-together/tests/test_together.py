"""Models served by Together AI."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_together import pointsman_providers


class TestTogether(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "together"
    providers = staticmethod(pointsman_providers)
    url = "https://api.together.ai/v1/chat/completions"
