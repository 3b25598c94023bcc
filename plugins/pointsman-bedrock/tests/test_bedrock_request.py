"""What is sent to Converse, to the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    Advice,
    Audio,
    CachePoint,
    ChatRequest,
    Document,
    Image,
    InvalidRequestError,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman_bedrock.request import body

HI = Message(Role.USER, "hi")
CALL = Message(Role.ASSISTANT, ToolCall("a", "tide", "{}"))
RESULT = Message(Role.TOOL, ToolResult("a", "low"))
OPEN = {"type": "object", "additionalProperties": {"type": "string"}}
PDF = Document(data="QQ==", media_type="application/pdf")


def turns(*messages: Message) -> list[dict[str, Any]]:
    """The conversation as it is sent."""
    sent: list[dict[str, Any]] = body(ChatRequest(messages))["messages"]
    return sent


def content(*parts: Part) -> list[dict[str, Any]]:
    """What the user says, as it is sent."""
    found: list[dict[str, Any]] = turns(Message(Role.USER, parts))[0]["content"]
    return found


def test_tools_called_before_are_declared() -> None:
    """Converse refuses calls and results in a request without them."""
    config = body(ChatRequest([HI, CALL, RESULT, HI]))["toolConfig"]

    assert config == {
        "tools": [
            {
                "toolSpec": {
                    "name": "tide",
                    "description": "Was called earlier in this conversation.",
                    "inputSchema": {"json": {"type": "object", "properties": {}}},
                }
            }
        ]
    }


def test_no_tools_are_none_offered() -> None:
    """Converse knows no such choice; where a call was made before, another provider is asked."""
    plain = ChatRequest([HI], tools=[Tool("tide")], tool_choice="none")
    with pytest.raises(InvalidRequestError, match="tool_choice") as caught:
        body(ChatRequest([HI, CALL, RESULT], tools=[Tool("tide")], tool_choice="none"))

    assert "toolConfig" not in body(plain)
    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    ("choice", "written"),
    [("auto", {"auto": {}}), ("required", {"any": {}}), ("tide", {"tool": {"name": "tide"}})],
)
def test_tool_choices(choice: str, written: dict[str, Any]) -> None:
    """Words of choice and names of tools."""
    request = ChatRequest([HI], tools=[Tool("tide")], tool_choice=choice)

    assert body(request)["toolConfig"]["toolChoice"] == written


def test_schemas() -> None:
    """A tool without parameters has an object without properties; strict ones are closed, or refused."""
    inner = {"type": "object", "properties": {"hour": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"tide": inner}}
    tools = [Tool("f", "", {"type": "object"}), Tool("g", "", schema, strict=True, cache=CachePoint("1h"))]
    bare, strict, mark = body(ChatRequest([HI], tools=tools))["toolConfig"]["tools"]
    with pytest.raises(InvalidRequestError, match="tools"):
        body(ChatRequest([HI], tools=[Tool("f", "", OPEN, strict=True)]))

    assert bare["toolSpec"]["inputSchema"] == {"json": {"type": "object", "properties": {}}}
    assert strict["toolSpec"]["inputSchema"]["json"] == {
        **schema,
        "properties": {"tide": {**inner, "additionalProperties": False}},
        "additionalProperties": False,
    }
    assert mark == {"cachePoint": {"type": "default", "ttl": "1h"}}


def test_ids_are_written_as_converse_takes_them() -> None:
    """Pairs stay pairs."""
    call, result = turns(
        Message(Role.ASSISTANT, ToolCall("tide.at:0", "tide", "{}")),
        Message(Role.TOOL, ToolResult("tide.at:0", "low")),
    )
    identity = call["content"][0]["toolUse"]["toolUseId"]

    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", identity)
    assert result["content"][0]["toolResult"]["toolUseId"] == identity


def test_results_stand_behind_their_calls() -> None:
    """Whatever was said in between; pictures and documents are in them, failures say so."""
    picture = Image(data="QQ==", media_type="image/jpg")
    failed = ToolResult("a", [Text("torn"), picture, PDF, CachePoint()], failed=True)
    sent = turns(HI, CALL, Message(Role.USER, "wait"), Message(Role.TOOL, failed))

    assert sent[2]["content"] == [
        {
            "toolResult": {
                "toolUseId": "a",
                "content": [
                    {"text": "torn"},
                    {"image": {"format": "jpeg", "source": {"bytes": "QQ=="}}},
                    {"document": {"format": "pdf", "name": "Document", "source": {"bytes": "QQ=="}}},
                ],
                "status": "error",
            }
        },
        {"text": "wait"},
    ]


def test_a_system_prompt_alone_is_what_the_user_says() -> None:
    """Converse wants a turn of the user."""
    sent = body(ChatRequest([Message(Role.SYSTEM, "Write a limerick.")]))

    assert "system" not in sent
    assert sent["messages"] == [{"role": "user", "content": [{"text": "Write a limerick."}]}]


def test_empty_arguments() -> None:
    """They are an empty object."""
    (sent,) = turns(Message(Role.ASSISTANT, ToolCall("a", "tide", "")))

    assert sent["content"][0]["toolUse"]["input"] == {}


def test_own_thoughts_go_back_in_place() -> None:
    """Unmodified; those of others stay behind."""
    (sent,) = turns(
        Message(
            Role.ASSISTANT,
            [
                Reasoning("low", "S=", format="bedrock-converse"),
                Text("So."),
                Reasoning("no", "T=", format="anthropic-messages"),
                Reasoning(redacted="E=", format="bedrock-converse"),
                ToolCall("a", "tide", "{}"),
            ],
        )
    )

    assert sent["content"][:3] == [
        {"reasoningContent": {"reasoningText": {"text": "low", "signature": "S="}}},
        {"text": "So."},
        {"reasoningContent": {"redactedContent": "E="}},
    ]
    assert [*sent["content"][3]] == ["toolUse"]


def test_blank_texts_are_left_out() -> None:
    """Converse refuses them, and models write them between thoughts and calls."""
    assert turns(HI, Message(Role.ASSISTANT, [Text("\n\n"), ToolCall("a", "tide", "{}")]))[1] == {
        "role": "assistant",
        "content": [{"toolUse": {"toolUseId": "a", "name": "tide", "input": {}}}],
    }


def test_cache_marks() -> None:
    """Where they are, but not where Converse refuses them; only the last four are sent."""
    point, mark = CachePoint(), {"cachePoint": {"type": "default"}}
    sent = body(
        ChatRequest(
            [
                Message(Role.SYSTEM, [Text("a"), point]),
                Message(Role.USER, [point, Text("b"), point, point]),
            ],
            tools=[Tool("f", cache=point)],
        )
    )

    assert len(sent["toolConfig"]["tools"]) == 1
    assert sent["system"] == [{"text": "a"}, mark]
    assert sent["messages"][0]["content"] == [{"text": "b"}, mark]


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/pdf", "pdf"),
        ("text/plain", "txt"),
        ("text/markdown; charset=utf-8", "md"),
        ("text/csv", "csv"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ],
)
def test_kinds_of_documents(media_type: str, kind: str) -> None:
    """By Converse's own names."""
    sent = content(Text("See."), Document(data="QQ==", media_type=media_type, name="low tide.pdf"))

    assert sent[1]["document"] == {"format": kind, "name": "low tide", "source": {"bytes": "QQ=="}}


NAMES = st.lists(st.text(max_size=12) | st.sampled_from(["", "a.pdf", "a.txt", "a 2"]), max_size=6)


@given(NAMES)
def test_names_of_documents(names: Sequence[str]) -> None:
    """They are of Converse's letters, and no two are the same."""
    files = [Document(data="QQ==", media_type="application/pdf", name=name) for name in names]
    sent = [block["document"]["name"] for block in content(Text("See."), *files)[1:]]

    assert len(set(sent)) == len(names)
    assert [
        name for name in sent if not re.fullmatch(r"[a-zA-Z0-9()\[\]-]+( [a-zA-Z0-9()\[\]-]+)*", name)
    ] == []


def test_documents_alone_are_introduced() -> None:
    """Converse wants a text beside them."""
    assert content(PDF, PDF)[2] == {"text": "Document, Document 2"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Audio(data="QQ==", media_type="audio/wav"), "audio input is not taken"),
        (Image(url="https://a.example/b.png"), "an image as data"),
        (Image(data="QQ==", media_type="image/tiff"), "image/tiff"),
        (Document(url="https://a.example/b.pdf"), "a document as data"),
        (Document(data="QQ==", media_type="application/zip"), "application/zip"),
    ],
)
def test_files_that_cannot_be_taken_are_refused_by_name(part: Part, said: str) -> None:
    """In a turn as in a tool's result; the next candidate may take them."""
    for message in (Message(Role.USER, part), Message(Role.TOOL, ToolResult("a", part))):
        with pytest.raises(InvalidRequestError, match=said) as caught:
            turns(message)

        assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.ASSISTANT, Image(data="QQ==", media_type="image/png")),
        Message(Role.USER, "hi", name="ada"),
        Message(Role.ASSISTANT, ToolCall("a", "tide", '{"cut')),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        turns(message)
