"""What the kit for providers asks, and how it reads what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pointsman.errors import (
    AuthenticationError,
    ContextWindowError,
    InvalidRequestError,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    ServerError,
)
from pointsman.protocols import Http, Provider
from pointsman.types import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Image,
    JsonSchema,
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    Usage,
)

QUESTION = "What is 6 * 7? Ärger, 東京, 🚂"
WAIT = 3  # seconds
TOOL = Tool(
    "look_up",
    "Finds a fact.",
    {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]},
)
SCHEMA = JsonSchema({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
PIXEL = Image(
    data="iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
    media_type="image/png",
)

REFUSALS: list[tuple[int, str, type[ProviderError]]] = [
    (400, "This model's maximum context length is 8 tokens.", ContextWindowError),
    (400, "Unsupported parameter: 'stop'.", InvalidRequestError),
    (401, "Invalid API key.", AuthenticationError),
    (402, "Insufficient balance.", QuotaError),
    (404, "The model does not exist.", ModelNotFoundError),
    (429, "Slow down.", RateLimitError),
    (500, "Internal error.", ServerError),
    (503, "No server is available.", OverloadedError),
]


def ask(*content: Text | Image, **fields: Any) -> ChatRequest:
    """One user message."""
    return ChatRequest([Message(Role.USER, content or (Text(QUESTION),))], **fields)


async def chat(provider: Provider, model: str, request: ChatRequest, http: Http) -> ChatResponse:
    """A whole answer."""
    return await provider.chat(model, request, http)


async def drain(provider: Provider, model: str, request: ChatRequest, http: Http) -> list[ChatChunk]:
    """Every piece of a stream."""
    return [chunk async for chunk in provider.stream(model, request, http)]


def joined(chunks: Iterable[ChatChunk]) -> list[ToolCall]:
    """The tool calls their pieces make."""
    calls: dict[int, ToolCall] = {}
    for delta in (delta for chunk in chunks for delta in chunk.tool_calls):
        had = calls.get(delta.index, ToolCall("", "", ""))
        calls[delta.index] = ToolCall(
            had.id or delta.id, had.name + delta.name, had.arguments + delta.arguments
        )
    return [calls[index] for index in sorted(calls)]


def texts(value: object) -> Iterable[str]:
    """Every string in a JSON value, keys not included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def assert_usage(usage: Usage) -> None:
    """Tokens are known, positive and whole, and parts are no larger than their wholes."""
    assert isinstance(usage.input_tokens, int)
    assert isinstance(usage.output_tokens, int)
    assert usage.input_tokens > 0
    assert usage.output_tokens > 0
    assert 0 <= usage.cache_read_input_tokens <= usage.input_tokens
    assert 0 <= usage.reasoning_output_tokens <= usage.output_tokens
