"""The parts a message or an answer is made of, in order; and the deltas a streamed answer comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen


@frozen
class CachePoint:
    """Everything up to here may be kept in the provider's cache. A hint: who has no such mark skips it.

    Attributes:
        ttl: How long, as providers write it: ``5m``, ``1h``; empty for the provider's own default.
    """

    ttl: str = ""


@frozen
class Text:
    """Plain text."""

    text: str


@frozen
class Media:
    """A file: either an address or the data itself.

    Attributes:
        url: An ``https:`` address; empty when `data` holds the file.
        data: Base64.
        media_type: ``image/png``, ``application/pdf``, ``audio/wav`` …; needed with `data`.
    """

    url: str = ""
    data: str = field(default="", repr=False)
    media_type: str = ""


@frozen
class Image(Media):
    """A picture; `detail` is how closely to look: ``low``, ``high``, ``auto``, empty to leave it open."""

    detail: str = ""


@frozen
class Document(Media):
    """A document, mostly a PDF; `name` is its file name or title."""

    name: str = ""


@frozen
class Audio(Media):
    """A recording; `transcript` is what is said in it, where a provider tells."""

    transcript: str = ""


@frozen
class Reasoning:
    """Thoughts a model shared, and what their maker wants back with them.

    A part without text, in front of a text or a tool call, may hold the signature of what follows it.

    Attributes:
        text: To be read; empty where the thoughts are hidden.
        signature: Proves that the text is the model's own.
        redacted: The thoughts themselves, encrypted.
        format: The dialect that wrote signature, redacted data and details, by name; empty without them.
        details: The provider's own object, for dialects whose thoughts are more than text and signature.
        provider: Instance name of the provider that made them; filled in by the router. They go back to it
            unmodified, and to nobody else.
    """

    text: str = ""
    signature: str = ""
    redacted: str = field(default="", repr=False)
    format: str = ""
    details: Mapping[str, Any] | None = field(default=None, repr=False)
    provider: str = ""

    @property
    def sealed(self) -> bool:
        """Whether it holds what only its maker can read."""
        return bool(self.signature or self.redacted or self.details)


@frozen
class ToolCall:
    """A model asks for a tool.

    Attributes:
        id: To be repeated in the tool's result; unique in the conversation.
        name: Which tool.
        arguments: JSON text exactly as the model wrote it; may be cut short or malformed.
    """

    id: str
    name: str
    arguments: str


def parts(content: Content) -> tuple[Part, ...]:
    """Content as the tuple a value keeps; no part for an empty text."""
    if isinstance(content, str):
        return (Text(content),) if content else ()
    return (content,) if isinstance(content, Part) else tuple(content)


def text_of(content: Iterable[Part]) -> str:
    """All text parts, joined."""
    return "".join(part.text for part in content if isinstance(part, Text))


def tool_calls_of(content: Iterable[Part]) -> tuple[ToolCall, ...]:
    """All tool calls, in order."""
    return tuple(part for part in content if isinstance(part, ToolCall))


def reasoning_of(content: Iterable[Part]) -> tuple[Reasoning, ...]:
    """All thoughts, in order."""
    return tuple(part for part in content if isinstance(part, Reasoning))


@frozen
class ToolResult:
    """What a tool answered.

    Attributes:
        id: That of the call.
        content: Texts and files; a plain text may be given as it is.
        name: Which tool; empty to take the call's.
        failed: Whether the tool failed and the content says how.
    """

    id: str
    content: tuple[Part, ...] = field(default=(), converter=parts)
    name: str = ""
    failed: bool = False

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return text_of(self.content)


Part = Text | Image | Document | Audio | Reasoning | ToolCall | ToolResult | CachePoint
Content = str | Part | Iterable[Part]
"""What makers of messages and answers may hand in: a text, one part, or parts in order."""


@frozen
class TextDelta:
    """Text to append to the text part of this `index`."""

    text: str
    index: int = 0


@frozen
class ReasoningDelta:
    """A piece of thoughts: the texts are to be appended, `format` and `details` replace what was there.

    `provider` is that of `Reasoning`, filled in by the router.
    """

    text: str = ""
    signature: str = ""
    redacted: str = ""
    format: str = ""
    details: Mapping[str, Any] | None = None
    index: int = 0
    provider: str = ""

    @property
    def sealed(self) -> bool:
        """Whether it holds what only its maker can read."""
        return bool(self.signature or self.redacted or self.details)


@frozen
class ToolCallDelta:
    """A piece of a tool call: id and name come once, arguments are to be appended."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@frozen
class PartDelta:
    """A part that comes whole: a picture or a recording a model made."""

    part: Image | Audio | Document
    index: int = 0


Delta = TextDelta | ReasoningDelta | ToolCallDelta | PartDelta
"""A piece of one part of an answer.

Kind and index say which part; parts stand in the order in which they began. A new text after a tool call, or
new thoughts after a text, have a new index.
"""


def deltas(content: str | Delta | Iterable[Delta]) -> tuple[Delta, ...]:
    """Pieces as the tuple a value keeps; no piece for an empty text."""
    if type(content) is tuple:
        return content
    if isinstance(content, str):
        return (TextDelta(content),) if content else ()
    return (content,) if isinstance(content, Delta) else tuple(content)
