"""Models served by GitHub."""

from __future__ import annotations

from pointsman.testing import OpenAICompatibleTests, OpenAIUpstream, Received, Reply
from pointsman_github_models import pointsman_providers


class CatalogUpstream(OpenAIUpstream):
    """The dialect under ``/inference``, and a catalog that is a bare array."""

    prefix = "/inference"

    def missing(self, request: Received) -> Reply:
        if request.path == "/catalog/models":
            return Reply.json([{"id": name, "supported_output_modalities": ["text"]} for name in self.models])
        return super().missing(request)


class TestGitHubModels(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    name = "github-models"
    providers = staticmethod(pointsman_providers)
    url = "https://models.github.ai/inference/chat/completions"

    def server(self) -> OpenAIUpstream:
        return CatalogUpstream(["acme/small"], key=self.key)

    def address(self, upstream: OpenAIUpstream) -> str:
        return upstream.url
