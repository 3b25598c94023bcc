"""A conversation, a request, an answer: the same for every provider."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from attrs import field, frozen

from pointsman.types.content import (
    CachePoint,
    Delta,
    Part,
    Reasoning,
    ReasoningDelta,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    deltas,
    parts,
    reasoning_of,
    text_of,
    tool_calls_of,
)
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
class Message:
    """One turn.

    Attributes:
        role: Who speaks. A tool's turn holds results (and cache points) alone; nobody else's holds any.
        content: Its parts, in order; a plain text may be given as it is.
        name: Optional speaker's name.
    """

    role: Role = field(converter=Role)
    content: tuple[Part, ...] = field(default=(), converter=parts)
    name: str = ""

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return text_of(self.content)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Tools the assistant asks for."""
        return tool_calls_of(self.content)

    @property
    def tool_results(self) -> tuple[ToolResult, ...]:
        """What tools answered."""
        return tuple(part for part in self.content if isinstance(part, ToolResult))

    @property
    def reasoning(self) -> tuple[Reasoning, ...]:
        """Thoughts shared."""
        return reasoning_of(self.content)


@frozen
class Tool:
    """A tool the model may ask for.

    Attributes:
        name: What the model calls it.
        description: What it does.
        parameters: A JSON schema of an object; empty when it takes none.
        strict: Whether arguments must fit the schema; None to leave it to the provider.
        cache: Set where everything up to this tool may be kept in the provider's cache.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(factory=dict)
    strict: bool | None = None
    cache: CachePoint | None = None


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

    def of_size(self, expected: tuple[int, int]) -> ChatRequest:
        """The same with its expected size."""
        return ChatRequest(
            self.messages,
            self.tools,
            self.tool_choice,
            self.response_format,
            self.max_output_tokens,
            self.temperature,
            self.top_p,
            self.seed,
            self.stop,
            self.reasoning_effort,
            self.user,
            self.extra,
            expected,
        )


@frozen
class ChatResponse:
    """An answer.

    Attributes:
        content: Its parts, in order; a plain text may be given as it is.
        model: The model that answered, as the provider names it (not always the one asked for).
        finish_reason: Why it ended.
        usage: Tokens used.
        id: The provider's id of the answer.
        provider: Instance name of the provider; filled in by the router.
        requested_model: The model asked for; filled in by the router.
        cost: What it cost; filled in by the router.
        call_id: The ledger's row; filled in by the router.
        attempts: How many attempts it took; filled in by the router.
        dropped: Parameters that were left out, at the caller's wish, because the provider does not take them.
        accepted: False when a plan wanted more of an answer than any it got; this is the last of them.
    """

    content: tuple[Part, ...] = field(converter=parts)
    model: str
    finish_reason: FinishReason
    usage: Usage
    id: str = ""
    provider: str = ""
    requested_model: str = ""
    cost: Cost = Cost(None, "unknown")
    call_id: str = ""
    attempts: int = 1
    dropped: tuple[str, ...] = ()
    accepted: bool = True

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return text_of(self.content)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Tools asked for."""
        return tool_calls_of(self.content)

    @property
    def reasoning(self) -> tuple[Reasoning, ...]:
        """Thoughts shared."""
        return reasoning_of(self.content)

    @property
    def message(self) -> Message:
        """The answer as a turn of the conversation, for the next question."""
        return Message(Role.ASSISTANT, self.content)

    @property
    def usd(self) -> Decimal | None:
        """Cost in US dollars; None when unknown."""
        return self.cost.usd


@frozen
class ChatChunk:
    """A piece of a streamed answer. Only what is new; empty where nothing is.

    Attributes:
        deltas: Pieces of the answer's parts; a piece of text may be given as it is.
        finish_reason: Set once, when the model has finished.
        usage: Set once or more; the last one counts.
        model: The model that answers, set on the first chunk that knows.
        id: The provider's id of the answer.
        response: The whole answer with its cost; set by the router on its last chunk only.
    """

    deltas: tuple[Delta, ...] = field(default=(), converter=deltas)
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    model: str = ""
    id: str = ""
    response: ChatResponse | None = None

    @property
    def text(self) -> str:
        """Text to append."""
        return "".join(delta.text for delta in self.deltas if isinstance(delta, TextDelta))

    @property
    def reasoning(self) -> str:
        """Thoughts to append."""
        return "".join(delta.text for delta in self.deltas if isinstance(delta, ReasoningDelta))

    @property
    def tool_calls(self) -> tuple[ToolCallDelta, ...]:
        """Pieces of tool calls."""
        return tuple(delta for delta in self.deltas if isinstance(delta, ToolCallDelta))

    @property
    def has_content(self) -> bool:
        """Whether the caller has seen something of the answer once it has this chunk."""
        for delta in self.deltas:  # noqa: SIM110 (of every piece of a stream: a third of the time `any` takes)
            if not isinstance(delta, ReasoningDelta) or delta.text:
                return True
        return False
