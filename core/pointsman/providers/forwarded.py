"""What a forwarded answer says of itself, read while its bytes pass: who answered, and what it used.

The bytes are the caller's and are neither held back nor changed. What cannot be read stays unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from attrs import frozen

from pointsman.dialects.counts import AnthropicCounts, OpenAICounts, UsageReader
from pointsman.dialects.errors import stated_error
from pointsman.dialects.openai_responses import read_error, responses_usage
from pointsman.dialects.usage import openai_usage
from pointsman.errors import ProviderError
from pointsman.types import Usage
from pointsman.wire.fields import rows, string, table
from pointsman.wire.lenient import Halves
from pointsman.wire.streams import DONE, Event, Reader

log = logging.getLogger("pointsman.providers")

_BLANK = b" \t\r\n\xef\xbb\xbf"
_WORDS = frozenset(  # fields whose text a model wrote, in any of the dialects
    {"arguments", "content", "partial_json", "reasoning", "reasoning_content", "refusal", "text", "thinking"}
)


@frozen
class _Facts:
    """What a whole answer, or one event of a streamed one, tells.

    Attributes:
        wrote: The part of it that holds what the model wrote.
    """

    model: str = ""
    usage: Usage | None = None
    finished: bool = False
    error: ProviderError | None = None
    wrote: object = None


class ForwardedUsage:
    """Reads a forwarded answer, whole or as server-sent events: `feed` it every piece, then `end` it.

    It never raises. A dialect it does not know, or an answer it cannot read, leaves everything unknown.

    Attributes:
        model: Who answered, as the answer says; empty until it does.
        usage: Tokens as the answer states them; None until it does. A stream of the OpenAI dialect mostly
            does so only when the request asks for it.
        error: The error an answer of status 200 holds; None where there is none.
        finished: Whether the answer came to an end of its own; a stream that merely stops did not.
    """

    __slots__ = ("_facts", "_halves", "_stream", "_whole", "_wrote", "error", "finished", "model", "usage")

    def __init__(self, dialect: str, *, usage: UsageReader = openai_usage) -> None:
        """Read nothing yet.

        Args:
            dialect: That of the `Forwarder`: ``openai-chat``, ``openai-responses``, ``anthropic-messages``.
            usage: Reads the usage object of ``openai-chat``, for providers that count in their own way.
        """
        self.model = ""
        self.usage: Usage | None = None
        self.error: ProviderError | None = None
        self.finished = False
        self._facts = _reader(dialect, usage)
        self._whole: list[bytes] = []
        self._stream: Reader | None = None
        self._halves = Halves()
        self._wrote: list[str] = []

    @property
    def readable(self) -> bool:
        """Whether what it says, or does not say, means anything."""
        return self._facts is not None

    @property
    def text(self) -> str:
        """What the model wrote so far, thoughts and arguments included: to estimate unstated tokens by."""
        return "".join(self._wrote)

    def feed(self, piece: bytes) -> None:
        """Read the next piece of the body, cut anywhere."""
        self._guarded(self._feed, piece)

    def end(self) -> None:
        """Read what is left, now that the body is over."""
        self._guarded(self._end)

    def _guarded(self, step: Callable[..., None], *piece: bytes) -> None:
        if self._facts is None:
            return
        try:
            step(*piece)
        except Exception:  # whatever the bytes hold, they go on
            log.debug("a forwarded answer cannot be read", exc_info=True)
            self._facts, self._whole = None, []

    def _feed(self, piece: bytes) -> None:
        if not self._whole and self._stream is None:
            piece = piece.lstrip(_BLANK)
            if not piece:
                return
            if piece[:1] != b"{":
                self._stream = Reader()
        if self._stream is None:
            self._whole.append(piece)
            return
        for event in self._stream.feed(piece):
            self._event(event)

    def _end(self) -> None:
        if self._stream is not None:
            for event in self._stream.end():
                self._event(event)
        elif self._whole:
            self._note(self._halves.loads(b"".join(self._whole)))

    def _event(self, event: Event) -> None:
        if event.data == DONE:
            self.finished = True
        elif event.data:
            self._note(self._halves.loads(event.data))

    def _note(self, obj: object) -> None:
        if self._facts is None or not isinstance(obj, dict):
            return
        facts = self._facts(obj)
        self.model = self.model or facts.model
        self.usage = facts.usage or self.usage
        self.error = self.error or facts.error
        self.finished = self.finished or facts.finished
        self._wrote += _words(facts.wrote)


def _reader(dialect: str, usage: UsageReader) -> Callable[[Mapping[str, Any]], _Facts] | None:
    if dialect == "openai-chat":
        chat = OpenAICounts(usage)
        return lambda obj: _openai_chat(obj, chat)
    if dialect == "openai-responses":
        return _openai_responses
    if dialect == "anthropic-messages":
        counts = AnthropicCounts()
        return lambda obj: _anthropic_messages(obj, counts)
    return None


def _openai_chat(obj: Mapping[str, Any], counts: OpenAICounts) -> _Facts:
    choices = [table(choice) for choice in rows(obj.get("choices"))]
    return _Facts(
        string(obj.get("model")),
        counts.add(obj),
        any(choice.get("finish_reason") for choice in choices),
        stated_error(obj),
        [choice.get("message") or choice.get("delta") for choice in choices],
    )


def _openai_responses(obj: Mapping[str, Any]) -> _Facts:
    kind = string(obj.get("type"))  # of an event; a whole answer has none
    if kind.endswith(".delta"):
        return _Facts(wrote={"text": obj.get("delta")})
    answer = table(obj.get("response")) if kind else obj
    return _Facts(
        string(answer.get("model")),
        responses_usage(answer),
        answer.get("status") in {"completed", "incomplete"},
        read_error(obj),
        None if kind else answer.get("output"),
    )


def _anthropic_messages(obj: Mapping[str, Any], counts: AnthropicCounts) -> _Facts:
    message = table(obj.get("message")) or obj
    used = table(message.get("usage"))
    return _Facts(
        string(message.get("model")),
        counts.add(used) if used else None,
        bool(message.get("stop_reason") or table(obj.get("delta")).get("stop_reason")),
        stated_error(obj),
        obj.get("delta") or obj.get("content"),
    )


def _words(value: object) -> Iterator[str]:
    """The texts in what a model wrote, wherever a dialect puts them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str):
                if name in _WORDS:
                    yield inner
            elif name == "input":  # of a tool: arguments as an object
                yield orjson.dumps(inner).decode()
            else:
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
