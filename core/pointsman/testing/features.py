"""The part of the kit for providers that is about what they can pass on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

import orjson
import pytest
from attrs import evolve, frozen

from pointsman.errors import Advice, InvalidRequestError
from pointsman.protocols import Http, Provider
from pointsman.testing.conversations import ConversationTests
from pointsman.testing.questions import (
    PAGE,
    PIXEL,
    SCHEMA,
    SOUND,
    TOOL,
    ask,
    chat,
    drain,
    gathered,
    texts,
    tool_turns,
)
from pointsman.testing.upstream import Upstream
from pointsman.types import ChatRequest, FinishReason, Message, Role, Text, Tool, ToolResult

_SEEN = Text("What is this?")


@frozen
class Feature:
    """Something a provider may be able to pass on.

    Attributes:
        needs: The attributes of the kit that say it can.
        request: Asks for it.
        arrives: What must then be part of a text that is sent.
        named: What an error must name where it cannot be passed on.
    """

    needs: tuple[str, ...]
    request: ChatRequest
    arrives: str
    named: str


def _pictured() -> ChatRequest:
    *turns, results = tool_turns()
    first, second = results.tool_results
    shown = ToolResult(first.id, [*first.content, PIXEL], first.name)
    return ChatRequest([*turns, evolve(results, content=[shown, second])], tools=(TOOL,))


FEATURES = {
    "tools": Feature(("supports_tools",), ask(tools=(TOOL,)), TOOL.name, "tool"),
    "tools_without_parameters": Feature(
        ("supports_tools",), ask(tools=(Tool("what_time"),)), "what_time", "tool"
    ),
    "json_schema": Feature(
        ("supports_json_schema",),
        ask(response_format=SCHEMA),
        SCHEMA.schema["required"][0],
        "response_format|schema",
    ),
    "images": Feature(("supports_images",), ask(_SEEN, PIXEL), PIXEL.data, "image"),
    "documents": Feature(("supports_documents",), ask(_SEEN, PAGE), PAGE.data, "document"),
    "audio": Feature(("supports_audio",), ask(_SEEN, SOUND), SOUND.data, "audio"),
    "images_in_results": Feature(
        ("supports_tools", "supports_images", "supports_images_in_results"),
        _pictured(),
        PIXEL.data,
        "tool|image",
    ),
}


class FeatureTests(ConversationTests):
    """What a provider passes on must arrive; what it cannot, it must refuse instead of dropping it silently.

    Attributes:
        supports_tools: Whether the provider passes tools on, calls and results with them.
        supports_json_schema: Whether it passes on the schema of an answer.
        supports_images: Whether it passes on pictures from the user.
        supports_images_in_results: Whether it passes on pictures in the results of tools, or moves them into
            a turn of the user, if it passes on both tools and images.
        supports_documents: Whether it passes on documents, a PDF as data.
        supports_audio: Whether it passes on recordings, a WAV file as data.
    """

    supports_tools: ClassVar[bool] = True
    supports_json_schema: ClassVar[bool] = True
    supports_images: ClassVar[bool] = True
    supports_images_in_results: ClassVar[bool] = True
    supports_documents: ClassVar[bool] = False
    supports_audio: ClassVar[bool] = False

    @pytest.mark.parametrize("ask_it", [chat, drain], ids=["whole", "streamed"])
    @pytest.mark.parametrize("feature", FEATURES)
    async def test_it_arrives_or_is_refused(  # noqa: PLR0917 - four fixtures and two parameters
        self,
        provider: Provider,
        model: str,
        upstream: Upstream,
        http: Http,
        feature: str,
        ask_it: Callable[..., Awaitable[object]],
    ) -> None:
        """What is not passed on is refused by name, unsent, and so that the next candidate is asked."""
        case, before = FEATURES[feature], len(upstream.requests)
        if all(getattr(self, name) for name in case.needs):
            await ask_it(provider, model, case.request, http)

            assert [text for text in texts(upstream.requests[-1].json()) if case.arrives in text]
        else:
            with pytest.raises(InvalidRequestError, match=case.named) as caught:
                await ask_it(provider, model, case.request, http)

            assert (caught.value.advice, len(upstream.requests)) == (Advice.NEXT_CANDIDATE, before)

    async def test_tools_pass_through(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """A tool goes out, a call comes back; the answer goes out again, with the tool's result."""
        self._need(self.supports_tools, "tools")
        request = ask(tools=(TOOL,))
        answer = await provider.chat(model, request, http)
        (call,) = answer.tool_calls
        result = Message(Role.TOOL, ToolResult(call.id, "forty-two", call.name))
        turns = (*request.messages, answer.message, result)
        again = await provider.chat(model, ChatRequest(turns, tools=(TOOL,)), http)

        assert (call.name, answer.finish_reason) == (TOOL.name, FinishReason.TOOL_CALLS)
        assert isinstance(orjson.loads(call.arguments), dict)
        assert "forty-two" in list(texts(upstream.requests[-1].json()))
        assert again.text

    async def test_streamed_tool_calls_add_up(self, provider: Provider, model: str, http: Http) -> None:
        """The pieces of a streamed call make the call a whole answer holds, in its place among the parts."""
        self._need(self.supports_tools, "tools")
        request = ask(tools=(TOOL,))
        whole = await provider.chat(model, request, http)
        streamed = gathered(await drain(provider, model, request, http))
        arguments = [orjson.loads(call.arguments) for call in streamed.tool_calls]

        assert arguments == [orjson.loads(call.arguments) for call in whole.tool_calls]
        assert [type(part) for part in streamed.content] == [type(part) for part in whole.content]
        assert [call.name for call in streamed.tool_calls] == [TOOL.name]
        assert [call.id for call in (*whole.tool_calls, *streamed.tool_calls) if not call.id] == []

    @staticmethod
    def _need(supported: bool, what: str) -> None:
        if not supported:
            pytest.skip(f"the provider says that it cannot pass {what} on: it is tested that it refuses them")
