"""What three clients write: one conversation in each dialect, and the answer as the next turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from attrs import frozen
from pointsman.testing.questions import PIXEL

SYSTEM = "Answer in one short sentence."
QUESTION = "Which town is this, and where is it colder?"
THOUGHT = "The harbour gives it away."
SEAL = "c2VhbGVkIGJ5IGl0cyBtYWtlcg=="
SAID = "I ask about both."
CITIES = ("Turku", "Oulu")
RESULTS = ("three below zero", "nine below zero")
FOLLOWING = "And tomorrow?"
TOOL = "thermometer"
ABOUT = "Reads a thermometer."
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

_IDS = ("call_one", "call_two")
_URL = f"data:{PIXEL.media_type};base64,{PIXEL.data}"
_INPUTS = [{"city": city} for city in CITIES]
_ARGUMENTS = [orjson.dumps(each).decode() for each in _INPUTS]

Body = dict[str, Any]


@frozen
class Client:
    """A client of one dialect.

    Attributes:
        dialect: By name.
        body: The conversation.
        goes_on: The conversation with the answer, results for its tool calls by id, and one more question.
        collected: The answer that the events of a stream make, as the usual clients put them together.
    """

    dialect: str
    body: Body
    goes_on: Callable[[Body, Mapping[str, Any], list[str]], Body]
    collected: Callable[[Sequence[Body]], Body]


def _chat_goes_on(body: Body, answer: Mapping[str, Any], ids: list[str]) -> Body:
    results = [{"role": "tool", "tool_call_id": identity, "content": "the same"} for identity in ids]
    turns = [answer["choices"][0]["message"], *results, {"role": "user", "content": "So?"}]
    return {**body, "messages": [*body["messages"], *turns]}


def _chat_collected(events: Sequence[Body]) -> Body:
    message: Body = {"role": "assistant", "content": ""}
    calls: dict[int, Body] = {}
    reason = None
    for choice in (choice for event in events for choice in event["choices"]):
        delta = choice["delta"]
        reason = choice["finish_reason"] or reason
        for name in ("content", "reasoning_content"):
            if delta.get(name):
                message[name] = message.get(name, "") + delta[name]
        message.setdefault("reasoning_details", []).extend(delta.get("reasoning_details", ()))
        for piece in delta.get("tool_calls", ()):
            call = calls.setdefault(piece["index"], {**piece, "function": {"name": "", "arguments": ""}})
            for name, text in piece["function"].items():
                call["function"][name] += text
    choice = {"index": 0, "message": {**message, "tool_calls": list(calls.values())}, "finish_reason": reason}
    return {**events[-1], "object": "chat.completion", "choices": [choice]}


CHAT = Client(
    "openai-chat",
    {
        "model": "m",
        "stream_options": {"include_usage": True},
        "tools": [
            {"type": "function", "function": {"name": TOOL, "description": ABOUT, "parameters": SCHEMA}}
        ],
        "messages": [
            {"role": "system", "content": SYSTEM},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": QUESTION},
                    {"type": "image_url", "image_url": {"url": _URL}},
                ],
            },
            {
                "role": "assistant",
                "content": SAID,
                "reasoning_details": [
                    {
                        "type": "reasoning.text",
                        "text": THOUGHT,
                        "signature": SEAL,
                        "format": "a-v1",
                        "index": 0,
                    }
                ],
                "tool_calls": [
                    {"id": identity, "type": "function", "function": {"name": TOOL, "arguments": arguments}}
                    for identity, arguments in zip(_IDS, _ARGUMENTS, strict=True)
                ],
            },
            *(
                {"role": "tool", "tool_call_id": identity, "content": result}
                for identity, result in zip(_IDS, RESULTS, strict=True)
            ),
            {"role": "user", "content": FOLLOWING},
        ],
    },
    _chat_goes_on,
    _chat_collected,
)


def _responses_goes_on(body: Body, answer: Mapping[str, Any], ids: list[str]) -> Body:
    results = [{"type": "function_call_output", "call_id": each, "output": "the same"} for each in ids]
    turns = [*answer["output"], *results, {"role": "user", "content": "So?"}]
    return {**body, "input": [*body["input"], *turns]}


def _responses_collected(events: Sequence[Body]) -> Body:
    (whole,) = (event["response"] for event in events if event["type"] == "response.completed")
    return dict(whole)


RESPONSES = Client(
    "openai-responses",
    {
        "model": "m",
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "instructions": SYSTEM,
        "tools": [
            {"type": "function", "name": TOOL, "description": ABOUT, "parameters": SCHEMA, "strict": False}
        ],
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": QUESTION},
                    {"type": "input_image", "image_url": _URL},
                ],
            },
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": THOUGHT}],
                "encrypted_content": SEAL,
            },
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": SAID, "annotations": []}],
            },
            *(
                {"type": "function_call", "call_id": identity, "name": TOOL, "arguments": arguments}
                for identity, arguments in zip(_IDS, _ARGUMENTS, strict=True)
            ),
            *(
                {"type": "function_call_output", "call_id": identity, "output": result}
                for identity, result in zip(_IDS, RESULTS, strict=True)
            ),
            {"role": "user", "content": FOLLOWING},
        ],
    },
    _responses_goes_on,
    _responses_collected,
)


def _messages_goes_on(body: Body, answer: Mapping[str, Any], ids: list[str]) -> Body:
    results: list[Body] = [
        {"type": "tool_result", "tool_use_id": each, "content": "the same"} for each in ids
    ]
    turns = [
        {"role": "assistant", "content": answer["content"]},
        {"role": "user", "content": [*results, {"type": "text", "text": "So?"}]},
    ]
    return {**body, "messages": [*body["messages"], *turns]}


def _messages_collected(events: Sequence[Body]) -> Body:
    message: Body = {}
    for event in events:
        match event["type"]:
            case "message_start":
                message = dict(event["message"])
            case "content_block_start":
                message["content"].append(dict(event["content_block"]))
            case "content_block_delta":
                _add(message["content"][event["index"]], event["delta"])
            case "message_delta":
                message |= event["delta"]
                message["usage"] = {**message["usage"], **event["usage"]}
    for block in message["content"]:
        if "partial" in block:
            block["input"] = orjson.loads(block.pop("partial") or "{}")
    return message


def _add(block: Body, delta: Body) -> None:
    """A piece of a block; the names are those of the dialect."""
    pairs = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
    if delta["type"] == "input_json_delta":
        block["partial"] = block.get("partial", "") + delta["partial_json"]
    else:
        name = pairs[delta["type"]]
        block[name] = block.get(name, "") + delta[name]


MESSAGES = Client(
    "anthropic-messages",
    {
        "model": "m",
        "max_tokens": 1024,
        "system": SYSTEM,
        "tools": [{"name": TOOL, "description": ABOUT, "input_schema": SCHEMA}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": QUESTION},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": PIXEL.media_type, "data": PIXEL.data},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": THOUGHT, "signature": SEAL},
                    {"type": "text", "text": SAID},
                    *(
                        {"type": "tool_use", "id": identity, "name": TOOL, "input": given}
                        for identity, given in zip(_IDS, _INPUTS, strict=True)
                    ),
                ],
            },
            {
                "role": "user",
                "content": [
                    *(
                        {"type": "tool_result", "tool_use_id": identity, "content": result}
                        for identity, result in zip(_IDS, RESULTS, strict=True)
                    ),
                    {"type": "text", "text": FOLLOWING},
                ],
            },
        ],
    },
    _messages_goes_on,
    _messages_collected,
)

CLIENTS = (CHAT, RESPONSES, MESSAGES)
