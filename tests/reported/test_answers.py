"""Reported cases of answers, thoughts and errors: what real users met elsewhere, and what is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from pointsman import ChatRequest, Message, Role, Tool, ToolResult
from pointsman.testing import Pieces
from pointsman.testing.questions import ask, texts

from tests.providers.dialects import DIALECTS, Dialect
from tests.reported.desk import (
    OTHERS,
    PROVIDERS,
    SPEAKERS,
    asked,
    delta,
    frames,
    read,
    refused,
    sent,
    sse,
    whole,
)

pytestmark = [pytest.mark.anyio, pytest.mark.shared]
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def _anthropic(blocks: list[Any], redacted: str) -> tuple[Any, Any]:
    written = [
        {"type": "thinking", **blocks[0]},
        {"type": "redacted_thinking", "data": redacted},
        {"type": "thinking", **blocks[1]},
        {"type": "tool_use", "id": "t1", "name": "tide", "input": {}},
    ]
    events: list[Any] = [{"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1}}}]
    for number, block in enumerate(written):
        begun = {"type": "thinking", "thinking": "", "signature": ""} if "thinking" in block else block
        events.append({"type": "content_block_start", "index": number, "content_block": begun})
        if "thinking" in block:
            for kind, key in (("thinking_delta", "thinking"), ("signature_delta", "signature")):
                piece = {"type": kind, key: block[key]}
                events.append({"type": "content_block_delta", "index": number, "delta": piece})
        events.append({"type": "content_block_stop", "index": number})
    events += [
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    body = {"type": "message", "model": "m", "content": written, "stop_reason": "tool_use", "usage": {}}
    return body, sse(*events, done=False)


def _bedrock(blocks: list[Any], redacted: str) -> tuple[Any, Any]:
    thoughts: list[Any] = [
        {"reasoningText": {"text": blocks[0]["thinking"], "signature": blocks[0]["signature"]}},
        {"redactedContent": redacted},
        {"reasoningText": {"text": blocks[1]["thinking"], "signature": blocks[1]["signature"]}},
    ]
    use = {"toolUseId": "t1", "name": "tide"}
    events: list[tuple[str, Any]] = [("messageStart", {"role": "assistant"})]
    for number, thought in enumerate(thoughts):
        pieces = (
            [{"text": thought["reasoningText"]["text"]}, {"signature": thought["reasoningText"]["signature"]}]
            if "reasoningText" in thought
            else [thought]
        )
        events += [
            ("contentBlockDelta", {"delta": {"reasoningContent": each}, "contentBlockIndex": number})
            for each in pieces
        ]
        events.append(("contentBlockStop", {"contentBlockIndex": number}))
    events += [
        ("contentBlockStart", {"start": {"toolUse": use}, "contentBlockIndex": 3}),
        ("contentBlockDelta", {"delta": {"toolUse": {"input": "{}"}}, "contentBlockIndex": 3}),
        ("contentBlockStop", {"contentBlockIndex": 3}),
        ("messageStop", {"stopReason": "tool_use"}),
        ("metadata", {"usage": {"inputTokens": 1, "outputTokens": 9, "totalTokens": 10}}),
    ]
    content = [*({"reasoningContent": each} for each in thoughts), {"toolUse": {**use, "input": {}}}]
    body = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "tool_use"}
    return body, frames(*events)


def _responses(blocks: list[Any], redacted: str) -> tuple[Any, Any]:
    items: list[Any] = [
        {
            "type": "reasoning",
            "id": f"rs_{number}",
            "summary": [{"type": "summary_text", "text": text}] if text else [],
            "encrypted_content": seal,
        }
        for number, (text, seal) in enumerate(
            [
                (blocks[0]["thinking"], blocks[0]["signature"]),
                ("", redacted),
                (blocks[1]["thinking"], blocks[1]["signature"]),
            ]
        )
    ]
    items.append({"type": "function_call", "id": "fc_1", "call_id": "t1", "name": "tide", "arguments": "{}"})
    body = {"id": "r", "status": "completed", "model": "m", "output": items, "usage": {}}
    events: list[Any] = []
    for number, item in enumerate(items):
        begun = {**item, "summary": []} if "summary" in item else {**item, "arguments": ""}
        events.append({"type": "response.output_item.added", "output_index": number, "item": begun})
        events += [
            {
                "type": "response.reasoning_summary_text.delta",
                "output_index": number,
                "summary_index": 0,
                "item_id": item["id"],
                "delta": part["text"],
            }
            for part in item.get("summary", ())
        ]
        if item["type"] == "function_call":
            events.append(
                {
                    "type": "response.function_call_arguments.delta",
                    "output_index": number,
                    "item_id": "fc_1",
                    "delta": "{}",
                }
            )
        events.append({"type": "response.output_item.done", "output_index": number, "item": item})
    return body, sse(*events, {"type": "response.completed", "response": body}, done=False)


THINKERS = {"anthropic": _anthropic, "bedrock": _bedrock, "openai (responses)": _responses}


@WAYS
@pytest.mark.parametrize("name", THINKERS)
async def test_blocks_and_signatures_go_back_unmodified(
    shared_data: Path, name: str, *, stream: bool
) -> None:
    """04: each by itself, in place, also one that nobody can read."""
    case = read(shared_data, "04")
    scripted = THINKERS[name](case["blocks"], case["redacted"])
    request = ask(tools=[Tool("tide")])
    got = await asked(name, request, scripted[stream], stream=stream)
    turns = [*request.messages, got.message, Message(Role.TOOL, ToolResult("t1", "high"))]
    body = await sent(name, ChatRequest(turns, tools=[Tool("tide")]), stream=stream)
    one, two = case["blocks"]
    order = [one["thinking"], one["signature"], case["redacted"], two["thinking"], two["signature"]]
    found = [each for each in texts(body) if each in order]

    assert found == order or (name.startswith("openai") and sorted(found) == sorted(order))


def _form(name: str) -> Dialect:
    """How a provider's answers are written."""
    return DIALECTS["openai" if name in SPEAKERS else "responses" if name.startswith("openai") else name]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_an_emoji_in_two_halves_arrives(shared_data: Path, name: str) -> None:
    """06: joined, or each half as U+FFFD."""
    case = read(shared_data, "06")
    form = _form(name)
    halves = Pieces([*map(form.said, case["pieces"]), form.finish, form.end])
    lone = Pieces([form.said(case["lone"]), form.finish, form.end])
    joined = await asked(name, ask(), halves, stream=True)
    streamed = await asked(name, ask(), lone, stream=True)
    whole = await asked(name, ask(), form.whole(case["lone"]), stream=False)

    assert joined.text in {case["want"], "Moin \ufffd\ufffd ahoi"}
    assert whole.text == streamed.text == "Moin \ufffd."


@pytest.mark.parametrize("name", SPEAKERS)
async def test_an_error_inside_of_a_stream_keeps_class_and_wait(shared_data: Path, name: str) -> None:
    """07: with a finish reason that says no more than "error", with none, first or later."""
    for kind, (error, code) in read(shared_data, "07")["errors"].items():
        for reason in ("error", None):
            broken = {
                "error": error,
                "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": reason}],
            }
            for before in ([], [delta(content="Mo")]):
                got = await refused(name, ask(), sse(*before, broken), stream=True)
                wait = 17.0 if "wait" in kind else None
                assert (got.code, got.retry_after, error["message"] in str(got)) == (code, wait, True)


@WAYS
@pytest.mark.parametrize("name", [name for name in SPEAKERS if name != "perplexity"])
async def test_details_of_thoughts_go_back_to_their_maker(
    shared_data: Path, name: str, *, stream: bool
) -> None:
    """14: unmodified."""
    message = read(shared_data, "14")["message"]
    answer: Any = whole(**message)
    if stream:
        answer = sse(
            delta(**message), {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}
        )
    request = ask(tools=[Tool("tide")])
    got = await asked(name, request, answer, stream=stream)
    turns = [*request.messages, got.message, Message(Role.TOOL, ToolResult("tool_0", "high"))]
    body = await sent(name, ChatRequest(turns, tools=[Tool("tide")]), stream=stream)
    back = next(each for each in body["messages"] if each["role"] == "assistant")

    if name == "openrouter":
        assert back["reasoning_details"] == message["reasoning_details"]
    else:
        assert "QmFzZTY0LXNpZw==" not in list(texts(back))


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name not in OTHERS])
async def test_json_for_a_stream_is_read(shared_data: Path, name: str) -> None:
    """25: one piece; the error's class."""
    case = read(shared_data, "25")
    head = {"content-type": "application/json"}
    got = await asked(name, ask(), Pieces((orjson.dumps(case["whole"]),), headers=head), stream=True)
    error = await refused(name, ask(), Pieces((orjson.dumps(case["error"]),), headers=head), stream=True)

    assert (got.text, got.usage.input_tokens, got.usage.output_tokens) == ("Moin", 10, 2)
    assert error.code == "PM-RATE-LIMIT"


async def test_json_for_a_stream_is_read_in_other_dialects(shared_data: Path) -> None:
    """25: an error of any shape, and each dialect's own answer."""
    error = Pieces(
        (orjson.dumps(read(shared_data, "25")["error"]),), headers={"content-type": "application/json"}
    )
    for name in OTHERS:
        answer = Pieces((_form(name).whole("Moin"),), headers=error.headers)
        got = await asked(name, ask(), answer, stream=True)
        refusal = await refused(name, ask(), error, stream=True)
        assert (name, got.text, refusal.code) == (name, "Moin", "PM-RATE-LIMIT")
