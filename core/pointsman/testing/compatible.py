"""The kit for providers of the OpenAI dialect, with the letter of what they send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar

import pytest

from pointsman.errors import Advice, InvalidRequestError
from pointsman.hookspecs import Extension
from pointsman.protocols import Provider
from pointsman.testing.fakes import FakeHttp
from pointsman.testing.openai import OpenAIUpstream
from pointsman.testing.providers import ProviderTests
from pointsman.testing.speakers import SpeakerTests
from pointsman.types import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Secret,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

_ANSWER = {"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]}
_HI = (Message(Role.USER, (Text("hi"),)),)
_Part = tuple[dict[str, Any], dict[str, Any]]  # fields of a request, and what is written of them

_TOOLS: _Part = (
    {"tools": (Tool("look", "Looks.", {"type": "object"}),), "tool_choice": "auto"},
    {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "look",
                    "description": "Looks.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ],
        "tool_choice": "auto",
    },
)
_SCHEMA: _Part = (
    {"response_format": JsonSchema({"type": "object"}, "animal")},
    {
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "animal",
                "schema": {"type": "object", "additionalProperties": False},
                "strict": True,
            },
        }
    },
)
_STOP: _Part = ({"stop": ("END",)}, {"stop": ["END"]})
_USED: Mapping[str, Any] = {"seed": 7, "reasoning_effort": "low", "user": "u1", "temperature": 0.5}


class OpenAICompatibleTests(ProviderTests, SpeakerTests):
    """What every provider of the OpenAI dialect must do: the kit, and one conversation sent to the letter.

    Say what is yours; everything else is what the dialect writes::

        class TestAcme(OpenAICompatibleTests):
            name = "acme"
            providers = staticmethod(pointsman_providers)
            url = "https://api.acme.example/v1/chat/completions"
            max_tokens_field = "max_completion_tokens"

    What the dialect has a form for is what `ProviderTests` are run with: documents and audio, too.

    Attributes:
        name: Of the extension.
        providers: The plugin's hook.
        url: Where a question goes by default.
        max_tokens_field: Under which name the longest answer is sent.
        reasoning_field: Under which name earlier thoughts go back; empty where they stay behind.
        refused: Parameters that are refused by name, of ``seed``, ``reasoning_effort``, ``user`` and
            ``temperature``.
    """

    name: ClassVar[str]
    providers: ClassVar[Any]
    url: ClassVar[str]
    max_tokens_field: ClassVar[str] = "max_tokens"
    reasoning_field: ClassVar[str] = ""
    refused: ClassVar[tuple[str, ...]] = ()
    supports_documents: ClassVar[bool] = True
    supports_audio: ClassVar[bool] = True

    # -- what a subclass may replace ------------------------------------------------------------------------

    def server(self) -> OpenAIUpstream:
        """The server that `upstream` opens."""
        return OpenAIUpstream(key=self.key)

    def address(self, upstream: OpenAIUpstream) -> str:
        """The ``base_url`` of a provider that talks to `upstream`."""
        return upstream.base_url

    def settings(self, address: str) -> Mapping[str, Any]:
        """What the provider's config is made of; without an address it is where it is by default."""
        return {"key": Secret(self.key or ""), **({"base_url": address} if address else {})}

    def headers(self) -> Mapping[str, str]:
        """What goes out with every request."""
        return {"authorization": f"Bearer {self.key}"}

    # -- fixtures -------------------------------------------------------------------------------------------

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[OpenAIUpstream]:
        """A server of the dialect."""
        async with self.server() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Provider:
        """The provider under test, talking to `upstream`."""
        return self._made(self.address(upstream))

    def _made(self, address: str = "") -> Provider:
        extension: Extension[Provider] = next(each for each in self.providers() if each.name == self.name)
        config: Any = extension.config
        return extension.create(config(**self.settings(address)))

    # -- tests ----------------------------------------------------------------------------------------------

    def test_is_registered(self) -> None:
        """The plugin contributes one provider of this name, with a config and a line about it."""
        found = [each for each in self.providers() if each.name == self.name]

        assert [isinstance(each.config, type) and bool(each.summary) for each in found] == [True]

    async def test_what_is_sent(self) -> None:
        """A whole conversation arrives in the dialect, to the letter."""
        request, written = self._exchange()
        http = FakeHttp(_ANSWER)
        await self._made().chat("m", request, http)
        (sent,) = http.sent

        assert (sent.method, sent.url) == ("POST", self.url)
        assert sent.headers == self.headers()
        assert sent.json == written

    async def test_parameters_that_are_not_taken_are_refused(self) -> None:
        """By name, before anything is sent, and so that the next candidate is asked."""
        if not self.refused:
            pytest.skip("the provider says that it takes every parameter: it is tested that they arrive")
        http, provider = FakeHttp(), self._made()
        for name in self.refused:
            with pytest.raises(InvalidRequestError, match=name) as caught:
                await provider.chat("m", ChatRequest(_HI, **{name: _USED[name]}), http)

            assert (caught.value.parameter, caught.value.advice) == (name, Advice.NEXT_CANDIDATE)
        assert http.sent == []

    # -- the conversation, and how the dialect writes it ----------------------------------------------------

    def _exchange(self) -> tuple[ChatRequest, Mapping[str, Any]]:
        """A request that uses everything the provider takes, and what is written of it."""
        taken = {name: value for name, value in _USED.items() if name not in self.refused}
        parts = [(taken, taken), ({"max_output_tokens": 50}, {self.max_tokens_field: 50}), _STOP]
        parts += [_TOOLS] if self.supports_tools else []
        parts += [_SCHEMA] if self.supports_json_schema else []
        turns = list(self._turns())
        fields = {name: value for asked, _ in parts for name, value in asked.items()}
        written = {name: value for _, sent in parts for name, value in sent.items()}
        request = ChatRequest([message for message, _ in turns], **fields)
        return request, {"model": "m", "stream": False, "messages": [sent for _, sent in turns], **written}

    def _turns(self) -> Iterator[tuple[Message, Mapping[str, Any]]]:
        """Each message beside what is written of it."""
        yield Message(Role.SYSTEM, (Text("Be brief."),)), {"role": "system", "content": "Be brief."}
        if self.supports_images:
            seen = (Text("What is this?"), Image(data="QQ==", media_type="image/png"))
            picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}
            parts = [{"type": "text", "text": "What is this?"}, picture]
            yield Message(Role.USER, seen), {"role": "user", "content": parts}
        thought = {self.reasoning_field: "hm"} if self.reasoning_field else {}
        said: dict[str, Any] = {"role": "assistant", "content": "Let me see.", **thought}
        if self.supports_tools:
            function = {"name": "look", "arguments": '{"at": 1}'}
            said["tool_calls"] = [{"id": "c1", "type": "function", "function": function}]
        calls = (ToolCall("c1", "look", '{"at": 1}'),) if self.supports_tools else ()
        yield Message(Role.ASSISTANT, (Reasoning("hm"), Text("Let me see."), *calls)), said
        if self.supports_tools:
            result = {"role": "tool", "content": "a cat", "tool_call_id": "c1"}
            yield Message(Role.TOOL, ToolResult("c1", "a cat")), result
        yield Message(Role.USER, (Text("So?"),)), {"role": "user", "content": "So?"}
