"""Calls as rows of the ledger, and back. Pure; the columns are described in ``schema/0001.sql``."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any, Final

import orjson

from pointsman.errors import LedgerError
from pointsman.types.ledger import Attempt, Call, CallState, Reservation, Settlement
from pointsman.types.money import Cost, Usage

Row = tuple[Any, ...]

INSERT: Final = (
    "INSERT INTO calls (id, owner, state, at, provider, model, task, category, operation,"
    " estimate_pico, estimate_exact, stream, tag) VALUES (?, ?, 'reserved', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# A row that was given up too early (its process was only suspended, say) still takes the truth.
UPDATE: Final = (
    "UPDATE calls SET state = ?, answered_provider = ?, answered_model = ?, response_model = ?,"
    " input_tokens = ?, output_tokens = ?, cache_read_input_tokens = ?, cache_creation_input_tokens = ?,"
    " cache_creation_1h_input_tokens = ?, reasoning_output_tokens = ?, tokens_estimated = ?, stated_usd = ?,"
    " usd_pico = ?, usd_exact = ?, cost_source = ?, cost_estimated = ?, latency = ?, duration = ?,"
    " attempts = ?, attempt_log = ?, error = ? WHERE id = ? AND state IN ('reserved', 'unsettled')"
)

_PICO_DIGITS: Final = 12
_LARGEST: Final = 2**63 - 1
_EXACT: Final = Context(prec=1_000, Emin=-100_000, Emax=100_000)


def to_columns(usd: Decimal | None) -> tuple[int | None, str | None]:
    """An amount as whole pico-dollars, or as text where that is not exact; both None when unknown.

    Raises:
        LedgerError: It is not a finite number.
    """
    if usd is None:
        return None, None
    try:
        scaled = usd.scaleb(_PICO_DIGITS, _EXACT)
        whole = int(scaled)
    except (ArithmeticError, ValueError):
        raise LedgerError(f"{usd} is no amount of money") from None
    if whole == scaled and -_LARGEST <= whole <= _LARGEST:
        return whole, None
    return None, str(usd)


def to_decimal(pico: int | None, exact: str | None) -> Decimal | None:
    """The amount in US dollars; the inverse of `to_columns`."""
    if pico is not None:
        return Decimal(pico).scaleb(-_PICO_DIGITS, _EXACT)
    return None if exact is None else Decimal(exact)


def add(*amounts: Decimal) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def to_time(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds; a time without a zone is taken as UTC."""
    if at.tzinfo is not UTC:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")


def reserved(reservation: Reservation, owner: str) -> Row:
    """The parameters of `INSERT`."""
    pico, exact = to_columns(reservation.estimate)
    return (
        reservation.id,
        owner,
        to_time(reservation.at),
        reservation.provider,
        reservation.model,
        reservation.task,
        reservation.category,
        reservation.operation,
        pico,
        exact,
        1 if reservation.stream else 0,
        reservation.tag,
    )


def settled(settlement: Settlement) -> Row:
    """The parameters of `UPDATE`; the last one is the id.

    Raises:
        LedgerError: The state is not an end, or the text cannot be stored.
    """
    state = settlement.state
    if state is CallState.RESERVED or state is CallState.UNSETTLED:
        raise LedgerError(f"a call cannot end as {state.value}")
    usage, bill = settlement.usage, settlement.cost
    pico, exact = to_columns(bill.usd)
    return (
        state.value,
        settlement.provider,
        settlement.model,
        settlement.response_model,
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.cache_creation_1h_input_tokens,
        usage.reasoning_output_tokens,
        1 if usage.estimated else 0,
        None if usage.cost is None else str(usage.cost),
        pico,
        exact,
        bill.source,
        1 if bill.estimated else 0,
        settlement.latency,
        settlement.duration,
        len(settlement.attempts),
        _attempt_log(settlement.attempts),
        settlement.error,
        settlement.id,
    )


def withdrawn(reservation: Reservation) -> Settlement:
    """The end of a call whose caller left before anything was sent."""
    return Settlement(
        id=reservation.id,
        state=CallState.CANCELLED,
        provider=reservation.provider,
        model=reservation.model,
        response_model="",
        usage=Usage(0, 0),
        cost=Cost(Decimal(0), "unsent"),
        latency=None,
        duration=0.0,
        attempts=(),
    )


def to_call(row: sqlite3.Row) -> Call:
    """The call a row (all columns) stands for."""
    state = CallState(row["state"])
    reservation = Reservation(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        provider=row["provider"],
        model=row["model"],
        task=row["task"],
        category=row["category"],
        operation=row["operation"],
        estimate=to_decimal(row["estimate_pico"], row["estimate_exact"]),
        stream=bool(row["stream"]),
        tag=row["tag"],
    )
    ended = state is not CallState.RESERVED and state is not CallState.UNSETTLED
    return Call(reservation, state, _settlement(row, state) if ended else None)


def _settlement(row: sqlite3.Row, state: CallState) -> Settlement:
    usage = Usage(
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cache_read_input_tokens=row["cache_read_input_tokens"],
        cache_creation_input_tokens=row["cache_creation_input_tokens"],
        cache_creation_1h_input_tokens=row["cache_creation_1h_input_tokens"],
        reasoning_output_tokens=row["reasoning_output_tokens"],
        cost=None if row["stated_usd"] is None else Decimal(row["stated_usd"]),
        estimated=bool(row["tokens_estimated"]),
    )
    usd = to_decimal(row["usd_pico"], row["usd_exact"])
    return Settlement(
        id=row["id"],
        state=state,
        provider=row["answered_provider"],
        model=row["answered_model"],
        response_model=row["response_model"],
        usage=usage,
        cost=Cost(usd, row["cost_source"], bool(row["cost_estimated"])),
        latency=row["latency"],
        duration=row["duration"],
        attempts=tuple(Attempt(**attempt) for attempt in orjson.loads(row["attempt_log"])),
        error=row["error"],
    )


def _attempt_log(attempts: tuple[Attempt, ...]) -> str:
    plain = [
        {
            "provider": attempt.provider,
            "model": attempt.model,
            "ok": attempt.ok,
            "error": attempt.error,
            "duration": attempt.duration,
            "maybe_billed": attempt.maybe_billed,
        }
        for attempt in attempts
    ]
    try:
        return orjson.dumps(plain).decode()
    except TypeError as error:
        raise LedgerError(f"the attempts cannot be recorded: {error}") from error
