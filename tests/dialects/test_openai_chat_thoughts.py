"""Sealed thoughts of other dialects through a client of OpenAI's: back unmodified, and where they stood."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pointsman.dialects import openai_chat
from pointsman.testing.fake_models import pieces
from pointsman.testing.questions import gathered
from pointsman.types import ChatResponse, FinishReason, Part, Reasoning, Text, ToolCall, Usage

OF_A_CALL = Reasoning("", "c2lnbmVk", format="gemini")
OF_A_TEXT = Reasoning("Hm, wind.", "c2lnbmVk", format="anthropic-messages")
HIDDEN = Reasoning(redacted="aGlkZGVu", format="bedrock-converse")
TEXT = Text("I look.")
CALLS = (ToolCall("c1", "look", '{"at":1}'), ToolCall("c2", "look", '{"at":2}'))
CONTENTS: list[list[Part]] = [
    [OF_A_TEXT, TEXT, *CALLS],
    [Reasoning("Aloud. "), OF_A_TEXT, HIDDEN, TEXT],
    [TEXT, OF_A_CALL, *CALLS],
    [TEXT, CALLS[0], OF_A_CALL, CALLS[1]],
    [OF_A_TEXT, TEXT, HIDDEN, CALLS[0], OF_A_CALL, CALLS[1]],
    [Reasoning("Aloud. "), TEXT, OF_A_CALL, CALLS[0]],
    [TEXT, OF_A_CALL],
    [TEXT, OF_A_TEXT, Text(" Found."), HIDDEN, OF_A_CALL, CALLS[0]],
    [OF_A_TEXT, TEXT, HIDDEN, Text(" Found.")],
]


def answer(content: list[Part]) -> ChatResponse:
    """An answer of these parts."""
    return ChatResponse(content, "m", FinishReason.TOOL_CALLS, Usage(1, 1), "a")


def turn_of(message: dict[str, Any]) -> tuple[Part, ...]:
    """What a client's turn of the assistant is read as, as JSON writes it."""
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}, orjson.loads(orjson.dumps(message))],
    }
    return openai_chat.read_request(body).chat.messages[1].content


def collected(response: ChatResponse) -> dict[str, Any]:
    """The message whose pieces a stream holds, its lists put one after the other as they came."""
    writer = openai_chat.stream_writer("m")
    events = [event for chunk in pieces(response) for event in writer.write(chunk)]
    deltas = [orjson.loads(event.data)["choices"][0]["delta"] for event in events]
    calls: dict[int, dict[str, Any]] = {}
    for piece in (piece for delta in deltas for piece in delta.get("tool_calls", ())):
        held = calls.setdefault(piece["index"], {**piece, "function": {"name": "", "arguments": ""}})
        for name, text in piece["function"].items():
            held["function"][name] += text
    return {
        "role": "assistant",
        "content": "".join(delta.get("content") or "" for delta in deltas),
        "reasoning_details": [each for delta in deltas for each in delta.get("reasoning_details", ())],
        "tool_calls": list(calls.values()),
    }


@pytest.mark.parametrize("content", CONTENTS)
def test_whole_answers_come_back_in_order(content: list[Part]) -> None:
    """A seal that belongs to a tool call stands before it again."""
    message = openai_chat.write_answer(answer(content))["choices"][0]["message"]

    assert turn_of(message) == tuple(content)


@pytest.mark.parametrize("content", CONTENTS)
def test_streamed_answers_come_back_in_order(content: list[Part]) -> None:
    """Also when the client keeps pieces of thoughts apart."""
    assert turn_of(collected(answer(content))) == tuple(content)


def test_thoughts_that_nobody_sealed_are_plain_text() -> None:
    """Clients know them by one name; there is no object to send back."""
    message = openai_chat.write_answer(answer([Reasoning("Aloud."), TEXT]))["choices"][0]["message"]

    assert (message["reasoning_content"], "reasoning_details" in message) == ("Aloud.", False)
    assert turn_of(message) == (Reasoning("Aloud."), TEXT)


ONE_INDEX = [
    {"type": "reasoning.text", "text": "Ebb.", "index": 0, "format": "a-v1"},
    {"type": "reasoning.encrypted", "data": "bG9ja2Vk", "id": "t_7", "index": 0, "format": "a-v1"},
    {"type": "reasoning.text", "text": "Then flow.", "signature": "c2VhbC1h", "index": 0, "format": "a-v1"},
    {"type": "reasoning.text", "text": "Then calm.", "signature": "c2VhbC1i", "index": 0, "format": "a-v1"},
    {"type": "reasoning.encrypted", "data": "c2h1dA==", "id": "t_8", "index": 0, "format": "a-v1"},
]


BESIDE = [{"type": "reasoning.summary", "summary": "Ebb.", "index": 0}, ONE_INDEX[1]]


@pytest.mark.parametrize("details", [ONE_INDEX[:2], ONE_INDEX[2:], ONE_INDEX[1::3], ONE_INDEX[1:4], BESIDE])
def test_objects_of_one_index_stay_apart(details: list[dict[str, Any]]) -> None:
    """By type, by id, and by their signatures; streamed whole or text and signature one after the other."""
    split = [
        piece
        for each in details
        for piece in (
            [{**each, "signature": None}, {**each, "text": ""}] if each.get("signature") else [each]
        )
    ]
    end: dict[str, Any] = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    found = []
    for pieces_of in (details, split):
        reader = openai_chat.stream_reader()
        events: list[dict[str, Any]] = [
            {"choices": [{"delta": {"reasoning_details": [each]}}]} for each in pieces_of
        ]
        chunks = [reader.read(event) for event in (*events, end)]
        found.append([dict(part.details or {}) for part in gathered(filter(None, chunks)).reasoning])

    assert found == [details, details]


def test_objects_go_back_with_what_is_null_in_them() -> None:
    """Whole and streamed; where an object says no more than its text, all of it is that text."""
    null = {"id": None, "signature": None, "index": 0}
    full = [{"type": "reasoning.text", "text": "Ebb.", "format": "a-v1", **null}]
    bare = [{"type": "reasoning.text", "text": "Ebb.", "format": None, **null}]
    found = []
    for details in (full, bare):
        choice = {"message": {"reasoning_details": details}, "finish_reason": "stop"}
        (whole,) = openai_chat.read_answer({"choices": [choice]}, "m").reasoning
        piece = {"delta": {"reasoning_details": details}, "finish_reason": "stop"}
        chunk = openai_chat.stream_reader().read({"choices": [piece]})
        (streamed,) = gathered(filter(None, [chunk])).reasoning
        found.append([each.details and dict(each.details) for each in (whole, streamed)])

    assert found == [full * 2, [None, None]]
