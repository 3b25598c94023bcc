"""The smallest ledger that passes the kit; its sums are written as plainly as can be, for others to equal."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from attrs import define, evolve, field
from pointsman.errors import LedgerError, RequestError, UnknownNameError
from pointsman.types import Attempt, Call, CallState, Reservation, Settlement, UsageRow
from pointsman.types.ledger import GROUPS


@define
class TinyLedger:
    """Keeps calls in a dictionary that outlives it.

    Attributes:
        rows: Every call by its id.
        flaw: What it gets wrong: ``keeps the last``, ``loses the service``, ``forgets failures``.
    """

    rows: dict[str, Call] = field(factory=dict)
    flaw: str = ""

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def reserve(self, reservation: Reservation) -> None:
        """Keep it."""
        await asyncio.sleep(0)
        if reservation.id in self.rows:
            raise LedgerError(f"the call {reservation.id!r} is already in the ledger")
        self.rows[reservation.id] = Call(reservation, CallState.RESERVED, None)

    async def settle(self, settlement: Settlement) -> None:
        """Keep the first."""
        attempts = settlement.attempts
        if self.flaw == "loses the service":
            attempts = tuple(evolve(each, usage=evolve(each.usage, service_tier="")) for each in attempts)
        if self.flaw == "forgets failures":
            attempts = attempts[-1:]
        call = self.rows[settlement.id]
        if call.settlement is None or self.flaw == "keeps the last":
            settlement = evolve(settlement, attempts=attempts)
            self.rows[settlement.id] = evolve(call, state=settlement.state, settlement=settlement)

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest first."""
        return list(reversed(self.rows.values()))[:limit]

    async def call(self, id: str) -> Call | None:  # noqa: A002 (the port's name)
        """By the whole id or the beginning of one."""
        if id in self.rows:
            return self.rows[id]
        found = [call for name, call in self.rows.items() if name.startswith(id) and len(id) >= 6]
        if len(found) > 1:
            raise RequestError(f"several calls have an id that begins with {id!r}", "id")
        return found[0] if found else None

    async def usage(self, by: Sequence[str], *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """Sums per group; the bounds are compared as text."""
        return summed(list(self.rows.values()), by, since, until)


def summed(calls: Sequence[Call], by: Sequence[str], since: str, until: str) -> list[UsageRow]:
    """The report over these calls."""
    for name in by:
        if name not in GROUPS:
            raise UnknownNameError("usage column", name, ("provider",))
    of_attempts = bool({"provider", "model"} & set(by))
    groups: dict[tuple[str, ...], list[tuple[Call, Attempt | None]]] = defaultdict(list)
    for call in calls:
        at = call.reservation.at.isoformat()
        if at >= since and (not until or at < until):
            for attempt in (call.settlement.attempts if call.settlement else ()) or (None,):
                if attempt or not call.settlement or not of_attempts:
                    for group in _groups_of(call, attempt, by):
                        groups[group].append((call, attempt))
    if not by:
        groups[()] += []
    return [_row(group, found, of_attempts=of_attempts) for group, found in sorted(groups.items())]


def _groups_of(call: Call, attempt: Attempt | None, by: Sequence[str]) -> list[tuple[str, ...]]:
    """Every group that an attempt, or a call without any, belongs to."""
    who, reserved = attempt or call.reservation, call.reservation
    values = {
        "day": (reserved.at.isoformat()[:10],),
        "month": (reserved.at.isoformat()[:7],),
        "provider": (who.provider,),
        "model": (who.model,),
        "task": (reserved.task,),
        "state": (call.state.value,),
        "tag": reserved.tags or ("",),
        "user": (reserved.user,),
        "key": (reserved.key,),
    }
    found: list[tuple[str, ...]] = [()]
    for name in by:
        found = [(*group, value) for group in found for value in values[name]]
    return found


def _row(
    group: tuple[str, ...], found: Sequence[tuple[Call, Attempt | None]], *, of_attempts: bool
) -> UsageRow:
    calls = list({call.reservation.id: call for call, _ in found}.values())
    attempts = [attempt for _, attempt in found if attempt]
    ends: list[Any] = [each.state for each in (attempts if of_attempts else calls)]
    unsettled = [each for each in calls if each.settlement is None]
    first = [each.first_token for each in attempts if each.first_token is not None]
    return UsageRow(
        group=group,
        calls=len(calls),
        attempts=len(attempts),
        answered=sum(each == CallState.SETTLED or getattr(each, "answered", False) for each in ends),
        failed=ends.count(CallState.FAILED),
        cancelled=ends.count(CallState.CANCELLED),
        unsettled=len(unsettled),
        input_tokens=sum(each.usage.input_tokens or 0 for each in attempts),
        output_tokens=sum(each.usage.output_tokens or 0 for each in attempts),
        usd=sum((each.cost.usd or Decimal(0) for each in attempts), Decimal(0)),
        unpriced=sum(each.state.answered and each.cost.usd is None for each in attempts),
        unsettled_usd=sum((each.reservation.estimate or Decimal(0) for each in unsettled), Decimal(0)),
        latency=sum(first) / len(first) if first else None,
    )
