"""How many tokens a text probably has, for when the provider does not say.

Text: one token per four bytes of UTF-8. For English this is the rule of thumb of OpenAI's help page "What are
tokens and how to count them?" (about four characters a token); counting bytes makes scripts beyond ASCII,
which tokenizers split finer, weigh more. Messages: three tokens each and three for the beginning of the
answer (OpenAI cookbook, "How to count tokens with tiktoken"). Pictures: 765, a square of 1024 pixels in
OpenAI's vision guide (85 + 4 * 170); their size is not known here. Documents: one token per 64 bytes, and at
least 1,500, a page as Anthropic's guide on PDF counts it. Audio: one token per 1,000 bytes, about what
Gemini's guide counts (32 a second) for speech at 256 kbit/s. Expect errors of a quarter and more: what
comes from here is always marked estimated.
"""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve

from pointsman.types.chat import ChatRequest, ChatResponse, JsonSchema, Message, Tool
from pointsman.types.content import Audio, Document, Image, Part, Reasoning, Text, ToolCall, ToolResult
from pointsman.types.money import Usage

BYTES_PER_TOKEN: Final = 4
TOKENS_PER_MESSAGE: Final = 3
TOKENS_PER_ANSWER: Final = 3
TOKENS_PER_IMAGE: Final = 765
TOKENS_PER_PAGE: Final = 1_500
BYTES_PER_DOCUMENT_TOKEN: Final = 64
BYTES_PER_AUDIO_TOKEN: Final = 1_000
TOKENS_OF_ANSWER: Final = 500
"""Of an answer nobody bounded: a prior, until a user's own traffic says better."""


def expected_tokens(request: ChatRequest) -> tuple[int, int]:
    """Input and output tokens this request is expected to use; the answer never exceeds its bound.

    Estimated once per call: a router writes them down in the request.
    """
    if request.expected is not None:
        return request.expected
    bound = request.max_output_tokens
    return request_tokens(request), TOKENS_OF_ANSWER if bound is None else min(bound, TOKENS_OF_ANSWER)


def text_tokens(text: str) -> int:
    """Tokens of plain text; 0 only for empty text."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)


def request_tokens(request: ChatRequest) -> int:
    """Input tokens of a request: messages, images, tools and the schema of the answer."""
    tokens = TOKENS_PER_ANSWER + sum(_message_tokens(message) for message in request.messages)
    tokens += sum(_tool_tokens(tool) for tool in request.tools)
    if isinstance(request.response_format, JsonSchema):
        tokens += _json_tokens(request.response_format.schema)
    return tokens


def response_tokens(response: ChatResponse) -> int:
    """Output tokens of an answer: text, shared reasoning and tool calls."""
    return sum(_part_tokens(part) for part in response.content)


def completed(usage: Usage, request: ChatRequest, response: ChatResponse) -> Usage:
    """`usage` with every count the provider did not state estimated, and marked so; else `usage` itself.

    A 0 beside words is a counter that was not read: something was asked, and maybe something answered.
    """
    if usage.input_tokens and usage.output_tokens:
        return usage
    given, produced = usage.input_tokens or expected_tokens(request)[0], usage.output_tokens
    return _estimated(usage, given, produced or response_tokens(response))


def completed_count(usage: Usage, expected: int, written: int) -> Usage:
    """The same for an answer that is known by its size alone.

    Args:
        usage: As stated.
        expected: Input tokens, estimated.
        written: Output tokens, estimated.
    """
    return _estimated(usage, usage.input_tokens or expected, usage.output_tokens or written)


def _estimated(usage: Usage, given: int, produced: int) -> Usage:
    if (given, produced) == (usage.input_tokens, usage.output_tokens):
        return usage
    return evolve(usage, input_tokens=given, output_tokens=produced, estimated=True)


def _message_tokens(message: Message) -> int:
    tokens = TOKENS_PER_MESSAGE + text_tokens(message.name)
    return tokens + sum(_part_tokens(part) for part in message.content)


def _part_tokens(part: Part) -> int:
    match part:
        case Text() | Reasoning():
            tokens = text_tokens(part.text)
        case ToolCall():
            tokens = text_tokens(part.name) + text_tokens(part.arguments)
        case ToolResult():
            tokens = sum(_part_tokens(each) for each in part.content)
        case Image():
            tokens = TOKENS_PER_IMAGE
        case Document():
            tokens = max(_bytes(part.data) // BYTES_PER_DOCUMENT_TOKEN, TOKENS_PER_PAGE)
        case Audio():
            tokens = max(_bytes(part.data) // BYTES_PER_AUDIO_TOKEN, 1)
        case _:
            tokens = 0
    return tokens


def _bytes(base64: str) -> int:
    return len(base64) * 3 // 4


def _tool_tokens(tool: Tool) -> int:
    return text_tokens(tool.name) + text_tokens(tool.description) + _json_tokens(tool.parameters)


def _json_tokens(value: Any) -> int:
    import orjson

    return -(-len(orjson.dumps(value, default=dict)) // BYTES_PER_TOKEN)
