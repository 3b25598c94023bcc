"""How answers are written in each dialect, small enough to be broken in every way."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from attrs import frozen
from pointsman import Provider, Secret
from pointsman.providers import OpenAICompatible, OpenAIResponses
from pointsman_anthropic import Anthropic
from pointsman_anthropic import Config as AnthropicConfig
from pointsman_bedrock import Bedrock
from pointsman_bedrock import Config as BedrockConfig
from pointsman_cohere import Cohere
from pointsman_cohere import Config as CohereConfig
from pointsman_gemini import Config as GeminiConfig
from pointsman_gemini import Gemini
from pointsman_ollama import Config as OllamaConfig
from pointsman_ollama import Ollama

KEY = Secret("zq-7730-0129-uuwk")
_HOLE = "@"  # where a text comes to stand


@frozen
class Endpoint:
    """Where a provider of the OpenAI dialects is."""

    base_url: str = "https://harbour.example/v1"
    key: Secret | None = KEY


def sse(data: str, name: str = "") -> bytes:
    """One event."""
    return ((f"event: {name}\n" if name else "") + f"data: {data}\n\n").encode()


def line(data: str, _name: str = "") -> bytes:
    """One line."""
    return data.encode() + b"\n"


def frame(data: str, kind: str = "contentBlockDelta", message: str = "event") -> bytes:
    """One binary message of Bedrock's."""
    name = ":exception-type" if message == "exception" else ":event-type"
    head = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for key, value in {":message-type": message, name: kind}.items()
    )
    body = data.encode()
    prelude = (16 + len(head) + len(body)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    raw = prelude + crc32(prelude).to_bytes(4, "big") + head + body
    return raw + crc32(raw).to_bytes(4, "big")


@frozen
class Dialect:
    """How one provider's answers are written; each holds a place for a text, or for an error object.

    Attributes:
        provider: Reads them.
        piece: A piece of text.
        finish: That the answer is finished, and the end mark, if any.
        body: An answer in one piece.
        write: What is around a piece.
        end: The mark of an end that gives no finish reason; empty where there is none.
        error: The event of an error; empty where there is no such form.
        error_name: Of that event.
    """

    provider: Callable[[], Provider]
    piece: str
    finish: bytes
    body: str
    write: Callable[..., bytes] = sse
    end: bytes = b""
    error: str = ""
    error_name: str = ""

    def said(self, text: str) -> bytes:
        """A piece of the inside of a JSON text."""
        return self.write(self.piece.replace(_HOLE, text))

    def whole(self, text: str) -> bytes:
        """The same as a whole answer."""
        return self.body.replace(_HOLE, text).encode()

    def failed(self, error: str) -> bytes:
        """An error, given its JSON."""
        return self.write(self.error.replace(_HOLE, error), self.error_name)


DIALECTS = {
    "openai": Dialect(
        lambda: OpenAICompatible(Endpoint()),
        '{"model":"m","choices":[{"index":0,"delta":{"content":"@"}}]}',
        sse('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}') + sse("[DONE]"),
        '{"choices":[{"message":{"content":"@"},"finish_reason":"stop","logprobs":NaN}]}',
        end=sse("[DONE]"),
        error='{"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":@}',
    ),
    "responses": Dialect(
        lambda: OpenAIResponses(Endpoint()),
        '{"type":"response.output_text.delta","delta":"@"}',
        sse('{"type":"response.completed","response":{"status":"completed","temperature":NaN}}'),
        '{"status":"completed","top_p":Infinity,"output":[{"type":"message","content":[{"text":"@"}]}]}',
        end=sse("[DONE]"),
        error='{"type":"response.failed","response":{"status":"failed","error":@}}',
    ),
    "anthropic": Dialect(
        lambda: Anthropic(AnthropicConfig(KEY)),
        '{"type":"content_block_delta","delta":{"type":"text_delta","text":"@"}}',
        sse('{"type":"message_delta","delta":{"stop_reason":"end_turn"}}') + sse('{"type":"message_stop"}'),
        '{"content":[{"type":"text","text":"@"}],"score":-Infinity,"stop_reason":"end_turn"}',
        end=sse('{"type":"message_stop"}'),
        error='{"type":"error","error":@}',
        error_name="error",
    ),
    "cohere": Dialect(
        lambda: Cohere(CohereConfig(KEY)),
        '{"type":"content-delta","delta":{"message":{"content":{"text":"@"}}}}',
        sse('{"type":"message-end","delta":{"finish_reason":"COMPLETE"}}') + sse("[DONE]"),
        '{"message":{"content":[{"type":"text","text":"@"}]},"finish_reason":"COMPLETE","p":NaN}',
        end=sse("[DONE]"),
        error='{"error":@}',
        error_name="error",
    ),
    "gemini": Dialect(
        lambda: Gemini(GeminiConfig(KEY)),
        '{"candidates":[{"content":{"parts":[{"text":"@"}]}}]}',
        sse('{"candidates":[{"finishReason":"STOP"}]}'),
        '{"candidates":[{"content":{"parts":[{"text":"@"}]},"finishReason":"STOP","avgLogprobs":NaN}]}',
        error='{"error":@}',
    ),
    "ollama": Dialect(
        lambda: Ollama(OllamaConfig()),
        '{"model":"m","message":{"content":"@"},"done":false}',
        line('{"model":"m","message":{"content":""},"done":true,"done_reason":"stop"}'),
        '{\n "message": {"content": "@"},\n "p": NaN,\n\n "done": true,\n "done_reason": "stop"\n}',
        line,
        error='{"error":@}',
    ),
    "bedrock": Dialect(
        lambda: Bedrock(BedrockConfig(KEY, "us-east-1", bearer=KEY)),
        '{"delta":{"text":"@"}}',
        frame('{"stopReason":"end_turn"}', "messageStop"),
        '{"output":{"message":{"content":[{"text":"@"}]}},"stopReason":"end_turn","x":NaN}',
        frame,
        end=frame("{}", "messageStop"),
    ),
}
