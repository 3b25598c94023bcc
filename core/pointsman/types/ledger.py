"""One call in the ledger with its attempts, and what the ledger adds up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from pointsman.types.money import Cost, Usage, add

NOT_SENT = Cost(Decimal(0), "unsent")
"""Of an attempt that nobody can have charged for."""
UNKNOWN = Cost(None, "unknown")
"""Of an attempt that may have cost something."""
GROUPS = ("day", "month", "provider", "model", "task", "state", "tag", "user", "key")
"""What usage can be summed by; days and months are UTC's."""


class CallState(StrEnum):
    """Where a call stands. A crash leaves `UNSETTLED` rows, so money possibly spent is never hidden."""

    RESERVED = "reserved"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNSETTLED = "unsettled"


class AttemptState(StrEnum):
    """What became of one attempt.

    `ACCEPTED`: its answer was given to the caller. `REJECTED`: it answered, and the plan's rule did not take
    the answer. `JUDGED`: it was asked what another answer is worth. `FAILED`, `CANCELLED`: no whole answer.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    JUDGED = "judged"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def answered(self) -> bool:
        """Whether the model gave a whole answer."""
        return self is not AttemptState.FAILED and self is not AttemptState.CANCELLED


def _each_once(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))


@frozen
class Reservation:
    """A call about to be made.

    Attributes:
        id: Unique; the caller's handle on the row.
        at: When.
        task, category: Of the request.
        provider, model: First choice.
        operation: OpenTelemetry's operation name (``chat``, ``embeddings``) or ``forward``.
        estimate: USD the call may cost; None when unknown.
        stream: Whether the answer is streamed.
        tags: The caller's own labels, each once.
        key, user: Of the principal.
        catalog: Hash of the catalog the choice was made from.
        strategy: Who chose.
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
    tags: tuple[str, ...] = field(default=(), converter=_each_once)
    key: str = ""
    user: str = ""
    catalog: str = ""
    strategy: str = ""


@frozen
class Attempt:
    """One attempt of a call; all its times are its own.

    Attributes:
        provider, model: Who was asked.
        state: What became of it.
        at: When it began.
        duration: Seconds until its end.
        first_token: Seconds from its beginning until the first piece of content; None when none came, or
            when the answer came whole.
        error: Code of the error (``PM-…``); empty when it answered.
        detail: The error's message, redacted and shortened; empty when it answered.
        maybe_billed: Whether a failed attempt may have been charged for.
        key: Which of its provider's keys was used, counted from 0.
        response_model: The model id in the answer; empty when there was none.
        usage: Tokens used, as far as known.
        cost: What it cost, as far as known.
        step: Which step of the plan it belongs to, counted from 0.
    """

    provider: str
    model: str
    state: AttemptState
    at: datetime
    duration: float
    first_token: float | None = None
    error: str = ""
    detail: str = ""
    maybe_billed: bool = False
    key: int = 0
    response_model: str = ""
    usage: Usage = Usage()
    cost: Cost = NOT_SENT
    step: int = 0

    @property
    def latency(self) -> float | None:
        """Seconds until its first token, or until the whole answer where it came whole; None if it failed."""
        return self.first_token if self.first_token is not None or not self.state.answered else self.duration


@frozen
class Settlement:
    """How a call ended. What it used and cost is the sum of its attempts.

    Attributes:
        id: Of its reservation.
        state: SETTLED, FAILED or CANCELLED.
        attempts: Every attempt, in order.
        duration: Seconds from the caller's request until the end.
        first_token: Seconds from the caller's request until the first piece of content; None when none came,
            or when the answer came whole.
        error: Code of the last error, empty when it was answered.
    """

    id: str
    state: CallState
    attempts: tuple[Attempt, ...] = field(converter=tuple[Attempt, ...])
    duration: float
    first_token: float | None = None
    error: str = ""

    @property
    def answer(self) -> Attempt | None:
        """The attempt whose answer the caller got; the last one when nobody answered; None without any."""
        for attempt in self.attempts:
            if attempt.state is AttemptState.ACCEPTED:
                return attempt
        return self.attempts[-1] if self.attempts else None

    @property
    def cost(self) -> Cost:
        """The sum of what the attempts cost."""
        return total([each.cost for each in self.attempts])


def total(costs: list[Cost]) -> Cost:
    """The sum of several costs, exact.

    What is unknown makes the sum an estimate from below; it is unknown when all that is known is 0.
    """
    if not costs:
        return NOT_SENT
    known = [each for each in costs if each.usd is not None]
    charged = [each for each in known if each.usd]
    if not charged and len(known) < len(costs):
        return UNKNOWN
    charged = charged or known
    sources = {each.source for each in charged}
    source = sources.pop() if len(sources) == 1 else "several"
    estimated = len(known) < len(costs) or any(each.estimated for each in charged)
    return Cost(add(*(each.usd for each in known if each.usd is not None)), source, estimated)


@frozen
class UsageRow:
    """One line of a usage report.

    Grouped by ``provider`` or ``model`` (alone or among others), a row is about attempts, each where it
    happened: a call that was answered at its second provider stands in two rows. Otherwise a row is about
    calls. A call whose end is unknown has no attempts yet and stands under its first choice; one that ended
    with nothing sent stands under no provider or model. By ``tag`` a call stands under each of its tags, or
    under an empty one; by ``state`` under that of the call.

    Attributes:
        group: Values of the columns asked for, in their order.
        calls: Calls that have anything in this group, each once.
        attempts: Their attempts in this group.
        answered, failed, cancelled: How many attempts ended so, where the row is about attempts; else calls.
        unsettled: Calls whose end is unknown, those under way included.
        input_tokens, output_tokens: Sums over what is known of the attempts.
        usd: Sum of the attempts' known costs, exact.
        unpriced: Answered attempts whose cost is unknown.
        unsettled_usd: Sum of the estimates of calls whose end is unknown.
        latency: Mean seconds from an attempt's beginning to its first token, of those that have one; None
            when none has.
    """

    group: tuple[str, ...]
    calls: int
    attempts: int
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
