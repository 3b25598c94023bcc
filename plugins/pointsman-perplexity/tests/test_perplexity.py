"""Perplexity's models."""

from __future__ import annotations

import pytest
from pointsman import ChatRequest, InvalidRequestError, Message, Role, Secret, Text
from pointsman.testing import FakeHttp, OpenAICompatibleTests, OpenAIUpstream, Received, Reply
from pointsman_perplexity import Config, Perplexity, pointsman_providers


class ListingUpstream(OpenAIUpstream):
    """The dialect without a version in its address, but for the list, whose ids begin with a maker."""

    prefix = ""

    def missing(self, request: Received) -> Reply:
        if request.path == "/v1/models":
            row = {"id": "perplexity/sonar", "object": "model", "created": 0, "owned_by": "perplexity"}
            return Reply.json({"object": "list", "data": [row]})
        return super().missing(request)


class TestPerplexity(OpenAICompatibleTests):
    """The dialect's kit."""

    supports_documents = supports_audio = False
    supports_tools = False

    name = "perplexity"
    providers = staticmethod(pointsman_providers)
    url = "https://api.perplexity.ai/chat/completions"
    refused = ("seed",)

    def server(self) -> OpenAIUpstream:
        return ListingUpstream(["sonar"], key=self.key)


@pytest.mark.anyio
async def test_a_bare_json_mode_is_not_taken() -> None:
    """Only a schema is; it is refused by name before anything is sent."""
    provider, http = Perplexity(Config(Secret("key-0123456789"))), FakeHttp()
    request = ChatRequest([Message(Role.USER, (Text("hi"),))], response_format="json")
    with pytest.raises(InvalidRequestError, match="response_format"):
        await provider.chat("m", request, http)

    assert http.sent == []
