"""Models served by Fireworks AI."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_fireworks import pointsman_providers


class TestFireworks(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "fireworks"
    providers = staticmethod(pointsman_providers)
    url = "https://api.fireworks.ai/inference/v1/chat/completions"
