"""The part of the kit for providers that is about what they can pass on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

import orjson
import pytest

from pointsman.errors import Advice, InvalidRequestError
from pointsman.protocols import Http, Provider
from pointsman.testing.questions import PIXEL, SCHEMA, TOOL, ask, chat, drain, joined, texts
from pointsman.testing.standard import StandardTests
from pointsman.testing.upstream import Upstream
from pointsman.types import ChatRequest, FinishReason, Message, Role, Text


class FeatureTests(StandardTests):
    """What a provider passes on must arrive; what it cannot, it must refuse instead of dropping it silently.

    Attributes:
        supports_tools, supports_json_schema, supports_images: What the provider can pass on.
    """

    supports_tools: ClassVar[bool] = True
    supports_json_schema: ClassVar[bool] = True
    supports_images: ClassVar[bool] = True

    async def test_tools_pass_through(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """A tool goes out, a call comes back, its result goes out."""
        self._need(self.supports_tools, "tools")
        request = ask(tools=(TOOL,))
        answer = await provider.chat(model, request, http)
        (call,) = answer.tool_calls
        turns = (
            Message(Role.ASSISTANT, tool_calls=answer.tool_calls),
            Message(Role.TOOL, (Text("forty-two"),), tool_call_id=call.id),
        )
        again = await provider.chat(model, ChatRequest((*request.messages, *turns), tools=(TOOL,)), http)

        assert (call.name, answer.finish_reason) == (TOOL.name, FinishReason.TOOL_CALLS)
        assert isinstance(orjson.loads(call.arguments), dict)
        assert "forty-two" in list(texts(upstream.requests[-1].json()))
        assert again.text

    async def test_streamed_tool_calls_add_up(self, provider: Provider, model: str, http: Http) -> None:
        """The pieces of a streamed call make the call a whole answer holds."""
        self._need(self.supports_tools, "tools")
        request = ask(tools=(TOOL,))
        whole = await provider.chat(model, request, http)
        calls = joined(await drain(provider, model, request, http))

        expected = [(call.name, orjson.loads(call.arguments)) for call in whole.tool_calls]
        assert expected
        assert [(call.name, orjson.loads(call.arguments)) for call in calls] == expected
        assert [call.id for call in calls if not call.id] == []

    async def test_schemas_pass_through(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """A JSON schema goes out."""
        self._need(self.supports_json_schema, "schemas")
        await provider.chat(model, ask(response_format=SCHEMA), http)

        assert SCHEMA.schema["required"][0] in list(texts(upstream.requests[-1].json()))

    async def test_images_pass_through(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """A picture goes out."""
        self._need(self.supports_images, "images")
        await provider.chat(model, ask(Text("What is this?"), PIXEL), http)

        assert [text for text in texts(upstream.requests[-1].json()) if PIXEL.data in text]

    @pytest.mark.parametrize("ask_it", [chat, drain], ids=["whole", "streamed"])
    async def test_what_it_cannot_pass_on_is_refused(
        self, provider: Provider, model: str, http: Http, ask_it: Callable[..., Awaitable[object]]
    ) -> None:
        """By name, and so that the next candidate is asked."""
        cases = [
            (self.supports_tools, ask(tools=(TOOL,)), "tool"),
            (self.supports_json_schema, ask(response_format=SCHEMA), "response_format|schema"),
            (self.supports_images, ask(Text("What is this?"), PIXEL), "image"),
        ]
        if all(supported for supported, _, _ in cases):
            pytest.skip("the provider says that it can pass on everything: it is tested that it does")
        for _, request, named in (case for case in cases if not case[0]):
            with pytest.raises(InvalidRequestError, match=named) as caught:
                await ask_it(provider, model, request, http)

            assert caught.value.advice is Advice.NEXT_CANDIDATE

    @staticmethod
    def _need(supported: bool, what: str) -> None:
        if not supported:
            pytest.skip(f"the provider says that it cannot pass {what} on: it is tested that it refuses them")
