"""One call in the ledger, and what the ledger adds up."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from pointsman.types.money import Cost, Usage


class CallState(StrEnum):
    """Where a call stands. A crash leaves `UNSETTLED` rows, so money possibly spent is never hidden."""

    RESERVED = "reserved"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNSETTLED = "unsettled"


@frozen
class Reservation:
    """A call about to be made.

    Attributes:
        id: Unique; the caller's handle on the row.
        at: When.
        task, category: Of the request.
        provider, model: First choice.
        operation: OpenTelemetry's operation name (``chat``).
        estimate: USD the call may cost; None when unknown.
        stream: Whether the answer is streamed.
        tag: The caller's own label.
    """

    id: str
    at: datetime
    provider: str
    model: str
    task: str = ""
    category: str = ""
    operation: str = "chat"
    estimate: Decimal | None = None
    stream: bool = False
    tag: str = ""


@frozen
class Attempt:
    """One attempt of a call.

    Attributes:
        provider, model: Who was asked.
        ok: Whether it answered.
        error: Code of the error, empty when it answered.
        duration: Seconds.
        maybe_billed: Whether a failed attempt may have been charged for.
    """

    provider: str
    model: str
    ok: bool
    error: str
    duration: float
    maybe_billed: bool = False


@frozen
class Settlement:
    """How a call ended.

    Attributes:
        id: Of its reservation.
        state: SETTLED, FAILED or CANCELLED.
        provider, model: Who answered (the last one asked when nobody did).
        response_model: The model id in the answer.
        usage: Tokens used, as far as known.
        cost: What it cost, as far as known.
        latency: Seconds until the first token; None when there was none.
        duration: Seconds until the end.
        attempts: Every attempt, in order.
        error: Code of the last error, empty when it was answered.
    """

    id: str
    state: CallState
    provider: str
    model: str
    response_model: str
    usage: Usage
    cost: Cost
    latency: float | None
    duration: float
    attempts: tuple[Attempt, ...]
    error: str = ""


@frozen
class UsageRow:
    """One line of a usage report.

    Attributes:
        group: Values of the columns asked for, in their order.
        calls: All calls.
        answered, failed, cancelled, unsettled: Of these.
        input_tokens, output_tokens: Sums over what is known.
        usd: Sum of known costs, exact.
        unpriced: Calls that were answered and whose cost is unknown.
        unsettled_usd: Sum of the estimates of calls whose end is unknown.
        latency: Mean seconds to the first token; None when there is none.
    """

    group: tuple[str, ...]
    calls: int
    answered: int
    failed: int
    cancelled: int
    unsettled: int
    input_tokens: int
    output_tokens: int
    usd: Decimal
    unpriced: int
    unsettled_usd: Decimal
    latency: float | None


@frozen
class Call:
    """One row of the ledger as it stands."""

    reservation: Reservation
    state: CallState
    settlement: Settlement | None
