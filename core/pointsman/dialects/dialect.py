"""What every dialect can do: read and write requests, answers, streams of events, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from pointsman.errors import PointsmanError, ProviderError
from pointsman.types import ChatChunk, ChatRequest, ChatResponse
from pointsman.wire.streams import Event


@frozen
class ReceivedRequest:
    """A request as a client wrote it, read.

    Attributes:
        model: What the client calls the model it wants.
        chat: What is asked.
        stream: Whether the answer is to be streamed.
        usage: Whether a stream is to report its usage.
        rest: Fields of the body that mean nothing to other dialects; for a provider of the same one only.
    """

    model: str
    chat: ChatRequest
    stream: bool = False
    usage: bool = True
    rest: Mapping[str, Any] = field(factory=dict)


class StreamReader(Protocol):
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Whether the last event has come, in dialects where one says so.
    """

    finished: bool
    stopped: bool

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing.

        Raises:
            ProviderError: The event is an error.
        """
        ...


class StreamWriter(Protocol):
    """Writes the events of one streamed answer, in order."""

    def write(self, chunk: ChatChunk) -> Sequence[Event]:
        """The events one piece makes."""
        ...

    def end(self) -> Sequence[Event]:
        """The events that end a whole answer."""
        ...

    def fail(self, error: PointsmanError) -> Sequence[Event]:
        """The events that break an answer off."""
        ...


class Dialect(Protocol):
    """One wire format. The packages `openai_chat`, `openai_responses` and `anthropic_messages` are three.

    Attributes:
        NAME: As in `Forwarder.dialect`: ``openai-chat``, ``openai-responses``, ``anthropic-messages``.
    """

    @property
    def NAME(self) -> str: ...  # noqa: N802 (a constant of the module)

    def read_request(self, body: Mapping[str, Any]) -> ReceivedRequest:
        """A client's request.

        Raises:
            RequestError: Something in it is malformed, or cannot be understood; says where.
        """
        ...

    def write_request(self, model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        """The body that asks `model`.

        Raises:
            InvalidRequestError: The request holds something the dialect has no form for; names it.
        """
        ...

    def read_answer(self, obj: Mapping[str, Any], model: str) -> ChatResponse:
        """A whole answer; `model` stands in where it names none.

        Raises:
            ProviderError: It is an error after all.
            ResponseError: It holds no answer.
        """
        ...

    def write_answer(self, response: ChatResponse) -> dict[str, Any]:
        """A whole answer, for a client."""
        ...

    def stream_reader(self) -> StreamReader:
        """For one streamed answer."""
        ...

    def stream_writer(self, model: str, *, usage: bool = True) -> StreamWriter:
        """For one streamed answer, for a client.

        Args:
            model: Named to the client until a piece says who answers.
            usage: Whether the client wants to know the usage.
        """
        ...

    def read_error(self, obj: Mapping[str, Any]) -> ProviderError | None:
        """The error that a body or an event of status 200 carries; None where there is none."""
        ...

    def write_error(self, error: PointsmanError) -> tuple[int, dict[str, Any]]:
        """HTTP status and body that tell a client of an error."""
        ...
