"""The responses dialect: the kit, the exact JSON, and events that no recording holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from pointsman import (
    ChatChunk,
    ChatRequest,
    FinishReason,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Secret,
    ServerError,
    Text,
    Tool,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.providers import OpenAIResponses
from pointsman.providers.responses_answer import ResponsesEvents
from pointsman.providers.responses_request import responses_body
from pointsman.testing import FakeHttp, ProviderTests, Received, Reply, Upstream
from pointsman_openai import Api, Config, OpenAI, create

USAGE = {"input_tokens": 12, "output_tokens": 7}


class ResponsesUpstream(Upstream):
    """Lists one model; answers with a text, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/models":
            return Reply.json({"data": [{"id": "small", "object": "model", "created": 1700000000}]})
        body = request.json()
        last = body["input"][-1]
        asked = body.get("tools") and last.get("type") != "function_call_output"
        item: dict[str, Any] = {"type": "message", "content": [{"type": "output_text", "text": "heard it"}]}
        if (body.get("text") or {}).get("format", {}).get("type") == "json_schema":
            item["content"][0]["text"] = '{"answer": "x"}'
        if asked:
            item = {
                "type": "function_call",
                "call_id": "c1",
                "name": body["tools"][0]["name"],
                "arguments": '{"a": 1}',
            }
        response = {
            "id": "r1",
            "model": body["model"],
            "status": "completed",
            "output": [item],
            "usage": USAGE,
        }
        return Reply.sse(events_of(response)) if body["stream"] else Reply.json(response)


def events_of(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events that lead to a response."""
    (item,) = response["output"]
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    if item["type"] == "function_call":
        pieces: list[dict[str, Any]] = [
            {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": piece}
            for piece in (item["arguments"][:3], item["arguments"][3:])
        ]
        added = {**item, "arguments": ""}
    else:
        text = item["content"][0]["text"]
        pieces = [{"type": "response.output_text.delta", "delta": piece} for piece in (text[:5], text[5:])]
        added = {**item, "content": []}
    return [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": added},
        *pieces,
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response},
    ]


class TestResponses(ProviderTests):
    """The provider passes the kit."""

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with ResponsesUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> OpenAIResponses:
        return OpenAIResponses(Config(Secret(str(self.key)), upstream.url))


def test_the_setting_chooses_the_dialect() -> None:
    """Chat unless responses are asked for."""
    key = Secret("k-0123456789")

    assert [type(create(Config(key))), type(create(Config(key, api=Api.RESPONSES)))] == [
        OpenAI,
        OpenAIResponses,
    ]


def test_what_is_sent() -> None:
    """A system prompt, two turns, a picture, a thought, a tool call and its result, a schema."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What is it?"), Image(url="https://x/y.png"))),
            Message(
                Role.ASSISTANT,
                (Reasoning("Hm.", "responses:rs_1:abc"), Reasoning("Mine.", "another"), Text("A cat.")),
                (ToolCall("c1", "weigh", '{"what": "cat"}'),),
            ),
            Message(Role.TOOL, (Text("4 kg"),), tool_call_id="c1"),
        ],
        tools=[Tool("weigh", "Weighs.", {"type": "object"})],
        tool_choice="weigh",
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=99,
        temperature=0.5,
        reasoning_effort="low",
        extra={"service_tier": "flex"},
    )

    assert responses_body("small", request, stream=True) == {
        "model": "small",
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "max_output_tokens": 99,
        "temperature": 0.5,
        "reasoning": {"effort": "low"},
        "service_tier": "flex",
        "tools": [
            {
                "type": "function",
                "name": "weigh",
                "description": "Weighs.",
                "parameters": {"type": "object"},
                "strict": False,
            }
        ],
        "tool_choice": {"type": "function", "name": "weigh"},
        "text": {
            "format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": True}
        },
        "input": [
            {"role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": "https://x/y.png"},
                ],
            },
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "Hm."}],
                "encrypted_content": "abc",
            },
            {"role": "assistant", "content": [{"type": "output_text", "text": "A cat."}]},
            {"type": "function_call", "call_id": "c1", "name": "weigh", "arguments": '{"what": "cat"}'},
            {"type": "function_call_output", "call_id": "c1", "output": "4 kg"},
        ],
    }


@pytest.mark.parametrize("parameter", [{"seed": 1}, {"stop": ["x"]}])
def test_what_has_no_word_here_is_refused(parameter: Mapping[str, Any]) -> None:
    """Named, and never dropped in silence."""
    request = ChatRequest([Message(Role.USER, (Text("hi"),))], **parameter)
    with pytest.raises(InvalidRequestError) as caught:
        responses_body("small", request, stream=False)

    assert [caught.value.parameter] == list(parameter)


def test_events_that_no_recording_holds() -> None:
    """Arguments given only at the end, a thought's signature, an answer cut by its bound."""
    reader = ResponsesEvents()
    call = {"type": "function_call", "call_id": "c1", "name": "weigh", "arguments": ""}
    thought = {"type": "reasoning", "id": "rs_1", "encrypted_content": "abc"}
    cut = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "usage": USAGE}
    found = [
        reader.read({"type": "response.output_item.added", "output_index": 1, "item": call}),
        reader.read(
            {"type": "response.output_item.done", "output_index": 1, "item": {**call, "arguments": "{}"}}
        ),
        reader.read({"type": "response.output_item.done", "output_index": 0, "item": thought}),
        reader.read({"type": "response.unheard_of"}),
        reader.read({"type": "response.incomplete", "response": cut}),
    ]

    assert found == [
        ChatChunk(tool_calls=(ToolCallDelta(0, "c1", "weigh"),)),
        ChatChunk(tool_calls=(ToolCallDelta(0, arguments="{}"),)),
        ChatChunk(signature="responses:rs_1:abc"),
        None,
        ChatChunk(finish_reason=FinishReason.LENGTH, usage=Usage(12, 7)),
    ]


def test_calls_whose_events_name_no_place_stay_apart() -> None:
    """llama.cpp's server names the item alone."""
    reader = ResponsesEvents()
    for name in ("one", "two"):
        item = {
            "type": "function_call",
            "id": f"fc_{name}",
            "call_id": name,
            "name": "weigh",
            "arguments": "",
        }
        assert reader.read({"type": "response.output_item.added", "item": item})
    found = [
        reader.read(
            {"type": "response.function_call_arguments.delta", "item_id": f"fc_{name}", "delta": "{}"}
        )
        for name in ("one", "two")
    ]

    assert found == [
        ChatChunk(tool_calls=(ToolCallDelta(0, arguments="{}"),)),
        ChatChunk(tool_calls=(ToolCallDelta(1, arguments="{}"),)),
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error"}}},
        {"type": "response.failed", "response": {"status": "failed"}},
        {"type": "error", "code": "server_error", "message": "The server had an error."},
    ],
)
def test_a_failed_answer_is_an_error(event: Mapping[str, Any]) -> None:
    """Wherever it says so."""
    with pytest.raises(ServerError):
        ResponsesEvents().read(event)


@pytest.mark.anyio
async def test_a_whole_answer_that_failed_is_an_error() -> None:
    """Status 200 or not."""
    provider = OpenAIResponses(Config(Secret("k-0123456789")))
    failed = {"status": "failed", "error": {"code": "server_error", "message": "Oops."}, "output": []}
    with pytest.raises(ServerError):
        await provider.chat("small", ChatRequest([Message(Role.USER, (Text("hi"),))]), FakeHttp(failed))
