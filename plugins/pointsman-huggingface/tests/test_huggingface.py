"""Many hosts' models through Hugging Face's router."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests
from pointsman_huggingface import pointsman_providers


class TestHuggingFace(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "huggingface"
    providers = staticmethod(pointsman_providers)
    url = "https://router.huggingface.co/v1/chat/completions"
