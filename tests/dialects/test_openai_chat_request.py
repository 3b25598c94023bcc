"""A request says the same in the OpenAI dialect as it said before."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman.dialects.media import media_data
from pointsman.dialects.openai_chat import Form, write_messages, write_parameters
from pointsman.dialects.refusals import refuse
from pointsman.errors import Advice, InvalidRequestError, Scope
from pointsman.types import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

USER = Message(Role.USER, (Text("hi"),))


def written(message: Message, **form: Any) -> dict[str, Any]:
    """One message in the dialect."""
    (line,) = write_messages([message], Form(**form))
    return line


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message(Role.SYSTEM, (Text("be brief"),)), {"role": "system", "content": "be brief"}),
        (Message(Role.SYSTEM, (Text("a"), Text("b"))), {"role": "system", "content": "ab"}),
        (Message(Role.USER, ()), {"role": "user", "content": ""}),
        (
            Message(Role.USER, (Text("a"), Text("b")), name="ada"),
            {
                "role": "user",
                "name": "ada",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            },
        ),
        (
            Message(
                Role.USER, (Image(url="https://a.example/b.png"), Image(data="QQ==", media_type="image/png"))
            ),
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}},
                ],
            },
        ),
        (
            Message(Role.ASSISTANT, [Reasoning("hm"), ToolCall("c1", "f", '{"cut sho')]),
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"cut sho'}}
                ],
            },
        ),
        (
            Message(Role.TOOL, ToolResult("c1", "42")),
            {"role": "tool", "content": "42", "tool_call_id": "c1"},
        ),
    ],
)
def test_messages(message: Message, expected: dict[str, Any]) -> None:
    """Every kind of message has its form in the dialect."""
    assert expected == written(message)


def test_thoughts_go_back_where_there_is_a_field_for_them() -> None:
    """Otherwise they stay behind; what was said goes either way."""
    message = Message(Role.ASSISTANT, (Reasoning("hm "), Reasoning("so"), Text("42")))

    assert written(message) == {"role": "assistant", "content": "42"}
    assert written(message, reasoning_field="reasoning") == {
        "role": "assistant",
        "content": "42",
        "reasoning": "hm so",
    }


@pytest.mark.parametrize(
    "image", [Image(), Image(data="QQ=="), Image(media_type="image/png"), Image("data:,x")]
)
def test_a_picture_without_a_picture_is_refused(image: Image) -> None:
    """Nothing is made up for what is missing."""
    with pytest.raises(InvalidRequestError, match="image"):
        media_data(image)


def test_pictures_held_and_pictures_linked() -> None:
    """A data URL is data; an address is none."""
    assert media_data(Image(url="data:image/png;base64,QQ==")) == ("image/png", "QQ==")
    assert media_data(Image(url="https://a.example/b.png")) is None


def test_parameters() -> None:
    """Everything a request can say is said under the dialect's names."""
    request = ChatRequest(
        [USER],
        tools=(Tool("f", "finds", {"type": "object"}, strict=True), Tool("g")),
        tool_choice="f",
        response_format=JsonSchema({"type": "object"}, "shape"),
        temperature=0.0,
        top_p=0.5,
        seed=0,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )

    assert write_parameters(request) == {
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 0,
        "stop": ["END"],
        "reasoning_effort": "low",
        "user": "u1",
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "f",
                    "description": "finds",
                    "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
                    "strict": True,
                },
            },
            {
                "type": "function",
                "function": {"name": "g", "parameters": {"type": "object", "properties": {}}},
            },
        ],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "shape",
                "schema": {"type": "object", "additionalProperties": False},
                "strict": True,
            },
        },
    }


def test_what_is_left_open_is_left_out() -> None:
    """An empty request writes nothing; a bare JSON mode and a word of choice are themselves."""
    assert write_parameters(ChatRequest([USER])) == {}
    assert write_parameters(ChatRequest([USER], response_format="json", tool_choice="required")) == {
        "response_format": {"type": "json_object"},
        "tool_choice": "required",
    }


@pytest.mark.parametrize("fields", [{"seed": 0}, {"temperature": 0.0}, {"stop": ["x"]}, {"user": "u"}])
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any]) -> None:
    """Another provider may take it, so the next candidate is asked; nobody cools down."""
    (name,) = fields

    with pytest.raises(InvalidRequestError, match=name) as caught:
        refuse(ChatRequest([USER], **fields), ["seed", "temperature", "stop", "user"])

    assert (caught.value.scope, caught.value.advice) == (Scope.CALLER, Advice.NEXT_CANDIDATE)


def test_extra_says_how_to_send_it() -> None:
    """A parameter that the caller also wrote in the provider's own words is let through."""
    request = ChatRequest([USER], seed=1, extra={"seed": 1})

    assert refuse(request, ["seed", "temperature"]) is None  # type: ignore[func-returns-value]
