"""What the kit for providers asks, and how it reads what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pointsman.dialects.gathered import Gathered
from pointsman.dialects.tool_ids import paired
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
    Audio,
    ChatChunk,
    ChatRequest,
    ChatResponse,
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
PAGE = Document(data="JVBERi0xLjQKJSVFT0YK", media_type="application/pdf", name="page.pdf")
SOUND = Audio(data="UklGRiQAAABXQVZFZm10IA==", media_type="audio/wav")
PLACES = ("Oslo", "Rome")
RESULTS = ("Snow falls.", "The sun shines.")
_ELSEWHERE = "a-dialect-of-somebody-else"
FOREIGN = (
    Reasoning("a foreign thought", "Zm9yZWlnbi1zaWduYXR1cmU=", format=_ELSEWHERE),
    Reasoning(redacted="Zm9yZWlnbi1yZWRhY3RlZA==", format=_ELSEWHERE),
    Reasoning("foreign thoughts", format=_ELSEWHERE, details={"sealed": "Zm9yZWlnbi1kZXRhaWxz"}),
)
"""Thoughts that no provider under test can have made."""

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


def ask(*content: Part, **fields: Any) -> ChatRequest:
    """One user message."""
    return ChatRequest([Message(Role.USER, content or (Text(QUESTION),))], **fields)


def tool_turns(*thoughts: Reasoning, ids: tuple[str, str] = ("", ""), swapped: bool = False) -> list[Message]:
    """A question, two parallel calls of one tool about `PLACES`, and their `RESULTS`.

    Args:
        thoughts: Stand before the calls.
        ids: Of the calls; one that is empty is made.
        swapped: Whether the second result comes first, which needs ids.
    """
    calls = [
        ToolCall(identity, TOOL.name, f'{{"subject":"{place}"}}')
        for identity, place in zip(ids, PLACES, strict=True)
    ]
    results = [ToolResult(identity, said) for identity, said in zip(ids, RESULTS, strict=True)]
    return list(
        paired(
            [
                Message(Role.USER, QUESTION),
                Message(Role.ASSISTANT, [*thoughts, Text("I look."), *calls]),
                Message(Role.TOOL, results[::-1] if swapped else results),
            ]
        )
    )


async def chat(provider: Provider, model: str, request: ChatRequest, http: Http) -> ChatResponse:
    """A whole answer."""
    return await provider.chat(model, request, http)


async def drain(provider: Provider, model: str, request: ChatRequest, http: Http) -> list[ChatChunk]:
    """Every piece of a stream."""
    return [chunk async for chunk in provider.stream(model, request, http)]


def gathered(chunks: Iterable[ChatChunk]) -> ChatResponse:
    """The answer that pieces add up to, as the router adds them."""
    answer = Gathered()
    for chunk in chunks:
        answer.add(chunk)
    return answer.response("")


def seals(thought: Reasoning) -> list[str]:
    """Every text by which only their maker knows them, or which only their maker can read."""
    return [
        each for each in (thought.signature, thought.redacted, *texts(dict(thought.details or {}))) if each
    ]


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


def unit(value: object, text: str, *others: str) -> list[str]:
    """Every string of the largest object in a JSON value that holds one text and none of the others."""
    held = list(texts(value))
    if not any(text in each for each in held):
        return []
    if isinstance(value, dict) and not any(other in each for each in held for other in others):
        return held
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for each in inner if (found := unit(each, text, *others))), [])


def pairs(sent: object, calls: Sequence[str], results: Sequence[str]) -> bool:
    """Whether each of two results goes with its call: by an id they share, or in a format without, in order.

    Args:
        sent: A JSON value that was sent.
        calls: What the arguments of each call hold, and nothing else does.
        results: What each result holds, once.
    """
    said = (*calls, *results)
    one, other, result, other_result = (
        set(unit(sent, each, *(text for text in said if text != each))) for each in said
    )
    ids = [(one & result) - other, (other & other_result) - one]
    crossed = [(one & other_result) - other, (other & result) - one]
    written = "\n".join(texts(sent))
    if not (one and other and result and other_result) or any(crossed):
        return False
    if [written.count(each) for each in results] != [1, 1]:
        return False
    in_order = written.index(results[0]) < written.index(results[1])
    return [len(each) for each in ids] == [1, 1] or (not any(ids) and in_order)


def assert_usage(usage: Usage) -> None:
    """Tokens are known, positive and whole, and parts are no larger than their wholes."""
    assert isinstance(usage.input_tokens, int)
    assert isinstance(usage.output_tokens, int)
    assert usage.input_tokens > 0
    assert usage.output_tokens > 0
    assert 0 <= usage.cache_read_input_tokens <= usage.input_tokens
    assert 0 <= usage.reasoning_output_tokens <= usage.output_tokens
