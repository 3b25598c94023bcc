"""What an endpoint of one's own is sent, to the letter."""

from __future__ import annotations

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
    ToolResult,
)
from pointsman.testing import FakeHttp
from pointsman_openai_compatible import Compatible, Config

PROVIDER = Compatible(Config("http://127.0.0.1:9/v1", Secret("key-0123456789")))
CONVERSATION = ChatRequest(
    [
        Message(Role.SYSTEM, (Text("Be brief."),)),
        Message(Role.USER, (Text("What is this?"), Image(data="QQ==", media_type="image/png"))),
        Message(Role.ASSISTANT, [Reasoning("hm"), Text("Let me see."), ToolCall("c1", "look", '{"at": 1}')]),
        Message(Role.TOOL, ToolResult("c1", "a cat")),
        Message(Role.USER, (Text("So?"),)),
    ],
    tools=(Tool("look", "Looks.", {"type": "object"}),),
    tool_choice="auto",
    response_format=JsonSchema({"type": "object"}, "animal"),
    max_output_tokens=50,
    temperature=0.5,
    stop=("END",),
    seed=7,
    reasoning_effort="low",
)


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """A whole conversation arrives in the dialect, to the letter."""
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await PROVIDER.chat("m", CONVERSATION, http)
    sent = http.sent[0]

    assert (sent.method, sent.url) == ("POST", "http://127.0.0.1:9/v1/chat/completions")
    assert sent.headers == {"authorization": "Bearer key-0123456789"}
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
                "function": {
                    "name": "look",
                    "description": "Looks.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ],
        "tool_choice": "auto",
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "animal",
                "schema": {"type": "object", "additionalProperties": False},
                "strict": True,
            },
        },
        "max_tokens": 50,
        "temperature": 0.5,
        "stop": ["END"],
        "seed": 7,
        "reasoning_effort": "low",
    }
