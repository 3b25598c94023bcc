"""Calls for the ledger's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve
from pointsman.types import Attempt, CallState, Cost, Reservation, Settlement, Usage

AT = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
ATTEMPTS = (
    Attempt("first", "big", ok=False, error="PM-SERVER", duration=0.25, maybe_billed=True),
    Attempt("second", "small", ok=True, error="", duration=0.5),
)


def reservation(call: str, **changes: Any) -> Reservation:
    """A call about to be made."""
    return evolve(
        Reservation(call, AT, "first", "big", "summaries", "general", "chat", Decimal("0.01"), tag="team"),
        **changes,
    )


def settlement(call: str, **changes: Any) -> Settlement:
    """How it ended."""
    settled = Settlement(
        id=call,
        state=CallState.SETTLED,
        provider="second",
        model="small",
        response_model="small-1",
        usage=Usage(100, 20, 30, 10, 5, 7, Decimal("0.0000012")),
        cost=Cost(Decimal("0.0000012"), "provider"),
        latency=0.125,
        duration=0.75,
        attempts=ATTEMPTS,
    )
    return evolve(settled, **changes)
