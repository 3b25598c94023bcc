"""DeepSeek's models."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pointsman import (
    ChatRequest,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Secret,
    Text,
    Tool,
    ToolCall,
)
from pointsman.testing import FakeHttp, OpenAIUpstream, ProviderTests, Upstream
from pointsman_deepseek import Config, DeepSeek, pointsman_providers

ENGINE = DeepSeek(Config(Secret("key-0123456789")))
HI = [Message(Role.USER, (Text("hi"),))]
CONVERSATION = ChatRequest(
    [
        Message(Role.SYSTEM, (Text("Be brief."),)),
        Message(Role.USER, (Text("What is this?"),)),
        Message(
            Role.ASSISTANT, (Reasoning("hm"), Text("Let me see.")), (ToolCall("c1", "look", '{"at": 1}'),)
        ),
        Message(Role.TOOL, (Text("a cat"),), tool_call_id="c1"),
        Message(Role.USER, (Text("So?"),)),
    ],
    tools=(Tool("look", "Looks.", {"type": "object"}),),
    tool_choice="auto",
    max_output_tokens=50,
    temperature=0.5,
    stop=("END",),
    reasoning_effort="low",
)


class TestDeepSeek(ProviderTests):
    """The engine passes the kit."""

    supports_json_schema = False
    supports_images = False

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OpenAIUpstream(key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> DeepSeek:
        return DeepSeek(Config(Secret(str(self.key)), upstream.base_url))


def test_is_registered() -> None:
    """The plugin contributes one engine, under its name."""
    assert [("deepseek", DeepSeek, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """A whole conversation arrives in the dialect, to the letter."""
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await ENGINE.chat("m", CONVERSATION, http)
    sent = http.sent[0]

    assert (sent.method, sent.url) == ("POST", "https://api.deepseek.com/chat/completions")
    assert sent.headers == {"authorization": "Bearer key-0123456789"}
    assert sent.json == {
        "model": "m",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is this?"},
            {
                "role": "assistant",
                "content": "Let me see.",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}
                ],
                "reasoning_content": "hm",
            },
            {"role": "tool", "content": "a cat", "tool_call_id": "c1"},
            {"role": "user", "content": "So?"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object"}},
            }
        ],
        "tool_choice": "auto",
        "max_tokens": 50,
        "temperature": 0.5,
        "stop": ["END"],
        "reasoning_effort": "low",
    }


@pytest.mark.parametrize(
    ("request_", "parameter"),
    [
        (ChatRequest(HI, seed=1), "seed"),
        (ChatRequest([Message(Role.USER, (Image("https://a.example/b.png"),))]), "image"),
        (ChatRequest(HI, response_format=JsonSchema({"type": "object"})), "response_format"),
    ],
)
@pytest.mark.anyio
async def test_what_is_not_taken_is_said(request_: ChatRequest, parameter: str) -> None:
    """It is refused by name before anything is sent."""
    http = FakeHttp()

    with pytest.raises(InvalidRequestError, match=parameter):
        await ENGINE.chat("m", request_, http)
    assert http.sent == []
