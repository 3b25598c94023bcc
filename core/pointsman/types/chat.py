"""A conversation, a request, an answer: the same for every provider."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from attrs import field, frozen

from pointsman.types.money import Cost, Usage


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"
    OTHER = "other"


@frozen
class Text:
    """Plain text."""

    text: str


@frozen
class Image:
    """A picture: either an address or the data itself.

    Attributes:
        url: An ``https:`` address; empty when `data` holds the picture.
        data: Base64.
        media_type: ``image/png`` and the like; needed with `data`.
    """

    url: str = ""
    data: str = field(default="", repr=False)
    media_type: str = ""


@frozen
class Reasoning:
    """Thoughts a model shared; `signature` is what its provider wants back with them."""

    text: str
    signature: str = ""


@frozen
class ToolCall:
    """A model asks for a tool.

    Attributes:
        id: To be repeated in the tool's result.
        name: Which tool.
        arguments: JSON text exactly as the model wrote it; may be cut short or malformed.
    """

    id: str
    name: str
    arguments: str


Part = Text | Image | Reasoning


@frozen
class Message:
    """One turn.

    Attributes:
        role: Who speaks.
        content: Its parts, in order.
        tool_calls: Tools the assistant asked for.
        tool_call_id: Which call a tool message answers.
        name: Optional speaker's name.
    """

    role: Role = field(converter=Role)
    content: tuple[Part, ...] = field(default=(), converter=tuple[Part, ...])
    tool_calls: tuple[ToolCall, ...] = field(default=(), converter=tuple[ToolCall, ...])
    tool_call_id: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return "".join(part.text for part in self.content if isinstance(part, Text))


@frozen
class Tool:
    """A tool the model may ask for; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(factory=dict)
    strict: bool | None = None


@frozen
class JsonSchema:
    """The shape an answer must have; `schema` is a JSON schema."""

    schema: Mapping[str, Any]
    name: str = "answer"
    strict: bool = True


@frozen
class ChatRequest:
    """What to ask, whichever model answers. A value left None is left to the provider.

    Attributes:
        messages: The conversation; at least one message with content.
        tools: Tools the model may ask for.
        tool_choice: ``auto``, ``none``, ``required`` or the name of one tool.
        response_format: A `JsonSchema`, ``"json"`` for any JSON object, or None for text.
        max_output_tokens: Upper bound of the answer, reasoning included.
        temperature, top_p, seed: Sampling.
        stop: Texts that end the answer.
        reasoning_effort: ``none``, ``minimal``, ``low``, ``medium``, ``high`` …, as the provider knows them.
        user: Opaque id of the end user, passed to providers that take one.
        extra: Fields of the provider's own dialect, added to the body as they are.
        expected: Input and output tokens it is expected to use; filled in by the router, once.
    """

    messages: tuple[Message, ...] = field(converter=tuple[Message, ...])
    tools: tuple[Tool, ...] = field(default=(), converter=tuple[Tool, ...])
    tool_choice: str | None = None
    response_format: JsonSchema | Literal["json"] | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    reasoning_effort: str | None = None
    user: str = ""
    extra: Mapping[str, Any] = field(factory=dict)
    expected: tuple[int, int] | None = field(default=None, eq=False, repr=False)


@frozen
class ChatResponse:
    """An answer.

    Attributes:
        text: The answer's text.
        model: The model that answered, as the provider names it (not always the one asked for).
        finish_reason: Why it ended.
        usage: Tokens used.
        tool_calls: Tools asked for.
        reasoning: Thoughts shared.
        id: The provider's id of the answer.
        provider: Instance name of the provider; filled in by the router.
        requested_model: The model asked for; filled in by the router.
        cost: What it cost; filled in by the router.
        call_id: The ledger's row; filled in by the router.
        attempts: How many attempts it took; filled in by the router.
        dropped: Parameters that were left out, at the caller's wish, because the provider does not take them.
        accepted: False when a plan wanted more of an answer than any it got; this is the last of them.
    """

    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = field(default=(), converter=tuple[ToolCall, ...])
    reasoning: tuple[Reasoning, ...] = field(default=(), converter=tuple[Reasoning, ...])
    id: str = ""
    provider: str = ""
    requested_model: str = ""
    cost: Cost = Cost(None, "unknown")
    call_id: str = ""
    attempts: int = 1
    dropped: tuple[str, ...] = ()
    accepted: bool = True

    @property
    def usd(self) -> Decimal | None:
        """Cost in US dollars; None when unknown."""
        return self.cost.usd


@frozen
class ToolCallDelta:
    """A piece of a tool call: `index` says which one, the texts are to be appended."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@frozen
class ChatChunk:
    """A piece of a streamed answer. Only what is new; empty where nothing is.

    Attributes:
        text, reasoning: Text to append.
        signature: What the provider wants back with the reasoning.
        tool_calls: Pieces of tool calls.
        finish_reason: Set once, when the model has finished.
        usage: Set once or more; the last one counts.
        model: The model that answers, set on the first chunk that knows.
        id: The provider's id of the answer.
        response: The whole answer with its cost; set by the router on its last chunk only.
    """

    text: str = ""
    reasoning: str = ""
    signature: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    model: str = ""
    id: str = ""
    response: ChatResponse | None = None

    @property
    def has_content(self) -> bool:
        """Whether the caller has seen something of the answer once it has this chunk."""
        return bool(self.text or self.reasoning or self.tool_calls)
