"""Calls for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve
from pointsman.types import Attempt, AttemptState, CallState, Cost, Reservation, Settlement, Usage

AT = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
FAILED = Attempt(
    "first", "big", AttemptState.FAILED, AT, 0.25, error="PM-SERVER", detail="it broke", maybe_billed=True
)
ANSWERED = Attempt(
    provider="second",
    model="small",
    state=AttemptState.ACCEPTED,
    at=AT,
    duration=0.5,
    first_token=0.125,
    response_model="small-1",
    usage=Usage(100, 20, 30, 10, 5, 7, Decimal("0.0000012")),
    cost=Cost(Decimal("0.0000012"), "provider"),
)
ATTEMPTS = (FAILED, ANSWERED)


def reservation(call: str, **changes: Any) -> Reservation:
    """A call about to be made."""
    made = Reservation(
        call, AT, "first", "big", "summaries", "general", "chat", Decimal("0.01"), tags=("team",)
    )
    return evolve(made, **changes)


def settlement(call: str, **changes: Any) -> Settlement:
    """How it ended."""
    return evolve(Settlement(call, CallState.SETTLED, ATTEMPTS, 0.75, 0.375), **changes)


def answered(usd: Decimal | None) -> tuple[Attempt, ...]:
    """One attempt of this cost."""
    return (evolve(ANSWERED, cost=Cost(usd, "list")),)
