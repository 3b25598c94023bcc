"""One call, decided and not yet made."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from pointsman.catalog import Catalog
from pointsman.types import (
    LIBRARY,
    ChatRequest,
    Criteria,
    Decision,
    EmbedRequest,
    ForwardRequest,
    Principal,
    Step,
)


class Operation(StrEnum):
    """What is done: OpenTelemetry's operation names, and the passing on of a caller's own bytes."""

    CHAT = "chat"
    EMBED = "embeddings"
    FORWARD = "forward"


@frozen
class CallSpec:
    """Everything about a call that does not change while it is made.

    Attributes:
        operation: What is done.
        request: What is asked.
        criteria: What is wanted of the model.
        decision: Who is asked, in which order.
        catalog: The one the decision was made from; prices are looked up here.
        deadline: When the call has to be over, on the event loop's clock.
        began: When the caller asked, on the same clock.
        expected: Input and output tokens the call is expected to use.
        estimate: USD the first choice is expected to cost; None when unknown.
        principal: Who makes the call.
        stream: Whether the answer is streamed.
        tags: The caller's own labels.
        drop_unsupported: Whether parameters a provider does not take may be left out.
        attempts: Attempts at most; None for as many as the deadline allows.
    """

    operation: Operation
    request: ChatRequest | EmbedRequest | ForwardRequest
    criteria: Criteria
    decision: Decision
    catalog: Catalog
    deadline: float
    began: float
    expected: tuple[int, int]
    estimate: Decimal | None = None
    principal: Principal = LIBRARY
    stream: bool = False
    tags: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    drop_unsupported: bool = False
    attempts: int | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The decision's steps; a ranking is the plan with one step."""
        return self.decision.steps or (Step(self.decision.ranking),)

    @property
    def chat(self) -> ChatRequest:
        """The request of a chat."""
        if not isinstance(self.request, ChatRequest):
            raise TypeError(f"{self.operation} is no chat")
        return self.request

    @property
    def build(self) -> str:
        """Tells one build of the catalog from the next."""
        return self.catalog.build
