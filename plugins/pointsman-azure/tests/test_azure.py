"""Your deployments at Azure OpenAI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import Secret
from pointsman.testing import OpenAICompatibleTests, OpenAIUpstream
from pointsman_azure import pointsman_providers


class RegionUpstream(OpenAIUpstream):
    """The dialect where Azure has it."""

    prefix = "/openai/v1"


class TestAzure(OpenAICompatibleTests):
    """The dialect's kit."""

    name = "azure"
    providers = staticmethod(pointsman_providers)
    url = "https://acme.openai.azure.com/openai/v1/chat/completions"
    max_tokens_field = "max_completion_tokens"

    def server(self) -> OpenAIUpstream:
        return RegionUpstream(["small", "large"])

    def address(self, upstream: OpenAIUpstream) -> str:
        return upstream.url

    def settings(self, address: str) -> Mapping[str, Any]:
        resource = address or "https://acme.openai.azure.com/"
        return {"key": Secret(str(self.key)), "base_url": resource, "deployments": ("small", "large", "m")}

    def headers(self) -> Mapping[str, str]:
        return {"api-key": str(self.key)}
