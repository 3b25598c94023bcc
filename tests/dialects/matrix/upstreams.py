"""Servers of the formats that one provider alone speaks; each answers with thoughts, a text, two calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import orjson
from attrs import evolve
from pointsman.testing import FakeModel, OpenAIUpstream, Received, Reply, Upstream
from pointsman.types import Part, Reasoning, Text, ToolCall

from tests.dialects.matrix.clients import CITIES, TOOL

THOUGHT = "Wind makes it worse."
SEAL = "b25seSB0aGUgbWFrZXIgcmVhZHMgdGhpcw=="
SAID = "I look again."
INPUTS = [{"city": city} for city in CITIES]
COUNTS = (21, 13)  # input and output tokens


def parts(*thoughts: Reasoning) -> tuple[Part, ...]:
    """The answer of a server of a public dialect."""
    calls = (
        ToolCall(f"call_{name}", TOOL, orjson.dumps(given).decode())
        for name, given in zip("ab", INPUTS, strict=True)
    )
    return (*thoughts, Text(SAID), *calls)


class SpeakerUpstream(OpenAIUpstream):
    """The most common dialect; reports the usage of a stream unasked, as some do, and may be anywhere."""

    def __init__(self, path: str, thought: Reasoning) -> None:
        """Serve one model.

        Args:
            path: Before ``/models``.
            thought: In every answer.
        """
        super().__init__([model(thought)])
        self._path = path

    @property
    def prefix(self) -> str:  # type: ignore[override]  # of an instance here
        """As given."""
        return self._path

    def missing(self, request: Received) -> Reply:
        """The answer."""
        return super().missing(asking_for_usage(request))


def asking_for_usage(request: Received) -> Received:
    """The same request, as if it asked for the usage of its stream."""
    body = request.json() or {}
    if not body.get("stream") or "messages" not in body:
        return request
    return evolve(request, body=orjson.dumps({**body, "stream_options": {"include_usage": True}}))


def model(*thoughts: Reasoning) -> FakeModel:
    """What a server of a public dialect serves."""
    return FakeModel("m", answer=parts(*thoughts))


class GeminiUpstream(Upstream):
    """Gemini's own format."""

    def missing(self, request: Received) -> Reply:
        """The answer."""
        calls = [{"functionCall": {"name": TOOL, "args": given}} for given in INPUTS]
        said = [
            {"text": THOUGHT, "thought": True},
            {"text": SAID},
            {**calls[0], "thoughtSignature": SEAL},
            calls[1],
        ]
        counts = {
            "promptTokenCount": COUNTS[0],
            "candidatesTokenCount": COUNTS[1],
            "totalTokenCount": sum(COUNTS),
        }
        end = {"finishReason": "STOP"}
        if "stream" not in request.path:
            whole = {"candidates": [{"content": {"role": "model", "parts": said}, **end}]}
            return Reply.json({**whole, "usageMetadata": counts, "modelVersion": "m"})
        pieces: list[Mapping[str, Any]] = [
            {"candidates": [{"content": {"role": "model", "parts": [part]}}], "modelVersion": "m"}
            for part in said
        ]
        return Reply.sse([*pieces, {"candidates": [end], "usageMetadata": counts}], done=None)


class CohereUpstream(Upstream):
    """Cohere's own format."""

    def missing(self, request: Received) -> Reply:
        """The answer."""
        calls = [
            {
                "id": f"{TOOL}_{number}",
                "type": "function",
                "function": {"name": TOOL, "arguments": orjson.dumps(given).decode()},
            }
            for number, given in enumerate(INPUTS)
        ]
        content = [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": SAID}]
        usage = {"tokens": {"input_tokens": COUNTS[0], "output_tokens": COUNTS[1]}}
        usage["billed_units"] = usage["tokens"]
        end = {"finish_reason": "TOOL_CALL", "usage": usage}
        if not request.json()["stream"]:
            message = {"role": "assistant", "content": content, "tool_calls": calls}
            return Reply.json({"id": "c1", "message": message, **end})
        events: list[Mapping[str, Any]] = [
            {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant"}}}
        ]
        for number, part in enumerate(content):
            begun = {name: "" if name != "type" else value for name, value in part.items()}
            more = {name: value for name, value in part.items() if name != "type"}
            events += [
                {"type": "content-start", "index": number, "delta": {"message": {"content": begun}}},
                {"type": "content-delta", "index": number, "delta": {"message": {"content": more}}},
                {"type": "content-end", "index": number},
            ]
        for number, call in enumerate(calls):
            events += [
                {"type": "tool-call-start", "index": number, "delta": {"message": {"tool_calls": call}}},
                {"type": "tool-call-end", "index": number},
            ]
        return Reply.sse([*events, {"type": "message-end", "delta": end}])


class OllamaUpstream(Upstream):
    """Ollama's own format."""

    def missing(self, request: Received) -> Reply:
        """The answer."""
        calls = [{"function": {"name": TOOL, "arguments": given}} for given in INPUTS]
        said: list[dict[str, Any]] = [{"thinking": THOUGHT}, {"content": SAID}, {"tool_calls": calls}]
        end = {"done": True, "done_reason": "stop", "prompt_eval_count": COUNTS[0], "eval_count": COUNTS[1]}
        head = {"model": "m", "created_at": "2024-05-31T00:00:00Z"}
        if not request.json()["stream"]:
            message = {"role": "assistant", **said[0], **said[1], **said[2]}
            return Reply.json({**head, "message": message, **end})
        lines = [
            {**head, "message": {"role": "assistant", "content": "", **each}, "done": False} for each in said
        ]
        return Reply.ndjson([*lines, {**head, "message": {"role": "assistant", "content": ""}, **end}])


class BedrockUpstream(Upstream):
    """Bedrock's Converse."""

    def missing(self, request: Received) -> Reply:
        """The answer."""
        thought = {"reasoningText": {"text": THOUGHT, "signature": SEAL}}
        uses = [{"toolUseId": f"t{number}", "name": TOOL} for number in range(len(INPUTS))]
        usage = {"inputTokens": COUNTS[0], "outputTokens": COUNTS[1], "totalTokens": sum(COUNTS)}
        if not request.path.endswith("-stream"):
            calls = [{"toolUse": {**use, "input": given}} for use, given in zip(uses, INPUTS, strict=True)]
            content = [{"reasoningContent": thought}, {"text": SAID}, *calls]
            message = {"role": "assistant", "content": content}
            return Reply.json({"output": {"message": message}, "stopReason": "tool_use", "usage": usage})
        frames = [
            _event("messageStart", role="assistant"),
            _delta(0, reasoningContent={"text": THOUGHT}),
            _delta(0, reasoningContent={"signature": SEAL}),
            _event("contentBlockStop", contentBlockIndex=0),
            _delta(1, text=SAID),
            _event("contentBlockStop", contentBlockIndex=1),
        ]
        for number, (use, given) in enumerate(zip(uses, INPUTS, strict=True), 2):
            frames += [
                _event("contentBlockStart", start={"toolUse": use}, contentBlockIndex=number),
                _delta(number, toolUse={"input": orjson.dumps(given).decode()}),
                _event("contentBlockStop", contentBlockIndex=number),
            ]
        frames += [_event("messageStop", stopReason="tool_use"), _event("metadata", usage=usage)]
        return Reply(200, {"content-type": "application/vnd.amazon.eventstream"}, tuple(frames))


def _delta(number: int, **delta: object) -> bytes:
    return _event("contentBlockDelta", delta=delta, contentBlockIndex=number)


def _event(kind: str, **payload: object) -> bytes:
    """One message of an AWS event stream: two headers, JSON, both checksums."""
    body = orjson.dumps(payload)
    head = b"".join(
        bytes([len(name)]) + name + b"\x07" + len(value).to_bytes(2, "big") + value
        for name, value in ((b":message-type", b"event"), (b":event-type", kind.encode()))
    )
    sizes = (16 + len(head) + len(body)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    raw = sizes + crc32(sizes).to_bytes(4, "big") + head + body
    return raw + crc32(raw).to_bytes(4, "big")
