"""Parts of answers, in order, and the way back: signatures, ids, files, tools."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    Audio,
    CachePoint,
    ChatRequest,
    ChatResponse,
    Document,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.gathered import Gathered
from pointsman_gemini.answer import Chunks, response
from pointsman_gemini.request import body
from pointsman_gemini.thinking import Thinker

FILES = "https://a.example/v1beta/files/"
USER = Message(Role.USER, "hi")
PICTURE = {"inlineData": {"mimeType": "image/png", "data": "QQ=="}}
UNSIGNED = "skip_thought_signature_validator"


def whole(*parts: dict[str, Any]) -> ChatResponse:
    """An answer of these parts."""
    return response({"candidates": [{"content": {"parts": list(parts)}, "finishReason": "STOP"}]}, "m")


def streamed(*parts: dict[str, Any]) -> ChatResponse:
    """The same in pieces."""
    reader, answer = Chunks(), Gathered()
    for part in parts:
        piece = reader.read({"candidates": [{"content": {"parts": [part]}}]})
        if piece is not None:
            answer.add(piece)
    return answer.response("m")


def contents(*messages: Message) -> list[dict[str, Any]]:
    """The conversation as it is sent."""
    sent: list[dict[str, Any]] = body(ChatRequest(messages), FILES, Thinker())["contents"]
    return sent


def again(answer: ChatResponse) -> list[dict[str, Any]]:
    """An answer as it goes back."""
    return [part for turn in contents(USER, answer.message)[1:] for part in turn["parts"]]


def call(name: str, identity: str, **args: object) -> dict[str, Any]:
    """A function call."""
    return {"functionCall": {"id": identity, "name": name, "args": args}}


def test_parts_stand_in_the_order_in_which_they_came() -> None:
    """Whole and streamed; a text behind a call is another text than the one before it."""
    parts = (
        {"text": "Hm.", "thought": True},
        {"text": "I look."},
        call("look", "c1", at=1),
        {"text": "While that runs:"},
        {**PICTURE},
        {"inlineData": {"mimeType": "audio/L16;rate=24000", "data": "Qg=="}},
        {"fileData": {"mimeType": "application/pdf", "fileUri": FILES + "x"}},
        {"text": "Done."},
    )
    expected = (
        Reasoning("Hm."),
        Text("I look."),
        ToolCall("c1", "look", '{"at":1}'),
        Text("While that runs:"),
        Image(data="QQ==", media_type="image/png"),
        Audio(data="Qg==", media_type="audio/L16;rate=24000"),
        Document(url=FILES + "x", media_type="application/pdf"),
        Text("Done."),
    )

    assert [whole(*parts).content, streamed(*parts).content] == [expected, expected]


SIGNED = (
    {"text": "Hm.", "thought": True, "thoughtSignature": "own"},
    {"text": "", "thought": True, "thoughtSignature": "of thoughts nobody sees"},
    {"text": "I look, ", "thoughtSignature": "of a text"},
    {"text": "twice.", "thoughtSignature": "of the text behind it"},
    {"text": "", "thoughtSignature": "of a text of nothing"},
    {**call("look", "c1"), "thoughtSignature": "of a call"},
    call("look", "c2"),
    {**PICTURE, "thoughtSignature": "of a picture"},
    {"executableCode": {"language": "PYTHON", "code": "6 * 7"}, "thoughtSignature": "of code"},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42"}},
    {"text": "So."},
)


@pytest.mark.parametrize("read", [whole, streamed])
def test_what_is_signed_goes_back_as_it_came(read: Any) -> None:
    """Each signature on its own part and no other, nothing joined, nothing signed that was not."""
    assert again(read(*SIGNED)) == list(SIGNED)


@given(st.lists(st.sampled_from(SIGNED), max_size=6), st.sampled_from([whole, streamed]))
def test_no_signature_is_moved(parts: list[dict[str, Any]], read: Any) -> None:
    """Whatever comes in whatever order; a call of a turn without any signature says that it has none."""
    numbered = [
        {**part, **({"thoughtSignature": f"s{place}"} if "thoughtSignature" in part else {})}
        for place, part in enumerate(parts)
    ]
    for place, part in enumerate(numbered):
        if "functionCall" in part:
            part["functionCall"] = {**part["functionCall"], "id": f"c{place}"}
    sent = [part for part in again(read(*numbered)) if part.get("thoughtSignature") not in {None, UNSIGNED}]

    assert sent == [part for part in numbered if "thoughtSignature" in part]


def test_a_signature_stands_in_front_of_its_part() -> None:
    """As thoughts without text, marked with whose they are."""
    answer = whole({"text": "Well.", "thoughtSignature": "T="})

    assert answer.content == (Reasoning("", "T=", format="gemini"), Text("Well."))


def test_a_call_nobody_signed_says_so() -> None:
    """Only the first of a turn: calls made at once share one signature. Others' signatures stay behind."""
    turn, results = contents(
        USER,
        Message(
            Role.ASSISTANT,
            [
                Reasoning("another's", "EpcC", format="another"),
                CachePoint(),
                ToolCall("a", "f", "{}"),
                ToolCall("b", "g", "{}"),
            ],
        ),
        Message(Role.TOOL, ToolResult("a", "x")),
    )[1:]

    assert turn["parts"] == [{**call("f", "a"), "thoughtSignature": UNSIGNED}, call("g", "b")]
    assert results["parts"][0]["functionResponse"]["name"] == "f"


@pytest.mark.parametrize("read", [whole, streamed])
def test_calls_without_an_id_get_one_each(read: Any) -> None:
    """Two answers of one conversation share none, and results find their calls."""
    parts = [{"functionCall": {"name": "tide"}}, {"functionCall": {"name": "wind", "id": None}}]
    one, two = read(*parts), read(*parts)
    results = [
        Message(Role.TOOL, [ToolResult(each.id, f"of {each.name}") for each in reversed(answer.tool_calls)])
        for answer in (one, two)
    ]
    sent = contents(USER, one.message, results[0], two.message, results[1])
    answered = [
        (part["functionResponse"]["name"], part["functionResponse"]["response"]["output"])
        for turn in sent
        for part in turn["parts"]
        if "functionResponse" in part
    ]

    assert len({each.id for answer in (one, two) for each in answer.tool_calls} - {""}) == 4
    assert answered == [("wind", "of wind"), ("tide", "of tide")] * 2


def test_no_result_goes_out_under_another_tools_name() -> None:
    """Not when two turns use one id, nor when a caller names it wrong, nor when ids are missing."""
    turns = [
        USER,
        Message(Role.ASSISTANT, ToolCall("call_0", "tide", "{}")),
        Message(Role.TOOL, ToolResult("call_0", "high at 6", "some tool")),
        Message(Role.ASSISTANT, [ToolCall("call_0", "wind", "{}"), ToolCall("", "wind", '{"at":2}')]),
        Message(Role.TOOL, [ToolResult("call_0", "9 Bft"), ToolResult("", "8 Bft")]),
    ]
    parts = [part for turn in contents(*turns) for part in turn["parts"]]
    calls = [part["functionCall"] for part in parts if "functionCall" in part]
    results = [part["functionResponse"] for part in parts if "functionResponse" in part]

    assert [(each["id"], each["name"]) for each in calls] == [(each["id"], each["name"]) for each in results]
    assert [each["name"] for each in results] == ["tide", "wind", "wind"]
    assert len({each["id"] for each in calls}) == 3


def test_files_in_a_tools_result_are_parts_of_it() -> None:
    """https://ai.google.dev/gemini-api/docs/function-calling#multimodal"""
    shown: list[Part] = [
        Text("see"),
        Image(data="QQ==", media_type="image/png"),
        CachePoint(),
        Document(url="data:application/pdf;base64,Qg=="),
    ]
    turns = [
        USER,
        Message(Role.ASSISTANT, ToolCall("c", "look", "{}")),
        Message(Role.TOOL, ToolResult("c", shown, failed=True)),
    ]

    assert contents(*turns)[-1]["parts"] == [
        {
            "functionResponse": {
                "id": "c",
                "name": "look",
                "response": {"error": "see"},
                "parts": [PICTURE, {"inlineData": {"mimeType": "application/pdf", "data": "Qg=="}}],
            }
        }
    ]


def test_recordings_and_documents() -> None:
    """As data, or as files of the API's own."""
    turn = Message(
        Role.USER,
        [Audio(data="QQ==", media_type="audio/wav"), Document(url=FILES + "p", media_type="application/pdf")],
    )

    assert contents(turn)[0]["parts"] == [
        {"inlineData": {"mimeType": "audio/wav", "data": "QQ=="}},
        {"fileData": {"mimeType": "application/pdf", "fileUri": FILES + "p"}},
    ]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, None),
        ({"type": "object"}, None),
        ({"type": "object", "title": "Wind", "properties": {}, "additionalProperties": False}, None),
        (
            {"type": "object", "additionalProperties": True},
            {"type": "object", "additionalProperties": True, "properties": {}},
        ),
        ({"properties": {"at": {}}}, {"properties": {"at": {}}, "type": "object"}),
    ],
)
def test_tools_without_properties(schema: dict[str, object], expected: dict[str, object] | None) -> None:
    """An object of nothing is declared by leaving it out."""
    sent = body(ChatRequest([USER], tools=[Tool("wind", "", schema)]), FILES, Thinker())
    (declared,) = sent["tools"][0]["functionDeclarations"]

    assert declared.get("parametersJsonSchema") == expected


def test_words_on_tools_where_there_are_none() -> None:
    """The API refuses them, and they say nothing."""
    assert "toolConfig" not in body(ChatRequest([USER], tool_choice="none"), FILES, Thinker())


def test_a_system_prompt_alone_is_said_by_the_user() -> None:
    """The API wants somebody to say something."""
    sent = body(ChatRequest([Message(Role.SYSTEM, "Say hi.")]), FILES, Thinker())

    assert sent == {"contents": [{"role": "user", "parts": [{"text": "Say hi."}]}]}
