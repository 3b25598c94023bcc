"""What clients of the responses dialect ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pointsman.dialects.openai_responses import NAME, read_request
from pointsman.errors import RequestError
from pointsman.types import (
    Audio,
    CachePoint,
    ChatRequest,
    Document,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "b2Zm"}
SCHEMA = {"type": "object", "properties": {}}


def asked(*items: Mapping[str, Any], **fields: Any) -> ChatRequest:
    """What a body with these items asks."""
    return read_request({"model": "m", "input": list(items), **fields}).chat


def test_a_text() -> None:
    """The shortest request, with instructions."""
    received = read_request({"model": "m", "input": "hi", "instructions": "Be brief.", "store": True})

    assert received.chat == ChatRequest([Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "hi")])
    assert (received.model, received.stream, received.usage, received.rest) == ("m", False, True, {})


def test_a_conversation() -> None:
    """Items of the assistant that follow each other are one turn, and so are results; ids are made."""
    calls: list[Mapping[str, Any]] = [
        {"type": "function_call", "call_id": "c1", "name": "wind", "arguments": {"at": "sea"}},
        {"type": "function_call", "name": "ebb", "arguments": ""},
    ]
    results: list[Mapping[str, Any]] = [
        {"type": "function_call_output", "call_id": "c1", "output": "calm"},
        {"type": "function_call_output", "output": [{"type": "input_text", "text": "low"}]},
    ]
    chat = asked(
        {"role": "developer", "content": "Be brief."},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "And?"}]},
        THOUGHT,
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "phase": "commentary",
            "content": [
                {"type": "output_text", "text": "I look.", "annotations": []},
                {"type": "refusal", "refusal": "Not at that."},
            ],
        },
        *calls,
        *results,
        {"role": "user", "content": "So?"},
        {"role": "user", "content": "Well?"},
    )
    (made,) = [call.id for call in chat.messages[2].tool_calls if call.name == "ebb"]

    assert made
    assert chat.messages == (
        Message(Role.SYSTEM, "Be brief."),
        Message(Role.USER, "And?"),
        Message(
            Role.ASSISTANT,
            [
                Reasoning(format=NAME, details=THOUGHT),
                Reasoning(format=NAME, details={"phase": "commentary"}),
                Text("I look."),
                Text("Not at that."),
                ToolCall("c1", "wind", '{"at":"sea"}'),
                ToolCall(made, "ebb", "{}"),
            ],
        ),
        Message(Role.TOOL, [ToolResult("c1", "calm", "wind"), ToolResult(made, "low", "ebb")]),
        Message(Role.USER, "So?"),
        Message(Role.USER, "Well?"),
    )


@pytest.mark.parametrize(
    ("part", "read"),
    [
        ({"type": "input_image", "image_url": "https://x/y.png", "detail": "auto"}, Image("https://x/y.png")),
        (
            {"type": "input_image", "image_url": "data:image/png;base64,QQ==", "detail": "high"},
            Image(data="QQ==", media_type="image/png", detail="high"),
        ),
        ({"type": "input_file", "file_url": "https://x/y.pdf"}, Document("https://x/y.pdf")),
        (
            {"type": "input_file", "filename": "y.pdf", "file_data": "data:application/pdf;base64,QQ=="},
            Document(data="QQ==", media_type="application/pdf", name="y.pdf"),
        ),
        (
            {"type": "input_file", "filename": "y.txt", "file_data": "QQ=="},
            Document(data="QQ==", media_type="text/plain", name="y.txt"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "QQ==", "format": "mp3"}},
            Audio(data="QQ==", media_type="audio/mpeg"),
        ),
    ],
)
def test_parts(part: Mapping[str, Any], read: Part) -> None:
    """Each is what it was."""
    marked = {**part, "prompt_cache_breakpoint": {"mode": "explicit"}}

    assert asked({"role": "user", "content": [part]}).messages[0].content == (read,)
    assert asked({"role": "user", "content": [marked]}).messages[0].content == (read, CachePoint())


def test_what_is_asked_of_the_model() -> None:
    """What every dialect knows has its place; what only this one knows goes to its own providers."""
    received = read_request(
        {
            "model": "m",
            "input": "hi",
            "stream": True,
            "tools": [
                {
                    "type": "function",
                    "name": "wind",
                    "description": "d",
                    "parameters": SCHEMA,
                    "strict": True,
                },
                {"type": "function", "name": "ebb"},
            ],
            "tool_choice": {"type": "function", "name": "wind"},
            "text": {
                "format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "description": "what"},
                "verbosity": "low",
            },
            "reasoning": {"effort": "high", "summary": "auto"},
            "max_output_tokens": 9,
            "temperature": 1,
            "top_p": 0.5,
            "user": "u",
            "parallel_tool_calls": False,
            "include": ["reasoning.encrypted_content"],
            "previous_response_id": None,
            "metadata": {"a": "b"},
        }
    )

    assert received.chat == ChatRequest(
        [Message(Role.USER, "hi")],
        tools=[Tool("wind", "d", SCHEMA, strict=True), Tool("ebb")],
        tool_choice="wind",
        response_format=JsonSchema(SCHEMA, "n", strict=False),
        max_output_tokens=9,
        temperature=1,
        top_p=0.5,
        reasoning_effort="high",
        user="u",
    )
    assert (received.stream, received.rest) == (
        True,
        {
            "parallel_tool_calls": False,
            "metadata": {"a": "b"},
            "reasoning": {"summary": "auto"},
            "text": {"verbosity": "low", "format": {"description": "what"}},
        },
    )


@pytest.mark.parametrize(
    ("stated", "read"),
    [({"type": "text"}, None), ({"type": "json_object"}, "json"), (None, None)],
)
def test_shapes_of_answers(stated: object, read: object) -> None:
    """Text, or any object."""
    assert asked({"role": "user", "content": "hi"}, text={"format": stated}).response_format == read


def test_a_list_of_allowed_tools() -> None:
    """Only those are offered, in the mode that is said."""
    tools = [{"type": "function", "name": name} for name in ("a", "b", "c")]
    allowed = [{"type": "function", "name": name} for name in ("a", "c")]
    choice = {"type": "allowed_tools", "mode": "required", "tools": allowed}
    chat = asked({"role": "user", "content": "hi"}, tools=tools, tool_choice=choice)

    assert ([tool.name for tool in chat.tools], chat.tool_choice) == (["a", "c"], "required")


@pytest.mark.parametrize(
    ("item", "read"),
    [
        (
            {"type": "web_search_call", "id": "ws_1"},
            Reasoning(format=NAME, details={"type": "web_search_call", "id": "ws_1"}),
        ),
        (
            {"type": "image_generation_call", "id": "ig_1", "result": "QQ=="},
            Image(data="QQ==", media_type="image/png"),
        ),
        (
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "a"}]},
            Reasoning("a"),
        ),
    ],
)
def test_what_a_provider_did_by_itself(item: Mapping[str, Any], read: Part) -> None:
    """It is a part of the assistant's turn; a mere summary is a mere text."""
    assert asked(item).messages == (Message(Role.ASSISTANT, read),)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": [3]}, r"input\[0\]"),
        ({"input": [{"role": "robot", "content": "x"}]}, r"input\[0\].role"),
        ({"input": [{"role": ["user"], "content": "x"}]}, r"input\[0\].role"),
        ({"input": [{"role": "user", "content": [{"type": "smell"}]}]}, r"input\[0\].content\[0\].*smell"),
        ({"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]}, "image_url"),
        ({"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]}, "file_data"),
        ({"input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "input_audio"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, r"input\[0\].*stored"),
        ({"input": [{"type": "computer_call_output"}]}, "computer_call_output"),
        ({"input": [{"type": "function_call", "call_id": "c"}]}, "name"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "p"}}, "prompt"),
        ({"background": True}, "background"),
        ({"instructions": [1]}, "instructions"),
        ({"tools": [{"type": "web_search"}]}, r"tools\[0\].*web_search"),
        ({"tools": [{"type": "function"}]}, r"tools\[0\].*name"),
        ({"tool_choice": {"type": "mcp"}}, "tool_choice"),
        ({"text": {"format": {"type": "yaml"}}}, "text.format"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format"),
        ({"max_output_tokens": "9"}, "max_output_tokens"),
        ({"temperature": True}, "temperature"),
    ],
)
def test_what_is_not_understood_is_refused(fields: Mapping[str, Any], named: str) -> None:
    """By name: malformed fields, what is stored elsewhere, tools that only one provider runs."""
    with pytest.raises(RequestError, match=named):
        read_request({"model": "m", "input": "hi", **fields})
