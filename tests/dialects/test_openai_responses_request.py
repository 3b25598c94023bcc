"""A request says the same in the responses dialect as it said before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pointsman.dialects.openai_responses import NAME, write_request
from pointsman.errors import Advice, InvalidRequestError
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

HI = Message(Role.USER, "hi")
PORT = {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]}
ITEM: dict[str, Any] = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [],
    "encrypted_content": "b2Zm",
    "status": None,
}


def sent(*messages: Message, **fields: Any) -> list[dict[str, Any]]:
    """The items of a conversation."""
    found: list[dict[str, Any]] = write_request("m", ChatRequest(messages, **fields), stream=False)["input"]
    return found


def test_what_is_sent() -> None:
    """Everything at once."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, "Be brief."),
            Message(Role.USER, [Text("What is it?"), Image("https://x/y.png", detail="low"), CachePoint()]),
            Message(
                Role.ASSISTANT,
                [
                    Reasoning("Hm.", format=NAME, details=ITEM),
                    Reasoning("Not its own.", "c2ln", format="anthropic-messages"),
                    Text("A cat."),
                    ToolCall("c1", "weigh", '{"what": "cat"}'),
                ],
            ),
            Message(Role.TOOL, ToolResult("c1", "4 kg")),
        ],
        tools=[Tool("weigh", "Weighs.", {"type": "object"})],
        tool_choice="weigh",
        response_format=JsonSchema(PORT),
        max_output_tokens=99,
        temperature=0.5,
        reasoning_effort="low",
        extra={"service_tier": "flex", "reasoning": {"summary": "auto"}, "include": ["a"]},
    )

    assert write_request("small", request, stream=True) == {
        "model": "small",
        "stream": True,
        "store": False,
        "include": ["a", "reasoning.encrypted_content"],
        "max_output_tokens": 99,
        "temperature": 0.5,
        "reasoning": {"effort": "low", "summary": "auto"},
        "service_tier": "flex",
        "tools": [
            {
                "type": "function",
                "name": "weigh",
                "description": "Weighs.",
                "parameters": {"type": "object", "properties": {}},
                "strict": False,
            }
        ],
        "tool_choice": {"type": "function", "name": "weigh"},
        "text": {
            "format": {
                "type": "json_schema",
                "name": "answer",
                "schema": {**PORT, "additionalProperties": False},
                "strict": True,
            }
        },
        "input": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": "https://x/y.png", "detail": "low"},
                ],
            },
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "b2Zm"},
            {"role": "assistant", "content": "A cat."},
            {"type": "function_call", "call_id": "c1", "name": "weigh", "arguments": '{"what": "cat"}'},
            {"type": "function_call_output", "call_id": "c1", "output": "4 kg"},
        ],
    }


@pytest.mark.parametrize(
    ("result", "output"),
    [
        ((), ""),
        ("dry", "dry"),
        (
            [Text("a"), Text("b")],
            [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}],
        ),
        (
            [Image(data="QQ==", media_type="image/png")],
            [{"type": "input_image", "image_url": "data:image/png;base64,QQ==", "detail": "auto"}],
        ),
        (
            [Document(data="QQ==", media_type="application/pdf", name="q.pdf"), Document("https://x/y.pdf")],
            [
                {
                    "type": "input_file",
                    "filename": "q.pdf",
                    "file_data": "data:application/pdf;base64,QQ==",
                },
                {"type": "input_file", "file_url": "https://x/y.pdf"},
            ],
        ),
    ],
)
def test_what_tools_answer(result: Any, output: object) -> None:
    """A text is one; pictures and documents stay where they are."""
    call = Message(Role.ASSISTANT, ToolCall("c1", "f", "{}"))

    assert sent(call, Message(Role.TOOL, ToolResult("c1", result)))[1]["output"] == output


def test_calls_of_another_provider() -> None:
    """Long ids become short ones, in pairs; empty arguments are an empty object; no tools need be offered."""
    long = "functions.ebb:0" + "x" * 60
    called = Message(Role.ASSISTANT, [ToolCall(long, "ebb", ""), ToolCall("functions.ebb:1", "ebb", "{}")])
    results = Message(Role.TOOL, [ToolResult(long, "low"), ToolResult("functions.ebb:1", "high")])
    first, second, low, high = sent(called, results)

    assert (first["call_id"], second["call_id"]) == (low["call_id"], high["call_id"])
    assert (len(first["call_id"]) <= 64, second["call_id"]) == (True, "functions.ebb:1")
    assert [each["arguments"] for each in (first, second)] == ["{}", "{}"]


@pytest.mark.parametrize(
    "parameters", [{}, {"type": "object"}, {"type": "object", "title": "Nothing"}, {"$schema": "x"}]
)
def test_tools_without_parameters(parameters: Mapping[str, Any]) -> None:
    """They say that there are none."""
    (tool,) = write_request("m", ChatRequest([HI], tools=[Tool("f", "", parameters)]), stream=False)["tools"]

    assert (tool["parameters"]["type"], tool["parameters"]["properties"]) == ("object", {})


def test_pictures_a_model_made() -> None:
    """They go back as what they were."""
    (picture,) = sent(Message(Role.ASSISTANT, Image(data="QQ==", media_type="image/webp")))

    assert (picture["type"], picture["result"], picture["output_format"]) == (
        "image_generation_call",
        "QQ==",
        "webp",
    )


def test_thoughts_keep_their_order_and_what_a_provider_did() -> None:
    """Several thoughts, a search and a phase stand where they stood."""
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    content: list[Part] = [
        Reasoning(format=NAME, details=ITEM),
        Reasoning(format=NAME, details=search),
        Reasoning(format=NAME, details={**ITEM, "id": "rs_2"}),
        Reasoning(format=NAME, details={"phase": "commentary"}),
        Text("So far."),
        Reasoning("only a summary"),
        Text("So."),
    ]
    items = sent(Message(Role.ASSISTANT, content))

    assert [item.get("id") or item for item in items] == [
        "rs_1",
        "ws_1",
        "rs_2",
        {"role": "assistant", "content": "So far.", "phase": "commentary"},
        {"role": "assistant", "content": "So."},
    ]


@pytest.mark.parametrize(
    ("role", "part", "named"),
    [
        (Role.USER, Audio(data="QQ==", media_type="audio/wav"), "audio"),
        (Role.ASSISTANT, Document(data="QQ==", media_type="application/pdf"), "document"),
        (Role.ASSISTANT, Image("https://x/y.png"), "image"),
        (Role.TOOL, ToolResult("c", Audio(data="QQ==", media_type="audio/wav")), "audio"),
    ],
)
def test_parts_without_a_form_are_refused(role: Role, part: Part, named: str) -> None:
    """By name, so that the next candidate is asked."""
    with pytest.raises(InvalidRequestError, match=named) as caught:
        sent(Message(role, part))

    assert (caught.value.parameter, caught.value.advice) == ("messages", Advice.NEXT_CANDIDATE)


def test_a_speakers_name_is_refused() -> None:
    """The dialect has no field for it; the next candidate may."""
    with pytest.raises(InvalidRequestError, match="speaker's name") as caught:
        sent(Message(Role.USER, "hi", "ada"))

    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize("parameter", [{"seed": 1}, {"stop": ["x"]}])
def test_parameters_without_a_word_are_refused(parameter: Mapping[str, Any]) -> None:
    """Named, and never dropped in silence; who says how to send one is let through."""
    (name,) = parameter
    with pytest.raises(InvalidRequestError) as caught:
        sent(HI, **parameter)

    assert caught.value.parameter == name
    assert sent(HI, **parameter, extra={name: 2}) == sent(HI)


def test_a_strict_tool_is_closed_and_an_open_one_refused() -> None:
    """As OpenAI wants it, or by name."""
    asked = write_request("m", ChatRequest([HI], tools=[Tool("f", "", PORT, strict=True)]), stream=False)
    with pytest.raises(InvalidRequestError, match="port") as caught:
        sent(HI, tools=[Tool("f", "", {"type": "object", "properties": {"port": {}}}, strict=True)])

    assert asked["tools"][0] == {
        "type": "function",
        "name": "f",
        "parameters": {**PORT, "additionalProperties": False},
        "strict": True,
    }
    assert (caught.value.parameter, caught.value.advice) == ("tools", Advice.NEXT_CANDIDATE)


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("json", {"type": "json_object"}),
        (
            JsonSchema({"type": "object"}, "any", strict=False),
            {"type": "json_schema", "name": "any", "schema": {"type": "object"}, "strict": False},
        ),
    ],
)
def test_shapes_of_answers(wanted: Any, written: object) -> None:
    """A schema that need not be strict is sent as it is."""
    request = ChatRequest([HI], response_format=wanted, extra={"text": {"verbosity": "low"}})

    assert write_request("m", request, stream=False)["text"] == {"format": written, "verbosity": "low"}
