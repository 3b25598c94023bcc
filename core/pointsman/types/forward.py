"""A caller's own bytes, passed on to a provider that speaks their dialect."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from pointsman.types.chat import ChatRequest
from pointsman.types.money import Cost, Usage


@frozen
class ForwardRequest:
    """Bytes to pass on.

    Attributes:
        dialect: In which they are written: ``openai-chat``, ``openai-responses``, ``anthropic-messages`` …
        body: The request's body, JSON; only the model's name in it is exchanged.
        chat: The same as far as it is understood, for choosing: sizes and capabilities are read from it.
        stream: Whether the body asks for a stream.
    """

    dialect: str
    body: bytes = field(repr=False)
    chat: ChatRequest
    stream: bool = False


@frozen
class ForwardHead:
    """How the provider's answer begins.

    Attributes:
        provider, model: Who answers.
        status: HTTP status.
        headers: As the provider sent them; lower-case names.
        call_id: The ledger's row.
    """

    provider: str
    model: str
    status: int
    headers: Mapping[str, str]
    call_id: str


@frozen
class ForwardResponse:
    """What a forwarded call came to, known when its last byte has passed.

    Attributes:
        provider: Who answered.
        requested_model: The model asked for.
        model: The model that answered, as the provider names it; empty when it does not say.
        usage: Tokens used.
        cost: What it cost.
        call_id: The ledger's row.
        attempts: How many attempts it took.
    """

    provider: str
    requested_model: str
    model: str
    usage: Usage
    cost: Cost
    call_id: str
    attempts: int
