"""OpenAI's models, through the dialect's own home."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pointsman import (
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
)
from pointsman.testing import FakeHttp, OpenAIUpstream, ProviderTests, Upstream
from pointsman_openai import Config, OpenAI, engine, pointsman_providers

CONVERSATION = ChatRequest(
    [
        Message(Role.SYSTEM, (Text("Be brief."),)),
        Message(Role.USER, (Text("What is this?"), Image(data="QQ==", media_type="image/png"))),
        Message(
            Role.ASSISTANT, (Reasoning("hm"), Text("Let me see.")), (ToolCall("c1", "look", '{"at": 1}'),)
        ),
        Message(Role.TOOL, (Text("a cat"),), tool_call_id="c1"),
        Message(Role.USER, (Text("So?"),)),
    ],
    tools=(Tool("look", "Looks.", {"type": "object"}),),
    tool_choice="auto",
    response_format=JsonSchema({"type": "object"}, "animal"),
    max_output_tokens=50,
    stop=("END",),
    seed=7,
    reasoning_effort="low",
    user="u1",
)


class TestOpenAI(ProviderTests):
    """The engine passes the kit."""

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OpenAIUpstream(key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> OpenAI:
        return OpenAI(Config(Secret(str(self.key)), upstream.base_url))


def test_is_registered() -> None:
    """The plugin contributes one engine, under its name."""
    assert [("openai", engine, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """A whole conversation arrives in the dialect, to the letter."""
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await OpenAI(Config(Secret("sk-0123456789"))).chat("m", CONVERSATION, http)
    sent = http.sent[0]

    assert (sent.method, sent.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert sent.headers == {"authorization": "Bearer sk-0123456789"}
    assert sent.json == {
        "model": "m",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}},
                ],
            },
            {
                "role": "assistant",
                "content": "Let me see.",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}
                ],
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
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "animal", "schema": {"type": "object"}, "strict": True},
        },
        "max_completion_tokens": 50,
        "stop": ["END"],
        "seed": 7,
        "reasoning_effort": "low",
        "user": "u1",
    }
